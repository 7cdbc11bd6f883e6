#include "access/access.h"

#include <utility>

namespace herald::access {
namespace {

base::Error with_cure(base::Error error, const char* setting, const char* cure) {
  error.message = std::string(setting) + ": " + error.message + (error.code == base::ErrorCode::kNotFound ? cure : "");
  return error;
}

}  // namespace

Access::Access(const base::Clock& clock, observe::Log& log, observe::Metrics& metrics)
    : clock_(clock), log_(log), metrics_(metrics) {}

base::Result<std::unique_ptr<Access>> Access::open(const Options& options, const base::Clock& clock, observe::Log& log,
                                                   observe::Metrics& metrics) {
  auto access = std::make_unique<Access>(clock, log, metrics);
  access->webhook_keys_ = options.webhook_keys;
  if (!options.trusted_proxies.empty()) {
    auto networks = base::parse_networks(options.trusted_proxies);
    if (!networks) return base::fail(base::ErrorCode::kInvalid, "trusted_proxies: found what is no list of networks");
    access->trusted_ = *std::move(networks);
  }
  if (!options.keys_file.empty()) {
    if (auto opened = access->keys_.emplace(options.keys_file).open(); !opened) {
      return tl::make_unexpected(
          with_cure(opened.error(), "keys_file", "; `herald key create NAME --scopes send,read` makes it"));
    }
  }
  if (!options.webhook_secrets_file.empty()) {
    if (auto opened = access->secrets_.emplace(options.webhook_secrets_file).open(); !opened) {
      return tl::make_unexpected(with_cure(opened.error(), "webhook_secrets_file",
                                           "; write the carriers' secrets (whsec_…) into it, a line each"));
    }
  }
  access->warn_of_emptiness();
  return access;
}

void Access::warn_of_emptiness() const {
  if (keys_ && keys_->current()->keys().empty())
    log_.warn("access.no_keys", {{"path", keys_->path()}, {"effect", "every call is refused"}});
  if (secrets_ && secrets_->current()->empty())
    log_.warn("access.no_webhook_secrets", {{"path", secrets_->path()}, {"effect", "every webhook is refused"}});
}

Access::Judgement Access::judge(std::string_view secret, std::optional<Scope> scope) const {
  const auto keys = keys_->current();
  const auto* const key = keys->find(secret);
  if (key == nullptr) return {};
  if (key->expires_at && *key->expires_at <= clock_.wall()) return {Judgement::Kind::kExpired, key->id};
  if (scope && !key->scopes.covers(*scope)) return {Judgement::Kind::kNotCovered, key->id};
  return {Judgement::Kind::kAdmitted, key->id};
}

SignatureVerdict Access::verify(const SignatureFields& fields, std::string_view body) const {
  return secrets_->current()->verify(fields, body, clock_.wall());
}

template <typename Content>
void Access::follow(WatchedFile<Content>& file) {
  const auto refreshed = file.refresh();
  if (refreshed.change == Refresh::kTaken) log_.info("access.file_reread", {{"path", file.path()}});
  if (refreshed.change == Refresh::kRefused) {
    log_.error("access.file_refused",
               {{"error", refreshed.why}, {"effect", "what was read of it last stays in force until it is mended"}});
  }
}

bool Access::step() {
  if (keys_) follow(*keys_);
  if (secrets_) follow(*secrets_);
  metrics_.access_files_refused.set((keys_ && keys_->refused() ? 1 : 0) + (secrets_ && secrets_->refused() ? 1 : 0));
  return false;
}

}  // namespace herald::access
