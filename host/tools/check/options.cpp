#include "tools/check/options.h"

#include <charconv>
#include <limits>
#include <string_view>

#include "config/wording.h"

namespace herald::tools::check {
namespace {

constexpr std::uint64_t kMaxTimeoutSeconds = 3600;
constexpr std::uint64_t kMaxJobs = 64;
// A seed is shown in JSON, where numbers are exact to 2^53.
constexpr std::uint64_t kMaxSeed = (std::uint64_t{1} << 53U) - 1;

tl::unexpected<base::Error> wrong(const std::string& why) {
  return base::fail(base::ErrorCode::kInvalid, why + "; `herald plugin check --help` explains it");
}

base::Result<std::uint64_t> number(const std::string& flag, const std::string& text, std::uint64_t least,
                                   std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return wrong(flag + " is " + config::in_quotes(text) + ", expected a whole number from " + std::to_string(least) +
                 " to " + std::to_string(most));
  }
  return value;
}

base::Status take(const std::string& flag, const std::string& value, Options& into) {
  if (value.empty()) return wrong(flag + " needs a value");
  if (flag == "--json") into.json = value;
  if (flag == "--junit") into.junit = value;
  if (flag == "--config") into.config = value;
  if (flag == "--only") into.only.push_back(value);
  if (flag == "--seed") return number(flag, value, 0, kMaxSeed).map([&](std::uint64_t seed) { into.seed = seed; });
  if (flag == "--timeout") {
    return number(flag, value, 1, kMaxTimeoutSeconds).map([&](std::uint64_t seconds) {
      into.timeout = std::chrono::seconds(seconds);
    });
  }
  if (flag == "--jobs")
    return number(flag, value, 1, kMaxJobs).map([&](std::uint64_t jobs) { into.jobs = static_cast<unsigned>(jobs); });
  return {};
}

bool takes_value(const std::string& flag) {
  for (const char* known : {"--json", "--junit", "--config", "--only", "--seed", "--timeout", "--jobs"}) {
    if (flag == known) return true;
  }
  return false;
}

base::Status unknown(const std::string& flag) {
  return wrong("unknown flag " + config::in_quotes(flag) + " of `herald plugin check`" +
               config::did_you_mean(flag, {"--json", "--junit", "--config", "--only", "--seed", "--timeout", "--jobs",
                                           "--list", "--help"}));
}

base::Status take_file(const std::string& file, Options& into) {
  if (!into.file.empty()) {
    return wrong("`herald plugin check` takes one file, found " + config::in_quotes(into.file) + " and " +
                 config::in_quotes(file));
  }
  into.file = file;
  return {};
}

}  // namespace

base::Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  bool flags_end = false;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    base::Status taken;
    const auto equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    if (flags_end || argument.rfind('-', 0) != 0) {
      taken = take_file(argument, options);
    } else if (argument == "--") {
      flags_end = true;
    } else if (argument == "--list") {
      options.list = true;
    } else if (!takes_value(flag)) {
      taken = unknown(flag);
    } else if (equals != std::string::npos) {
      taken = take(flag, argument.substr(equals + 1), options);
    } else if (at + 1 == arguments.size()) {
      taken = wrong(flag + " needs a value");
    } else {
      taken = take(flag, arguments[++at], options);
    }
    if (!taken) return tl::make_unexpected(taken.error());
  }
  if (options.file.empty() && !options.list) return wrong("`herald plugin check` needs a file: the plugin");
  if (options.json == "-" && options.junit == "-") return wrong("only one of --json and --junit can be \"-\"");
  return options;
}

}  // namespace herald::tools::check
