// What operators ask of a store, as verbs of a fixture.
#pragma once

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "store_contract.h"

namespace herald::store {

class StoreOperator : public StoreContract {
 protected:
  template <typename Answer, typename Wanted>
  Answer ask(Wanted wanted) {
    std::optional<Answer> answer;
    wanted.done = [&answer](Answer result) { answer = std::move(result); };
    Command command = std::move(wanted);
    static_cast<void>(store().apply({&command, 1}));
    return std::move(answer.value());
  }

  base::Status cancel(MessageId id) { return ask<base::Status>(Cancel{id, {}}); }
  base::Status retry(MessageId id) { return ask<base::Status>(Retry{id, {}}); }
  base::Result<Retried> retry_many(MessageId after = {}, const std::string& provider = "",
                                   domain::Status status = domain::Status::kFailed) {
    return retry_many_of({status, provider, {}}, after);
  }
  base::Result<Retried> retry_many_of(DeadLetters which, MessageId after = {}) {
    return ask<base::Result<Retried>>(RetryMany{std::move(which), after, {}});
  }

  // A dead letter whose first attempt was rejected.
  MessageId fail_one(const std::string& provider = "alpha") {
    const auto id = accept(provider);
    EXPECT_EQ(ids_of(claim(1, provider)), std::vector{id});
    EXPECT_TRUE(settle(refused(id)));
    return id;
  }
  // In few commits.
  std::vector<MessageId> fail_many(std::size_t count) {
    std::vector<std::optional<base::Result<MessageId>>> answers(count);
    std::vector<Command> batch;
    for (auto& answer : answers)
      batch.emplace_back(accepting(message(), answer));
    EXPECT_TRUE(store().apply(batch));
    std::vector<MessageId> ids;
    for (const auto& answer : answers)
      ids.push_back(answer->value());
    fail_again(ids);
    return ids;
  }
  // Claims all that is due and has every one of `ids` rejected.
  void fail_again(const std::vector<MessageId>& ids) {
    Settle failed;
    const auto claimed = claim(ids.size());
    for (const auto& message : claimed.messages)
      failed.items.push_back(refused(message.id, message.attempt));
    EXPECT_EQ(failed.items.size(), ids.size());
    EXPECT_TRUE(ask<base::Status>(std::move(failed)));
  }
  MessageId expire_one() {
    const auto id = accept_living(ms(10));
    clock_.advance(ms(10));
    EXPECT_EQ(ids_of(expire({id})), std::vector{id});
    return id;
  }
  domain::ClaimedMessage claim_the_only_one() {
    auto claimed = claim();
    if (claimed.messages.size() != 1) throw std::runtime_error("another number of messages was due");
    return std::move(claimed.messages.front());
  }
  std::size_t count_with(const std::vector<MessageId>& ids, domain::Status wanted) {
    return static_cast<std::size_t>(
        std::count_if(ids.begin(), ids.end(), [this, wanted](MessageId id) { return status(id) == wanted; }));
  }
};

}  // namespace herald::store
