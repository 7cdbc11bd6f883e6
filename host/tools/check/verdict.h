// What one test of the kit found.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace herald::tools::check {

enum class State : std::uint8_t {
  kPassed,
  kFailed,   // the plugin breaks the promise
  kBlocked,  // it could not be tried, because another promise is broken: the file does not load, the plugin not start
  kSkipped   // the plugin offers nothing that the promise is about
};

// `found` alone is set of what is blocked or skipped: the reason.
struct Finding {
  State state = State::kPassed;
  std::string found;
  std::string expected;
  std::string cure;
};

// Passed until something else is said; what is said first stays. The test's own thread only.
class Verdict {
 public:
  using OnStep = std::function<void(const std::string& step, bool preparing)>;

  // `on_step` hears at once what is tried, so that it is known when the plugin takes the process down.
  explicit Verdict(OnStep on_step = [](const std::string&, bool) {}) : on_step_(std::move(on_step)) {}

  // What is tried from here on: "start is called a second time".
  void at(std::string step) {
    step_ = std::move(step);
    on_step_(step_, false);
  }
  // As at, for what another test is about, named in brackets: should the plugin take the process down here, this test
  // is blocked.
  void preparing(std::string step) {
    step_ = std::move(step);
    on_step_(step_, true);
  }

  // `found` is a clause about the plugin, `expected` what abi.h promises, `cure` what its author does.
  void fail(std::string found, std::string expected, std::string cure) {
    settle({State::kFailed, std::move(found), std::move(expected), std::move(cure)});
  }
  void block(std::string reason) { settle({State::kBlocked, std::move(reason), {}, {}}); }
  void skip(std::string reason) { settle({State::kSkipped, std::move(reason), {}, {}}); }

  // Fails unless `holds`; answers `holds`.
  bool expect(bool holds, const std::string& found, const std::string& expected, const std::string& cure) {
    if (!holds) fail(found, expected, cure);
    return holds;
  }

  // True once something but a pass is said: the test may return.
  bool settled() const { return finding_.state != State::kPassed; }
  const Finding& finding() const { return finding_; }
  const std::string& step() const { return step_; }

 private:
  void settle(Finding finding) {
    if (!settled()) finding_ = std::move(finding);
  }

  OnStep on_step_;
  Finding finding_;
  std::string step_;
};

}  // namespace herald::tools::check
