// How the plugin meets hosts that are older or newer than this one, and questions that it does not know.
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "tools/check/guarded_memory.h"
#include "tools/check/handshake_groups.h"
#include "tools/check/instance.h"
#include "tools/check/raw_handshake.h"
#include "tools/check/sending.h"

namespace herald::tools::check {
namespace {

constexpr auto kSize = static_cast<std::uint32_t>(sizeof(herald_plugin));
constexpr std::uint32_t kMoreBytes = 128;  // that a newer host appends to a structure

void older_host(Subject& subject, Verdict& verdict) {
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return;
  const std::array<std::uint32_t, 6> sizes{
      sizeof(std::uint32_t),           offsetof(herald_plugin, name),      offsetof(herald_plugin, channels),
      offsetof(herald_plugin, create), offsetof(herald_plugin, extension), kSize - 1};
  for (const std::uint32_t size : sizes) {
    const std::string when = "a host that offers " + std::to_string(size) + " bytes";
    verdict.at("the descriptor is filled for " + when + ", with a guard page behind them");
    const RawDescriptor raw = call_entry(entry, size);
    verdict.expect(raw.struct_size <= size,
                   "it claims to have filled " + std::to_string(raw.struct_size) + " for " + when,
                   "at most what was offered", "set struct_size to the least of the two sizes");
    verdict.expect(raw.result == HERALD_OK || raw.result == HERALD_E_UNSUPPORTED,
                   "it answers " + result_name(raw.result) + " to " + when, "HERALD_OK or HERALD_E_UNSUPPORTED",
                   "answer HERALD_E_UNSUPPORTED when a function does not fit");
    if (verdict.settled()) return;
  }
}

void newer_host(Subject& subject, Verdict& verdict) {
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return;
  verdict.at("the descriptor is filled for a host that offers " + std::to_string(kMoreBytes) + " bytes more");
  const RawDescriptor usual = call_entry(entry, kSize);
  const RawDescriptor raw = call_entry(entry, kSize + kMoreBytes);
  verdict.expect(raw.result == usual.result, "it answers " + result_name(raw.result) + " to a newer host",
                 result_name(usual.result) + ", as to this one", "ask only whether the structure is large enough");
  verdict.expect(raw.struct_size <= kSize + kMoreBytes, "it sets struct_size to " + std::to_string(raw.struct_size),
                 "what it filled", "set struct_size to the least of what was offered and sizeof(herald_plugin)");
  verdict.expect(raw.clean_beyond && raw.struct_size >= usual.struct_size,
                 "it leaves something behind what its struct_size says that it filled", "zero there",
                 "fill at most sizeof(herald_plugin), and say so in struct_size");
  const std::string other = difference(usual.plugin, raw.plugin);
  verdict.expect(other.empty(), "it describes itself otherwise to a newer host: " + other + " differs",
                 "the same descriptor", "fill the descriptor from constants");
}

// An id in memory that ends at a guard page, without a terminator.
void ask_unknown(const herald_plugin& plugin, const std::string& id, const std::string& shown, Verdict& verdict) {
  verdict.at("the extension " + shown + " is asked for");
  const GuardedMemory lent(id);
  const bool none = plugin.extension(lent.text()) == nullptr;
  verdict.expect(none, "it answers a table for the unknown extension " + shown, "NULL",
                 "compare the whole id, with its size, and answer NULL for every other");
}

void unknown_extensions(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  if (plugin->extension == nullptr) return verdict.skip("it offers no extension");
  verdict.at("the extension of NULL data is asked for");
  verdict.expect(plugin->extension({nullptr, 0}) == nullptr, "it answers a table for the id of no data", "NULL",
                 "compare the size first");
  ask_unknown(*plugin, "", "of no name", verdict);
  ask_unknown(*plugin, std::string(64UL << 10U, 'h'), "of 64 KiB", verdict);
  for (const std::string id : {HERALD_EXT_WEBHOOK, HERALD_EXT_FAULTS}) {
    ask_unknown(*plugin, id.substr(0, id.size() - 1), "\"" + id + "\" without its last letter", verdict);
    ask_unknown(*plugin, id + "0", "\"" + id + "\" with one letter more", verdict);
    ask_unknown(*plugin, id + std::string(1, '\0'), "\"" + id + "\" with a NUL behind", verdict);
    ask_unknown(*plugin, id.substr(0, id.size() - 1) + "9", "\"" + id + "\" of version 9", verdict);
    std::string upper = id;
    upper[0] = 'H';
    ask_unknown(*plugin, upper, "\"" + upper + "\"", verdict);
  }
  for (int i = 0; i < 200 && !verdict.settled(); ++i) {
    std::string id(1 + subject.random()() % 40, '\0');
    for (char& c : id)
      c = static_cast<char>(subject.random()());
    ask_unknown(*plugin, id, "of random bytes, number " + std::to_string(i), verdict);
  }
}

void known_extensions(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  const auto ask = [&](const char* id, std::size_t least) -> const void* {
    verdict.at(std::string("the extension ") + id + " is asked for twice");
    const void* const table = extension_of(*plugin, id);
    verdict.expect(table == extension_of(*plugin, id), std::string("it answers another table for ") + id + " each time",
                   "one that is valid while the library is loaded", "answer the address of a constant");
    if (table == nullptr) return nullptr;
    std::uint32_t size = 0;
    std::memcpy(&size, table, sizeof size);
    const bool whole =
        verdict.expect(size >= least && size <= 4096,
                       std::string("the table of ") + id + " has a struct_size of " + std::to_string(size),
                       "at least " + std::to_string(least), "set struct_size to the structure's size");
    return whole ? table : nullptr;
  };
  const auto* webhook = static_cast<const herald_webhook*>(ask(HERALD_EXT_WEBHOOK, sizeof(herald_webhook)));
  if (webhook != nullptr) {
    verdict.expect(webhook->handle != nullptr, "its webhook table has no handle", "a function", "fill it in");
    verdict.expect((webhook->flags & ~HERALD_WEBHOOK_RECEIPTS) == 0,
                   "its webhook table has the unknown flags " + std::to_string(webhook->flags),
                   "HERALD_WEBHOOK_RECEIPTS or 0", "set no other bit");
  }
  const auto* faults = static_cast<const herald_faults*>(ask(HERALD_EXT_FAULTS, sizeof(herald_faults)));
  if (faults != nullptr) {
    verdict.expect(faults->set != nullptr, "its table of faults has no set", "a function", "fill it in");
    verdict.expect(faults->reserved == 0, "its table of faults has a reserved member that is not zero", "zero",
                   "leave it zero");
  }
  if (webhook == nullptr && faults == nullptr && !verdict.settled()) verdict.skip("it offers no extension");
}

const void* no_extension(void* /*context*/, herald_str /*id*/) {
  return nullptr;
}

// One whole life with `host`, which is in memory that may not be written.
void live_with(const herald_host* host, const std::string& when, Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Sending sending;
  verdict.at("an instance is created under " + when);
  Instance instance(*plugin, host);
  if (!instance.started(subject, verdict)) return;
  if (!sending.works(instance, subject, verdict, "under " + when)) return;
  verdict.at("an instance is stopped and destroyed under " + when);
  instance.stop();
  instance.destroy();
}

void host_of_minor_zero(Subject& subject, Verdict& verdict) {
  testkit::FakeHost services;
  const GuardedMemory memory(sizeof(herald_host));
  herald_host table = *services.table();
  table.abi_minor = 0;
  table.extension = &no_extension;
  std::memcpy(memory.data(), &table, sizeof table);
  live_with(reinterpret_cast<const herald_host*>(memory.data()), "a host of ABI 1.0, without extensions", subject,
            verdict);
}

void host_of_later_minor(Subject& subject, Verdict& verdict) {
  testkit::FakeHost services;
  GuardedMemory memory(sizeof(herald_host) + kMoreBytes);
  herald_host table = *services.table();
  table.struct_size += kMoreBytes;
  table.abi_minor = HERALD_ABI_MINOR + 7;
  std::memcpy(memory.data(), &table, sizeof table);  // what is behind it is no zero, and none of the plugin's business
  memory.protect();
  live_with(reinterpret_cast<const herald_host*>(memory.data()), "a host of a later minor version", subject, verdict);
}

void host_read_only(Subject& subject, Verdict& verdict) {
  testkit::FakeHost services;
  GuardedMemory memory(sizeof(herald_host));
  std::memcpy(memory.data(), services.table(), sizeof(herald_host));
  memory.protect();
  live_with(reinterpret_cast<const herald_host*>(memory.data()), "a host whose table ends at a guard page", subject,
            verdict);
}

}  // namespace

std::vector<Test> versions_tests() {
  return {
      {"handshake.older-host", "It writes no byte beyond a shorter descriptor.", "abi.h: Growing", older_host},
      {"handshake.newer-host", "A longer descriptor changes nothing.", "abi.h: Growing", newer_host},
      {"handshake.unknown-extensions", "It answers NULL for what it does not offer.", "abi.h: herald_plugin.extension",
       unknown_extensions},
      {"handshake.known-extensions", "The tables that it offers are whole.", "abi.h: herald_plugin.extension",
       known_extensions},
      {"handshake.host-of-minor-zero", "It works under a host of ABI 1.0.", "abi.h: Growing", host_of_minor_zero},
      {"handshake.host-of-later-minor", "It works under a host of a later minor version.", "abi.h: Growing",
       host_of_later_minor},
      {"handshake.host-table", "It reads the host's table to its end and writes nothing to it.", "abi.h: herald_host",
       host_read_only},
  };
}

}  // namespace herald::tools::check
