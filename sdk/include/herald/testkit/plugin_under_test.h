// Loads a built plugin and drives it through the contract, without a host. For any test framework.
#ifndef HERALD_TESTKIT_PLUGIN_UNDER_TEST_H
#define HERALD_TESTKIT_PLUGIN_UNDER_TEST_H

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <herald/abi.h>
#include <herald/faults.h>
#include <herald/message.h>
#include <herald/testkit/completions.h>
#include <herald/testkit/fake_host.h>
#include <herald/testkit/submission.h>
#include <herald/testkit/webhook_call.h>

namespace herald::testkit {

/// A plugin's library, loaded as the host loads it and never unloaded.
class PluginLibrary {
 public:
  /// Loads the library at an absolute path and asks for its descriptor. Throws std::runtime_error with the reason.
  explicit PluginLibrary(const std::string& path) {
    handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps the text for each thread
    if (handle_ == nullptr) throw std::runtime_error("cannot load " + path + ": " + dlerror());
    entry_ = reinterpret_cast<herald_plugin_entry_fn>(dlsym(handle_, HERALD_PLUGIN_ENTRY_NAME));
    if (entry_ == nullptr) throw std::runtime_error(path + " exports no " HERALD_PLUGIN_ENTRY_NAME);
    descriptor_.struct_size = sizeof descriptor_;
    const std::int32_t result = entry_(&descriptor_);
    if (result != HERALD_OK) throw std::runtime_error(path + ": its entry answered " + std::to_string(result));
  }

  /// The exported function itself.
  herald_plugin_entry_fn entry() const { return entry_; }

  /// What the plugin says it is; valid as long as the process.
  const herald_plugin& descriptor() const { return descriptor_; }

 private:
  void* handle_ = nullptr;
  herald_plugin_entry_fn entry_ = nullptr;
  herald_plugin descriptor_ = {};
};

/// The answer to configure.
struct Configured {
  std::int32_t result = HERALD_OK;  // or HERALD_E_*
  std::string error;
};

/// The answer to submit.
struct Submitted {
  std::int32_t result = HERALD_OK;   // or HERALD_E_*: of the first batch that was refused
  std::vector<std::uint64_t> items;  // one for each message, in order
};

/// One instance of a plugin with a `FakeHost` behind it.
///
/// Every function answers what the plugin answered. Threading: one thread at a time, as the contract orders the calls;
/// completions may come from anywhere. Its destructor stops and destroys the instance.
class PluginUnderTest {
 public:
  /// Loads the library and creates an instance. Throws std::runtime_error with the reason.
  explicit PluginUnderTest(const std::string& path) : library_(path) {
    instance_ = descriptor().create(host_.table());
    if (instance_ == nullptr) throw std::runtime_error(path + ": create answered no instance");
  }
  PluginUnderTest(const PluginUnderTest&) = delete;
  PluginUnderTest& operator=(const PluginUnderTest&) = delete;
  ~PluginUnderTest() {
    stop();
    host_.inbound().settle(HERALD_E_UNAVAILABLE);  // as the host does before it destroys
    descriptor().destroy(instance_);
  }

  const herald_plugin& descriptor() const { return library_.descriptor(); }
  const PluginLibrary& library() const { return library_; }
  herald_instance instance() const { return instance_; }
  FakeHost& host() { return host_; }
  const Completions& completions() const { return completions_; }

  /// Hands the configuration over.
  Configured configure(std::string_view json) {
    herald_str error = {nullptr, 0};
    const auto result = descriptor().configure(instance_, herald::detail::as_str(json), &error);
    return {result, std::string(herald::detail::view(error))};
  }

  /// Starts the instance.
  std::int32_t start() {
    const auto result = descriptor().start(instance_);
    running_ = running_ || result == HERALD_OK;
    return result;
  }

  /// Submits messages in batches of at most `max_batch`. A plugin whose submit blocks is called for one after the
  /// other on this thread. Throws std::logic_error when more would be in flight than the plugin declares.
  Submitted submit(const std::vector<TestMessage>& messages) {
    if (descriptor().thread_model == HERALD_THREADS_ASYNC &&
        completions_.outstanding() + messages.size() > descriptor().max_in_flight)
      throw std::logic_error("more messages than the plugin's max_in_flight; wait for completions between submits");
    Submitted submitted;
    const std::size_t most = std::max<std::size_t>(descriptor().max_batch, 1);
    for (std::size_t first = 0; first < messages.size(); first += most) {
      const std::size_t last = std::min(first + most, messages.size());
      const auto result = submit_batch(
          {messages.begin() + static_cast<std::ptrdiff_t>(first), messages.begin() + static_cast<std::ptrdiff_t>(last)},
          submitted.items);
      if (submitted.result == HERALD_OK) submitted.result = result;
    }
    return submitted;
  }

