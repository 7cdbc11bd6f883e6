#include "access/exposure.h"

#include "base/ip_network.h"

namespace herald::access {

bool is_loopback_host(const std::string& host) {
  const auto address = base::parse_ip(host);
  return address ? base::is_loopback(*address) : host == "localhost";
}

base::Status check_exposure(const std::string& host, const Options& options) {
  if (is_loopback_host(host) || !options.keys_file.empty() || options.insecure) return {};
  return base::fail(base::ErrorCode::kInvalid,
                    "host: found \"" + host +
                        "\", which other machines reach, and no keys_file: everyone who reaches this host could send "
                        "messages and read them. Make a key with `herald key create NAME --scopes send,read "
                        "--keys-file FILE` and start with --keys-file FILE; or listen on 127.0.0.1; or say --insecure");
}

}  // namespace herald::access
