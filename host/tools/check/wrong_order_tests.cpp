// Calls out of the contract's order. What holds for them ("Calls out of order" in abi.h): no call harms the process or
// the instance; one that fits no state answers HERALD_E_STATE or, where it can be done at no harm, does its work;
// submit takes nothing but between a successful start and stop; after a stop too early the instance need not start any
// more.
#include <array>
#include <string>

#include "tools/check/instance.h"
#include "tools/check/life_groups.h"
#include "tools/check/process_view.h"
#include "tools/check/sending.h"

namespace herald::tools::check {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kThreadsEnd{500};

void expect_result(std::int32_t result, const std::string& call, Verdict& verdict) {
  verdict.expect(is_result(result), call + " answers " + result_name(result), "HERALD_E_STATE, or HERALD_OK",
                 "answer HERALD_E_STATE for a call that fits no state");
}

// The instance still lives as the contract has it, from configure on.
void lives_on(Instance& instance, Subject& subject, Verdict& verdict, const std::string& when) {
  if (verdict.settled()) return;
  Sending sending;
  if (instance.started(subject, verdict)) sending.works(instance, subject, verdict, when);
  verdict.at("stop and destroy are called");
  instance.stop();
  instance.destroy();
}

// An instance that was only created.
using Call = void (*)(Instance&, Subject&, Verdict&);
void from_created(Subject& subject, Verdict& verdict, Call call) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (instance.is_created(verdict)) call(instance, subject, verdict);
}

void from_configured(Subject& subject, Verdict& verdict, Call call) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (instance.configured(subject, verdict)) call(instance, subject, verdict);
}

void from_running(Subject& subject, Verdict& verdict, Call call) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (instance.started(subject, verdict)) call(instance, subject, verdict);
}

void from_stopped(Subject& subject, Verdict& verdict, Call call) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict)) return;
  verdict.at("stop is called");
  instance.stop();
  call(instance, subject, verdict);
}

void start_before_configure(Subject& subject, Verdict& verdict) {
  from_created(subject, verdict, [](Instance& instance, Subject& its, Verdict& says) {
    says.at("start is called before configure");
    const auto result = instance.start();
    expect_result(result, "start before configure", says);
    says.at("the instance that was started without a configuration is ended");
    if (result == HERALD_OK) return;  // it runs on defaults, and is stopped and destroyed as one that runs
    lives_on(instance, its, says, "after a start before configure");
  });
}

void submit_before_configure(Subject& subject, Verdict& verdict) {
  from_created(subject, verdict, [](Instance& instance, Subject& its, Verdict& says) {
    Sending sending;
    sending.expect_refused(instance, says, "before configure");
    lives_on(instance, its, says, "after a submit before configure");
  });
}

void submit_before_start(Subject& subject, Verdict& verdict) {
  from_configured(subject, verdict, [](Instance& instance, Subject& its, Verdict& says) {
    Sending sending;
    sending.expect_refused(instance, says, "before start");
    lives_on(instance, its, says, "after a submit before start");
  });
}

void submit_after_stop(Subject& subject, Verdict& verdict) {
  Sending sending;
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict) || !sending.works(instance, subject, verdict, "after start")) return;
  verdict.at("stop is called");
  instance.stop();
  sending.expect_refused(instance, verdict, "after stop");
  verdict.at("destroy is called");
  instance.destroy();
}

void drain_before_start(Subject& subject, Verdict& verdict) {
  const Call drained = [](Instance& instance, Subject& its, Verdict& says) {
    says.at("drain is called before start");
    expect_result(instance.drain(milliseconds(100)), "drain before start", says);
    lives_on(instance, its, says, "after a drain before start");
  };
  from_created(subject, verdict, drained);
  from_configured(subject, verdict, drained);
}

void drain_after_stop(Subject& subject, Verdict& verdict) {
  from_stopped(subject, verdict, [](Instance& instance, Subject& /*its*/, Verdict& says) {
    says.at("drain is called after stop");
    expect_result(instance.drain(milliseconds(100)), "drain after stop", says);
  });
}

void stop_before_start(Subject& subject, Verdict& verdict) {
  const Call stopped = [](Instance& instance, Subject& /*its*/, Verdict& says) {
    says.at("stop is called before start");
    instance.stop_in_any_state();
    says.at("destroy is called after a stop before start");
    instance.destroy();
  };
  from_created(subject, verdict, stopped);
  from_configured(subject, verdict, stopped);
}

void stop_twice(Subject& subject, Verdict& verdict) {
  from_stopped(subject, verdict, [](Instance& instance, Subject& /*its*/, Verdict& says) {
    says.at("stop is called a second time");
    instance.stop_in_any_state();
    says.at("destroy is called after the second stop");
    instance.destroy();
  });
}

