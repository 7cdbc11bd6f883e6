#include "tools/plugin_new.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ostream>
#include <sstream>
#include <system_error>

#include <herald/descriptor.h>

#include "base/owned_fd.h"
#include "config/wording.h"
#include "tools/plugin_template.h"
#include "tools/run.h"

namespace herald::tools {
namespace {

namespace fs = std::filesystem;

// The call of the template's README, and those that stand there for a plugin without SMS.
constexpr std::string_view kSmsCall =
    R"(/api/messages/sms -H 'Content-Type: application/json' \
  -d '{"from":"+12025550123","to":"+12025550142","type":"sms","body":"Your code is 4711"}')";
constexpr std::string_view kMmsCall =
    R"(/api/messages/sms -H 'Content-Type: application/json' \
  -d '{"from":"+12025550123","to":"+12025550142","type":"mms","body":"A cat",
       "attachments":["https://example.com/cat.png"]}')";
constexpr std::string_view kEmailCall =
    R"(/api/messages/email -H 'Content-Type: application/json' \
  -d '{"from":"shop@example.com","to":"jo@example.org","subject":"Your order","body":"<p>Thank you</p>"}')";

tl::unexpected<base::Error> refused(const std::string& why) {
  return base::fail(base::ErrorCode::kInvalid, why);
}

tl::unexpected<base::Error> cannot_write(const fs::path& path, int error) {
  return base::fail(base::ErrorCode::kUnavailable, config::in_quotes(path.string()) +
                                                       " cannot be written: " + std::system_category().message(error) +
                                                       "; give a folder that this user may write to as --dir");
}

bool is_mock(std::string_view name) {
  std::istringstream mocks(HERALD_MOCK_NAMES);
  for (std::string mock; std::getline(mocks, mock, ',');) {
    if (mock == name) return true;
  }
  return false;
}

base::Status check_name(const std::string& name) {
  const auto found = "the name " + config::in_quotes(name);
  if (!herald::detail::is_plugin_name(name)) {
    return refused(found + " is none for a plugin: expected 1 to 32 of a-z, 0-9 and '-', the first a letter, such as " +
                   "acme-sms");
  }
  if (is_mock(name)) {
    return refused(found + " is that of a mock provider that comes with Herald; choose another, such as my-" + name);
  }
  return {};
}

base::Result<std::vector<domain::Channel>> parse_channels(const std::string& list) {
  std::vector<domain::Channel> channels;
  std::size_t begin = 0;
  while (begin <= list.size()) {
    const auto end = std::min(list.find(',', begin), list.size());
    const std::string word = list.substr(begin, end - begin);
    begin = end + 1;
    const auto channel = domain::parse_channel(word);
    if (!channel) {
      return refused("--channels " + config::in_quotes(list) + ": " + config::in_quotes(word) +
                     " is no channel; expected sms, mms or email, with commas between" +
                     config::did_you_mean(word, {"sms", "mms", "email"}));
    }
    if (std::find(channels.begin(), channels.end(), *channel) != channels.end()) {
      return refused("--channels " + config::in_quotes(list) + " names " + word + " twice; name each once");
    }
    channels.push_back(*channel);
  }
  return channels;
}

// acme-sms -> AcmeSms
std::string class_name(const std::string& name) {
  std::string text;
  bool begins = true;
  for (const char c : name) {
    if (c == '-') {
      begins = true;
      continue;
    }
    text += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = false;
  }
  return text;
}

// One pass, so that a name which holds another's word stays what it is.
struct Replacement {
  std::string_view word;
  std::string text;
};
std::string replaced(std::string_view text, const std::vector<Replacement>& replacements) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto found =
        std::find_if(replacements.begin(), replacements.end(), [text, at](const Replacement& replacement) {
          return text.compare(at, replacement.word.size(), replacement.word) == 0;
        });
    if (found == replacements.end()) {
      result += text[at++];
      continue;
    }
    result += found->text;
    at += found->word.size();
  }
  return result;
}

// In the files of the template its name and its class's stand for those of the new plugin, and for nothing else.
std::string filled_in(const TemplateFile& file, const NewPlugin& plugin) {
  std::vector<Replacement> replacements{{"Template", class_name(plugin.name)}, {"template", plugin.name}};
  if (file.name == "provider.cpp") {
    std::string channels;
    for (const auto channel : plugin.channels)
      channels += (channels.empty() ? "\"" : ", \"") + std::string(domain::to_string(channel)) + "\"";
    replacements.push_back({"\"sms\"", channels});
  }
  if (file.name == "README.md" && plugin.channels.front() != domain::Channel::kSms) {
    const bool email = plugin.channels.front() == domain::Channel::kEmail;
    replacements.push_back({kSmsCall, std::string(email ? kEmailCall : kMmsCall)});
  }
  return replaced(file.text, replacements);
}

// Never over a file that is there. 0, or the error of the operating system.
int write_file(const fs::path& path, std::string_view text) {
  base::OwnedFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!file) return errno;
  int error = base::write_whole(file.get(), text) ? 0 : errno;
  if (::close(file.release()) != 0 && error == 0) error = errno;
  if (error != 0) ::unlink(path.c_str());
  return error;
}

