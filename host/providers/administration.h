// Operators' and carriers' way to the started providers. Changes are made one after another on one thread, so that
// nobody who asks for one waits for a plugin, and a plugin that hangs in one is given up after its time.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ports.h"
#include "providers/control_thread.h"
#include "providers/enablement.h"
#include "providers/failed_starts.h"
#include "providers/fault_board.h"
#include "providers/guard.h"
#include "providers/kept_state.h"
#include "providers/options.h"
#include "providers/outlets.h"
#include "providers/registry.h"
#include "providers/roster.h"
#include "providers/surroundings.h"

namespace herald::providers {

// prepare, open and close are called by the room's main thread, once each; the rest by any thread at any time. Before
// open, and changes after close, are answered kUnavailable.
class Administration final : public domain::ProviderAdmin {
 public:
  // All are borrowed and outlive this object.
  Administration(const Options& options, Registry& registry, const Roster& roster, const Surroundings& surroundings);
  ~Administration() override;

  // What was kept is in force from here on, and the control thread runs. Before the first provider is started.
  void prepare(const Outlets& outlets, const KeptState& kept);
  // Takes requests from here on.
  void open() { open_ = true; }
  // Configures those too from here on; outlives this object's close. Before prepare, once.
  void cure(FailedStarts& failed) { failed_ = &failed; }
  // Ends the change under way and declines those that wait.
  void close();

  // ---- For other changes than operators', made on the control thread too; after prepare ----
  FaultBoard& fault_board() { return faults_; }
  Enablement& enablement() { return *enablement_; }
  const KeptState& kept() const { return keeper_->state(); }
  ControlThread& control() { return control_; }

  std::vector<domain::ProviderInfo> list() const override { return registry_.list(); }
  void set_enabled(const std::string& name, bool enabled, Done done) override;
  base::Result<std::string> config(std::string_view name) const override;
  void configure(const std::string& name, const std::string& json, Configured done) override;
  void reset_config(const std::string& name, Configured done) override;
  domain::FaultSettings faults() const override { return faults_.settings(); }
  std::vector<std::string> fault_injectors() const override { return faults_.injectors(); }
  void set_faults(domain::FaultSettings settings, Done done) override;
  // A disabled provider's carrier still reports what became of its messages, so its webhooks go on.
  void webhook(const std::string& name, domain::WebhookRequest request, Answered answered) override;

 private:
  using Keep = std::function<base::Status(const std::string&)>;
  struct Order;

  void post(const Done& done, std::function<base::Status()> change);
  void post(const Configured& done, std::function<void(const Configured&)> change);
  base::Result<std::shared_ptr<Guard>> find(std::string_view name) const;
  base::Result<Order> order(const std::string& name);
  void configure_now(const std::string& name, const std::string& given, const Configured& done);
  void reset_now(const std::string& name, const Configured& done);
  void cure(const Order& order, const std::string& json, const Configured& done);
  base::Status put_in_force(const Order& order, const std::string& json);

  const Options& options_;
  Registry& registry_;
  const Roster& roster_;
  const Surroundings surroundings_;
  FaultBoard faults_;
  // Set by prepare, before the thread that uses them exists.
  std::optional<Keeper> keeper_;
  std::optional<Enablement> enablement_;
  FailedStarts* failed_ = nullptr;  // none: only what runs is configured

  std::atomic<bool> open_{false};

  ControlThread control_;  // last: its thread uses what stands above
};

}  // namespace herald::providers
