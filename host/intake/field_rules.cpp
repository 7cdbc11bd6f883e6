#include "intake/field_rules.h"

#include <algorithm>
#include <utility>

#include "intake/http_url.h"

namespace herald::intake {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

constexpr base::WallTime kFirstTime = sys_days{year{0} / 1 / 1};
constexpr base::WallTime kEndOfTime = sys_days{year{10'000} / 1 / 1};

}  // namespace

bool fits_a_header(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet == '\t' || (octet >= 0x20 && octet != 0x7f);
  });
}

bool is_writable_time(base::WallTime time) {
  return time >= kFirstTime && time < kEndOfTime;
}

void judge_attachments(const std::vector<std::string>& urls, std::size_t most, const std::string& prefix,
                       Faults& faults) {
  if (urls.empty()) return;
  const auto place = prefix + "/attachments";
  if (faults.at(place)) return;
  if (urls.size() > most) faults.add(place, "must have at most " + std::to_string(most) + " entries");
  for (std::size_t i = 0; i < std::min(urls.size(), most); ++i) {
    const auto fault = fault_of_http_url(urls[i]);
    if (!fault) continue;
    auto pointer = place + "/" + std::to_string(i);
    // The decoder holds the place of what is no string.
    if (!faults.at(pointer)) faults.add(std::move(pointer), std::string(*fault));
  }
}

}  // namespace herald::intake
