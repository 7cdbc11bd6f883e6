#include "observe/log.h"

#include <pthread.h>
#include <unistd.h>

#include <spdlog/async_logger.h>

#include "observe/log_internal.h"
#include "observe/log_line.h"
#include "observe/stderr_sink_internal.h"

namespace herald::observe {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

void name_thread() {
  pthread_setname_np(pthread_self(), "log");
}

// The line is formatted by the thread that logs; its time is written and the whole goes out on spdlog's thread.
class SpdlogLog final : public Log {
 public:
  SpdlogLog(const Options& options, int descriptor, std::size_t queued_lines)
      : options_(options),
        sink_(std::make_shared<StderrSink>(options.format, descriptor)),
        pool_(std::make_shared<spdlog::details::thread_pool>(queued_lines, 1, name_thread)),
        logger_(std::make_shared<spdlog::async_logger>("herald", sink_, pool_,
                                                       spdlog::async_overflow_policy::overrun_oldest)) {
    sink_->watch(*pool_);
    logger_->set_level(spdlog::level::trace);  // the level is decided before a line is formatted
    logger_->flush_on(spdlog::level::warn);
    // spdlog would report a fault of its own on standard error, in a form of its own. A line is all that is lost.
    logger_->set_error_handler([](const std::string&) {});
  }

  ~SpdlogLog() override {
    sink_->begin_closing();
    const auto dropped = pool_->overrun_counter();
    pool_.reset();  // works off what is queued, then joins its thread; only afterwards may the logger go
    sink_->finish(dropped);
  }

  bool enabled(LogLevel level) const override { return level >= options_.level && level != LogLevel::kOff; }

  void write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) override {
    if (!enabled(level)) return;
    try {
      thread_local std::string rest;
      format_rest(options_.format, level, event, fields, rest);
      logger_->log(spdlog_level(level), spdlog::string_view_t(rest.data(), rest.size()));
    } catch (...) {
      // Out of memory: the caller's work goes on without its line.
    }
  }

 private:
  const Options options_;
  const std::shared_ptr<StderrSink> sink_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace

std::unique_ptr<Log> make_log_on(const Options& options, int descriptor, std::size_t queued_lines) {
  return std::make_unique<SpdlogLog>(options, descriptor, queued_lines);
}

std::unique_ptr<Log> make_log(const Options& options) {
  return make_log_on(options, STDERR_FILENO);
}

}  // namespace herald::observe
