// A log that keeps its lines for a test to look at.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "observe/log.h"

namespace herald::test {

struct LogLine {
  observe::LogLevel level = observe::LogLevel::kInfo;
  std::string event;
  std::map<std::string, std::string> fields;
};

class RecordingLog final : public observe::Log {
 public:
  bool enabled(observe::LogLevel) const override { return true; }

  void write(observe::LogLevel level, std::string_view event, std::initializer_list<observe::Field> fields) override {
    LogLine line{level, std::string(event), {}};
    for (const auto& field : fields)
      line.fields.emplace(field.name, std::visit(AsText{}, field.value));
    const base::MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
  }

  std::vector<LogLine> lines() const {
    const base::MutexLock lock(mutex_);
    return lines_;
  }

  // The lines of one event.
  std::vector<LogLine> of(std::string_view event) const {
    std::vector<LogLine> found;
    for (const auto& line : lines()) {
      if (line.event == event) found.push_back(line);
    }
    return found;
  }

  // True when any field of any line holds `text`.
  bool mentions(std::string_view text) const {
    const auto all = lines();
    return std::any_of(all.begin(), all.end(), [text](const LogLine& line) {
      return std::any_of(line.fields.begin(), line.fields.end(),
                         [text](const auto& field) { return field.second.find(text) != std::string::npos; });
    });
  }

 private:
  struct AsText {
    std::string operator()(std::string_view text) const { return std::string(text); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    template <typename Number>
    std::string operator()(Number number) const {
      return std::to_string(number);
    }
  };

  mutable base::Mutex mutex_;
  std::vector<LogLine> lines_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::test
