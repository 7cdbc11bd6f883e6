#include "tools/key_command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "access/key_list.h"
#include "access/private_file.h"
#include "base/time_text.h"
#include "config/wording.h"
#include "tools/exit_status.h"

namespace herald::tools {
namespace {

using Arguments = std::vector<std::string>;
using Action = KeyCommand::Action;

tl::unexpected<base::Error> refused(const std::string& why) {
  return base::fail(base::ErrorCode::kInvalid, why + "; `herald key --help` explains the command");
}

// Takes "--name value" or "--name=value" out of the arguments.
std::optional<std::string> take_option(Arguments& arguments, const std::string& name) {
  for (auto place = arguments.begin(); place != arguments.end(); ++place) {
    if (place->rfind(name + "=", 0) == 0) {
      auto value = place->substr(name.size() + 1);
      arguments.erase(place);
      return value;
    }
    if (*place != name || place + 1 == arguments.end()) continue;
    auto value = *(place + 1);
    arguments.erase(place, place + 2);
    return value;
  }
  return std::nullopt;
}

// The first word, unless it is a flag.
std::optional<std::string> take_subject(Arguments& arguments) {
  if (arguments.empty() || arguments.front().empty() || arguments.front().front() == '-') return std::nullopt;
  auto subject = arguments.front();
  arguments.erase(arguments.begin());
  return subject;
}

base::Result<KeyCommand> parse_create(Arguments rest) {
  KeyCommand command{.action = Action::kCreate};
  const auto name = take_subject(rest);
  if (!name || !access::is_key_name(*name))
    return refused("`herald key create` needs a name for the key first: 1 to 64 visible ASCII characters and blanks");
  command.subject = *name;
  const auto scopes = take_option(rest, "--scopes");
  command.scopes = scopes ? access::Scopes::parse(*scopes) : std::nullopt;
  if (!command.scopes) {
    return refused("`herald key create` needs --scopes with send, read or admin, or several with commas between" +
                   (scopes ? "; found " + config::in_quotes(*scopes) : std::string()));
  }
  if (auto expires = take_option(rest, "--expires")) command.expires = *std::move(expires);
  command.settings = std::move(rest);
  return command;
}

base::Result<KeyCommand> parse_revoke(Arguments rest) {
  KeyCommand command{.action = Action::kRevoke};
  const auto id = take_subject(rest);
  // A whole secret is not shown again.
  if (!id || !access::is_key_id(*id))
    return refused("`herald key revoke` needs the key's id first: 16 digits, as `herald key list` shows them");
  command.subject = *id;
  command.settings = std::move(rest);
  return command;
}

// Nothing for "never".
base::Result<std::optional<base::WallTime>> expiry_of(const std::string& text, base::WallTime now) {
  constexpr int kMostDays = 36'500;
  if (text == "never") return std::optional<base::WallTime>();
  int days = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, days);
  if (read.ec == std::errc() && read.ptr + 1 == end && *read.ptr == 'd' && days >= 1 && days <= kMostDays)
    return std::optional<base::WallTime>(now + std::chrono::hours{24} * days);
  const auto moment = base::parse_rfc3339(text);
  if (!moment || *moment <= now) {
    return refused("--expires: found " + config::in_quotes(text) + ", expected never, days as in 90d (1 to " +
                   std::to_string(kMostDays) + "), or a moment to come as in 2030-01-31T00:00:00Z");
  }
  return std::optional<base::WallTime>(*moment);
}

std::string expiry_text(const access::Key& key, base::WallTime now) {
  if (!key.expires_at) return "never";
  return base::to_rfc3339(*key.expires_at) + (*key.expires_at <= now ? " (expired)" : "");
}

int create(const KeyCommand& command, const std::string& path, const KeySurroundings& surroundings, std::ostream& out,
           std::ostream& err) {
  const auto now = surroundings.clock.wall();
  const auto expires_at = expiry_of(command.expires, now);
  if (!expires_at) {
    err << "herald: " << expires_at.error().message << "\n";
    return kWrongUsage;
  }
  const auto minted = access::mint({command.subject, *command.scopes, *expires_at}, now, surroundings.entropy());
  const auto done = access::change_private_file(path, [&](const std::string& former) -> base::Result<std::string> {
    auto list = access::KeyList::parse(former);
    if (!list) return base::fail(list.error().code, path + ": " + list.error().message);
    list->add(minted.key);
    return list->text();
  });
  if (!done) {
    err << "herald: " << done.error().message << "\n";
    return kFailed;
  }
  out << minted.secret << "\n" << std::flush;
  err << "herald: key " << minted.key.id << " (" << minted.key.scopes.text() << ", expires "
      << expiry_text(minted.key, now) << ") stands in " << path << "; its secret is shown this once\n";
  if (out) return kDone;
  err << "herald: the secret could not be written and is lost; revoke the key " << minted.key.id << "\n";
  return kFailed;
}

int revoke(const KeyCommand& command, const std::string& path, std::ostream& err) {
  const auto done = access::change_private_file(path, [&](const std::string& former) -> base::Result<std::string> {
    auto list = access::KeyList::parse(former);
    if (!list) return base::fail(list.error().code, path + ": " + list.error().message);
    if (!list->remove(command.subject))
      return base::fail(base::ErrorCode::kNotFound, path + " has no key " + command.subject);
    return list->text();
  });
  err << "herald: " << (done ? "key " + command.subject + " is revoked" : done.error().message) << "\n";
  return done ? kDone : kFailed;
}

std::string json_of(const access::KeyList& list, base::WallTime now) {
  auto items = nlohmann::ordered_json::array();
  for (const auto& entry : list.keys()) {
    const auto& key = entry.second;
    nlohmann::ordered_json item{{"id", key.id},
                                {"name", key.name},
                                {"scopes", key.scopes.text()},
                                {"made_at", base::to_rfc3339(key.made_at)},
                                {"expires_at", nullptr},
                                {"expired", key.expires_at && *key.expires_at <= now}};
    if (key.expires_at) item["expires_at"] = base::to_rfc3339(*key.expires_at);
    items.push_back(std::move(item));
  }
  return nlohmann::ordered_json{{"items", std::move(items)}}.dump(2) + "\n";
}

std::string table_of(const access::KeyList& list, base::WallTime now) {
  using Row = std::array<std::string, 5>;
  std::vector<Row> rows{Row{"ID", "SCOPES", "MADE", "EXPIRES", "NAME"}};
  for (const auto& entry : list.keys()) {
    const auto& key = entry.second;
    rows.push_back(Row{key.id, key.scopes.text(), base::to_rfc3339(key.made_at), expiry_text(key, now), key.name});
  }
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += row.back() + "\n";
  }
  return text;
}

