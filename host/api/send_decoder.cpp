#include "api/send_decoder.h"

#include <array>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/time_text.h"

namespace herald::api {
namespace {

using intake::Medium;
using intake::SendRequest;

enum class Field : std::uint8_t { kFrom, kTo, kType, kSubject, kBody, kAttachments, kTimestamp, kTtl };

struct FieldName {
  std::string_view name;
  Field field;
  bool of_phone;
  bool of_email;
};

constexpr std::array kFields{
    FieldName{"from", Field::kFrom, true, true},           FieldName{"to", Field::kTo, true, true},
    FieldName{"type", Field::kType, true, false},          FieldName{"subject", Field::kSubject, false, true},
    FieldName{"body", Field::kBody, true, true},           FieldName{"attachments", Field::kAttachments, true, true},
    FieldName{"timestamp", Field::kTimestamp, true, true}, FieldName{"ttl_seconds", Field::kTtl, true, true},
};

// Entries beyond this are counted out by validation, whatever the configured maximum is (at most 100); no need to keep
// millions of them until then.
constexpr std::size_t kMaxKeptAttachments = 1000;
constexpr std::size_t kMaxPointerName = 64;

// A name as a reference token of RFC 6901.
std::string pointer_to(std::string_view name) {
  std::string out = "/";
  for (const char c : name.substr(0, kMaxPointerName)) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

// The parser's events, in the form that nlohmann::json::sax_parse asks for; each returns whether to go on. The parser
// keeps its own stack on the heap, so depth costs no recursion.
class Decoder {
 public:
  explicit Decoder(Medium medium) { request_.medium = medium; }

  bool null() { return value(Kind::kNull); }
  bool boolean(bool) { return value(Kind::kOther); }
  bool number_integer(std::int64_t number) { return integer(number); }
  bool number_unsigned(std::uint64_t number) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return integer(static_cast<std::int64_t>(std::min(number, kMax)));
  }
  bool number_float(double, const std::string&) { return value(Kind::kOther); }
  bool string(std::string& text) {
    text_ = &text;
    return value(Kind::kString);
  }
  bool binary(std::vector<std::uint8_t>&) { return true; }  // JSON text has none

  bool start_object(std::size_t) { return open(Kind::kObject); }
  bool end_object() {
    if (names_.size() >= depth_) names_.resize(depth_ - 1);
    --depth_;
    return true;
  }
  bool start_array(std::size_t) { return open(Kind::kArray); }
  bool end_array() {
    --depth_;
    if (depth_ == 1) in_attachments_ = false;
    return true;
  }

  bool key(std::string& name) {
    if (depth_ != 1) return remember(name, "");
    field_ = nullptr;
    for (const auto& candidate : kFields) {
      if (candidate.name != name) continue;
      const bool known = request_.medium == Medium::kEmail ? candidate.of_email : candidate.of_phone;
      if (!known) break;
      field_ = &candidate;
      const auto bit = 1U << static_cast<unsigned>(candidate.field);
      if ((seen_ & bit) != 0) twice(pointer_to(name));
      seen_ |= bit;
      return true;
    }
    return remember(name, pointer_to(name));
  }

  template <typename Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception&) {
    if (refusal_.empty())
      refusal_ = "The body is not well-formed JSON (RFC 8259) at octet " + std::to_string(position) + ".";
    return false;
  }

  const std::string& refusal() const { return refusal_; }
  SendRequest take() { return std::move(request_); }

 private:
  enum class Kind : std::uint8_t { kNull, kString, kInteger, kArray, kObject, kOther };

