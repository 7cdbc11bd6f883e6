// One run: the host's rooms, fake providers, a clock and a disk, moved step by step by what the seed says, each step
// under the eyes of the model.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carrier.h"
#include "choice.h"
#include "disk.h"
#include "life.h"
#include "model.h"
#include "plan.h"
#include "support/manual_clock.h"
#include "trace.h"

namespace herald::simulation {

class Simulation final : public domain::RouteTable {
 public:
  // `data_dir` is a real folder, in which the store keeps its lock; it can be used by one run after the other.
  Simulation(std::uint64_t seed, const std::string& data_dir, bool trace);
  ~Simulation() override;

  // Throws Broken when a promise is, with the step in its words.
  void run();
  std::uint64_t steps() const { return steps_; }

  std::optional<std::string> route(domain::Channel channel) const override;

 private:
  // How a provider answers inside a submit, and what it says otherwise.
  enum class Mood : std::uint8_t { kHolds, kWell, kIll, kMixed };
  struct Provider {
    std::unique_ptr<Carrier> carrier;
    domain::Channel channel = domain::Channel::kSms;
    Mood mood = Mood::kMixed;
    bool attached = false;
    bool leaving = false;
    bool paused = false;
  };
  struct Key {
    std::string name;
    std::string body;
    base::WallTime born;
    bool met_error = false;  // the client does not know what became of the request, and comes again
  };
  struct OpenReceipt {
    std::string provider;
    std::string id;
    bool delivered = false;
  };

  // simulation.cpp: the course of a run.
  void step();
  Act choose();
  void act(Act act);
  void start();
  void crash(bool power_cut);
  void rest();
  void finish();
  std::string busy_lane() const;  // a provider whose lane is not idle; empty when all are
  void say(const std::string& what) { trace_.say(steps_, what); }
  Provider& any_provider();
  domain::Outcome outcome_of(Mood mood, const Carrier::Held& held);

  // parts.cpp: the host's parts, time, the disk.
  bool step_writer();
  void step_dispatcher();
  void step_lane(Provider& provider);
  void step_all();
  void step_until_quiet();
  bool step_everything();
  void look();
  void pass(std::chrono::milliseconds time);
  void jump_wall();
  void fail_disk();
  void crash_in_commit();
  void stop_host();

  // people.cpp: clients, carriers, operators.
  void send();
  void send_again();
  void ask(const std::string& body, const std::string& key);
  void answered(const std::string& body, const std::string& key, const intake::AcceptResult& result, bool at_once);
  void receive();
  void receipt();
  void cancel();
  void retry();
  void retry_all();
  const Message* any_stored();

  // providers.cpp: the providers' side.
  void called(Carrier& carrier, const domain::DispatchItem& item);
  void submitted(Carrier& carrier);
  void answer(Provider& provider, std::size_t index, bool keep);
  void answer_one(bool twice);
  void answer_unknown();
  void change_mood();
  void pause();
  void lose_or_return_provider();
  void attach(Provider& provider);

  Choice choice_;
  Trace trace_;
  test::ManualClock clock_;
  Disk disk_;
  const Plan plan_;
  Model model_;
  std::map<std::string, Provider> providers_;
  std::unique_ptr<Life> life_;

  std::uint64_t steps_ = 0;
  std::uint64_t life_number_ = 0;  // what an earlier one answers is not heard
  std::uint64_t looks_ = 0;
  std::uint64_t last_body_ = 0;
  std::uint64_t last_inbound_ = 0;
  unsigned long_jumps_ = 0;
  bool stopping_ = false;
  bool resting_ = false;
  bool disk_was_ill_ = false;  // since the last commit that it took
  std::deque<Key> keys_;
  base::WallTime latest_wall_;
  // Answers that have not come; dropped in a crash.
  std::uint64_t last_order_ = 0;
  std::map<std::uint64_t, OpenReceipt> open_receipts_;
  std::map<std::uint64_t, std::string> open_retries_;
  std::uint64_t open_bulk_retries_ = 0;
};

}  // namespace herald::simulation
