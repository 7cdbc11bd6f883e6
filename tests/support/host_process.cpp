#include "support/host_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/eventually.h"

namespace herald::test {
namespace {

constexpr std::chrono::seconds kPatience{30};  // sanitizers are slow; nobody waits this long in a good run

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

// What of the test's own environment a child may see: nothing that could set the host up by accident.
std::map<std::string, std::string> clean_environment() {
  std::map<std::string, std::string> kept;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a test that changes its environment has one thread and starts no host
    if (const char* value = std::getenv(name); value != nullptr) kept[name] = value;
  }
  return kept;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts)
    out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

pid_t spawn(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
            const std::filesystem::path& out, const std::filesystem::path& err) {
  std::vector<std::string> argv{herald_binary().string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::vector<std::string> envp;
  envp.reserve(environment.size());
  for (const auto& [name, value] : environment)
    envp.push_back(name + "=" + value);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t pid = -1;
  auto argv_pointers = pointers(argv);
  auto envp_pointers = pointers(envp);
  const int failed = posix_spawn(&pid, argv_pointers[0], &actions, nullptr, argv_pointers.data(), envp_pointers.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + argv[0]);
  return pid;
}

Exit decoded(int status) {
  Exit exit;
  if (WIFEXITED(status)) exit.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) exit.signal = WTERMSIG(status);
  return exit;
}

}  // namespace

std::filesystem::path herald_binary() {
  return HERALD_TEST_BINARY;
}
std::filesystem::path plugin_folder() {
  return HERALD_TEST_PLUGINS;
}

std::filesystem::path abi_plugin_folder() {
  return HERALD_TEST_ABI_PLUGINS;
}

HostProcess::HostProcess(const HostSetup& setup) : log_file_(setup.data_dir.string() + ".log") {
  auto environment = clean_environment();
  environment["API_PORT"] = "0";
  environment["API_DATA_DIR"] = setup.data_dir.string();
  environment["API_LOG_FORMAT"] = "json";
  environment["API_RATE_LIMIT_PER_IP_PER_MIN"] = "0";
  environment["API_RATE_LIMIT_PER_SENDER_PER_MIN"] = "0";
  for (const auto& [name, value] : setup.environment)
    environment[name] = value;
  std::filesystem::remove(log_file_);
  pid_ = spawn(setup.arguments, environment, log_file_.string() + ".out", log_file_);
}

HostProcess::~HostProcess() {
  kill();
}

void HostProcess::wait_until_listening() {
  const bool listening = eventually(
      [this] {
        for (const auto& line : log_of("herald.ready"))
          port_ = line.value("port", std::uint16_t{0});
        return port_ != 0 || reap(false);
      },
      kPatience);
  if (!listening || port_ == 0) throw std::runtime_error("the host does not listen; its log:\n" + raw_log());
}

bool HostProcess::reap(bool block) {
  if (ended_) return true;
  int status = 0;
  pid_t result = -1;
  do {
    result = waitpid(pid_, &status, block ? 0 : WNOHANG);
  } while (result < 0 && errno == EINTR);
  if (result != pid_) return false;
  ended_ = true;
  exit_ = decoded(status);
  return true;
}

Exit HostProcess::wait_for_exit() {
  if (!eventually([this] { return reap(false); }, kPatience)) {
    const std::string log = raw_log();
    kill();
    throw std::runtime_error("the host does not end; its log:\n" + log);
  }
  return exit_;
}

void HostProcess::kill() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  reap(true);
}

Exit HostProcess::terminate() {
  ::kill(pid_, SIGTERM);
  return wait_for_exit();
}

std::string HostProcess::raw_log() const {
  return read_file(log_file_);
}

std::vector<nlohmann::json> HostProcess::log() const {
  std::vector<nlohmann::json> lines;
  std::istringstream in(raw_log());
  for (std::string line; std::getline(in, line);) {
    auto parsed = nlohmann::json::parse(line, nullptr, false);
    if (parsed.is_object()) lines.push_back(std::move(parsed));
  }
  return lines;
}

std::vector<nlohmann::json> HostProcess::log_of(const std::string& event) const {
  std::vector<nlohmann::json> found;
  for (auto& line : log()) {
    if (line.value("event", "") == event) found.push_back(std::move(line));
  }
  return found;
}

Finished run_herald(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                    const std::filesystem::path& scratch, std::chrono::seconds patience) {
  auto whole = clean_environment();
  for (const auto& [name, value] : environment)
    whole[name] = value;
  const auto out = scratch / "stdout";
  const auto err = scratch / "stderr";
  std::filesystem::remove(out);
  std::filesystem::remove(err);
  const pid_t pid = spawn(arguments, whole, out, err);
  int status = 0;
  const bool ended = eventually([&] { return waitpid(pid, &status, WNOHANG) == pid; }, patience);
  if (!ended) {
    ::kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
  }
  return Finished{decoded(status), read_file(out), read_file(err)};
}

}  // namespace herald::test