int list_keys(bool json, const std::string& path, base::WallTime now, std::ostream& out, std::ostream& err) {
  const auto file = access::read_private_file(path);
  if (!file) {
    err << "herald: " << file.error().message << "\n";
    return kFailed;
  }
  const auto list = access::KeyList::parse(file->text);
  if (!list) {
    err << "herald: " << path << ": " << list.error().message << "\n";
    return kFailed;
  }
  out << (json ? json_of(*list, now) : table_of(*list, now)) << std::flush;
  if (out) return kDone;
  err << "herald: standard output cannot be written; is the disk full?\n";
  return kFailed;
}

}  // namespace

base::Result<KeyCommand> parse_key_command(Arguments arguments) {
  const auto action = take_subject(arguments);
  if (!action) return refused("`herald key` needs a command: create, list or revoke");
  if (*action == "create") return parse_create(std::move(arguments));
  if (*action == "revoke") return parse_revoke(std::move(arguments));
  if (*action != "list") {
    return refused("unknown command of `herald key` " + config::in_quotes(*action) +
                   config::did_you_mean(*action, {"create", "list", "revoke"}));
  }
  KeyCommand command;
  const auto json = std::find(arguments.begin(), arguments.end(), "--json");
  command.json = json != arguments.end();
  if (command.json) arguments.erase(json);
  command.settings = std::move(arguments);
  return command;
}

int run_key_command(const KeyCommand& command, const config::Settings& settings, const KeySurroundings& surroundings,
                    std::ostream& out, std::ostream& err) {
  for (const auto& warning : settings.warnings)
    err << "herald: " << warning << "\n";
  const auto& path = settings.access.keys_file;
  if (path.empty()) {
    err << "herald: `herald key` needs the file of the keys: --keys-file FILE, API_KEYS_FILE, or keys_file in the "
           "settings' file\n";
    return kWrongUsage;
  }
  switch (command.action) {
    case Action::kCreate:
      return create(command, path, surroundings, out, err);
    case Action::kRevoke:
      return revoke(command, path, err);
    case Action::kList:
      break;
  }
  return list_keys(command.json, path, surroundings.clock.wall(), out, err);
}

}  // namespace herald::tools
