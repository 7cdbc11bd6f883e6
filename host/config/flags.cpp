// The command line behind the verb. Read by hand and not by CLI11: every fault is to be listed, not only the first, and
// the flags of single providers have names that are known at run time only.
#include "config/given.h"
#include "config/wording.h"

namespace herald::config {
namespace {

constexpr std::string_view kProviderPrefix = "--provider-";

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

const Setting* find_flag(std::string_view flag) {
  for (const auto& setting : all_settings()) {
    if (flag_name(setting) == flag) return &setting;
  }
  return nullptr;
}

std::string unknown_flag(std::string_view flag) {
  std::vector<std::string> candidates{"--help", "--version"};
  for (const auto& setting : all_settings())
    candidates.push_back(flag_name(setting));
  std::string cure = did_you_mean(flag, candidates);
  if (cure.empty() && starts_with(flag, kProviderPrefix)) {
    cure = "; for one provider: --provider-<name>-";
    std::string separator;
    for (const auto& field : provider_fields()) {
      cure += separator + flag_name(field).substr(2);
      separator = "|";
    }
  }
  return "unknown flag " + in_quotes(flag) + (cure.empty() ? "; `herald --help` lists all" : cure);
}

class FlagReader {
 public:
  explicit FlagReader(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  Yield read() {
    while (next_ < arguments_.size())
      read_one(arguments_[next_++]);
    return std::move(yield_);
  }

 private:
  void read_one(const std::string& argument) {
    if (!starts_with(argument, "--") || argument.size() == 2) {
      yield_.faults.push_back("unexpected argument " + in_quotes(argument) + "; a setting is given as --name value");
      return;
    }
    const std::size_t equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    const bool has_value = equals != std::string::npos || value_follows();
    Given given;
    given.setting = find_flag(flag);
    if (given.setting == nullptr && starts_with(flag, kProviderPrefix)) {
      auto field = split_provider_field(std::string_view(flag).substr(kProviderPrefix.size()));
      given.provider = std::move(field.first);
      given.setting = field.second;
    }
    // Taken in any case, so that an unknown flag's value is not reported a second time.
    if (has_value) given.written.text = equals != std::string::npos ? argument.substr(equals + 1) : arguments_[next_++];

    // A switch that is only named is meant to be on.
    const bool named_only = !has_value && given.setting != nullptr && given.setting->kind == Kind::kSwitch;
    if (named_only) given.written.text = "on";

    if (given.setting == nullptr) {
      yield_.faults.push_back(unknown_flag(flag));
    } else if (!has_value && !named_only) {
      yield_.faults.push_back(flag + ": found no value, expected " + allowed_text(*given.setting) +
                              "; a value that starts with -- is given as " + flag + "=value");
    } else {
      given.source = "flag";
      given.where = "flag " + flag;
      keep(std::move(given));
    }
  }

  bool value_follows() const { return next_ < arguments_.size() && !starts_with(arguments_[next_], "--"); }

  // The last of a repeated flag wins, as with most commands, so that a script's defaults can be followed by "$@".
  void keep(Given given) {
    for (const auto& earlier : yield_.given) {
      if (earlier.setting != given.setting || earlier.provider != given.provider) continue;
      yield_.warnings.push_back(given.where + " is given more than once; the last one counts");
      break;
    }
    yield_.given.push_back(std::move(given));
  }

  const std::vector<std::string>& arguments_;
  std::size_t next_ = 0;
  Yield yield_;
};

}  // namespace

Yield read_flags(const std::vector<std::string>& flags) {
  return FlagReader(flags).read();
}

}  // namespace herald::config
