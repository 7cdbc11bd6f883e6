#pragma once

#include <string>

namespace herald::access {

struct Options {
  std::string keys_file;             // empty: no call needs a key
  std::string webhook_secrets_file;  // empty: inbound webhooks need no signature
  std::string trusted_proxies;       // networks with commas between, as base::parse_networks reads them; empty: none
  bool webhook_keys = true;          // a call of a provider's webhook needs a key as every call does
  bool insecure = false;             // may listen beyond loopback without keys
};

}  // namespace herald::access
