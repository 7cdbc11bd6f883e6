// The settings that say who may do what.
#include "config/rows.h"

namespace herald::config {

void add_access(Table& table) {
  table.open(Group::kAccess);
  table.add(
      text("keys_file", Check::kPath,
           "Keys that calls of /api need, as `herald key` makes them; read again when it changes."),
      [](auto& s) -> auto& { return s.access.keys_file; });
  Setting insecure{.name = "insecure",
                   .kind = Kind::kSwitch,
                   .help = "on lets a host without keys listen beyond loopback: whoever reaches it may do everything."};
  table.add(
      std::move(insecure), [](auto& s) -> auto& { return s.access.insecure; });
  table.add(
      text("webhook_secrets_file", Check::kPath,
           "Secrets under which inbound webhooks must be signed (Standard Webhooks): whsec_…, a line each; read again "
           "when it changes. A signature then stands for the key."),
      [](auto& s) -> auto& { return s.access.webhook_secrets_file; });
  Setting webhook_keys{.name = "webhook_keys",
                       .kind = Kind::kSwitch,
                       .help =
                           "Whether a call of a provider's webhook needs a key; off leaves it to the plugin to "
                           "know its carrier."};
  table.add(
      std::move(webhook_keys), [](auto& s) -> auto& { return s.access.webhook_keys; });
  table.add(
      text("trusted_proxies", Check::kNetworks,
           "Proxies whose X-Forwarded-For is believed: limits and plugins then see the client's address."),
      [](auto& s) -> auto& { return s.access.trusted_proxies; });
}

}  // namespace herald::config
