#include "api/query.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "api/document_reader.h"
#include "api/percent.h"

namespace herald::api {
namespace {

std::string listed(std::initializer_list<std::string_view> names) {
  std::string list;
  for (const auto name : names)
    list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

}  // namespace

Query::Query(std::string_view text, std::initializer_list<std::string_view> known) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    if (end != 0) add(text.substr(0, end), known);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void Query::add(std::string_view pair, std::initializer_list<std::string_view> known) {
  const auto equals = std::min(pair.find('='), pair.size());
  const auto name = percent_decoded(pair.substr(0, equals));
  if (!name) return faults_.add("", "must be percent-encoded: two hexadecimal digits behind every percent sign");
  if (std::find(known.begin(), known.end(), *name) == known.end())
    return fault(*name, "is not known here; known are " + listed(known));
  const auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
  if (values_.count(*name) != 0) return fault(*name, "must not appear more than once");
  values_.emplace(*name, value.value_or(""));
  if (!value) return fault(*name, "must be percent-encoded: two hexadecimal digits behind every percent sign");
  if (value->empty()) fault(*name, "must not be empty");
}

std::optional<std::string_view> Query::get(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || faults_.at(pointer_to(name))) return std::nullopt;
  return found->second;
}

std::optional<std::uint64_t> Query::number(std::string_view name) {
  const auto text = get(name);
  if (!text) return std::nullopt;
  const bool digits = std::all_of(text->begin(), text->end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) {
    fault(name, "must be a whole number in decimal digits");
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
  return parsed.ec == std::errc::result_out_of_range ? UINT64_MAX : number;
}

std::optional<std::uint64_t> Query::number_within(std::string_view name, std::uint64_t least, std::uint64_t most) {
  const auto value = number(name);
  if (!value || (*value >= least && *value <= most)) return value;
  fault(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

void Query::fault(std::string_view name, std::string message) {
  auto pointer = pointer_to(name);
  if (!faults_.at(pointer)) faults_.add(std::move(pointer), std::move(message));
}

}  // namespace herald::api
