// The real binary as a child process, on a free port, with its log at hand.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace herald::test {

// The binary under test and the folder of its plugins, as CMake built them.
std::filesystem::path herald_binary();
std::filesystem::path plugin_folder();
// Plugins that misbehave on demand (tests/abi).
std::filesystem::path abi_plugin_folder();

struct HostSetup {
  std::filesystem::path data_dir;
  std::map<std::string, std::string> environment;  // API_* on top of the defaults below
  std::vector<std::string> arguments;
};

// How a child ended.
struct Exit {
  int code = -1;   // when it exited
  int signal = 0;  // when a signal ended it
};

// Starts `herald serve` with port 0, a JSON log and without rate limits. Killed and reaped at the latest by its
// destructor.
class HostProcess {
 public:
  explicit HostProcess(const HostSetup& setup);
  ~HostProcess();
  HostProcess(const HostProcess&) = delete;
  HostProcess& operator=(const HostProcess&) = delete;

  // Waits until it answers on its port; throws with the log's end when it ends or stays silent instead.
  void wait_until_listening();
  // Waits until it has ended by itself.
  Exit wait_for_exit();

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  pid_t pid() const { return pid_; }

  // SIGKILL: no chance to tidy up.
  void kill();
  // SIGTERM, and how it ended.
  Exit terminate();

  // Every line that is a JSON object, so far.
  std::vector<nlohmann::json> log() const;
  std::vector<nlohmann::json> log_of(const std::string& event) const;
  std::string raw_log() const;

 private:
  bool reap(bool block);

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  bool ended_ = false;
  Exit exit_;
  std::filesystem::path log_file_;
};

// Runs the binary to its end with these arguments; what it printed and how it ended.
struct Finished {
  Exit exit;
  std::string out;
  std::string err;
};
// Killed when it takes longer than `patience`.
Finished run_herald(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                    const std::filesystem::path& scratch, std::chrono::seconds patience = std::chrono::seconds{30});

}  // namespace herald::test
