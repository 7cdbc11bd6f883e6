// One request of a carrier's, brought to a plugin, and all that the plugin does with the exchange.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <herald/abi.h>
#include <herald/testkit/webhook_call.h>

#include "base/mutex.h"
#include "tools/check/guarded_memory.h"

namespace herald::tools::check {

// How a visit is made.
struct Manners {
  bool own_pages = false;  // structures and texts have pages of their own, which are forbidden after the visit
  bool tight = false;      // ... and end at a page without access; then nothing is forbidden
  std::size_t longer = 0;  // bytes by which the structures are longer than this version's, as a newer host's are
  bool examine = false;    // what is handed over is read, so that faults() knows of it
  std::int32_t answer = HERALD_OK;  // of every function of the exchange
};

// Lives until the process ends, because a plugin that breaks its promises may come back to it. The plugin calls from
// any thread; pay() is called once, by one.
class WebhookVisit {
 public:
  static WebhookVisit& plan(const testkit::TestWebhook& webhook, const Manners& manners = {});
  WebhookVisit(const WebhookVisit&) = delete;
  WebhookVisit& operator=(const WebhookVisit&) = delete;

  // Calls handle, and answers what it returned.
  std::int32_t pay(const herald_webhook& table, herald_instance instance);

  // Calls of the exchange's functions during the visit, and after it.
  std::size_t calls() const { return calls_; }
  std::size_t late() const { return late_; }
  // Calls of any visit's functions with a context that is no visit's.
  static std::size_t without_context();
  // What was wrong with a response, and with the form of what was emitted; empty: nothing, or it was not examined.
  std::string response_fault() const;
  std::string emit_fault() const;

 private:
  WebhookVisit(const testkit::TestWebhook& webhook, const Manners& manners);
  herald_str lend(std::string_view text);
  void describe(const testkit::TestWebhook& webhook);
  void lend_exchange();
  std::int32_t note_response(const std::string& fault);
  std::int32_t note_emit(const std::string& fault);

  template <typename Call>
  static std::int32_t on_visit(void* context, const Call& call);
  static std::int32_t emit_message(void* context, const herald_inbound_message* message);
  static std::int32_t emit_receipt(void* context, const herald_receipt* receipt);
  static std::int32_t respond(void* context, const herald_webhook_response* response);

  const Manners manners_;
  const std::size_t room_;  // behind what is lent
  std::deque<std::string> plain_;
  std::vector<std::unique_ptr<GuardedMemory>> paged_;
  std::unique_ptr<GuardedMemory> request_;
  std::unique_ptr<GuardedMemory> exchange_;
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> calls_{0};
  std::atomic<std::size_t> late_{0};
  mutable base::Mutex mutex_;
  std::string response_fault_ HERALD_GUARDED_BY(mutex_);
  std::string emit_fault_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::tools::check