  /// Submits one message and waits for its completion; throws std::runtime_error when it is refused, or not completed
  /// within its time and ten seconds.
  Completed send(const TestMessage& message) {
    const Submitted submitted = submit({message});
    if (submitted.result != HERALD_OK) throw std::runtime_error("submit answered " + std::to_string(submitted.result));
    const auto until = std::chrono::steady_clock::now() + message.time_left + std::chrono::seconds(10);
    for (std::size_t seen = 0; std::chrono::steady_clock::now() < until;) {
      for (const auto all = completions_.all(); seen < all.size(); ++seen) {
        if (all[seen].item == submitted.items[0]) return all[seen];
      }
      completions_.wait_for(seen + 1, std::chrono::milliseconds(100));
    }
    throw std::runtime_error("the message was not completed");
  }

  /// Drains until `within` from now.
  std::int32_t drain(std::chrono::milliseconds within) {
    return descriptor().drain(instance_, FakeHost::now_ns() + std::chrono::nanoseconds(within).count());
  }

  /// Stops the instance if it runs; every later completion is stray.
  void stop() {
    if (!running_) return;
    running_ = false;
    descriptor().stop(instance_);
    completions_.close();
  }

  /// Sets a fault profile; HERALD_E_UNSUPPORTED when the plugin does not offer herald.faults/1.
  std::int32_t set_faults(const FaultProfile& profile) {
    herald_fault_profile raw = {};
    raw.struct_size = sizeof raw;
    raw.timeout_pct = profile.timeout_pct;
    raw.error_pct = profile.error_pct;
    raw.ratelimit_pct = profile.ratelimit_pct;
    raw.has_seed = profile.seed ? 1 : 0;
    raw.seed = profile.seed.value_or(0);
    const auto* faults = static_cast<const herald_faults*>(extension(HERALD_EXT_FAULTS));
    return faults == nullptr ? HERALD_E_UNSUPPORTED : faults->set(instance_, &raw);
  }

  /// True when the plugin offers herald.webhook/1.
  bool takes_webhooks() const { return extension(HERALD_EXT_WEBHOOK) != nullptr; }

  /// True when the plugin says that its carrier sends receipts.
  bool declares_receipts() const {
    const auto* table = static_cast<const herald_webhook*>(extension(HERALD_EXT_WEBHOOK));
    return table != nullptr && (table->flags & HERALD_WEBHOOK_RECEIPTS) != 0;
  }

  /// Hands a carrier's request over and answers what the host would send and store. Threading: also from up to four
  /// threads at once, between start and stop. HERALD_E_UNSUPPORTED when the plugin takes no webhooks.
  WebhookAnswer webhook(const TestWebhook& request) {
    const auto* table = static_cast<const herald_webhook*>(extension(HERALD_EXT_WEBHOOK));
    if (table == nullptr) return {HERALD_E_UNSUPPORTED, 404, {}, {}, {}, 0};
    return detail::WebhookCall(request).run(*table, instance_);
  }

  /// A table of the plugin's by id, or null.
  const void* extension(std::string_view id) const {
    return descriptor().extension == nullptr ? nullptr : descriptor().extension(herald::detail::as_str(id));
  }

 private:
  std::int32_t submit_batch(const std::vector<TestMessage>& messages, std::vector<std::uint64_t>& items) {
    const std::uint64_t first_item = next_item_;
    next_item_ += messages.size();
    auto submission = std::make_shared<detail::Submission>(messages, first_item);
    for (std::size_t index = 0; index < messages.size(); ++index) {
      items.push_back(first_item + index);
      completions_.expect(first_item + index, submission, index);
    }
    // Not kept alive here: the memory goes with the last completion, and a sanitizer sees who touches it afterwards.
    const herald_batch* batch = submission->batch();
    submission.reset();
    const auto result = descriptor().submit(instance_, batch, completions_.table());
    if (result == HERALD_OK) return result;
    for (std::uint64_t item = first_item; item < next_item_; ++item)
      completions_.forget(item);
    return result;
  }

  PluginLibrary library_;
  FakeHost host_;
  Completions completions_;
  herald_instance instance_ = nullptr;
  std::uint64_t next_item_ = 1;
  bool running_ = false;
};

}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_PLUGIN_UNDER_TEST_H
