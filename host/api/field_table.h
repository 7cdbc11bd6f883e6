// The fields of a request, as a table of names and of what reads each. Private to the api room.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "api/document_reader.h"
#include "base/time_text.h"
#include "domain/channel.h"

namespace herald::api {

template <typename Request>
struct Field {
  using Read = void (*)(Request&, std::string_view name, JsonValue&);
  using ReadEntry = void (*)(Request&, std::string_view name, std::size_t index, JsonValue&);

  std::string_view name;
  Read read;
  ReadEntry read_entry = nullptr;  // for those whose value is an array
};

// Borrows both.
template <typename Request>
class FieldTable final : public DocumentFields {
 public:
  FieldTable(std::span<const Field<Request>> fields, Request& request) : fields_(fields), request_(request) {}

  std::optional<std::size_t> find(std::string_view name) const override {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (fields_[i].name == name) return i;
    }
    return std::nullopt;
  }
  void value(std::size_t field, JsonValue& value) override {
    fields_[field].read(request_, fields_[field].name, value);
  }
  void entry(std::size_t field, std::size_t index, JsonValue& value) override {
    if (fields_[field].read_entry != nullptr) fields_[field].read_entry(request_, fields_[field].name, index, value);
  }
  intake::Faults& faults() override { return request_.faults; }

 private:
  const std::span<const Field<Request>> fields_;
  Request& request_;
};

// Entries beyond this are counted out by validation, whatever the configured maximum is (at most 100); no need to keep
// millions of them until then.
inline constexpr std::size_t kMaxKeptAttachments = 1000;

template <auto kMember, typename Request>
void read_text(Request& request, std::string_view name, JsonValue& value) {
  if (value.kind == JsonValue::Kind::kString)
    request.*kMember = std::move(*value.text);
  else if (value.kind != JsonValue::Kind::kNull)
    request.faults.add(pointer_to(name), "must be a string");
}

// "sms" or "mms".
template <auto kMember, typename Request>
void read_phone_type(Request& request, std::string_view name, JsonValue& value) {
  if (value.kind == JsonValue::Kind::kNull) return;
  if (value.kind == JsonValue::Kind::kString && *value.text == "sms")
    request.*kMember = domain::Channel::kSms;
  else if (value.kind == JsonValue::Kind::kString && *value.text == "mms")
    request.*kMember = domain::Channel::kMms;
  else
    request.faults.add(pointer_to(name), "must be \"sms\" or \"mms\"");
}

template <typename Request>
void read_attachments(Request& request, std::string_view name, JsonValue& value) {
  if (value.kind != JsonValue::Kind::kArray && value.kind != JsonValue::Kind::kNull)
    request.faults.add(pointer_to(name), "must be an array of URLs or null");
}

// What is no string keeps its place with an empty one, so that later entries are counted right.
template <typename Request>
void read_attachment(Request& request, std::string_view name, std::size_t index, JsonValue& value) {
  const bool is_text = value.kind == JsonValue::Kind::kString;
  if (!is_text) request.faults.add(pointer_to(name) + "/" + std::to_string(index), "must be a string");
  if (request.attachments.size() < kMaxKeptAttachments)
    request.attachments.push_back(is_text ? std::move(*value.text) : std::string());
}

}  // namespace herald::api
