#include "tools/command_line.h"

#include <algorithm>

#include "config/wording.h"
#include "tools/check/child.h"

namespace herald::tools {
namespace {

using Arguments = std::vector<std::string>;

bool has(const Arguments& arguments, const char* flag) {
  return std::find(arguments.begin(), arguments.end(), flag) != arguments.end();
}

base::Result<Command> refused(const std::string& why) {
  return base::fail(base::ErrorCode::kInvalid, why + "; `herald --help` explains the commands");
}

base::Result<Command> unknown(const std::string& kind, const std::string& word, const Arguments& known) {
  return refused("unknown " + kind + " " + config::in_quotes(word) + config::did_you_mean(word, known));
}

base::Result<Command> parse_plugin(Arguments rest) {
  if (!rest.empty() && rest.front() == "new") {
    rest.erase(rest.begin());
    if (has(rest, "--help") || has(rest, "-h")) return Command{.verb = Verb::kPluginNewHelp};
    return Command{.verb = Verb::kPluginNew, .flags = std::move(rest)};
  }
  if (!rest.empty() && rest.front() == "check") {
    rest.erase(rest.begin());
    if (has(rest, "--help") || has(rest, "-h")) return Command{.verb = Verb::kPluginCheckHelp};
    return Command{.verb = Verb::kPluginCheck, .flags = std::move(rest)};
  }
  if (has(rest, "--help") || has(rest, "-h")) return Command{.verb = Verb::kPluginHelp};
  if (rest.empty() || rest.front().rfind('-', 0) == 0) {
    return refused("`herald plugin` needs a command: list, check or new");
  }
  if (rest.front() != "list") return unknown("command of `herald plugin`", rest.front(), {"list", "check", "new"});
  rest.erase(rest.begin());
  Command command{.verb = Verb::kPluginList, .json = has(rest, "--json")};
  rest.erase(std::remove(rest.begin(), rest.end(), "--json"), rest.end());
  command.flags = std::move(rest);
  return command;
}

bool is_flag(const std::string& word) {
  return word.rfind("--", 0) == 0;
}

// The file is the word that is no setting's value; as for the settings themselves, a word behind `--name` is its value.
base::Result<Command> parse_backup(const Arguments& rest) {
  if (has(rest, "--help") || has(rest, "-h")) return Command{.verb = Verb::kBackupHelp};
  Command command{.verb = Verb::kBackup};
  bool value_may_follow = false;
  for (const auto& word : rest) {
    if (word == "--force") {
      command.force = true;
      value_may_follow = false;
    } else if (command.file.empty() && !value_may_follow && !word.empty() && word.front() != '-') {
      command.file = word;
    } else {
      value_may_follow = is_flag(word) && word.find('=') == std::string::npos;
      command.flags.push_back(word);
    }
  }
  if (command.file.empty()) {
    return refused(
        "`herald backup` needs the file to be made: herald backup FILE; a word behind --name is the value "
        "of that setting");
  }
  return command;
}

}  // namespace

base::Result<Command> parse_command(const Arguments& arguments) {
  const bool named = !arguments.empty() && arguments.front().rfind('-', 0) != 0;
  const std::string verb = named ? arguments.front() : "serve";
  Arguments rest(arguments.begin() + (named ? 1 : 0), arguments.end());

  if (verb == "plugin-probe") {
    // Its argument is a file's name, whatever it looks like.
    if (rest.size() != 1) return refused("`herald plugin-probe` takes one file");
    return Command{.verb = Verb::kPluginProbe, .file = rest.front()};
  }
  if (verb == check::kChildCommand && rest.empty()) return Command{.verb = Verb::kPluginCheckTest};
  if (verb == "help" || (!named && (has(rest, "--help") || has(rest, "-h")))) {
    return Command{.verb = Verb::kHelp};
  }
  if (has(rest, "--version")) return Command{.verb = Verb::kVersion};
  if (verb == "plugin") return parse_plugin(std::move(rest));
  if (verb == "backup") return parse_backup(rest);
  if (verb == "bench") {
    if (has(rest, "--help") || has(rest, "-h")) return Command{.verb = Verb::kBenchHelp};
    return Command{.verb = Verb::kBench, .flags = std::move(rest)};
  }
  if (verb == "key") {
    const bool help = has(rest, "--help") || has(rest, "-h");
    return Command{.verb = help ? Verb::kKeyHelp : Verb::kKey, .flags = std::move(rest)};
  }
  if (verb != "serve") return unknown("command", verb, {"serve", "plugin", "backup", "bench", "key", "help"});
  if (has(rest, "--help") || has(rest, "-h")) return Command{.verb = Verb::kServeHelp};
  return Command{.verb = Verb::kServe, .flags = std::move(rest)};
}

}  // namespace herald::tools