// True when this call made it.
base::Result<bool> make_empty_folder(const fs::path& folder) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (status.type() == fs::file_type::none) return cannot_write(folder, error.value());
  if (!fs::exists(status) && fs::is_symlink(fs::symlink_status(folder, error))) {
    return refused(config::in_quotes(folder.string()) +
                   " is a symbolic link to nothing; make the folder that it names, or give another as --dir");
  }
  if (fs::exists(status) && !fs::is_directory(status)) {
    return refused(config::in_quotes(folder.string()) + " is no folder; give another as --dir");
  }
  if (!fs::exists(status)) {
    fs::create_directories(folder, error);
    if (error) return cannot_write(folder, error.value());
    return true;
  }
  const bool empty = fs::is_empty(folder, error);
  if (error) return cannot_write(folder, error.value());
  if (!empty) {
    return refused("the folder " + config::in_quotes(folder.string()) +
                   " is not empty, and nothing in it is overwritten; give a new or empty one as --dir");
  }
  return false;
}

std::string for_shell(const fs::path& path) {
  return "'" + replaced(path.string(), {{"'", "'\\''"}}) + "'";
}

std::string next_steps(const NewPlugin& plugin, const std::vector<std::string>& files, const fs::path& sdk) {
  std::string text = "Wrote " + plugin.folder.string() + ":";
  for (const auto& file : files)
    text += " " + file;
  text += "\n\nNext:\n  cd " + for_shell(plugin.folder) + "\n  cmake -S . -B build";
  if (!sdk.empty()) text += " -DHeraldSdk_DIR=" + for_shell(sdk);
  text += "\n  cmake --build build\n  ctest --test-dir build --output-on-failure\n";
  if (sdk.empty()) {
    text +=
        "\nNo SDK stands beside this program. `cmake --install BUILD --component sdk --prefix PREFIX` in Herald's\n"
        "sources installs it; unless PREFIX is /usr or /usr/local, give the first step -DCMAKE_PREFIX_PATH=PREFIX.\n";
  }
  return text + "\nIts README.md goes on from there to the first message.\n";
}

}  // namespace

base::Result<NewPlugin> parse_new_plugin(const std::vector<std::string>& arguments) {
  constexpr std::string_view kUsage = "; herald plugin new NAME --channels sms[,mms,email] [--dir DIR]";
  NewPlugin plugin;
  std::string channels;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    if (argument.rfind('-', 0) != 0) {
      if (!plugin.name.empty()) return refused("a second name, " + config::in_quotes(argument) + std::string(kUsage));
      if (const auto fits = check_name(argument); !fits) return tl::make_unexpected(fits.error());
      plugin.name = argument;
      continue;
    }
    const auto equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    if (flag != "--channels" && flag != "--dir") {
      return refused("unknown flag " + config::in_quotes(flag) + config::did_you_mean(flag, {"--channels", "--dir"}) +
                     std::string(kUsage));
    }
    if (equals == std::string::npos && at + 1 == arguments.size())
      return refused(flag + " without a value" + std::string(kUsage));
    const std::string value = equals == std::string::npos ? arguments[++at] : argument.substr(equals + 1);
    if (value.empty()) return refused(flag + " is empty" + std::string(kUsage));
    if (!(flag == "--dir" ? plugin.folder.empty() : channels.empty()))
      return refused(flag + " is given twice; give it once" +
                     std::string(flag == "--dir" ? "" : ", with commas between") + std::string(kUsage));
    if (flag == "--dir")
      plugin.folder = value;
    else
      channels = value;
  }
  if (plugin.name.empty()) return refused("`herald plugin new` needs a name" + std::string(kUsage));
  if (channels.empty()) return refused("`herald plugin new` needs --channels" + std::string(kUsage));
  auto parsed = parse_channels(channels);
  if (!parsed) return tl::make_unexpected(parsed.error());
  plugin.channels = *std::move(parsed);
  if (plugin.folder.empty()) plugin.folder = plugin.name;
  return plugin;
}

base::Result<std::vector<std::string>> write_new_plugin(const NewPlugin& plugin) {
  const auto made = make_empty_folder(plugin.folder);
  if (!made) return tl::make_unexpected(made.error());
  std::vector<std::string> written;
  for (const TemplateFile& file : plugin_template()) {
    const fs::path path = plugin.folder / file.name;
    const int error = write_file(path, filled_in(file, plugin));
    if (error == 0) {
      written.emplace_back(file.name);
      continue;
    }
    std::error_code ignored;  // what is reported is why it could not be written
    for (const auto& name : written)
      fs::remove(plugin.folder / name, ignored);
    if (*made) fs::remove(plugin.folder, ignored);
    return cannot_write(path, error);
  }
  return written;
}

fs::path own_sdk_dir(const fs::path& executable) {
  const fs::path beside = executable.parent_path();
  for (const fs::path& folder : {beside / "sdk", (beside / HERALD_INSTALLED_SDK).lexically_normal()}) {
    std::error_code unknown;  // what cannot be looked at is no SDK
    if (fs::is_regular_file(folder / "HeraldSdkConfig.cmake", unknown)) return folder;
  }
  return {};
}

int new_plugin(const std::vector<std::string>& arguments, const fs::path& executable, std::ostream& out,
               std::ostream& err) {
  const auto plugin = parse_new_plugin(arguments);
  if (!plugin) {
    err << "herald: " << plugin.error().message << "\n";
    return kWrongUsage;
  }
  const auto written = write_new_plugin(*plugin);
  if (!written) {
    err << "herald: " << written.error().message << "\n";
    return written.error().code == base::ErrorCode::kInvalid ? kWrongUsage : kFailed;
  }
  out << next_steps(*plugin, *written, own_sdk_dir(executable)) << std::flush;
  return kDone;
}

}  // namespace herald::tools
