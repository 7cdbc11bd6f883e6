#include "store_contract.h"

#include <algorithm>
#include <stdexcept>

#include "store/sqlite_store.h"

namespace herald::store {
namespace {

class OpenSqliteStore final : public OpenStore {
 public:
  explicit OpenSqliteStore(std::unique_ptr<SqliteStore> store) : store_(std::move(store)) {}
  Store& store() override { return *store_; }
  const Reader& reader() override { return store_->reader(); }
  void set_listener(CommitListener& listener) override { store_->set_listener(listener); }

 private:
  std::unique_ptr<SqliteStore> store_;
};

base::Result<std::unique_ptr<OpenStore>> open_sqlite(const Options& options, const base::Clock& clock,
                                                     observe::Log& log, observe::Metrics& metrics) {
  auto store = SqliteStore::open(options, clock, log, metrics);
  if (!store) return tl::make_unexpected(store.error());
  return std::make_unique<OpenSqliteStore>(std::move(*store));
}

template <typename Result>
Result expect_answer(std::optional<Result>& answer) {
  if (!answer) throw std::runtime_error("apply() returned without an answer to its command");
  return std::move(*answer);
}

}  // namespace

std::vector<StoreKind> store_kinds() {
  return {{"Sqlite", open_sqlite}};
}

StoreContract::StoreContract() {
  options_.data_dir = (directory_ / "data").string();
  restart();
}

void StoreContract::restart() {
  open_.reset();
  auto opened = GetParam().open(options_, clock_, log_, metrics_);
  if (!opened) throw std::runtime_error(opened.error().message);
  open_ = std::move(*opened);
  open_->set_listener(listener_);
}

void StoreContract::restart(UncertainPolicy policy) {
  options_.uncertain_policy = policy;
  restart();
}

domain::NewMessage StoreContract::message(const std::string& provider) const {
  domain::NewMessage message;
  message.content.from = "+12015550101";
  message.content.to = "+12015550102";
  message.content.body = "hello";
  message.content.timestamp = now();
  message.provider = provider;
  message.request_id = "req-1";
  message.normalized_from = message.content.from;
  message.normalized_to = message.content.to;
  message.accepted_at = now();
  message.expires_at = now() + std::chrono::hours{24};
  return message;
}

Accept StoreContract::accepting(domain::NewMessage message, std::optional<base::Result<MessageId>>& result) const {
  return Accept{std::move(message), {}, [&result](base::Result<MessageId> answer) { result = std::move(answer); }};
}

base::Result<StoreContract::MessageId> StoreContract::try_accept(domain::NewMessage message) {
  std::optional<base::Result<MessageId>> answer;
  Command command = accepting(std::move(message), answer);
  static_cast<void>(store().apply({&command, 1}));
  return expect_answer(answer);
}

StoreContract::MessageId StoreContract::accept(domain::NewMessage message) {
  return try_accept(std::move(message)).value();
}

StoreContract::MessageId StoreContract::accept_living(std::chrono::milliseconds time_to_live) {
  auto mortal = message();
  mortal.expires_at = now() + time_to_live;
  return accept(std::move(mortal));
}

Claimed StoreContract::claim(std::size_t limit, const std::string& provider) {
  std::optional<base::Result<Claimed>> answer;
  Command command = Claim{provider, limit, now(), [&answer](base::Result<Claimed> result) { answer = result; }};
  static_cast<void>(store().apply({&command, 1}));
  return expect_answer(answer).value();
}

Claimed StoreContract::claim_in(domain::ChannelSet channels, std::size_t limit) {
  std::optional<base::Result<Claimed>> answer;
  Command command =
      Claim{"alpha", limit, now(), [&answer](base::Result<Claimed> result) { answer = result; }, channels};
  static_cast<void>(store().apply({&command, 1}));
  return expect_answer(answer).value();
}

StoreContract::MessageId StoreContract::accept_in(domain::Channel channel) {
  auto made = message();
  made.content.channel = channel;
  return accept(std::move(made));
}

StoreContract::MessageId StoreContract::claim_new() {
  const auto id = accept();
  const auto claimed = claim(1);
  if (ids_of(claimed) != std::vector{id}) throw std::runtime_error("another message was due first");
  return id;
}

base::Status StoreContract::settle(Settlement item) {
  std::optional<base::Status> answer;
  Command command = Settle{{std::move(item)}, [&answer](base::Status result) { answer = std::move(result); }};
  static_cast<void>(store().apply({&command, 1}));
  return expect_answer(answer);
}

base::Status StoreContract::release(MessageId id) {
  std::optional<base::Status> answer;
  Command command = Release{{id}, [&answer](base::Status result) { answer = std::move(result); }};
  static_cast<void>(store().apply({&command, 1}));
  return expect_answer(answer);
}

std::vector<ExpiredMessage> StoreContract::expire(std::vector<MessageId> ids) {
  std::optional<base::Result<std::vector<ExpiredMessage>>> answer;
  Command command = Expire{std::move(ids), now(), [&answer](auto result) { answer = std::move(result); }};
  static_cast<void>(store().apply({&command, 1}));
  return expect_answer(answer).value();
}

domain::MessageRecord StoreContract::find(MessageId id) {
  auto found = reader().find(id);
  if (!found) {
    ADD_FAILURE() << found.error().message;
    return {};
  }
  return std::move(*found);
}

QueueDepth StoreContract::depth(const std::string& provider) {
  const auto depths = reader().queue_depths().value();
  const auto found = std::find_if(depths.begin(), depths.end(),
                                  [&provider](const QueueDepth& depth) { return depth.provider == provider; });
  return found == depths.end() ? QueueDepth{} : *found;
}

Settlement StoreContract::taken(MessageId id, std::uint32_t attempt) const {
  Settlement item;
  item.id = id;
  item.attempt = {attempt, "alpha", {}, now(), ms(12)};
  item.attempt.outcome.kind = domain::OutcomeKind::kSuccess;
  item.attempt.outcome.provider_message_id = "pm-" + id.text();
  item.attempt.outcome.segments = 2;
  item.attempt.outcome.encoding = "GSM-7";
  item.status = domain::Status::kDispatched;
  return item;
}

Settlement StoreContract::refused(MessageId id, std::uint32_t attempt) const {
  Settlement item;
  item.id = id;
  item.attempt = {attempt, "alpha", {}, now(), ms(7)};
  item.attempt.outcome.kind = domain::OutcomeKind::kRejected;
  item.attempt.outcome.error_code = "30003";
  item.status = domain::Status::kFailed;
  item.error_code = "30003";
  return item;
}

Settlement StoreContract::retried(MessageId id, base::WallTime at, std::uint32_t attempt) const {
  Settlement item;
  item.id = id;
  item.attempt = {attempt, "alpha", {}, now(), ms(30)};
  item.attempt.outcome.kind = domain::OutcomeKind::kError;
  item.attempt.outcome.error_code = "500";
  item.status = domain::Status::kPending;
  item.retry_at = at;
  return item;
}

std::vector<StoreContract::MessageId> StoreContract::ids_of(const Claimed& claimed) {
  std::vector<MessageId> ids;
  for (const auto& message : claimed.messages)
    ids.push_back(message.id);
  return ids;
}

std::vector<StoreContract::MessageId> StoreContract::ids_of(const std::vector<ExpiredMessage>& expired) {
  std::vector<MessageId> ids;
  for (const auto& message : expired)
    ids.push_back(message.id);
  return ids;
}

INSTANTIATE_TEST_SUITE_P(Kinds, StoreContract, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace herald::store
