// One instance of the plugin with a host behind it, driven as the contract orders the calls, or against that order.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <herald/abi.h>
#include <herald/testkit/fake_host.h>

#include "tools/check/subject.h"
#include "tools/check/verdict.h"

namespace herald::tools::check {

struct Answer {
  std::int32_t result = HERALD_OK;  // or HERALD_E_*
  std::string error;                // of configure
  bool null_error = false;          // its text is NULL with a size above 0
};

// Every function calls the plugin's, whatever the state. One thread. The destructor stops the instance when it runs and
// destroys it.
class Instance {
 public:
  // Creates the instance with a recording host of its own, or, when it is not NULL, with `host`, which lives longer.
  explicit Instance(const herald_plugin& plugin, const herald_host* host = nullptr);
  // The same for a test that is not about create.
  Instance(const herald_plugin& plugin, Verdict& verdict, const herald_host* host = nullptr);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // NULL when create answered none: then nothing else may be called.
  herald_instance handle() const { return handle_; }
  const herald_plugin& plugin() const { return plugin_; }
  testkit::FakeHost& host() { return host_; }
  bool running() const { return running_; }

  Answer configure(std::string_view json);
  std::int32_t start();
  std::int32_t submit(const herald_batch& batch, const herald_completion& completion);
  std::int32_t drain(std::chrono::nanoseconds from_now);
  void stop();  // when it runs
  void stop_in_any_state();
  void destroy();
  // The instance is left as it is: neither stopped nor destroyed by the destructor.
  void abandon() { handle_ = nullptr; }

  // The usual way up, each false after saying in the verdict what went wrong (blocked: another test is about that).
  bool is_created(Verdict& verdict);
  bool configured(const Subject& subject, Verdict& verdict);  // created and configured
  bool started(const Subject& subject, Verdict& verdict);     // created, configured and started

 private:
  testkit::FakeHost host_;
  const herald_plugin& plugin_;
  herald_instance handle_ = nullptr;
  bool running_ = false;
};

// "HERALD_E_STATE (-2)", or "7, which is no result of the contract".
std::string result_name(std::int32_t result);
// True for HERALD_OK and HERALD_E_*.
bool is_result(std::int32_t result);

}  // namespace herald::tools::check
