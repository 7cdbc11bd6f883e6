// How many parts a carrier makes of a text, and in which alphabet.
#pragma once

#include <cstdint>
#include <string_view>

namespace herald::sms_mms {

enum class Encoding { kGsm7, kUcs2 };

// "GSM-7" or "UCS-2".
std::string_view to_string(Encoding encoding);

struct Segments {
  std::uint32_t count = 1;  // also for the empty text: a carrier bills it
  Encoding encoding = Encoding::kGsm7;
};

// Counts the segments of a UTF-8 text as 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation with an 8-bit
// reference) have it: 160 septets, or 153 in each part of several; 70 UTF-16 units, or 67. One character outside of the
// GSM 7-bit alphabet and its extension table makes the whole text UCS-2. Neither an escape pair nor a surrogate pair is
// split between segments, so a segment may stay one short. National shift tables are not used. A byte that is no UTF-8
// counts as U+FFFD.
Segments count_segments(std::string_view utf8);

}  // namespace herald::sms_mms
