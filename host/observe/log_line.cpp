#include "observe/log_line.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/time_text.h"

namespace herald::observe {
namespace {

constexpr std::size_t kEventWidth = 5;  // the longest level name, so that events stand in one column
constexpr char32_t kReplacement = 0xFFFD;

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
};

// The code point at `at`; nothing where the bytes are not UTF-8 (RFC 3629: no overlong form, no surrogate, at most
// U+10FFFF).
std::optional<CodePoint> decode(std::string_view text, std::size_t at) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return CodePoint{first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4U : first >= 0xE0 ? 3U : 2U;
  if (first < 0xC2 || first > 0xF4 || at + bytes > text.size()) return std::nullopt;
  char32_t value = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = at + 1; i < at + bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast.at(bytes) || surrogate || value > 0x10FFFF) return std::nullopt;
  return CodePoint{value, bytes};
}

// What a terminal or a line reader acts on instead of showing: C0 and C1 controls, DEL, line and paragraph separators,
// the marks that reorder text (Unicode Standard Annex 9), the byte order mark.
bool acts_on_reader(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200E && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_hex_escape(std::string& out, char32_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (unsigned shift = 16; shift > 0; shift -= 4)
    out += kDigits[(value >> (shift - 4)) & 0xFU];
}

void append_escaped(std::string& out, char32_t value) {
  switch (value) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      append_hex_escape(out, value);  // all that need it lie below U+10000
  }
}

// `text` between double quotes, escaped as JSON wants it; the text form uses the same escapes.
void append_quoted(std::string& out, std::string_view text) {
  const std::string_view kept = text.substr(0, kMaxFieldBytes);
  out += '"';
  std::size_t plain = 0;  // where the run begins that goes out as it is
  std::size_t at = 0;
  while (at < kept.size()) {
    const auto point = decode(text, at);
    const char32_t value = point ? point->value : kReplacement;
    const std::size_t bytes = point ? point->bytes : 1;
    if (!point || value == '"' || value == '\\' || acts_on_reader(value)) {
      out.append(text, plain, at - plain);
      if (point)
        append_escaped(out, value);
      else
        out += "\xEF\xBF\xBD";
      plain = at + bytes;
    }
    at += bytes;
  }
  if (plain < at) out.append(text, plain, at - plain);
  if (at < text.size()) out += "...(" + std::to_string(text.size()) + " bytes)";
  out += '"';
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

void append_name(std::string& out, std::string_view name) {
  for (const char c : name)
    out += is_name_character(c) ? c : '_';
}

// Printable ASCII that holds neither a space nor anything with a meaning in the text form.
bool stands_bare(std::string_view text) {
  if (text.empty() || text.size() > kMaxFieldBytes) return false;
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7F || c == '"' || c == '\\' || c == '=') return false;
  }
  return true;
}

template <typename Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

struct AppendValue {
  LogFormat format;
  std::string& out;

  void operator()(std::string_view text) const {
    if (format == LogFormat::kText && stands_bare(text))
      out += text;
    else
      append_quoted(out, text);
  }
  void operator()(bool flag) const { out += flag ? "true" : "false"; }
  void operator()(double number) const {
    if (std::isfinite(number)) return append_number(out, number);
    (*this)(std::isnan(number) ? std::string_view("nan") : std::string_view(number < 0 ? "-inf" : "inf"));
  }
  template <typename Integer>
  void operator()(Integer number) const {
    append_number(out, number);
  }
};

bool is_envelope(std::string_view name) {
  return name == "ts" || name == "level" || name == "event";
}

}  // namespace

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return "trace";
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
    case LogLevel::kOff:
      break;
  }
  return "off";
}

void format_rest(LogFormat format, LogLevel level, std::string_view event, std::initializer_list<Field> fields,
                 std::string& rest) {
  const std::string_view name = level_name(level);
  rest.clear();
  if (format == LogFormat::kText) {
    rest += ' ';
    rest += name;
    rest.append(kEventWidth - name.size() + 1, ' ');
    append_name(rest, event);
  } else {
    rest += ",\"level\":\"";
    rest += name;
    rest += "\",\"event\":\"";
    append_name(rest, event);
    rest += '"';
  }
  for (const Field& field : fields) {
    rest += format == LogFormat::kText ? " " : ",\"";
    append_name(rest, field.name);
    if (format == LogFormat::kJson && is_envelope(field.name)) rest += '_';
    rest += format == LogFormat::kText ? "=" : "\":";
    std::visit(AppendValue{format, rest}, field.value);
  }
  if (format == LogFormat::kJson) rest += '}';
}

void append_line(LogFormat format, base::WallTime time, std::string_view rest, std::string& out) {
  if (format == LogFormat::kJson) out += "{\"ts\":\"";
  out += base::to_rfc3339(time);
  if (format == LogFormat::kJson) out += '"';
  out += rest;
  out += '\n';
}

}  // namespace herald::observe
