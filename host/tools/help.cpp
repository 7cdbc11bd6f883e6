#include "tools/help.h"

#include <herald/abi.h>

#include "config/help.h"

namespace herald::tools {
namespace {

constexpr const char* kPurpose =
    R"(Herald takes SMS, MMS and email over REST, commits each message to disk before it answers, and
dispatches it through providers that it loads at run time.
)";

constexpr const char* kExamples = R"(
Examples
  herald                                      serve on http://127.0.0.1:8080, messages in ./data
  herald --port 9000 --data-dir /var/lib/herald
  API_PORT=9000 API_LOG_FORMAT=json herald    every setting is a variable too
  herald --config herald.toml                 and can stand in a file
  herald --provider-error-pct 30 --provider-seed 42
                                              let the mock providers fail, the same way every time
  herald plugin list                          the providers found, and why a file is refused
  herald backup /backup/herald.db             a copy that can be started from, while the host runs
  herald bench --mix b --duration 60          how many messages a second a running host takes
  herald key create shop --scopes send,read --keys-file /etc/herald/keys
                                              a key to the REST interface; its secret is shown once
  herald plugin new acme-sms --channels sms   a folder to write a provider of one's own in
  herald plugin check build/carrier.so        what an author runs before a plugin is dropped in
)";

constexpr const char* kUsage = R"(
Commands
  herald [serve] [SETTING...]                 take messages and send them; the default
  herald plugin list [--json] [SETTING...]    look at the plugin folder without serving
  herald plugin new NAME --channels LIST      begin a provider of one's own; [--dir DIR]
  herald plugin check [OPTION...] FILE        hold a plugin to the contract
  herald backup FILE [--force] [SETTING...]   copy the database of a host, running or not
  herald bench [URL] [OPTION...]              measure a running host
  herald key create|list|revoke               keys to the REST interface
  herald serve --help, backup --help, bench --help, key --help,
                                              plugin --help: one command alone
  herald --version
)";

constexpr const char* kExit = R"(
Exit status
  0  done; of serve: stopped by SIGTERM or SIGINT after what was in flight
  1  it could not run: the port is taken, the data folder is in use, the disk refuses
  2  the command line or a setting is wrong; every fault is listed
)";

constexpr const char* kSources = R"(
Settings
  A flag wins over a variable, a variable over the file, the file over the default. An empty
  variable counts as unset. The file is TOML; a setting's key in it is its flag without the dashes
  in front and with _ for -. Routes have a table of their own, and so has every provider:

    port = 9000
    log_format = "json"

    [route]
    sms = "sms-mms"

    [provider.email]
    error_pct = 10

    [provider.email.config]
    latency_ms = 20

  A provider's configuration may hold secrets. No log shows it; but what stands in a flag, every
  user of the machine can read.

)";

constexpr const char* kServe = R"(herald [serve] [SETTING...]: takes messages over REST and sends them.

Examples
  herald serve                                on http://127.0.0.1:8080, messages in ./data
  herald serve --port 0 --log-format json     a free port; the log's line http.listening tells it
  herald serve --dispatch off                 accept and store messages, send none
  herald serve --config herald.toml --port 9000

It starts with the settings in its log, each with its source. SIGTERM and SIGINT let what is in
flight end, for at most about 25 seconds, and stop it; what was accepted and not yet sent goes out
after the next start. A second signal ends it at once: nothing accepted is lost, but a message that
a provider has at that moment goes out again.
)";

constexpr const char* kBackup =
    R"(herald backup FILE [--force] [SETTING...]: copies the database, while the host runs or not.

Examples
  herald backup /backup/herald-monday.db --data-dir /var/lib/herald
  herald backup /backup/herald.db --force     replaces the backup of that name
The settings may stand on either side of FILE; a word behind --name is the value of that setting.

The copy is one moment of the database, with every message that was accepted before the command
began. It is written beside FILE under another name, checked, synced and then renamed: what stands
under FILE is whole. An interrupted one leaves nothing; one that was killed leaves FILE.part-PID,
which the next backup to FILE removes. FILE is readable by its owner alone: it holds messages and
addresses. The settings are those of `herald serve`; only data_dir matters.

The host is not asked, and no commit waits for the copy; but as long as it is under way the host's
write-ahead log (herald.db-wal) grows by what is committed, and shrinks again behind it.

To restore, stop the host and start one on a new, empty folder with the copy as its herald.db:

  mkdir -m 700 /var/lib/herald-new
  cp /backup/herald.db /var/lib/herald-new/herald.db
  herald --data-dir /var/lib/herald-new --dispatch off --uncertain-policy hold

Never put it beside the herald.db-wal of another database. What the host sent after the backup was
taken is not in it: messages that waited at that moment would go out a second time. With --dispatch
off nothing goes out, so that they can be looked at (GET /api/messages?status=pending) and taken
back (POST /api/messages/{id}/cancel); --uncertain-policy hold keeps those that a provider had at
that moment as failed with the error code "uncertain", to be retried one by one. Then start the host
without --dispatch off. Messages that go out again bear the dispatch token of the first time, by
which a provider that supports it knows them.

Exit status
  0  FILE is there, checked and on disk
  1  it could not be made: no database, no folder, a full disk, a damaged database, an interruption
  2  the command line or a setting is wrong, or FILE is there and --force was not given
)";

