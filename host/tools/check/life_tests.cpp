// The life of an instance, in its order.
#include <array>
#include <memory>
#include <string>

#include "tools/check/footprint.h"
#include "tools/check/instance.h"
#include "tools/check/life_groups.h"
#include "tools/check/process_view.h"
#include "tools/check/sending.h"

namespace herald::tools::check {
namespace {

using std::chrono::milliseconds;

constexpr int kInstances = 1000;
constexpr int kWarmUp = 50;               // instances, after which what a process has once is there
constexpr milliseconds kThreadsEnd{500};  // a joined thread leaves the kernel's list a moment later

void create(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  verdict.at("create is called");
  const Instance instance(*plugin);
  verdict.expect(instance.handle() != nullptr, "create answers NULL", "a new instance",
                 "leave what may fail to configure and start, which can give a reason");
}

void start(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.configured(subject, verdict)) return;
  verdict.at("start is called");
  const auto result = instance.start();
  const auto lines = instance.host().log_lines();
  verdict.expect(result == HERALD_OK,
                 "start answers " + result_name(result) + (lines.empty() ? "" : "; it logged: " + lines.back().text),
                 "HERALD_OK with a configuration that it took",
                 "give a configuration with which it can start by --config FILE");
}

void whole_life(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Sending sending;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict) || !sending.works(instance, subject, verdict, "after start")) return;
  verdict.at("drain is called when all is completed");
  const auto drained = instance.drain(milliseconds(1000));
  verdict.expect(drained == HERALD_OK, "drain answers " + result_name(drained) + " when every message is completed",
                 "HERALD_OK", "answer HERALD_OK when nothing is left");
  verdict.at("stop is called");
  instance.stop();
  verdict.at("destroy is called");
  instance.destroy();
  verdict.expect(sending.stray() == 0, "it completes a message twice, or one that it was not given", "once each",
                 "complete every message exactly once");
}

void destroy_after_create(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  for (int i = 0; i < 3; ++i) {
    Instance instance(*plugin, verdict);
    if (!instance.is_created(verdict)) return;
    verdict.at("destroy follows create directly");
    instance.destroy();
  }
}

void destroy_after_refusal(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.is_created(verdict)) return;
  verdict.at("configure is given what is no JSON");
  const auto answer = instance.configure("no JSON");
  verdict.at("destroy follows that configure");
  instance.destroy();
  verdict.expect(is_result(answer.result), "configure answers " + result_name(answer.result), "HERALD_OK or HERALD_E_*",
                 "answer HERALD_E_INVALID");
}

void create_thousand(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  const auto cycle = [&] {
    Instance instance(*plugin);
    return instance.is_created(verdict);
  };
  verdict.at("instances are created and destroyed");
  for (int i = 0; i < kWarmUp; ++i) {
    if (!cycle()) return;
  }
  const Footprint before = footprint();
  for (int i = 0; i < kInstances; ++i) {
    if (!cycle()) return;
  }
  expect_no_growth(before, "1,000 instances that were created and destroyed", "give back in destroy what create took",
                   verdict);
}

// Several whole lives, the first of which may leave what a process has once.
bool live(const herald_plugin& plugin, Subject& subject, Verdict& verdict) {
  Sending sending;
  Instance instance(plugin, verdict);
  if (!instance.started(subject, verdict)) return false;
  const bool works = sending.works(instance, subject, verdict, "after start");
  verdict.at("stop is called");
  instance.stop();
  return works;
}

constexpr int kLives = 5;

void no_thread_left(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr || !live(*plugin, subject, verdict)) return;
  const auto before = threads_of_this_process();
  for (int i = 0; i < kLives; ++i) {
    Sending sending;
    Instance instance(*plugin, verdict);
    if (!instance.started(subject, verdict) || !sending.works(instance, subject, verdict, "after start")) return;
    verdict.at("stop is called");
    instance.stop();
    const auto left = threads_settled_at(before.size(), kThreadsEnd);
    std::string names;
    for (const auto& [id, name] : threads_of_this_process()) {
      if (before.count(id) == 0) names += " " + name;
    }
    if (!verdict.expect(left <= before.size(), "a thread runs on after stop:" + names,
                        "that no thread of the instance runs when stop has returned", "join every thread in stop"))
      return;
  }
}

