// Percent-encoding, and the forms that carriers send in it.
#ifndef HERALD_FORM_H
#define HERALD_FORM_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace herald {

namespace detail {

inline int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

inline std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus_is_space) {
      bytes += ' ';
    } else if (text[at] != '%') {
      bytes += text[at];
    } else {
      const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
      const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
      if (low < 0) return std::nullopt;
      bytes += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  return bytes;
}

}  // namespace detail

/// Decodes %XX, as in a path (RFC 3986, section 2.1); '+' stays '+'. Nothing when a '%' is not followed by two
/// hexadecimal digits. The result is bytes: it may hold NULs, and need not be UTF-8. Threading: any thread.
inline std::optional<std::string> percent_decoded(std::string_view text) {
  return detail::decoded(text, false);
}

/// The fields of a form: application/x-www-form-urlencoded, as it stands in a body or behind a URL's "?".
///
/// Names and values are bytes: they may hold NULs, and need not be UTF-8. Ownership: it owns its texts. Threading:
/// immutable; any thread. Source: the URL Standard, section 5.1, but for a '%' without two hexadecimal digits: that is
/// an error here, because a carrier never sends it and a signature over it would be made for something else.
class Form {
 public:
  /// One more, and the form is refused: a carrier sends some dozens.
  static constexpr std::size_t kMaxFields = 2000;

  struct Field {
    std::string name;
    std::string value;
  };

  /// Reads a form; nothing when it is malformed or has more than kMaxFields fields. Empty pieces ("&&") are skipped.
  static std::optional<Form> parse(std::string_view encoded) {
    Form form;
    while (!encoded.empty()) {
      const std::size_t end = encoded.find('&');
      const std::string_view piece = encoded.substr(0, end);
      encoded.remove_prefix(end == std::string_view::npos ? encoded.size() : end + 1);
      if (piece.empty()) continue;
      if (form.fields_.size() >= kMaxFields) return std::nullopt;
      const std::size_t equals = piece.find('=');
      auto name = detail::decoded(piece.substr(0, equals), true);
      auto value = detail::decoded(equals == std::string_view::npos ? "" : piece.substr(equals + 1), true);
      if (!name || !value) return std::nullopt;
      form.fields_.push_back({std::move(*name), std::move(*value)});
    }
    return form;
  }

  /// The value of the first field of that name, with its case; nothing when there is none. Valid as long as the form.
  std::optional<std::string_view> value(std::string_view name) const& {
    for (const Field& field : fields_) {
      if (field.name == name) return field.value;
    }
    return std::nullopt;
  }
  std::optional<std::string_view> value(std::string_view name) const&& = delete;  // it would point nowhere

  /// Every field in order, those that come twice twice.
  const std::vector<Field>& fields() const& noexcept { return fields_; }
  const std::vector<Field>& fields() const&& = delete;

 private:
  std::vector<Field> fields_;
};

}  // namespace herald

#endif  // HERALD_FORM_H