constexpr const char* kKey =
    R"(herald key create NAME --scopes LIST [--expires WHEN] [SETTING...]: makes a key.
herald key list [--json] [SETTING...]: the keys, without their secrets.
herald key revoke ID [SETTING...]: takes a key away.

Examples
  herald key create shop --scopes send,read --keys-file /etc/herald/keys
  herald key create "night watch" --scopes read --expires 90d
  herald key list
  herald key revoke 0123456789abcdef

Scopes: send takes messages (and cancels them, and brings inbound ones), read shows messages,
conversations and providers, admin configures providers and retries messages. None covers another.
WHEN is never (the default), days as in 90d, or a moment as in 2030-01-31T00:00:00Z.

The secret goes to standard output, this once; the file keeps its SHA-256. Clients send it as
Authorization: Bearer SECRET. The file is the settings' keys_file (API_KEYS_FILE, --keys-file); it
is made where there is none, with mode 0600, and replaced in one step. A host that runs with it
notices within a second. One that finds the file broken keeps the keys it had and says so.

Exit status
  0  done
  1  the file cannot be read or written, or has no such key
  2  the command line or a setting is wrong
)";

constexpr const char* kPlugin = R"(herald plugin list [--json] [SETTING...]: looks at the plugin folder without serving.

Examples
  herald plugin list                          a table: name, version, channels, state, file, reason
  herald plugin list --json                   the same as JSON, for programs
  herald plugin list --plugin-dir ./plugins   another folder

Every *.so file of the folder is tried in a process of its own, so that a broken one harms nothing.
A file that serving would refuse is listed with the reason; the exit status is 0 all the same, and 1
when the folder cannot be read. The settings are those of `herald serve`, checked as strictly.
It tells what the folder and these settings come to. What operators have changed over the REST
interface (a provider disabled, another configuration, who held a channel) is kept in the data
folder and is not read here: `GET /api/providers` of the running host shows it.

`herald plugin check FILE` holds one plugin to the contract, and `herald plugin new NAME` begins
one; `herald plugin check --help` and `herald plugin new --help` explain them.
)";

constexpr const char* kPluginNew =
    R"(herald plugin new NAME --channels sms[,mms,email] [--dir DIR]: begins a provider of one's own.

Examples
  herald plugin new acme-sms --channels sms
  herald plugin new acme --channels sms,mms --dir providers/acme

It writes a folder, ./NAME unless --dir names another, that must be new or empty: a provider's
source, its build, its test, and a README.md that leads to the first message sent. A name is 1 to 32
of a-z, 0-9 and '-', the first a letter, and not that of a mock. The exit status is 2 when a name, a
channel or the folder will not do, and 1 when the folder cannot be written.
)";

constexpr const char* kPluginCheck = R"(herald plugin check [OPTION...] FILE: holds a plugin to the contract.

Examples
  herald plugin check build/carrier.so
  herald plugin check --config test.json --junit report.xml build/carrier.so
  herald plugin check --only 'life.*' --seed 42 build/carrier.so
  herald plugin check --list                  every test, with the promise that it tries

Each test runs in a process of its own, in a folder of its own, with a deadline; what crashes, hangs
or ends its process fails that one test. The report tells what was found, what the contract
promises, the cure, and the command that runs the test again. Messages are submitted to +15550101
and to nobody@example.invalid: configure a plugin that really sends so that it reaches no one.

Options
  --config FILE    the configuration to start the plugin with, a JSON object; without it one is made
                   from the plugin's schema: what is required, with its default or the least that
                   its type allows
  --only PATTERN   only the tests whose id fits, such as 'elf.*'; may be repeated
  --seed N         repeats a run; without it a new seed is taken, and shown
  --timeout N      seconds that a test may take, 1 to 3600 (10)
  --jobs N         tests at once, 1 to 64 (the cores of this machine, at most 4)
  --json FILE      a report for programs; "-" writes it in place of the readable one. Members: file,
                   plugin, config, seed, passed, failed, blocked, skipped, took_ms, tests; of each
                   test: id, group, promise, source, result, took_ms, and reason, or found,
                   expected, cure, printed, again
  --junit FILE     as JUnit's XML, for build servers; "-" as for --json
  --list           names the tests and runs none

Results
  passed           the promise holds
  failed           the plugin breaks it
  blocked          it could not be tried, because another is broken: the plugin does not start
  skipped          the plugin offers nothing that the promise is about

Exit status
  0  no test failed, and none was blocked
  1  a test failed or was blocked
  2  the command line is wrong, a file cannot be read or written, or the configuration does not fit
)";

}  // namespace

std::string help_text() {
  return std::string(kPurpose) + kExamples + kUsage + kExit + kSources + config::settings_help();
}

std::string serve_help_text() {
  return std::string(kServe) + kExit + kSources + config::settings_help();
}

std::string backup_help_text() {
  return kBackup;
}

std::string key_help_text() {
  return kKey;
}

std::string plugin_help_text() {
  return kPlugin;
}

std::string plugin_new_help_text() {
  return kPluginNew;
}

std::string plugin_check_help_text() {
  return kPluginCheck;
}

std::string version_text() {
  return "herald " HERALD_VERSION " (plugin ABI " + std::to_string(HERALD_ABI_MAJOR) + "." +
         std::to_string(HERALD_ABI_MINOR) + ")\n";
}

}  // namespace herald::tools