void no_descriptor_left(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr || !live(*plugin, subject, verdict)) return;
  const auto before = descriptors_of_this_process();
  for (int i = 0; i < kLives; ++i) {
    if (!live(*plugin, subject, verdict)) return;
  }
  const auto after = descriptors_of_this_process();
  std::string left;
  for (const auto& [number, target] : after) {
    if (before.count(number) == 0) left += " " + std::to_string(number) + " (" + target + ")";
  }
  verdict.expect(after.size() <= before.size(),
                 "descriptors are open after stop and destroy of " + std::to_string(kLives) + " instances:" + left,
                 "none of an instance's", "close in stop or destroy what the instance opened");
}

void several(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  constexpr std::size_t kMany = 4;
  std::array<Sending, kMany> sendings;
  std::array<std::unique_ptr<Instance>, kMany> instances;
  for (std::size_t i = 0; i < kMany; ++i) {
    instances.at(i) = std::make_unique<Instance>(*plugin);
    if (!instances.at(i)->started(subject, verdict)) return;
  }
  for (std::size_t ended = 0; ended < kMany; ++ended) {
    const std::string when = "through one of several instances, " + std::to_string(ended) + " of which have ended";
    for (std::size_t i = ended; i < kMany; ++i) {
      if (!sendings.at(i).works(*instances.at(i), subject, verdict, when)) return;
    }
    verdict.at("one of several instances is stopped and destroyed");
    instances.at(ended)->stop();
    instances.at(ended)->destroy();
  }
  for (const Sending& sending : sendings) {
    verdict.expect(sending.stray() == 0, "an instance completes a message that was given to another", "each its own",
                   "keep all state in the instance, none in static variables");
  }
}

void idle_stop(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict)) return;
  verdict.at("stop follows start directly");
  instance.stop();
  verdict.at("destroy is called");
  instance.destroy();
}

void idle_drain(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict)) return;
  for (const milliseconds from_now : {milliseconds(1000), milliseconds(0), milliseconds(-1000)}) {
    verdict.at("drain is called with nothing submitted and " + std::to_string(from_now.count()) + " ms left");
    const auto result = instance.drain(from_now);
    verdict.expect(result == HERALD_OK, "drain answers " + result_name(result) + " with nothing submitted", "HERALD_OK",
                   "look at what is outstanding before the deadline");
  }
}

}  // namespace

std::vector<Test> order_of_life_tests() {
  return {
      {"life.create", "create makes an instance.", "abi.h: herald_plugin.create", create},
      {"life.start", "It starts with a configuration that it took.", "abi.h: herald_plugin.start", start},
      {"life.whole", "It lives from create to destroy in the contract's order.", "abi.h: Life of an instance",
       whole_life},
      {"life.destroy-after-create", "destroy may follow create directly.", "abi.h: Life of an instance",
       destroy_after_create},
      {"life.destroy-after-refusal", "destroy may follow a refused configuration.", "abi.h: Life of an instance",
       destroy_after_refusal},
      {"life.stop-when-idle", "stop may follow start directly.", "abi.h: Life of an instance", idle_stop},
      {"life.drain-when-idle", "drain has nothing to wait for when nothing is out, whatever its deadline.",
       "abi.h: herald_plugin.drain", idle_drain},
      {"life.thousand-instances", "1,000 instances leave no memory, thread or descriptor behind.",
       "abi.h: herald_plugin.destroy", create_thousand},
      {"life.several-instances", "Instances live side by side, each with its own state.", "abi.h: herald_instance",
       several},
      {"life.no-thread-left", "No thread of an instance runs after stop.", "abi.h: herald_plugin.stop", no_thread_left},
      {"life.no-descriptor-left", "No descriptor of an instance stays open after destroy.",
       "abi.h: herald_plugin.destroy", no_descriptor_left},
  };
}

std::vector<Test> life_tests() {
  auto tests = order_of_life_tests();
  for (const Test& test : wrong_order_tests())
    tests.push_back(test);
  return tests;
}

}  // namespace herald::tools::check
