#include "tools/bench/options.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

#include "config/wording.h"

namespace herald::tools::bench {
namespace {

constexpr const char* kDefaultUrl = "http://127.0.0.1:8080";
constexpr const char* kSmsPath = "/api/messages/sms";
constexpr std::uint64_t kMostConnections = 10'000;
constexpr std::uint64_t kMostSeconds = 86'400;
constexpr std::uint64_t kMostTimeoutSeconds = 3'600;
constexpr std::uint64_t kMostRequests = 1'000'000'000'000;
constexpr double kMostRate = 1e6;
constexpr double kLeastRate = 0.01;
// A seed is shown in JSON, where numbers are exact to 2^53.
constexpr std::uint64_t kMostSeed = (std::uint64_t{1} << 53U) - 1;

const std::vector<std::string> kFlags{"--mix",    "--get",     "--connections", "--rate",    "--duration", "--requests",
                                      "--warmup", "--timeout", "--seed",        "--api-key", "--json"};

tl::unexpected<base::Error> wrong(const std::string& why) {
  return base::fail(base::ErrorCode::kInvalid, why + "; `herald bench --help` explains it");
}

template <typename Value>
bool read_whole(const std::string& text, Value& value) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size();
}

base::Result<std::uint64_t> number(const std::string& flag, const std::string& text, std::uint64_t least,
                                   std::uint64_t most) {
  std::uint64_t value = 0;
  if (!read_whole(text, value) || value < least || value > most) {
    return wrong(flag + " is " + config::in_quotes(text) + ", expected a whole number from " + std::to_string(least) +
                 " to " + std::to_string(most));
  }
  return value;
}

base::Status take_rate(const std::string& text, Options& into) {
  double value = 0;
  if (!read_whole(text, value) || !(value >= kLeastRate && value <= kMostRate)) {
    return wrong("--rate is " + config::in_quotes(text) + ", expected requests a second from 0.01 to 1000000");
  }
  into.rate = value;
  return {};
}

base::Status take_mix(const std::string& text, Options& into) {
  if (text != "a" && text != "b" && text != "A" && text != "B") {
    return wrong("--mix is " + config::in_quotes(text) + ", expected a or b");
  }
  into.mix = text == "a" || text == "A" ? Mix::kA : Mix::kB;
  return {};
}

base::Status take_key(const std::string& text, Options& into) {
  into.api_key = text;
  if (text.front() == '@') {
    std::ifstream file(text.substr(1));
    if (!file || !std::getline(file, into.api_key)) {
      return wrong("--api-key names the file " + config::in_quotes(text.substr(1)) +
                   ", whose first line cannot be read; expected the key in it");
    }
  }
  const bool fit = !into.api_key.empty() &&
                   std::all_of(into.api_key.begin(), into.api_key.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!fit) return wrong("--api-key holds a character that no key has, expected visible ASCII");
  return {};
}

base::Status take(const std::string& flag, const std::string& value, Options& into) {
  if (value.empty()) return wrong(flag + " needs a value");
  if (flag == "--mix") return take_mix(value, into);
  if (flag == "--rate") return take_rate(value, into);
  if (flag == "--api-key") return take_key(value, into);
  if (flag == "--get") into.get = value;
  if (flag == "--json") into.json = value;
  if (flag == "--connections")
    return number(flag, value, 1, kMostConnections).map([&](auto n) { into.connections = static_cast<unsigned>(n); });
  if (flag == "--requests") return number(flag, value, 1, kMostRequests).map([&](auto n) { into.requests = n; });
  if (flag == "--seed") return number(flag, value, 0, kMostSeed).map([&](auto n) { into.seed = n; });
  if (flag == "--duration")
    return number(flag, value, 1, kMostSeconds).map([&](auto n) { into.duration = std::chrono::seconds(n); });
  if (flag == "--warmup")
    return number(flag, value, 0, kMostSeconds).map([&](auto n) { into.warmup = std::chrono::seconds(n); });
  if (flag == "--timeout")
    return number(flag, value, 1, kMostTimeoutSeconds).map([&](auto n) { into.timeout = std::chrono::seconds(n); });
  return {};
}

base::Status take_url(const std::string& url, std::string& into) {
  if (!into.empty()) {
    return wrong("`herald bench` takes one URL, found " + config::in_quotes(into) + " and " + config::in_quotes(url));
  }
  into = url;
  return {};
}

base::Result<Options> checked(Options options, const std::string& url, bool has_duration) {
  if (has_duration && options.requests) return wrong("--duration and --requests both say when to end, expected one");
  if (options.requests && options.warmup.count() != 0) {
    return wrong("--warmup goes with --duration: with --requests every request counts");
  }
  return parse_target(url.empty() ? kDefaultUrl : url).and_then([&](const Target& target) -> base::Result<Options> {
    options.target = target;
    if (!options.get.empty() && target.path != "/") return wrong("--get brings the paths, but the URL has one too");
    if (options.get.empty() && target.path == "/") options.target.path = kSmsPath;
    return options;
  });
}

}  // namespace

base::Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  std::string url;
  bool has_duration = false;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    const auto equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    base::Status taken;
    if (argument.rfind('-', 0) != 0) {
      taken = take_url(argument, url);
    } else if (std::find(kFlags.begin(), kFlags.end(), flag) == kFlags.end()) {
      taken =
          wrong("unknown flag " + config::in_quotes(flag) + " of `herald bench`" + config::did_you_mean(flag, kFlags));
    } else if (equals != std::string::npos) {
      taken = take(flag, argument.substr(equals + 1), options);
    } else if (at + 1 == arguments.size()) {
      taken = wrong(flag + " needs a value");
    } else {
      taken = take(flag, arguments[++at], options);
    }
    if (!taken) return tl::make_unexpected(taken.error());
    has_duration = has_duration || flag == "--duration";
  }
  return checked(std::move(options), url, has_duration);
}

}  // namespace herald::tools::bench
