// The JSON of a request, read in one pass and handed to its fields as it comes, without a tree in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "intake/send_request.h"

namespace herald::api {

// Bounds on what a client may write, beside the size of the body.
inline constexpr std::size_t kMaxDepth = 32;             // of arrays and objects in each other
inline constexpr std::size_t kMaxUnknownMembers = 1000;  // in one request

// Why a body is no JSON that Herald reads; fixed text, fit for a client.
struct Malformed {
  std::string detail;
};

// One value as it is met.
struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kString, kInteger, kArray, kObject, kOther };
  Kind kind = Kind::kNull;
  std::string* text = nullptr;  // of kString; may be moved from
  std::int64_t integer = 0;     // of kInteger; one that is greater is cut to the greatest
};

// What the members of one kind of document mean. The reader's own faults go to faults().
class DocumentFields {
 public:
  virtual ~DocumentFields() = default;
  // A number below 32 for each name that means something; nothing for one that is ignored.
  virtual std::optional<std::size_t> find(std::string_view name) const = 0;
  // The value of a member; what is inside of an array or an object does not come.
  virtual void value(std::size_t field, JsonValue& value) = 0;
  // An entry of a member that is an array.
  virtual void entry(std::size_t field, std::size_t index, JsonValue& value) = 0;
  virtual intake::Faults& faults() = 0;
};

// A document whose members mean nothing here: for those that only must be an object in which no name stands twice.
class UnreadFields final : public DocumentFields {
 public:
  std::optional<std::size_t> find(std::string_view) const override { return std::nullopt; }
  void value(std::size_t, JsonValue&) override {}
  void entry(std::size_t, std::size_t, JsonValue&) override {}
  intake::Faults& faults() override { return faults_; }

 private:
  intake::Faults faults_;
};

// Strict RFC 8259 in well-formed UTF-8; no lone surrogates; no number beyond a double. A name that stands twice and a
// document that is no object are faults of the request. Any thread.
tl::expected<void, Malformed> read_document(std::string_view body, DocumentFields& fields);

// A name as a reference token of RFC 6901 with its "/"; cut, since a client chose it.
std::string pointer_to(std::string_view name);

}  // namespace herald::api
