#include "tools/check/sender.h"

#include <memory>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "tools/check/sending.h"

namespace herald::tools::check {
namespace {

using testkit::TestMessage;

// What was lent stays until the process ends, because a plugin that breaks its promises may come back to it.
class Lent {
 public:
  LentBatch& keep(std::unique_ptr<LentBatch> batch) {
    const base::MutexLock lock(mutex_);
    return *batches_.emplace_back(std::move(batch));
  }

 private:
  base::Mutex mutex_;
  std::vector<std::unique_ptr<LentBatch>> batches_ HERALD_GUARDED_BY(mutex_);
};

Lent& lent() {
  static Lent* const kLent = new Lent();
  return *kLent;
}

const char* named_for(std::size_t messages) {
  return messages == 1 ? "dispatch.one" : "dispatch.batch";
}

}  // namespace

TestMessage plain_message(const herald_plugin& plugin) {
  TestMessage message = message_for(plugin, 0);
  message.time_left = kTimeLeft;
  return message;
}

Sender::Sender(Subject& subject, Verdict& verdict, const herald_plugin& plugin, Ledger::Inspect inspect)
    : subject_(subject), verdict_(verdict), instance_(plugin, verdict), ledger_(Ledger::open(std::move(inspect))) {}

bool Sender::ready() {
  return instance_.running() || instance_.started(subject_, verdict_);
}

std::int32_t Sender::submit(const std::vector<TestMessage>& messages, const Handing& handing) {
  std::vector<std::uint64_t> items(messages.size());
  for (auto& item : items)
    item = Ledger::next_item();
  LentBatch& batch = lent().keep(std::make_unique<LentBatch>(messages, items, handing.lending));
  for (std::size_t index = 0; index < items.size(); ++index) {
    Ledger::TakeBack take_back;
    if (handing.take_back) take_back = [&batch, index] { batch.forbid(index); };
    ledger_.expect(items[index], std::move(take_back));
  }
  const auto result = instance_.submit(batch.batch(), ledger_.table());
  if (result == HERALD_OK) return result;
  for (const auto item : items)
    ledger_.refuse(item);
  return result;
}

bool Sender::hand_over(const std::vector<TestMessage>& messages, const Handing& handing) {
  const auto result = submit(messages, handing);
  if (result == HERALD_OK) return true;
  verdict_.block("submit answers " + result_name(result) + " to " + std::to_string(messages.size()) +
                 " plain message(s) (" + named_for(messages.size()) + ")");
  return false;
}

bool Sender::deliver(const std::vector<TestMessage>& messages, const Handing& handing) {
  if (!hand_over(messages, handing)) return false;
  if (all_completed()) return true;
  verdict_.block("of " + std::to_string(messages.size()) + " plain message(s), " +
                 std::to_string(ledger_.outstanding()) + " are not completed (" + named_for(messages.size()) + ")");
  return false;
}

void Sender::stop() {
  instance_.stop();
  ledger_.close();
}

TestMessage Sender::message() {
  TestMessage message = plain_message(instance_.plugin());
  message.ordinal = next_ordinal_++;
  return message;
}

std::vector<TestMessage> Sender::messages(std::size_t count) {
  std::vector<TestMessage> all;
  for (std::size_t index = 0; index < count; ++index)
    all.push_back(message());
  return all;
}

}  // namespace herald::tools::check
