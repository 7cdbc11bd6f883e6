// Who may do what: keys, signatures of webhooks, and who is believed about where a request comes from.
//
// Threads: step() and wait() on one thread, which follows the files; notify() and everything else from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/client_address.h"
#include "access/key_list.h"
#include "access/options.h"
#include "access/watched_file.h"
#include "access/webhook_signature.h"
#include "base/clock.h"
#include "base/wakeup.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace herald::access {

class Access {
 public:
  // All are borrowed and outlive it. The error says what is wrong with which file, and the cure.
  static base::Result<std::unique_ptr<Access>> open(const Options& options, const base::Clock& clock, observe::Log& log,
                                                    observe::Metrics& metrics);

  // Nothing is asked for: as on a host without any of the three settings.
  Access(const base::Clock& clock, observe::Log& log, observe::Metrics& metrics);

  bool needs_keys() const { return keys_.has_value(); }
  bool needs_webhook_keys() const { return keys_.has_value() && webhook_keys_; }
  bool needs_signatures() const { return secrets_.has_value(); }

  struct Judgement {
    enum class Kind { kAdmitted, kUnknown, kExpired, kNotCovered };
    Kind kind = Kind::kUnknown;
    std::string key_id = {};  // of a key that is there
  };
  // Whether this secret's key covers the scope; nothing in its place asks only for a key that is good. Expects
  // needs_keys().
  Judgement judge(std::string_view secret, std::optional<Scope> scope) const;

  // Expects needs_signatures().
  SignatureVerdict verify(const SignatureFields& fields, std::string_view body) const;

  bool believes_proxies() const { return !trusted_.empty(); }
  // As access::client_address.
  std::string_view client_of(std::string_view peer, const std::vector<std::string_view>& forwarded_for) const {
    return client_address(peer, forwarded_for, trusted_);
  }

  // Whether there is anything to follow.
  bool has_files() const { return keys_.has_value() || secrets_.has_value(); }
  // Reads a file again that has changed. False: there is never more to do at once.
  bool step();
  void wait(std::chrono::nanoseconds longest) { wakeup_.wait_for(longest); }
  void notify() { wakeup_.notify(); }

 private:
  template <typename Content>
  void follow(WatchedFile<Content>& file);
  void warn_of_emptiness() const;

  const base::Clock& clock_;
  observe::Log& log_;
  observe::Metrics& metrics_;
  std::vector<base::IpNetwork> trusted_;
  bool webhook_keys_ = true;
  std::optional<WatchedFile<KeyList>> keys_;
  std::optional<WatchedFile<WebhookSecrets>> secrets_;
  base::Wakeup wakeup_;
};

}  // namespace herald::access
