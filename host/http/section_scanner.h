// Finds the end of a head or of trailers, and refuses there what llhttp 8.1 lets pass: a bare LF, obsolete folding, an
// empty field name, too many bytes.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/head.h"

namespace herald::http {

// One thread at a time.
class SectionScanner {
 public:
  enum class Kind { kHead, kTrailers };
  enum class Progress { kMore, kComplete, kFault };

  explicit SectionScanner(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void begin(Kind kind);

  // Takes lines off `bytes` from `used` on, up to and with the blank one that ends the section. Before a request line
  // one blank line is skipped (RFC 9112 section 2.2).
  Progress scan(std::string_view bytes, std::size_t& used);

  // Of the section so far, without a skipped blank line.
  std::size_t bytes() const { return section_bytes_; }
  bool in_first_line() const { return lines_ == 0; }
  // After kFault.
  const FramingFault& fault() const { return fault_; }

 private:
  bool line_start_fits(char first);
  Progress refuse(FramingFault fault);

  const std::size_t max_bytes_;
  Kind kind_ = Kind::kHead;
  std::size_t section_bytes_ = 0;
  std::size_t lines_ = 0;
  std::size_t line_bytes_ = 0;  // of the line that is not complete yet
  char last_byte_ = 0;
  bool skipped_blank_line_ = false;
  FramingFault fault_;
};

}  // namespace herald::http