void start_twice(Subject& subject, Verdict& verdict) {
  from_running(subject, verdict, [](Instance& instance, Subject& its, Verdict& says) {
    Sending sending;
    says.at("start is called a second time");
    expect_result(instance.start(), "a second start", says);
    sending.works(instance, its, says, "after a second start");
    says.at("stop and destroy are called after a second start");
    instance.stop();
    instance.destroy();
  });
}

void start_after_stop(Subject& subject, Verdict& verdict) {
  from_stopped(subject, verdict, [](Instance& instance, Subject& /*its*/, Verdict& says) {
    says.at("start is called after stop");
    expect_result(instance.start(), "start after stop", says);
    says.at("the instance is ended after a start that came after stop");
    instance.stop();
    instance.destroy();
  });
}

void configure_after_stop(Subject& subject, Verdict& verdict) {
  from_stopped(subject, verdict, [](Instance& instance, Subject& its, Verdict& says) {
    says.at("configure is called after stop");
    expect_result(instance.configure(its.config()).result, "configure after stop", says);
  });
}

void destroy_without_stop(Subject& subject, Verdict& verdict) {
  const auto threads = threads_of_this_process().size();
  from_running(subject, verdict, [](Instance& instance, Subject& its, Verdict& says) {
    Sending sending;
    if (!sending.works(instance, its, says, "after start")) return;
    says.at("destroy is called on an instance that runs");
    instance.destroy();
  });
  if (verdict.settled()) return;
  const auto left = threads_settled_at(threads, kThreadsEnd);
  verdict.expect(left <= threads, "a thread runs on after destroy of an instance that was not stopped",
                 "that destroy frees the instance with all that works on it", "call stop in destroy when it runs");
}

// The next call of a random life; the state is the plugin's to keep.
void random_call(Instance& instance, Sending& sending, Subject& subject, Verdict& verdict) {
  const bool running = instance.running();
  switch (subject.random()() % 5) {
    case 0:
      verdict.at("configure is called in a random order of calls");
      expect_result(instance.configure(subject.config()).result, "configure", verdict);
      break;
    case 1:
      verdict.at("start is called in a random order of calls");
      expect_result(instance.start(), "start", verdict);
      break;
    case 2:
      verdict.at("a message is submitted in a random order of calls");
      if (!running) return sending.expect_refused(instance, verdict, "before start or after stop");
      expect_result(sending.submit_one(instance), "submit", verdict);
      break;
    case 3:
      verdict.at("drain is called in a random order of calls");
      expect_result(instance.drain(milliseconds(0)), "drain", verdict);
      break;
    default:
      verdict.at("stop is called in a random order of calls");
      instance.stop_in_any_state();
      break;
  }
}

void random_orders(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  if (!subject.config_problem().empty()) return verdict.block(subject.config_problem());
  constexpr int kLives = 40;
  constexpr int kCalls = 12;
  for (int life = 0; life < kLives && !verdict.settled(); ++life) {
    Sending sending;
    Instance instance(*plugin, verdict);
    if (!instance.is_created(verdict)) return;
    for (int i = 0; i < kCalls && !verdict.settled(); ++i)
      random_call(instance, sending, subject, verdict);
  }
}

}  // namespace

std::vector<Test> wrong_order_tests() {
  constexpr std::string_view kSource = "abi.h: Calls out of order";
  return {
      {"life.start-before-configure", "A start without a configuration does no harm.", kSource, start_before_configure},
      {"life.start-twice", "A second start does no harm.", kSource, start_twice},
      {"life.start-after-stop", "A start after stop does no harm.", kSource, start_after_stop},
      {"life.submit-before-configure", "No message is taken before configure.", kSource, submit_before_configure},
      {"life.submit-before-start", "No message is taken before start.", kSource, submit_before_start},
      {"life.submit-after-stop", "No message is taken, and none completed, after stop.", kSource, submit_after_stop},
      {"life.drain-before-start", "A drain before start does no harm.", kSource, drain_before_start},
      {"life.drain-after-stop", "A drain after stop does no harm.", kSource, drain_after_stop},
      {"life.stop-before-start", "A stop before start does no harm.", kSource, stop_before_start},
      {"life.stop-twice", "A second stop does no harm.", kSource, stop_twice},
      {"life.configure-after-stop", "A configure after stop does no harm.", kSource, configure_after_stop},
      {"life.destroy-without-stop", "destroy ends an instance that still runs.", kSource, destroy_without_stop},
      {"life.random-orders", "No order of calls does harm.", kSource, random_orders},
  };
}

}  // namespace herald::tools::check