  bool stop(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  void fault(std::string_view message) { request_.faults.add(pointer_to(field_->name), std::string(message)); }

  void twice(std::string pointer) {
    if (!request_.faults.at(pointer)) request_.faults.add(std::move(pointer), "must not appear more than once");
  }

  // Names that the contract does not give are kept to find those that stand twice in one object.
  bool remember(const std::string& name, std::string pointer) {
    if (++unknown_members_ > kMaxUnknownMembers)
      return stop("The body has more than 1000 members that are not known here.");
    if (names_.size() < depth_) names_.resize(depth_);
    if (!names_[depth_ - 1].insert(name).second) twice(std::move(pointer));
    return true;
  }

  bool open(Kind kind) {
    if (depth_ == kMaxDepth) return stop("The body is nested more than 32 levels deep.");
    value(kind);
    if (depth_ == 1 && kind == Kind::kArray && field_ != nullptr && field_->field == Field::kAttachments)
      in_attachments_ = true;
    ++depth_;
    return true;
  }

  bool integer(std::int64_t number) {
    number_ = number;
    return value(Kind::kInteger);
  }

  bool value(Kind kind) {
    if (depth_ == 0) {
      if (kind != Kind::kObject) request_.faults.add("", "must be a JSON object");
      is_object_ = kind == Kind::kObject;
    } else if (depth_ == 1 && is_object_ && field_ != nullptr) {
      member(kind);
    } else if (depth_ == 2 && in_attachments_) {
      attachment(kind);
    }
    return true;
  }

  void member(Kind kind) {
    switch (field_->field) {
      case Field::kFrom:
        return text(kind, request_.from);
      case Field::kTo:
        return text(kind, request_.to);
      case Field::kBody:
        return text(kind, request_.body);
      case Field::kSubject:
        return text(kind, request_.subject);
      case Field::kType:
        return type(kind);
      case Field::kTimestamp:
        return timestamp(kind);
      case Field::kTtl:
        return ttl(kind);
      case Field::kAttachments:
        if (kind != Kind::kArray && kind != Kind::kNull) fault("must be an array of URLs or null");
    }
  }

  void text(Kind kind, std::optional<std::string>& out) {
    if (kind == Kind::kString)
      out = std::move(*text_);
    else if (kind != Kind::kNull)
      fault("must be a string");
  }

  void type(Kind kind) {
    if (kind == Kind::kNull) return;
    if (kind == Kind::kString && *text_ == "sms")
      request_.channel = domain::Channel::kSms;
    else if (kind == Kind::kString && *text_ == "mms")
      request_.channel = domain::Channel::kMms;
    else
      fault("must be \"sms\" or \"mms\"");
  }

  void timestamp(Kind kind) {
    if (kind == Kind::kNull) return;
    if (kind == Kind::kString) request_.timestamp = base::parse_rfc3339(*text_);
    if (kind != Kind::kString || !request_.timestamp)
      fault("must be an RFC 3339 time such as 2026-01-02T03:04:05.678Z");
  }

  void ttl(Kind kind) {
    if (kind == Kind::kInteger)
      request_.ttl_seconds = number_;
    else if (kind != Kind::kNull)
      fault("must be a whole number of seconds");
  }

  // What is no string keeps its place with an empty one, so that later entries are counted right.
  void attachment(Kind kind) {
    const auto index = attachments_++;
    if (kind != Kind::kString) request_.faults.add("/attachments/" + std::to_string(index), "must be a string");
    if (index < kMaxKeptAttachments)
      request_.attachments.push_back(kind == Kind::kString ? std::move(*text_) : std::string());
  }

  SendRequest request_;
  std::string refusal_;
  std::size_t depth_ = 0;  // of containers that are open
  bool is_object_ = false;
  bool in_attachments_ = false;
  const FieldName* field_ = nullptr;  // of the member whose value comes; null for one that is ignored
  unsigned seen_ = 0;                 // one bit for each Field
  std::size_t attachments_ = 0;
  std::size_t unknown_members_ = 0;
  std::vector<std::set<std::string>> names_;  // unknown ones, for each open level
  std::string* text_ = nullptr;               // of the event at hand; the parser lets it be moved from
  std::int64_t number_ = 0;
};

}  // namespace

tl::expected<SendRequest, Malformed> decode_send(std::string_view body, Medium medium) {
  // The parser takes a NUL octet for the end of its input, and would not see what stands behind it.
  if (const auto nul = body.find('\0'); nul != std::string_view::npos)
    return tl::make_unexpected(
        Malformed{"The body is not well-formed JSON (RFC 8259) at octet " + std::to_string(nul + 1) + "."});
  Decoder decoder(medium);
  if (!nlohmann::json::sax_parse(body.data(), body.data() + body.size(), &decoder))
    return tl::make_unexpected(Malformed{decoder.refusal()});
  return decoder.take();
}

}  // namespace herald::api
