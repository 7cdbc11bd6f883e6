// A provider on the C++ SDK, built by every compiler and against every C++ library that is at hand. It uses what a
// library keeps one of in a process: locales, streams, thread-local state, type information and the unwinder.
#include <future>
#include <sstream>
#include <stdexcept>
#include <string>

#include <herald/provider.h>

namespace {

class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Sibling final : public herald::Provider {
 public:
  herald::Outcome send(const herald::Message& message) override {
    if (message.body() == "throw") throw Refusal("out of send");
    if (message.body() == "throw an int") throw 7;
    if (message.body() == "catch") return caught_from_another_thread();
    std::ostringstream id;
    id << PLUGIN_NAME << '-' << message.attempt() << '-' << 1.5;
    return herald::Outcome::success(id.str());
  }

 private:
  static herald::Outcome caught_from_another_thread() {
    auto thrown = std::async(std::launch::async, []() -> int { throw Refusal("of another thread"); });
    try {
      thrown.get();
    } catch (const std::runtime_error& error) {
      return herald::Outcome::success(std::string("caught ") + error.what());
    }
    return herald::Outcome::error("not_caught");
  }
};

}  // namespace

HERALD_PLUGIN(Sibling, PLUGIN_NAME, "1.0.0", "sms", "mms", "email");
