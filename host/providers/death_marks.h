// What a process that dies inside a plugin's start can still say: which plugin, which step, and of what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace herald::providers {

// The calls of a start, in their order. The digits stand in files.
enum class StartStep : std::uint8_t { kLoad, kCreate, kConfigure, kFaults, kStart, kDestroy };

std::string_view to_string(StartStep step);

// The first line of a start's record, which a dying process changes in place: state, what it died of, step, and how
// many deaths without a mark came before. "S 000 1 0\n".
namespace record_line {
inline constexpr std::size_t kSize = 10;
inline constexpr std::size_t kStepAt = 6;
inline constexpr std::size_t kDeathsAt = 8;
inline constexpr char kStarting = 'S';
inline constexpr char kLeftBehind = 'L';  // nobody waits for it any more
inline constexpr char kSignal = 'D';      // the process died of that signal, in the starting thread
inline constexpr char kExit = 'E';        // the starting thread ended the process, with that status
}  // namespace record_line

// From now on a fatal signal and exit() write such a mark, when they come from a thread that is inside a plugin's
// start, and a line to standard error. What was installed for the signal before, as a sanitizer's, takes its turn
// afterwards; else the process dies as it would have. Once a process, before other threads start.
void mark_deaths();

// One start that is under way. There is room for sixteen at a time; of others no death is marked. enter, at and
// leave are called by the thread that is inside the plugin, the rest by the owner.
class DeathMark {
 public:
  // `record` begins with a record_line and stays open for the life of this; -1: there is none. `name` and `file` are
  // what standard error is told.
  DeathMark(int record, std::string_view name, std::string_view file);
  ~DeathMark();
  DeathMark(const DeathMark&) = delete;
  DeathMark& operator=(const DeathMark&) = delete;

  void enter(StartStep step);
  void at(StartStep step);
  void leave();

  // The process dies now: marks the start that the calling thread is inside, if it is. Safe in a signal handler.
  static void mark(char kind, int value);
  // Makes the room for all; called before the first signal can come.
  static void prepare() { static_cast<void>(slots()); }

 private:
  struct Slot;
  struct Slots;
  static Slots& slots();
  static Slot* take();

  Slot* const slot_;  // null: there was no room
};

}  // namespace herald::providers
