// What the host reads of a plugin before and beside running it: the file's ELF tables, the descriptor that the probe's
// process hands over, the configuration's schema and a configuration against it.
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "fuzz/property.h"
#include "providers/config_schema.h"
#include "providers/descriptor.h"
#include "providers/descriptor_json.h"
#include "providers/elf_check.h"
#include "providers/plain_text.h"
#include "providers/secret_places.h"
#include "providers/secrets.h"

namespace herald::fuzz {
namespace {

using nlohmann::json;
namespace host = herald::providers;

void check_refusal(const base::Error& error) {
  require(!error.message.empty() && host::is_utf8(error.message), "a refusal says what is wrong");
}

// The last byte that the tables of a file that passed name.
std::size_t end_of_tables(std::string_view file) {
  ElfW(Ehdr) header;
  require(file.size() >= sizeof header, "a file that passes has a header");
  std::memcpy(&header, file.data(), sizeof header);
  const std::size_t table_end = header.e_phoff + std::size_t{header.e_phnum} * sizeof(ElfW(Phdr));
  require(header.e_phoff <= table_end && table_end <= file.size(), "the program headers lie within the file");
  std::size_t end = std::max(sizeof header, table_end);
  for (std::size_t at = header.e_phoff; at < table_end; at += sizeof(ElfW(Phdr))) {
    ElfW(Phdr) segment;
    std::memcpy(&segment, file.data() + at, sizeof segment);
    if (segment.p_type != PT_LOAD) continue;
    require(segment.p_offset + segment.p_filesz >= segment.p_offset, "a segment's end does not wrap");
    end = std::max<std::size_t>(end, segment.p_offset + segment.p_filesz);
  }
  return end;
}

void check_file(std::string_view bytes) {
  const auto sound = host::check_elf(bytes);
  if (!sound) return check_refusal(sound.error());
  const auto end = end_of_tables(bytes);
  require(end <= bytes.size(), "all segments lie within the file");
  require(host::check_elf(std::string(bytes) + "more").has_value(), "what is appended changes nothing");
  require(host::check_elf(std::string(bytes.substr(0, end))).has_value(), "what no table names may be cut off");
  require(!host::check_elf(std::string(bytes.substr(0, end - 1))).has_value(), "a truncated copy is refused");
}

void check_descriptor(std::string_view text) {
  const auto descriptor = host::parse_probe_answer(text);
  if (!descriptor) {
    check_refusal(descriptor.error());
    const auto passed_on = host::parse_probe_answer(host::probe_answer(tl::make_unexpected(descriptor.error())));
    require(!passed_on.has_value(), "a refusal that is passed on stays one");
    return;
  }
  require(host::check(*descriptor).has_value(), "a descriptor that is read keeps the rules");
  require(host::check_schema(descriptor->config_schema).has_value(), "its schema can be checked against");
  const auto again = host::parse_probe_answer(host::probe_answer(*descriptor));
  require(again.has_value() && *again == *descriptor, "a descriptor that is handed over is the same");
}

void check_secrets(std::string_view schema, std::string_view document) {
  const auto parsed = json::parse(document);
  const auto masked = host::with_secrets_masked(schema, document);
  const auto shown = json::parse(masked);
  const auto rules = schema.empty() ? json(nullptr) : json::parse(schema);
  for (const auto& place : host::secret_places(rules, parsed))
    require(shown.at(place) == json(host::kMask), "a secret is shown as a mask");
  require(host::with_secrets_masked(schema, masked) == masked, "masking twice changes nothing more");
  if (!shown.is_object()) return;
  const auto restored = host::with_secrets_of(document, schema, masked);
  require(restored.has_value() && json::parse(*restored) == parsed, "a mask stands for the secret in force");
}

void check_configuration(std::string_view schema, std::string_view document) {
  const auto usable = host::check_schema(schema);
  const auto readable = host::check_document(document);
  const auto fits = host::check_config(schema, document);
  if (!usable) check_refusal(usable.error());
  if (!readable) check_refusal(readable.error());
  if (!fits) check_refusal(fits.error());
  if (!usable || !readable) {
    require(!readable || !usable || !fits, "what cannot be checked does not fit");
    return;
  }
  const auto faults = host::config_faults(schema, document);
  require(faults.has_value() == false || faults->empty() == fits.has_value(), "what does not fit has faults");
  if (faults) {
    require(faults->size() <= 64, "so many faults at most");
    for (const auto& fault : *faults)
      require(host::is_utf8(fault.message) && !fault.message.empty(), "a fault says what is wrong");
  }
  check_secrets(schema, document);
}

}  // namespace
}  // namespace herald::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace herald;
  fuzz::Input input(data, size);
  switch (input.byte() % 3) {
    case 0:
      fuzz::check_file(input.rest());
      break;
    case 1:
      fuzz::check_descriptor(input.rest());
      break;
    default: {
      const auto schema = input.until('\n');
      fuzz::check_configuration(schema, input.rest());
      break;
    }
  }
  return 0;
}
