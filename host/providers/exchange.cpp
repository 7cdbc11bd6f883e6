#include "providers/exchange.h"

#include <deque>
#include <unordered_map>
#include <utility>

#include "base/mutex.h"
#include "providers/inbound_copy.h"

namespace herald::providers {
namespace {

// A table of functions rests for so many exchanges before another one uses its memory.
constexpr std::size_t kResting = 1024;

}  // namespace

struct Exchange::Open {
  explicit Open(std::shared_ptr<HostServices> host_services) : services(std::move(host_services)) {}

  const std::shared_ptr<HostServices> services;
  base::Mutex mutex;
  bool closed HERALD_GUARDED_BY(mutex) = false;
  WebhookYield yield HERALD_GUARDED_BY(mutex);

  std::int32_t refuse(std::string_view function, const base::Error& error) const {
    services->say(observe::LogLevel::kWarn, "provider.webhook_call_refused",
                  {{"provider_name", services->provider()}, {"function", function}, {"error", error.message}});
    return HERALD_E_INVALID;
  }

  // HERALD_OK when one more event may be gathered.
  std::int32_t admit() HERALD_REQUIRES(mutex) {
    if (closed) return HERALD_E_STATE;
    return yield.messages.size() + yield.receipts.size() < kMaxEvents ? HERALD_OK : HERALD_E_UNAVAILABLE;
  }
};

// Those that are open, by number, and the tables' memory. Never destroyed: a thread of a plugin may outlive the
// destructors that run at exit.
struct Exchange::All {
  static All& instance() {
    static auto* const all = new All;
    return *all;
  }

  base::Mutex mutex;
  std::unordered_map<std::uintptr_t, std::shared_ptr<Open>> open HERALD_GUARDED_BY(mutex);
  std::deque<herald_webhook_exchange*> resting HERALD_GUARDED_BY(mutex);
  std::uintptr_t last HERALD_GUARDED_BY(mutex) = 0;

  std::shared_ptr<Open> find(void* context) HERALD_EXCLUDES(mutex) {
    const base::MutexLock lock(mutex);
    const auto found = open.find(reinterpret_cast<std::uintptr_t>(context));
    return found == open.end() ? nullptr : found->second;
  }

  herald_webhook_exchange* table() HERALD_REQUIRES(mutex) {
    if (resting.size() < kResting) return new herald_webhook_exchange{};
    auto* const rested = resting.front();
    resting.pop_front();
    return rested;
  }
};

// C functions, called by plugins: each is noexcept. What could throw is memory that has run out, and that ends the
// process.
struct Exchange::Calls {
  static std::int32_t emit_message(void* context, const herald_inbound_message* message) noexcept {
    const auto open = All::instance().find(context);
    if (open == nullptr) return HERALD_E_STATE;
    auto copied = copy_message(message);
    if (!copied) return open->refuse("emit_message", copied.error());
    const base::MutexLock lock(open->mutex);
    const std::int32_t admitted = open->admit();
    if (admitted == HERALD_OK) open->yield.messages.push_back(std::move(*copied));
    return admitted;
  }

  static std::int32_t emit_receipt(void* context, const herald_receipt* receipt) noexcept {
    const auto open = All::instance().find(context);
    if (open == nullptr) return HERALD_E_STATE;
    auto copied = copy_receipt(receipt);
    if (!copied) return open->refuse("emit_receipt", copied.error());
    const base::MutexLock lock(open->mutex);
    const std::int32_t admitted = open->admit();
    if (admitted == HERALD_OK) open->yield.receipts.push_back(std::move(*copied));
    return admitted;
  }

  static std::int32_t respond(void* context, const herald_webhook_response* response) noexcept {
    const auto open = All::instance().find(context);
    if (open == nullptr) return HERALD_E_STATE;
    auto copied = copy_response(response);
    if (!copied) return open->refuse("respond", copied.error());
    const base::MutexLock lock(open->mutex);
    if (open->closed) return HERALD_E_STATE;
    open->yield.response = std::move(*copied);
    return HERALD_OK;
  }
};

Exchange::Exchange(std::shared_ptr<HostServices> services) : open_(std::make_shared<Open>(std::move(services))) {
  All& all = All::instance();
  const base::MutexLock lock(all.mutex);
  const std::uintptr_t number = ++all.last;
  all.open.emplace(number, open_);
  table_ = all.table();
  table_->struct_size = sizeof *table_;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a number that the plugin hands back; nobody follows it
  table_->context = reinterpret_cast<void*>(number);
  table_->emit_message = Calls::emit_message;
  table_->emit_receipt = Calls::emit_receipt;
  table_->respond = Calls::respond;
}

Exchange::~Exchange() {
  if (table_ != nullptr) close();
}

WebhookYield Exchange::close() {
  All& all = All::instance();
  {
    const base::MutexLock lock(all.mutex);
    all.open.erase(reinterpret_cast<std::uintptr_t>(table_->context));
    all.resting.push_back(table_);
  }
  table_ = nullptr;
  const base::MutexLock lock(open_->mutex);
  open_->closed = true;
  return std::move(open_->yield);
}

}  // namespace herald::providers
