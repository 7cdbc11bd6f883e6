#include "providers/secrets.h"

#include <algorithm>
#include <vector>

#include "providers/plain_text.h"
#include "providers/secret_places.h"

namespace herald::providers {
namespace {

using nlohmann::json;

// Null for an empty schema, or one that has been refused before.
json parsed(std::string_view text) {
  return text.empty() ? json(nullptr) : json::parse(text, nullptr, false);
}

// Every text and number in `value`, as it may be written in a sentence.
void gather_words(const json& value, std::vector<std::string>& words) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) words.push_back(value.get<std::string>());
  if (value.is_number()) words.push_back(value.dump());
  if (!value.is_structured()) return;
  for (const json& part : value)
    gather_words(part, words);
}

void replace_all(std::string& text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + kMask.size()))
    text.replace(at, word.size(), kMask);
}

}  // namespace

std::string with_secrets_masked(std::string_view schema, std::string_view text) {
  json document = parsed(text);
  for (const auto& place : secret_places(parsed(schema), document))
    document[place] = kMask;
  return document.dump();
}

base::Result<std::string> with_secrets_of(std::string_view in_force, std::string_view schema, std::string_view text) {
  json document = parsed(text);
  if (!document.is_object()) return base::fail(base::ErrorCode::kInvalid, "the configuration is no JSON object");
  const json former = parsed(in_force);
  const json rules = parsed(schema);
  const auto known = secret_places(rules, former);
  bool changed = false;
  for (const auto& place : secret_places(rules, document)) {
    if (document[place] != kMask) continue;
    if (std::find(known.begin(), known.end(), place) == known.end()) {
      return base::fail(base::ErrorCode::kInvalid, one_line(place.to_string(), 200) +
                                                       ": \"***\" stands for the secret in force, and there is none "
                                                       "at this place; give the secret itself");
    }
    document[place] = former[place];
    changed = true;
  }
  // As the client wrote it, unless it must be written anew: a number may have more digits than the parser keeps.
  return changed ? document.dump() : std::string(text);
}

std::string without_secrets(std::string text, std::string_view schema, std::string_view document_text) {
  const json document = parsed(document_text);
  std::vector<std::string> words;
  for (const auto& place : secret_places(parsed(schema), document))
    gather_words(document[place], words);
  // Longer ones first: one secret may be a part of another.
  std::sort(words.begin(), words.end(),
            [](const std::string& left, const std::string& right) { return left.size() > right.size(); });
  for (const auto& word : words)
    replace_all(text, word);
  return text;
}

}  // namespace herald::providers
