// Where lines leave the process: spdlog's worker thread gathers them and writes many with one call. Internal to this
// room.
#pragma once

#include <atomic>
#include <string>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include "base/clock.h"
#include "observe/options.h"

namespace herald::observe {

// Called by the one thread of the pool, and by the owner after that thread has ended; begin_closing by any thread. A
// full pipe or a stopped terminal holds only the pool's thread.
class StderrSink final : public spdlog::sinks::sink {
 public:
  StderrSink(LogFormat format, int descriptor) : format_(format), descriptor_(descriptor) {}

  // The pool that calls this sink; before the first line.
  void watch(spdlog::details::thread_pool& pool) { pool_ = &pool; }

  void log(const spdlog::details::log_msg& line) override;
  void flush() override;
  void set_pattern(const std::string& pattern) override;
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override;

  // From here on a reader that takes nothing is waited for two seconds more, then what is left is discarded.
  void begin_closing() { closing_ = true; }

  // Writes what remains; after the pool's thread has ended. `dropped` is the pool's last count.
  void finish(std::size_t dropped);

 private:
  void report_dropped(std::size_t dropped);
  void write_out();
  bool wait_until_writable();

  const LogFormat format_;
  const int descriptor_;
  spdlog::details::thread_pool* pool_ = nullptr;
  std::atomic<bool> closing_{false};
  // Of the calling thread.
  std::string pending_;
  std::size_t reported_dropped_ = 0;
  base::MonoTime give_up_at_{};
};

}  // namespace herald::observe
