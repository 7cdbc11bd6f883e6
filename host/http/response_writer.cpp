#include "http/response_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <vector>

#include <pistache/http_defs.h>

#include "http/text.h"

namespace herald::http {
namespace {

constexpr int kFirstStatus = 200;
constexpr int kLastStatus = 599;

// Status lines of all final statuses, made once.
const std::string& status_line(int status) {
  static const auto lines = [] {
    std::vector<std::string> made;
    made.reserve(kLastStatus - kFirstStatus + 1);
    for (int code = kFirstStatus; code <= kLastStatus; ++code) {
      const char* const reason = Pistache::Http::codeString(static_cast<Pistache::Http::Code>(code));
      made.push_back("HTTP/1.1 " + std::to_string(code) + " " + (reason != nullptr ? reason : "") + "\r\n");
    }
    return made;
  }();
  return lines[static_cast<std::size_t>(status - kFirstStatus)];
}

bool is_field_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); });
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_number_field(std::string& out, std::string_view name, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  append_field(out, name, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

}  // namespace

bool ResponseWriter::fits(const Response& response) {
  return response.status >= kFirstStatus && response.status <= kLastStatus && is_field_value(response.content_type) &&
         std::all_of(response.headers.begin(), response.headers.end(),
                     [](const auto& field) { return is_field_name(field.first) && is_field_value(field.second); });
}

void ResponseWriter::append(std::string& out, const Response& response, const AnswerContext& context) {
  static constexpr std::size_t kUsualHead = 320;
  // RFC 9110 section 8.6: neither of these has a body, and 204 no Content-Length.
  const bool bodiless = response.status == 204 || response.status == 304;
  const auto wanted = out.size() + kUsualHead + response.body.size();
  if (out.capacity() < wanted) out.reserve(std::max(wanted, out.capacity() * 2));

  out.append(status_line(response.status));
  out.append(date());
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  if (!bodiless) append_number_field(out, "Content-Length", response.body.size());
  if (context.close) {
    out.append("Connection: close\r\n");
  } else if (context.http10) {
    out.append("Connection: keep-alive\r\n");
  }
  append_field(out, "X-Request-Id", context.request_id);
  for (const auto& field : response.headers)
    append_field(out, field.first, field.second);
  out.append("\r\n");
  if (!bodiless && !context.head_only) out.append(response.body);
}

// IMF-fixdate of RFC 9110 section 5.6.7, without strftime: a plugin may have set a locale.
std::string_view ResponseWriter::date() {
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto time = std::chrono::floor<std::chrono::seconds>(clock_.wall());
  if (time == date_second_) return date_line_;
  date_second_ = time;
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto two_digits = [this](auto number) {
    date_line_ += static_cast<char>('0' + number / 10);
    date_line_ += static_cast<char>('0' + number % 10);
  };
  date_line_.assign("Date: ").append(kDays.at(std::chrono::weekday(day).c_encoding())).append(", ");
  two_digits(static_cast<unsigned>(date.day()));
  date_line_.append(" ").append(kMonths.at(static_cast<unsigned>(date.month()) - 1)).append(" ");
  date_line_.append(std::to_string(static_cast<int>(date.year()))).append(" ");
  two_digits(clock.hours().count());
  date_line_ += ':';
  two_digits(clock.minutes().count());
  date_line_ += ':';
  two_digits(clock.seconds().count());
  date_line_.append(" GMT\r\n");
  return date_line_;
}

}  // namespace herald::http
