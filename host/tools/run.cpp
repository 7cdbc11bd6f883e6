#include "tools/run.h"

#include <ostream>

#include "access/exposure.h"
#include "config/load.h"
#include "config/surroundings.h"
#include "domain/address.h"
#include "tools/bench/help.h"
#include "tools/command_line.h"
#include "tools/help.h"
#include "tools/plugin_list.h"
#include "tools/plugin_new.h"

namespace herald::tools {
namespace {

int print(const std::string& text, std::ostream& out, std::ostream& err) {
  out << text << std::flush;
  if (out) return kDone;
  err << "herald: standard output cannot be written; is the disk full?\n";
  return kFailed;
}

base::Result<config::Settings> settings_of(const Invocation& invocation, const std::vector<std::string>& flags) {
  config::Sources sources;
  sources.flags = flags;
  sources.environment = invocation.environment;
  sources.read_file = config::read_settings_file;
  sources.known_region = domain::is_known_region;
  sources.plugin_dir = config::own_plugin_dir(invocation.executable);
  return config::load(sources);
}

int list(const config::Settings& settings, bool json, const Verbs& verbs, std::ostream& out, std::ostream& err) {
  for (const auto& warning : settings.warnings)
    err << "herald: " << warning << "\n";
  const auto plugins = verbs.list_plugins(settings);
  if (!plugins) {
    err << "herald: " << plugins.error().message << "\n";
    return kFailed;
  }
  return print(json ? plugin_json(*plugins) : plugin_table(*plugins, settings.providers.plugin_dir), out, err);
}

int refuse(const base::Error& error, std::ostream& err) {
  err << "herald: " << error.message << "\n";
  return kWrongUsage;
}

int keys(const Invocation& invocation, const std::vector<std::string>& arguments, const Verbs& verbs, std::ostream& out,
         std::ostream& err) {
  const auto command = parse_key_command(arguments);
  if (!command) return refuse(command.error(), err);
  const auto settings = settings_of(invocation, command->settings);
  if (!settings) return refuse(settings.error(), err);
  return verbs.keys(*command, *settings, out, err);
}

}  // namespace

int run(const Invocation& invocation, const Verbs& verbs, std::ostream& out, std::ostream& err) {
  const auto command = parse_command(invocation.arguments);
  if (!command) return refuse(command.error(), err);
  switch (command->verb) {
    case Verb::kHelp:
      return print(help_text(), out, err);
    case Verb::kServeHelp:
      return print(serve_help_text(), out, err);
    case Verb::kBackupHelp:
      return print(backup_help_text(), out, err);
    case Verb::kBenchHelp:
      return print(bench::help_text(), out, err);
    case Verb::kBench:
      return verbs.bench(command->flags, out, err);
    case Verb::kKeyHelp:
      return print(key_help_text(), out, err);
    case Verb::kKey:
      return keys(invocation, command->flags, verbs, out, err);
    case Verb::kPluginHelp:
      return print(plugin_help_text(), out, err);
    case Verb::kVersion:
      return print(version_text(), out, err);
    case Verb::kPluginProbe:
      return verbs.probe(command->file);
    case Verb::kPluginNew:
      return new_plugin(command->flags, invocation.executable, out, err);
    case Verb::kPluginNewHelp:
      return print(plugin_new_help_text(), out, err);
    case Verb::kPluginCheckHelp:
      return print(plugin_check_help_text(), out, err);
    case Verb::kPluginCheck:
      return verbs.check_plugin(command->flags, out, err);
    case Verb::kPluginCheckTest:
      return verbs.run_check_test();
    case Verb::kServe:
    case Verb::kBackup:
    case Verb::kPluginList:
      break;
  }
  const auto settings = settings_of(invocation, command->flags);
  if (!settings) return refuse(settings.error(), err);
  if (command->verb == Verb::kPluginList) return list(*settings, command->json, verbs, out, err);
  if (command->verb == Verb::kBackup) return verbs.back_up(*settings, {command->file, command->force}, out, err);
  if (auto safe = access::check_exposure(settings->http.host, settings->access); !safe)
    return refuse(safe.error(), err);
  return verbs.serve(*settings);
}

}  // namespace herald::tools
