// The descriptor: what the plugin says that it is.
#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "providers/config_schema.h"
#include "providers/handshake.h"
#include "providers/plain_text.h"
#include "tools/check/handshake_groups.h"
#include "tools/check/instance.h"
#include "tools/check/process_view.h"
#include "tools/check/raw_handshake.h"

namespace herald::tools::check {
namespace {

constexpr auto kSize = static_cast<std::uint32_t>(sizeof(herald_plugin));
constexpr std::uint32_t kMaxChannels = 64;  // as the host reads them

std::string quoted(herald_str text) {
  return "\"" + providers::one_line(providers::view_of(text), 80) + "\"";
}

// The descriptor as this host asks for it, whatever stands in it; false after saying in the verdict why not.
bool described(Subject& subject, Verdict& verdict, herald_plugin& into) {
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return false;
  verdict.preparing(HERALD_PLUGIN_ENTRY_NAME " is called (handshake.accepted)");
  const RawDescriptor raw = call_entry(entry, kSize);
  verdict.at("its descriptor is read");
  if (raw.struct_size < offsetof(herald_plugin, name) || raw.struct_size > kSize) {
    verdict.block("its descriptor has no usable struct_size (handshake.struct-size)");
    return false;
  }
  into = raw.plugin;
  return true;
}

void accepted(Subject& subject, Verdict& verdict) {
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return;
  verdict.at("the host shakes hands with it");
  const auto shaken = providers::shake_hands(entry);
  if (!shaken) verdict.fail(shaken.error().message, "a descriptor that this host takes", "correct it as said");
}

void struct_size(Subject& subject, Verdict& verdict) {
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return;
  verdict.at(HERALD_PLUGIN_ENTRY_NAME " is given exactly sizeof(herald_plugin) bytes, and a guard page behind them");
  const RawDescriptor raw = call_entry(entry, kSize);
  verdict.expect(raw.struct_size >= offsetof(herald_plugin, name) && raw.struct_size <= kSize,
                 "it sets struct_size to " + std::to_string(raw.struct_size),
                 "what it filled, at most the " + std::to_string(kSize) + " that it was offered",
                 "set struct_size to the least of what was offered and sizeof(herald_plugin)");
  verdict.expect(raw.clean_beyond, "it writes behind what its struct_size says that it filled", "zero there",
                 "set struct_size to what is filled");
}

void magic(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  verdict.expect(plugin.magic == HERALD_ABI_MAGIC, "its magic number is " + std::to_string(plugin.magic),
                 std::to_string(HERALD_ABI_MAGIC) + " (HERALD_ABI_MAGIC)", "fill in magic");
}

void abi_version(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  verdict.expect(
      plugin.abi_major == HERALD_ABI_MAJOR,
      "it speaks plugin ABI " + std::to_string(plugin.abi_major) + "." + std::to_string(plugin.abi_minor),
      "major " + std::to_string(HERALD_ABI_MAJOR) + ", the one of this host",
      "set abi_major and abi_minor to HERALD_ABI_MAJOR and HERALD_ABI_MINOR, and build it with this host's SDK");
}

void consent(Subject& subject, Verdict& verdict) {
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return;
  verdict.at(HERALD_PLUGIN_ENTRY_NAME " is called");
  const auto result = call_entry(entry, kSize).result;
  verdict.expect(result == HERALD_OK, "it answers " + result_name(result), "HERALD_OK from a plugin of this ABI",
                 "answer HERALD_E_UNSUPPORTED only to a host that cannot run the plugin");
}

void repeatable(Subject& subject, Verdict& verdict) {
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return;
  verdict.at(HERALD_PLUGIN_ENTRY_NAME " is called three times");
  const RawDescriptor first = call_entry(entry, kSize);
  for (int i = 0; i < 2 && !verdict.settled(); ++i) {
    const RawDescriptor again = call_entry(entry, kSize);
    verdict.expect(again.result == first.result,
                   "it answers " + result_name(first.result) + " and then " + result_name(again.result),
                   "the same at every call", "keep no state between the calls");
    const std::string other = difference(first.plugin, again.plugin);
    verdict.expect(other.empty(), "another call gives another descriptor: " + other + " differs", "the same every time",
                   "fill the descriptor from constants");
  }
}

void quiet(Subject& subject, Verdict& verdict) {
  verdict.at("the library is loaded and " HERALD_PLUGIN_ENTRY_NAME " called");
  const auto threads = threads_of_this_process();
  const auto descriptors = descriptors_of_this_process();
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return;
  call_entry(entry, kSize);
  const auto threads_after = threads_of_this_process();
  verdict.expect(threads_after.size() <= threads.size(),
                 std::to_string(threads_after.size() - std::min(threads.size(), threads_after.size())) +
                     " threads are started by loading it",
                 "no effect but a filled descriptor", "start threads in start");
  for (const auto& [number, target] : descriptors_of_this_process()) {
    verdict.expect(descriptors.count(number) != 0,
                   "loading it opens descriptor " + std::to_string(number) + ": " + target,
                   "no effect but a filled descriptor", "open what is needed in configure or start");
  }
}

void name(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  const auto text = providers::view_of(plugin.name);
  const bool fits = !text.empty() && text.size() <= 32 && text.front() >= 'a' && text.front() <= 'z' &&
                    std::all_of(text.begin(), text.end(),
                                [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  verdict.expect(fits, "its name is " + quoted(plugin.name), "[a-z][a-z0-9-]{0,31}",
                 "choose such a name: routes and metrics know the provider by it");
}

void version(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  providers::Descriptor sample;
  sample.name = "sample";
  sample.channels = {domain::Channel::kSms};
  sample.version = std::string(providers::view_of(plugin.version));
  const auto fits = providers::check(sample);
  verdict.expect(fits.has_value(), "its version is " + quoted(plugin.version),
                 "a semantic version 2.0.0, such as 1.0.0", "the host tells a newer build from an older one by it");
}

void texts(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  const std::array<std::pair<const char*, herald_str>, 5> texts{{{"name", plugin.name},
                                                                 {"version", plugin.version},
                                                                 {"sdk_version", plugin.sdk_version},
                                                                 {"description", plugin.description},
                                                                 {"config_schema", plugin.config_schema}}};
  for (const auto& [field, text] : texts) {
    verdict.expect(text.data != nullptr || text.size == 0, std::string("its ") + field + " is NULL with a size above 0",
                   "data whenever the size is above 0", "fill in both");
    verdict.expect(providers::is_utf8(providers::view_of(text)), std::string("its ") + field + " is no UTF-8", "UTF-8",
                   "write it in UTF-8");
  }
  verdict.expect(plugin.sdk_version.size != 0, "its sdk_version is empty", "HERALD_SDK_VERSION", "fill it in");
  verdict.expect(plugin.description.size <= 1024, "its description is longer than 1,024 bytes", "one sentence",
                 "shorten it; the host refuses a longer one");
}

void channels(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  if (!verdict.expect(plugin.channel_count >= 1 && plugin.channel_count <= kMaxChannels && plugin.channels != nullptr,
                      "it names " + std::to_string(plugin.channel_count) + " channels",
                      "1 to " + std::to_string(kMaxChannels), "fill in channels and channel_count"))
    return;
  std::set<std::string> seen;
  bool known = false;
  for (std::uint32_t i = 0; i < plugin.channel_count && !verdict.settled(); ++i) {
    const std::string channel(providers::view_of(plugin.channels[i]));
    known = known || domain::parse_channel(channel).has_value();
    verdict.expect(!channel.empty() && providers::is_utf8(channel),
                   "channel " + std::to_string(i) + " is empty or no UTF-8", "a name", "correct it or channel_count");
    verdict.expect(seen.insert(channel).second, "it names the channel " + quoted(plugin.channels[i]) + " twice",
                   "each once", "remove one");
  }
  verdict.expect(known, "it names no channel that this host knows", "at least one of sms, mms, email", "name one");
}

void threads(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  verdict.expect(plugin.thread_model == HERALD_THREADS_ASYNC || plugin.thread_model == HERALD_THREADS_BLOCKING,
                 "its thread_model is " + std::to_string(plugin.thread_model),
                 "HERALD_THREADS_ASYNC (1) or HERALD_THREADS_BLOCKING (2)", "set one of them");
}

void limits(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  const bool blocking = plugin.thread_model == HERALD_THREADS_BLOCKING;
  const std::uint32_t batch = blocking ? 1 : 1024;
  const std::uint32_t flight = blocking ? 1024 : 65536;
  verdict.expect(plugin.max_batch <= batch, "its max_batch is " + std::to_string(plugin.max_batch),
                 "at most " + std::to_string(batch), "lower it; a blocking plugin gets one message a call");
  verdict.expect(plugin.max_in_flight <= flight, "its max_in_flight is " + std::to_string(plugin.max_in_flight),
                 "at most " + std::to_string(flight), "lower it");
  verdict.expect(std::max(plugin.max_batch, 1U) <= std::max(plugin.max_in_flight, 1U),
                 "its max_batch is above its max_in_flight", "batches that fit into what may be in flight",
                 "raise max_in_flight or lower max_batch");
}

void functions(Subject& subject, Verdict& verdict) {
  herald_plugin plugin{};
  if (!described(subject, verdict, plugin)) return;
  const std::array<std::pair<const char*, bool>, 7> required{{{"create", plugin.create != nullptr},
                                                              {"configure", plugin.configure != nullptr},
                                                              {"start", plugin.start != nullptr},
                                                              {"submit", plugin.submit != nullptr},
                                                              {"drain", plugin.drain != nullptr},
                                                              {"stop", plugin.stop != nullptr},
                                                              {"destroy", plugin.destroy != nullptr}}};
  for (const auto& [function, present] : required) {
    verdict.expect(present, std::string("its ") + function + " is NULL, or beyond its struct_size", "a function",
                   "fill in every one but extension");
  }
}

}  // namespace

std::vector<Test> descriptor_tests() {
  return {
      {"handshake.accepted", "The host takes it.", "abi.h: herald_plugin", accepted},
      {"handshake.consent", "It agrees to run under this host.", "abi.h: herald_plugin_entry_fn", consent},
      {"handshake.struct-size", "It fills what the host offers, no byte more.", "abi.h: herald_plugin", struct_size},
      {"handshake.magic", "Its descriptor begins with the magic number.", "abi.h: HERALD_ABI_MAGIC", magic},
      {"handshake.abi-version", "It speaks the ABI's major version of this host.", "abi.h: Growing", abi_version},
      {"handshake.repeatable", "It describes itself the same at every call.", "abi.h: herald_plugin_entry_fn",
       repeatable},
      {"handshake.quiet", "Loading and describing it has no other effect.", "abi.h: herald_plugin_entry_fn", quiet},
      {"handshake.name", "Its name is one that operators can write.", "abi.h: herald_plugin.name", name},
      {"handshake.version", "Its version is a semantic one.", "abi.h: herald_plugin.version", version},
      {"handshake.texts", "Every text of its descriptor is UTF-8.", "abi.h: Strings", texts},
      {"handshake.channels", "It names its channels, each once.", "abi.h: herald_plugin.channels", channels},
      {"handshake.thread-model", "Its thread model is one of the two.", "abi.h: HERALD_THREADS_*", threads},
      {"handshake.limits", "Its limits are within the contract's.", "abi.h: herald_plugin.max_batch", limits},
      {"handshake.functions", "Every function that is required is there.", "abi.h: herald_plugin", functions},
  };
}

std::vector<Test> handshake_tests() {
  auto tests = descriptor_tests();
  for (const Test& test : versions_tests())
    tests.push_back(test);
  return tests;
}

}  // namespace herald::tools::check
