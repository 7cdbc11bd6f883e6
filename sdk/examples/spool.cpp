// An asynchronous provider: appends every message to a file as a line of JSON, on one thread of its own. What came
// together is written together. Its one setting is the file: {"file": "/var/spool/herald/out.jsonl"}.
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <herald/provider.h>

namespace {

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["file"],
  "properties": {"file": {"type": "string", "minLength": 1, "description": "Where messages are appended."}}
})";

class Spool final : public herald::AsyncProvider {
 public:
  static constexpr auto kTraits = herald::Traits{}
                                      .max_batch(128)
                                      .max_in_flight(2048)
                                      .description("Appends every message to a file as a line of JSON.")
                                      .config_schema(kSchema);

  herald::Status configure(std::string_view text) override {
    const auto json = nlohmann::json::parse(text);
    const auto file = json.at("file").get<std::string>();
    // Opened here, so that a wrong path is refused and the former file stays in use.
    std::ofstream opened(file, std::ios::app);
    if (!opened) return herald::Status::invalid("cannot append to file " + file + "; check its folder and its owner");
    const herald::Counter written = host().counter("written_total", "Messages that were appended to the file.");
    const std::lock_guard<std::mutex> lock(mutex_);
    written_ = written;
    file_ = std::move(opened);
    return herald::Status::ok();
  }

  herald::Status start() override {
    writer_ = std::thread([this] { run(); });
    return herald::Status::ok();
  }

  void submit(herald::Batch batch) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (herald::Pending& pending : batch)
      waiting_.push_back(std::move(pending));
    changed_.notify_one();
  }

  void stop() override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      changed_.notify_one();
    }
    writer_.join();
    for (herald::Pending& pending : waiting_)
      pending.abandon();
  }

 private:
  void run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      if (waiting_.empty()) {
        changed_.wait(lock);
        continue;
      }
      auto taken = std::exchange(waiting_, {});
      const bool written = write(taken);
      if (written) written_.add(static_cast<double>(taken.size()));
      lock.unlock();  // no lock is held while messages are completed
      for (herald::Pending& pending : taken)
        complete(pending, written);
      lock.lock();
    }
  }

  bool write(const std::vector<herald::Pending>& messages) {
    for (const herald::Pending& pending : messages) {
      const herald::Message& message = pending.message();
      const nlohmann::json line = {{"token", message.dispatch_token()},
                                   {"from", message.from()},
                                   {"to", message.to()},
                                   {"channel", message.channel()},
                                   {"body", message.body()}};
      file_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    }
    const bool written = static_cast<bool>(file_.flush());
    file_.clear();  // a full disk may have room again at the next attempt
    return written;
  }

  static void complete(herald::Pending& pending, bool written) {
    const auto token = std::string(pending.message().dispatch_token());
    pending.complete(written ? herald::Outcome::success(token) : herald::Outcome::error("disk"));
  }

  std::thread writer_;
  std::mutex mutex_;  // guards all below
  herald::Counter written_;
  std::condition_variable changed_;
  std::ofstream file_;
  std::vector<herald::Pending> waiting_;
  bool stopping_ = false;
};

}  // namespace

HERALD_PLUGIN(Spool, "spool", "1.0.0", "sms", "mms", "email");
