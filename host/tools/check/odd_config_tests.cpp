// Configurations that no sane host hands over. The contract lets a plugin trust the host to hold a configuration
// against the schema; what is promised here is that no document takes the host down with the plugin.
#include <nlohmann/json.hpp>

#include "providers/plain_text.h"
#include "tools/check/config_groups.h"

namespace herald::tools::check {
namespace {

using nlohmann::json;

constexpr std::size_t kHostTakes = 250UL << 10U;  // bytes of a configuration, and a little less
constexpr std::size_t kMebibyte = 1UL << 20U;
constexpr std::size_t kMostPrefixes = 256;

// True when the plugin has settings, so that it must read what it is given.
bool has_settings(const herald_plugin& plugin) {
  const auto schema = json::parse(providers::view_of(plugin.config_schema), nullptr, false);
  return schema.is_object() && !schema.value("properties", json::object()).empty();
}

// What the plugin answers to a document that is no JSON object.
void expect_refused(const herald_plugin& plugin, const std::string& document, const std::string& what,
                    Verdict& verdict) {
  if (verdict.settled()) return;
  verdict.at("configure is called with " + what);
  Instance instance(plugin, verdict);
  if (!instance.is_created(verdict)) return;
  const auto answer = instance.configure(document);
  if (!expect_sound(answer, what, verdict) || !has_settings(plugin)) return;
  verdict.expect(answer.result != HERALD_OK, "configure takes " + what, "HERALD_E_INVALID: it is no JSON object",
                 "refuse what cannot be parsed");
}

void expect_survived(const herald_plugin& plugin, const std::string& document, const std::string& what,
                     Verdict& verdict) {
  if (verdict.settled()) return;
  verdict.at("configure is called with " + what);
  Instance instance(plugin, verdict);
  if (!instance.is_created(verdict) || !expect_sound(instance.configure(document), what, verdict)) return;
  for (const auto& line : instance.host().log_lines()) {
    verdict.expect(providers::is_utf8(line.text), "it logs what is no UTF-8 for " + what, "UTF-8",
                   "do not repeat what was given, or make UTF-8 of it first");
  }
}

std::string shown(const std::string& document) {
  return document.empty() ? "an empty text" : "the text \"" + providers::one_line(document, 60) + "\"";
}

void not_json(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  for (const std::string& document : rubbish_documents())
    expect_refused(*plugin, document, shown(document), verdict);
}

void truncated(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  const std::string& config = subject.config();
  // An object whose last brace is there is whole, whatever white space is missing behind it.
  const std::size_t whole = config.rfind('}');
  const std::size_t step = whole / kMostPrefixes + 1;
  for (std::size_t size = 0; size <= whole; size += step) {
    expect_refused(*plugin, config.substr(0, size),
                   "the first " + std::to_string(size) + " of the " + std::to_string(config.size()) +
                       " bytes of its configuration",
                   verdict);
  }
}

void random_bytes(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  constexpr int kDocuments = 300;
  for (int i = 0; i < kDocuments; ++i) {
    std::string document = subject.config();
    // One to four bytes of the configuration are others.
    for (auto left = 1 + subject.random()() % 4; left > 0; --left)
      document[subject.random()() % document.size()] = static_cast<char>(subject.random()());
    expect_survived(*plugin, document, "its configuration with changed bytes, number " + std::to_string(i), verdict);
  }
}

void invalid_utf8(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  for (const std::string bytes : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80"}) {
    expect_survived(*plugin, "{\"" + bytes + "\": 1}", "a name that is no UTF-8", verdict);
    expect_survived(*plugin, "{\"a\": \"" + bytes + "\"}", "a value that is no UTF-8", verdict);
    json schema = json::parse(providers::view_of(plugin->config_schema), nullptr, false);
    if (!schema.is_object()) continue;
    const json properties = schema.value("properties", json::object());
    for (const auto& [name, unused] : properties.items())
      expect_survived(*plugin, "{" + json(name).dump() + ": \"" + bytes + "\"}", name + " as no UTF-8", verdict);
  }
}

void deep(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  for (const std::size_t depth : {64UL, 1000UL, 10'000UL}) {
    const std::string what = "what is nested " + std::to_string(depth) + " deep";
    expect_survived(*plugin, R"({"a": )" + std::string(depth, '[') + std::string(depth, ']') + "}", what, verdict);
    expect_survived(*plugin, R"({"a": )" + std::string(depth, '['), what + " and never ends", verdict);
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i)
      objects += R"({"a":)";
    expect_survived(*plugin, objects + "1" + std::string(depth, '}'), what + ", of objects", verdict);
  }
}

void large(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  if (subject.config_problem().empty()) {
    Instance instance(*plugin, verdict);
    if (!instance.configured(subject, verdict)) return;
    const std::string what = "its configuration with " + std::to_string(kHostTakes) + " blanks behind";
    verdict.at("configure is called with " + what);
    const auto answer = instance.configure(subject.config() + std::string(kHostTakes, ' '));
    verdict.expect(answer.result == HERALD_OK, "configure answers " + result_name(answer.result) + " to " + what,
                   "HERALD_OK: blanks mean nothing", "take a configuration of any length up to 256 KiB");
    expect_survived(*plugin, subject.config() + std::string(kMebibyte, ' '), "1 MiB of blanks behind", verdict);
  }
  const std::string text = json(std::string(kMebibyte, 'x')).dump();
  expect_survived(*plugin, R"({"a": )" + text + "}", "a text of 1 MiB", verdict);
  expect_survived(*plugin, "{" + text + ": 1}", "a name of 1 MiB", verdict);
  expect_survived(*plugin, std::string(kMebibyte, 'x'), "1 MiB that is no JSON", verdict);
  const json schema = json::parse(providers::view_of(plugin->config_schema), nullptr, false);
  const json properties = schema.is_object() ? schema.value("properties", json::object()) : json::object();
  for (const auto& [name, unused] : properties.items())
    expect_survived(*plugin, "{" + json(name).dump() + ": " + text + "}", name + " as a text of 1 MiB", verdict);
}

}  // namespace

const std::vector<std::string>& rubbish_documents() {
  static const std::vector<std::string> kDocuments{"",
                                                   " ",
                                                   "no JSON",
                                                   "{",
                                                   "}",
                                                   "{]",
                                                   "[]",
                                                   "null",
                                                   "1",
                                                   "{,}",
                                                   "\"text\"",
                                                   "{\"a\":}",
                                                   "{\"a\"}",
                                                   "{} {}",
                                                   "{\"a\":1,}",
                                                   "{'a': 1}",
                                                   "{a: 1}",
                                                   "{\"a\": nul}",
                                                   "{\"a\": \"",
                                                   "[[[[",
                                                   "\\u0000",
                                                   std::string(1, '\0'),
                                                   std::string("{\0}", 3),
                                                   "<a/>"};
  return kDocuments;
}

bool expect_sound(const Answer& answer, const std::string& what, Verdict& verdict) {
  verdict.expect(is_result(answer.result), "configure answers " + result_name(answer.result) + " to " + what,
                 "HERALD_OK or HERALD_E_*", "answer HERALD_E_INVALID");
  verdict.expect(!answer.null_error, "configure's error for " + what + " is NULL with a size above 0",
                 "data whenever the size is above 0", "fill in both, or neither");
  verdict.expect(providers::is_utf8(answer.error), "configure's error for " + what + " is no UTF-8", "UTF-8",
                 "do not repeat what was given, or make UTF-8 of it first");
  return !verdict.settled();
}

std::vector<Test> odd_config_tests() {
  constexpr std::string_view kSource = "abi.h: herald_plugin.configure";
  return {
      {"config.not-json", "What is no JSON object is refused, and does no harm.", kSource, not_json},
      {"config.truncated", "A configuration that is cut off is refused, and does no harm.", kSource, truncated},
      {"config.random-bytes", "A damaged configuration does no harm.", kSource, random_bytes},
      {"config.invalid-utf8", "Text that is no UTF-8 does no harm, and is not repeated.", kSource, invalid_utf8},
      {"config.deep", "Deep nesting does no harm.", kSource, deep},
      {"config.large", "A configuration of 1 MiB does no harm.", kSource, large},
  };
}

}  // namespace herald::tools::check
