#pragma once

namespace herald::observe {

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat { kText, kJson };

struct Options {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

}  // namespace herald::observe
