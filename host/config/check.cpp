// One value against its setting's type and range.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/ip_network.h"
#include "config/given.h"
#include "config/wording.h"

namespace herald::config {
namespace {

constexpr std::size_t kMaxText = 4'096;  // bytes; a path's bound on Linux

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool all_of(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(),
                     [also](char c) { return is_alnum(c) || also.find(c) != std::string_view::npos; });
}

bool is_region(std::string_view text) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() == 2 && std::all_of(text.begin(), text.end(), is_capital);
}

bool is_free_path(std::string_view text) {
  constexpr std::array<std::string_view, 4> kTaken{"/api", "/livez", "/readyz", "/metrics"};
  return text.front() == '/' && all_of(text, "-._~/") && text.rfind("/api/", 0) != 0 &&
         std::find(kTaken.begin(), kTaken.end(), text) == kTaken.end();
}

// One colon is a port behind a name or an IPv4 address; an IPv6 address has more.
bool is_address(std::string_view text) {
  return all_of(text, "-._:%") && std::count(text.begin(), text.end(), ':') != 1;
}

bool passes(const Setting& setting, std::string_view text, const Sources& sources) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (text.empty() || text.size() > kMaxText || std::any_of(text.begin(), text.end(), is_control)) return false;
  switch (setting.check) {
    case Check::kNone:
    case Check::kPath:
      return true;
    case Check::kAddress:
      return is_address(text);
    case Check::kRegion:
      return is_region(text) && sources.known_region(text);
    case Check::kHealthPath:
      return is_free_path(text);
    case Check::kProviderName:
      return is_provider_name(text);
    case Check::kNetworks:
      return base::parse_networks(text).has_value();
  }
  return false;
}

base::Result<Value> refused(const Given& given, const std::string& why = {}) {
  const Setting& setting = *given.setting;
  const Form form = given.written.form;
  std::string found = in_quotes(given.written.text);
  if (form == Form::kInteger || form == Form::kBoolean || form == Form::kOther) found = given.written.text;
  if (form == Form::kTable) found = "a table";
  if (setting.secret) found = "a value that is not shown";
  return base::fail(base::ErrorCode::kInvalid, full_name(setting, given.provider) + ": found " + found + " (" +
                                                   given.where + "), expected " +
                                                   (why.empty() ? allowed_text(setting) : why));
}

base::Result<Value> check_integer(const Given& given) {
  const Setting& setting = *given.setting;
  const std::string& text = given.written.text;
  const std::string range = allowed_text(setting);
  if (given.written.form == Form::kString) return refused(given, range + ", a number: write it without quotes");
  if (given.written.form != Form::kText && given.written.form != Form::kInteger) return refused(given, range);

  const bool digits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  // A leading zero means octal to some readers: it is refused rather than guessed at.
  if (!digits || (text.size() > 1 && text.front() == '0')) {
    return refused(given, range + ", a whole number in decimal digits and nothing else");
  }
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || number < setting.min || number > setting.max) return refused(given);
  return number;
}

base::Result<Value> check_choice(const Given& given) {
  const Setting& setting = *given.setting;
  const Form form = given.written.form;
  if (form == Form::kBoolean && setting.kind == Kind::kSwitch) return std::uint64_t{given.written.text == "true"};
  const auto& choices = setting.choices;
  const auto found = std::find(choices.begin(), choices.end(), given.written.text);
  if ((form != Form::kText && form != Form::kString) || found == choices.end()) {
    return refused(given, "one of " + allowed_text(setting));
  }
  return static_cast<std::uint64_t>(found - choices.begin());
}

base::Result<Value> check_text(const Given& given, const Sources& sources) {
  const Form form = given.written.form;
  if (form != Form::kText && form != Form::kString) {
    return refused(given, allowed_text(*given.setting) + ": write it in quotes");
  }
  if (!passes(*given.setting, given.written.text, sources)) return refused(given);
  return given.written.text;
}

base::Result<Value> check_object(const Given& given) {
  const Form form = given.written.form;
  if (form == Form::kTable) return given.written.text;
  if (form != Form::kText) return refused(given);
  auto object = canonical_object(given.written.text);
  if (!object) return refused(given, allowed_text(*given.setting) + ": " + object.error().message);
  return *object;
}

}  // namespace

std::string full_name(const Setting& setting, const std::string& provider) {
  return provider.empty() ? setting.name : "provider." + provider + "." + setting.name;
}

base::Result<Value> check(const Given& given, const Sources& sources) {
  switch (given.setting->kind) {
    case Kind::kInteger:
      return check_integer(given);
    case Kind::kChoice:
    case Kind::kSwitch:
      return check_choice(given);
    case Kind::kText:
      return check_text(given, sources);
    case Kind::kObject:
      return check_object(given);
  }
  return base::fail(base::ErrorCode::kInternal, given.setting->name + ": a kind of setting that nothing checks");
}

}  // namespace herald::config
