#include "access/key_list.h"

#include <algorithm>
#include <utility>

#include "base/time_text.h"

namespace herald::access {
namespace {

constexpr std::string_view kNever = "never";
constexpr std::string_view kHead =
    "# Keys to a Herald host. `herald key create` and `herald key revoke` write this file; secrets are not in it.\n"
    "# id, SHA-256 of the secret, scopes, made, expires, name\n";

std::string_view next_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<Key> parse_line(std::string_view line) {
  Key key;
  key.id = next_word(line);
  const auto digest = base::parse_digest(next_word(line));
  const auto scopes = Scopes::parse(next_word(line));
  const auto made_at = base::parse_rfc3339(next_word(line));
  const auto expires = next_word(line);
  key.name = line;
  if (!is_key_id(key.id) || !digest || !scopes || !made_at || !is_key_name(key.name)) return std::nullopt;
  if (expires != kNever) {
    key.expires_at = base::parse_rfc3339(expires);
    if (!key.expires_at) return std::nullopt;
  }
  key.digest = *digest;
  key.scopes = *scopes;
  key.made_at = *made_at;
  return key;
}

tl::unexpected<base::Error> refused(std::size_t line, const std::string& why) {
  return base::fail(base::ErrorCode::kInvalid, "line " + std::to_string(line) + ": " + why);
}

}  // namespace

base::Result<KeyList> KeyList::parse(std::string_view text) {
  KeyList list;
  std::size_t number = 0;
  if (!text.empty() && text.back() != '\n')
    return base::fail(base::ErrorCode::kInvalid, "the last line has no end, so the file may have been cut off");
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    auto key = parse_line(line);
    if (!key)
      return refused(number,
                     "expected \"<id> <SHA-256> <scopes> <made> <expires or never> <name>\" with one blank "
                     "between, as `herald key create` writes it");
    if (list.keys_.count(key->id) != 0) return refused(number, "the key " + key->id + " stands here a second time");
    list.add(*std::move(key));
  }
  return list;
}

std::string KeyList::text() const {
  std::string text(kHead);
  for (const auto& entry : keys_) {
    const Key& key = entry.second;
    text += key.id + " " + base::to_hex(key.digest) + " " + key.scopes.text() + " " + base::to_rfc3339(key.made_at) +
            " " + (key.expires_at ? base::to_rfc3339(*key.expires_at) : std::string(kNever)) + " " + key.name + "\n";
  }
  return text;
}

void KeyList::add(Key key) {
  auto id = key.id;
  keys_.insert_or_assign(std::move(id), std::move(key));
}

bool KeyList::remove(std::string_view id) {
  const auto found = keys_.find(id);
  if (found == keys_.end()) return false;
  keys_.erase(found);
  return true;
}

const Key* KeyList::find(std::string_view secret) const {
  const auto id = id_in(secret);
  if (!id) return nullptr;
  const auto found = keys_.find(*id);
  const auto given = base::sha256(secret);
  const bool known = found != keys_.end();
  const bool same = base::same_in_constant_time(given, known ? found->second.digest : base::Sha256Digest{});
  return known && same ? &found->second : nullptr;
}

}  // namespace herald::access
