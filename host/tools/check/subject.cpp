#include "tools/check/subject.h"

#include "providers/handshake.h"
#include "providers/plain_text.h"

namespace herald::tools::check {

herald_plugin_entry_fn Subject::entry(Verdict& verdict) {
  if (!library_) {
    verdict.preparing("the library is loaded (elf.loads)");
    auto loaded = providers::Library::load(order_.file, order_.file.filename().string());
    if (!loaded) {
      verdict.block("it does not load (elf.loads): " + loaded.error().message);
      return nullptr;
    }
    library_ = *loaded;
    verdict.at("the loaded library is used");
  }
  const auto entry = library_->entry();
  if (!entry) verdict.block("it cannot be called (elf.loads): " + entry.error().message);
  return entry ? *entry : nullptr;
}

const herald_plugin* Subject::plugin(Verdict& verdict) {
  if (plugin_) return &*plugin_;
  const auto function = entry(verdict);
  if (function == nullptr) return nullptr;
  verdict.preparing("the host shakes hands with it (handshake.accepted)");
  const auto shaken = providers::shake_hands(function);
  if (!shaken) {
    verdict.block("the host refuses it (handshake.accepted): " + shaken.error().message);
    return nullptr;
  }
  plugin_ = shaken->calls;
  verdict.at("its descriptor is used");
  return &*plugin_;
}

const herald_webhook* Subject::webhook(Verdict& verdict) {
  const auto* found = plugin(verdict);
  if (found == nullptr) return nullptr;
  const auto* table = static_cast<const herald_webhook*>(extension_of(*found, HERALD_EXT_WEBHOOK));
  if (table == nullptr) verdict.skip("it offers no " HERALD_EXT_WEBHOOK);
  return table;
}

const void* extension_of(const herald_plugin& plugin, std::string_view id) {
  return plugin.extension == nullptr ? nullptr : plugin.extension(providers::as_str(id));
}

}  // namespace herald::tools::check
