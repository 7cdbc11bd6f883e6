// The structured log: one line per event, an event's name and its fields. No body, no whole address, no secret is ever
// a field; addresses go through domain::masked first.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "observe/options.h"

namespace herald::observe {

// A field of a log line. Holds views: used within the statement that makes it.
struct Field {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  Field(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
  Field(std::string_view field_name, const char* text) : name(field_name), value(std::string_view(text)) {}
  Field(std::string_view field_name, const std::string& text) : name(field_name), value(std::string_view(text)) {}
  Field(std::string_view field_name, bool flag) : name(field_name), value(flag) {}
  Field(std::string_view field_name, double number) : name(field_name), value(number) {}
  template <typename Integer>
  requires std::is_integral_v<Integer> Field(std::string_view field_name, Integer number)
      : name(field_name), value(widened(number)) {}

  std::string_view name;
  Value value;

 private:
  template <typename Integer>
  static Value widened(Integer number) {
    if constexpr (std::is_signed_v<Integer>)
      return static_cast<std::int64_t>(number);
    else
      return static_cast<std::uint64_t>(number);
  }
};

// Any thread. Never throws and never blocks on a slow terminal for long: lines beyond the queue's bound are dropped and
// counted in a later line.
class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  virtual bool enabled(LogLevel level) const = 0;

  // `event` is a stable dotted name ("dispatch.settled"); `fields` follow in their order. The names in use for what
  // many lines share: message_id, request_id, provider_name, channel, outcome, attempt, error.
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) = 0;

  void debug(std::string_view event, std::initializer_list<Field> fields) { write(LogLevel::kDebug, event, fields); }
  void info(std::string_view event, std::initializer_list<Field> fields) { write(LogLevel::kInfo, event, fields); }
  void warn(std::string_view event, std::initializer_list<Field> fields) { write(LogLevel::kWarn, event, fields); }
  void error(std::string_view event, std::initializer_list<Field> fields) { write(LogLevel::kError, event, fields); }
};

// Lines to standard error, as text for a terminal or as one JSON object a line.
std::unique_ptr<Log> make_log(const Options& options);

}  // namespace herald::observe
