// The query of a request: parameters by name, and everything that is wrong with them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "intake/send_request.h"

namespace herald::api {

// One request's; one thread. A fault points at "/<name>", and no fault repeats a value.
class Query {
 public:
  // `text` is what stands behind the "?", percent-encoded. A "+" is itself, as RFC 3986 has it. A name that is not in
  // `known`, one that stands twice and a broken escape are faults: a filter that is misspelt would otherwise let
  // everything through.
  Query(std::string_view text, std::initializer_list<std::string_view> known);

  // Nothing when the parameter is absent or a fault has been found with it. An empty value is a fault.
  std::optional<std::string_view> get(std::string_view name) const;

  // A decimal number of any length; one beyond 64 bits is cut to the greatest. What is no such number is a fault.
  std::optional<std::uint64_t> number(std::string_view name);

  // A number from `least` to `most`; any other is a fault.
  std::optional<std::uint64_t> number_within(std::string_view name, std::uint64_t least, std::uint64_t most);

  void fault(std::string_view name, std::string message);

  bool valid() const { return faults_.empty(); }
  const intake::Faults& faults() const { return faults_; }

 private:
  void add(std::string_view pair, std::initializer_list<std::string_view> known);

  std::map<std::string, std::string, std::less<>> values_;
  intake::Faults faults_;
};

}  // namespace herald::api
