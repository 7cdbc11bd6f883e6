#include "api/document_reader.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace herald::api {
namespace {

constexpr std::size_t kMaxPointerName = 64;

std::string malformed_at(std::size_t octet) {
  return "The body is not well-formed JSON (RFC 8259) at octet " + std::to_string(octet) + ".";
}

// The parser's events, in the form that nlohmann::json::sax_parse asks for; each returns whether to go on. The parser
// keeps its own stack on the heap, so depth costs no recursion.
class Reader {
 public:
  using Kind = JsonValue::Kind;

  explicit Reader(DocumentFields& fields) : fields_(fields) {}

  bool null() { return value(JsonValue{Kind::kNull}); }
  bool boolean(bool) { return value(JsonValue{Kind::kOther}); }
  bool number_integer(std::int64_t number) { return value(JsonValue{Kind::kInteger, nullptr, number}); }
  bool number_unsigned(std::uint64_t number) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return number_integer(static_cast<std::int64_t>(std::min(number, kMax)));
  }
  bool number_float(double, const std::string&) { return value(JsonValue{Kind::kOther}); }
  bool string(std::string& text) { return value(JsonValue{Kind::kString, &text}); }
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
    if (depth_ == 1) in_array_ = false;
    return true;
  }

  bool key(std::string& name) {
    if (depth_ != 1) return remember(name, "");
    field_ = fields_.find(name);
    if (!field_) return remember(name, pointer_to(name));
    const auto bit = 1U << *field_;
    if ((seen_ & bit) != 0) twice(pointer_to(name));
    seen_ |= bit;
    return true;
  }

  template <typename Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception&) {
    if (refusal_.empty()) refusal_ = malformed_at(position);
    return false;
  }

  const std::string& refusal() const { return refusal_; }

 private:
  bool stop(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  void twice(std::string pointer) {
    if (!fields_.faults().at(pointer)) fields_.faults().add(std::move(pointer), "must not appear more than once");
  }

  // Names that mean nothing are kept to find those that stand twice in one object.
  bool remember(const std::string& name, std::string pointer) {
    if (++unknown_members_ > kMaxUnknownMembers)
      return stop("The body has more than 1000 members that are not known here.");
    if (names_.size() < depth_) names_.resize(depth_);
    if (!names_[depth_ - 1].insert(name).second) twice(std::move(pointer));
    return true;
  }

  bool open(Kind kind) {
    if (depth_ == kMaxDepth) return stop("The body is nested more than 32 levels deep.");
    value(JsonValue{kind});
    if (depth_ == 1 && kind == Kind::kArray && is_object_ && field_) {
      in_array_ = true;
      entries_ = 0;
    }
    ++depth_;
    return true;
  }

  bool value(JsonValue value) {
    if (depth_ == 0) {
      is_object_ = value.kind == Kind::kObject;
      if (!is_object_) fields_.faults().add("", "must be a JSON object");
    } else if (depth_ == 1 && is_object_ && field_) {
      fields_.value(*field_, value);
    } else if (depth_ == 2 && in_array_) {
      fields_.entry(*field_, entries_++, value);
    }
    return true;
  }

  DocumentFields& fields_;
  std::string refusal_;
  std::size_t depth_ = 0;  // of containers that are open
  bool is_object_ = false;
  bool in_array_ = false;             // that is the value of a field
  std::optional<std::size_t> field_;  // of the member whose value comes; nothing for one that is ignored
  unsigned seen_ = 0;                 // one bit for each field
  std::size_t entries_ = 0;           // of the field's array
  std::size_t unknown_members_ = 0;
  std::vector<std::set<std::string>> names_;  // unknown ones, for each open level
};

}  // namespace

tl::expected<void, Malformed> read_document(std::string_view body, DocumentFields& fields) {
  // The parser takes a NUL octet for the end of its input, and would not see what stands behind it.
  if (const auto nul = body.find('\0'); nul != std::string_view::npos)
    return tl::make_unexpected(Malformed{malformed_at(nul + 1)});
  Reader reader(fields);
  if (!nlohmann::json::sax_parse(body.data(), body.data() + body.size(), &reader))
    return tl::make_unexpected(Malformed{reader.refusal()});
  return {};
}

std::string pointer_to(std::string_view name) {
  constexpr unsigned kKindOfOctet = 0xC0;  // of UTF-8, where 0x80 is one that goes on with a character
  std::string out = "/";
  auto end = std::min(name.size(), kMaxPointerName);
  while (end > 0 && end < name.size() && (static_cast<unsigned char>(name[end]) & kKindOfOctet) == 0x80)
    --end;
  for (const char c : name.substr(0, end)) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

}  // namespace herald::api
