// What runs in a signal handler here uses system calls and memory that was there before, nothing else.
#include "providers/death_marks.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace herald::providers {
namespace {

constexpr std::array kFatal{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
constexpr std::size_t kSlots = 16;
constexpr std::size_t kStackBytes = 64UL << 10U;
constexpr std::array<std::string_view, 6> kSteps{"load", "create", "configure", "fault injection", "start", "destroy"};

// As they were before mark_deaths, by their place in kFatal.
std::array<struct sigaction, kFatal.size()> g_before;

// A line that is put together without allocating.
class Line {
 public:
  void add(std::string_view text) {
    const std::size_t length = std::min(text.size(), bytes_.size() - size_);
    std::memcpy(bytes_.data() + size_, text.data(), length);
    size_ += length;
  }
  void add_digits(int value, int places) {
    for (int unit = places == 3 ? 100 : 1; unit > 0; unit /= 10) {
      const char digit = static_cast<char>('0' + (value / unit) % 10);
      add({&digit, 1});
    }
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 512> bytes_{};
  std::size_t size_ = 0;
};

// The process is about to end: what cannot be written any more is lost.
void write_once(int fd, std::string_view text) {
  if (::write(fd, text.data(), text.size()) < 0) return;
}

}  // namespace

struct DeathMark::Slot {
  std::atomic<bool> taken{false};
  std::atomic<pid_t> thread{0};  // that is inside the plugin; 0: none
  std::atomic<int> record{-1};
  std::atomic<std::uint8_t> step{0};
  std::array<char, 200> who{};  // "NAME (FILE)"; written before `thread`
  std::size_t who_size = 0;
  bool lent_stack = false;                // the thread's own
  std::array<char, kStackBytes> stack{};  // for the handler, when the plugin has used up its thread's
};

struct DeathMark::Slots {
  std::array<Slot, kSlots> all;
};

DeathMark::Slots& DeathMark::slots() {
  static auto* const made = new Slots;  // outlives every thread that a plugin may have
  return *made;
}

void DeathMark::mark(char kind, int value) {
  const pid_t self = ::gettid();
  for (auto& slot : slots().all) {
    if (slot.thread.load() != self) continue;
    if (const int record = slot.record.load(); record >= 0) {
      Line mark;
      mark.add({&kind, 1});
      mark.add(" ");
      mark.add_digits(value, 3);
      if (::pwrite(record, mark.text().data(), mark.text().size(), 0) > 0) ::fsync(record);
    }
    Line said;
    said.add(kind == record_line::kExit ? "herald: exit() was called with status " : "herald: killed by signal ");
    said.add_digits(value, 3);
    said.add(" inside the ");
    said.add(kSteps.at(slot.step.load() % kSteps.size()));
    said.add(" of the provider ");
    said.add({slot.who.data(), slot.who_size});
    said.add("; the next start of the host refuses this file\n");
    write_once(STDERR_FILENO, said.text());
    slot.thread = 0;
    return;
  }
}

namespace {

void on_fatal_signal(int signal, siginfo_t* info, void* /*context*/) {
  const int saved = errno;
  // A signal that somebody else sent says nothing about the plugin.
  const bool sent = info->si_code <= 0;
  if (!sent || info->si_pid == ::getpid()) DeathMark::mark(record_line::kSignal, signal);
  for (std::size_t i = 0; i < kFatal.size(); ++i) {
    if (kFatal.at(i) == signal) ::sigaction(signal, &g_before.at(i), nullptr);
  }
  // A fault comes again when the instruction is tried again, with its own address for whoever is next, and for the
  // core; what was sent has to be sent again.
  if (sent) static_cast<void>(::raise(signal));
  errno = saved;
}

void on_exit_called(int status, void* /*unused*/) {
  DeathMark::mark(record_line::kExit, static_cast<int>(static_cast<unsigned>(status) & 255U));
}

}  // namespace

std::string_view to_string(StartStep step) {
  return kSteps.at(static_cast<std::size_t>(step) % kSteps.size());
}

void mark_deaths() {
  DeathMark::prepare();
  struct sigaction action {};
  action.sa_sigaction = on_fatal_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kFatal.size(); ++i)
    ::sigaction(kFatal.at(i), &action, &g_before.at(i));
  // Without it an exit is a death without a mark, which counts when it comes again.
  static_cast<void>(::on_exit(on_exit_called, nullptr));
}

DeathMark::Slot* DeathMark::take() {
  for (auto& slot : slots().all) {
    if (!slot.taken.exchange(true)) return &slot;
  }
  return nullptr;
}

DeathMark::DeathMark(int record, std::string_view name, std::string_view file) : slot_(take()) {
  if (slot_ == nullptr) return;
  Line who;
  who.add(name.substr(0, 64));
  who.add(" (");
  who.add(file.substr(0, 120));
  who.add(")");
  slot_->who_size = std::min(who.text().size(), slot_->who.size());
  std::memcpy(slot_->who.data(), who.text().data(), slot_->who_size);
  slot_->record = record;
}

DeathMark::~DeathMark() {
  if (slot_ == nullptr) return;
  slot_->thread = 0;
  slot_->record = -1;
  slot_->taken = false;
}

void DeathMark::enter(StartStep step) {
  if (slot_ == nullptr) return;
  stack_t present{};
  // A sanitizer gives each thread a stack for its own handler.
  if (::sigaltstack(nullptr, &present) == 0 && (present.ss_flags & SS_DISABLE) != 0) {
    stack_t lent{};
    lent.ss_sp = slot_->stack.data();
    lent.ss_size = slot_->stack.size();
    slot_->lent_stack = ::sigaltstack(&lent, nullptr) == 0;
  }
  at(step);
  slot_->thread = ::gettid();
}

void DeathMark::at(StartStep step) {
  if (slot_ == nullptr) return;
  slot_->step = static_cast<std::uint8_t>(step);
  const char digit = static_cast<char>('0' + static_cast<int>(step));
  // Without it the reason names the step before.
  if (slot_->record >= 0 && ::pwrite(slot_->record, &digit, 1, record_line::kStepAt) < 0) return;
}

void DeathMark::leave() {
  if (slot_ == nullptr) return;
  slot_->thread = 0;
  if (!slot_->lent_stack) return;
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
  slot_->lent_stack = false;
}

}  // namespace herald::providers
