#include "http/section_scanner.h"

#include <cstring>
#include <utility>

namespace herald::http {

void SectionScanner::begin(Kind kind) {
  kind_ = kind;
  section_bytes_ = lines_ = line_bytes_ = 0;
  skipped_blank_line_ = false;
}

SectionScanner::Progress SectionScanner::scan(std::string_view bytes, std::size_t& used) {
  while (used < bytes.size()) {
    const auto* const begin = bytes.data() + used;
    const auto* const feed = static_cast<const char*>(std::memchr(begin, '\n', bytes.size() - used));
    const auto length = feed != nullptr ? static_cast<std::size_t>(feed - begin) + 1 : bytes.size() - used;
    if (line_bytes_ == 0 && !line_start_fits(*begin)) return Progress::kFault;

    section_bytes_ += length;
    if (section_bytes_ > max_bytes_) {
      return refuse(
          kind_ == Kind::kHead && lines_ == 0
              ? FramingFault{414, "uri_too_long", "The request line is longer than this server takes."}
              : FramingFault{431, "header_too_large", "The request's fields are larger than this server takes."});
    }
    const char before = length >= 2 ? begin[length - 2] : last_byte_;
    line_bytes_ += length;
    last_byte_ = begin[length - 1];
    used += length;
    if (feed == nullptr) return Progress::kMore;
    if (line_bytes_ == 1 || before != '\r') return refuse(malformed("A line ends in LF without CR.").value());

    const bool blank = std::exchange(line_bytes_, 0) == 2;
    if (!blank) {
      ++lines_;
    } else if (lines_ > 0 || kind_ == Kind::kTrailers) {
      return Progress::kComplete;
    } else if (std::exchange(skipped_blank_line_, true)) {
      return refuse(malformed("More than one blank line comes before the request line.").value());
    } else {
      section_bytes_ = 0;
    }
  }
  return Progress::kMore;
}

bool SectionScanner::line_start_fits(char first) {
  if (kind_ == Kind::kHead && lines_ == 0) return true;
  if (first == ' ' || first == '\t') refuse(malformed("A field is folded over two lines.").value());
  if (first == ':') refuse(malformed("A field has no name.").value());
  return first != ' ' && first != '\t' && first != ':';
}

SectionScanner::Progress SectionScanner::refuse(FramingFault fault) {
  fault_ = fault;
  return Progress::kFault;
}

}  // namespace herald::http
