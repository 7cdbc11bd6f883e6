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

// The file stands first: behind it, a word may be a flag's value.
base::Result<Command> parse_backup(Arguments rest) {
  if (has(rest, "--help") || has(rest, "-h")) return Command{.verb = Verb::kBackupHelp};
  Command command{.verb = Verb::kBackup, .force = has(rest, "--force")};
  rest.erase(std::remove(rest.begin(), rest.end(), "--force"), rest.end());
  if (rest.empty() || rest.front().empty() || rest.front().front() == '-') {
    return refused("`herald backup` needs the file to be made, in front of any setting: herald backup FILE");
  }
  command.file = rest.front();
  rest.erase(rest.begin());
  command.flags = std::move(rest);
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
  if (verb == "backup") return parse_backup(std::move(rest));
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
