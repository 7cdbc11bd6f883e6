// A plugin that is part of the test, and does what the test says.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include <herald/abi.h>

#include "providers/handshake.h"
#include "providers/plain_text.h"

namespace herald::test {

// What the plugin does in one test.
struct Script {
  std::function<std::int32_t(const herald_batch&, const herald_completion&)> on_submit;
  std::function<std::int32_t()> on_start;
  std::function<herald_instance()> on_create;
  std::function<std::int32_t(const std::string& json)> on_configure;
  std::function<std::int32_t(const herald_fault_profile&)> on_faults;
  std::function<std::int32_t(const herald_webhook_request&, const herald_webhook_exchange&)> on_webhook;
  std::function<void()> on_stop;
  std::atomic<int> stopped{0};
  std::atomic<int> destroyed{0};
  herald_host host{};  // as it was given to create
  herald_webhook webhook{};
};

// Never destroyed: calls that a test leaves behind go on in the script of that test.
inline std::deque<Script>& scripts() {
  static auto* const all = new std::deque<Script>;
  return *all;
}

// The current test's.
inline Script& script() {
  return scripts().back();
}

// The instance knows its script, so that a thread which is left behind finds its own.
inline Script& script_of(herald_instance instance) {
  return *static_cast<Script*>(instance);
}

inline const void* scripted_extension(herald_str id) {
  static const herald_faults faults = {
      sizeof faults, 0, [](herald_instance instance, const herald_fault_profile* profile) -> std::int32_t {
        auto& mine = script_of(instance);
        return mine.on_faults ? mine.on_faults(*profile) : HERALD_OK;
      }};
  if (providers::view_of(id) == HERALD_EXT_FAULTS) return script().on_faults ? &faults : nullptr;
  if (providers::view_of(id) != HERALD_EXT_WEBHOOK || !script().on_webhook) return nullptr;
  auto& webhook = script().webhook;
  webhook.struct_size = sizeof webhook;
  webhook.handle = [](herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
    return script_of(instance).on_webhook(*request, *exchange);
  };
  return &webhook;
}

inline providers::Plugin scripted_plugin(providers::ThreadModel model, std::uint32_t max_batch = 1,
                                         std::uint32_t max_in_flight = 4) {
  providers::Plugin plugin;
  plugin.descriptor.name = "email";
  plugin.descriptor.version = "1.0.0";
  plugin.descriptor.channels = {domain::Channel::kEmail};
  plugin.descriptor.thread_model = model;
  plugin.descriptor.max_batch = max_batch;
  plugin.descriptor.max_in_flight = max_in_flight;
  plugin.calls.create = [](const herald_host* host) -> herald_instance {
    script().host = *host;
    return script().on_create ? script().on_create() : &script();
  };
  plugin.calls.configure = [](herald_instance instance, herald_str json, herald_str*) {
    auto& mine = script_of(instance);
    return mine.on_configure ? mine.on_configure(std::string(providers::view_of(json))) : HERALD_OK;
  };
  plugin.calls.start = [](herald_instance instance) {
    auto& mine = script_of(instance);
    return mine.on_start ? mine.on_start() : HERALD_OK;
  };
  plugin.calls.submit = [](herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
    return script_of(instance).on_submit(*batch, *completion);
  };
  plugin.calls.drain = [](herald_instance, std::int64_t) { return HERALD_OK; };
  plugin.calls.stop = [](herald_instance instance) {
    auto& mine = script_of(instance);
    if (mine.on_stop) mine.on_stop();
    ++mine.stopped;
  };
  plugin.calls.destroy = [](herald_instance instance) { ++script_of(instance).destroyed; };
  plugin.calls.extension = scripted_extension;
  return plugin;
}

inline void complete(const herald_completion& completion, std::uint64_t item,
                     std::uint32_t code = HERALD_OUTCOME_SUCCESS) {
  herald_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.code = code;
  completion.complete(completion.context, item, &outcome);
}

}  // namespace herald::test
