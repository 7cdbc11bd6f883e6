#include "delivery/outbox.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace herald::delivery {
namespace {

template <typename T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

}  // namespace

Outbox::Outbox(store::Writer& writer, std::shared_ptr<Inbox> inbox) : writer_(writer), inbox_(std::move(inbox)) {}

void Outbox::settle(Finished finished) {
  gathered_.finished.push_back(std::move(finished));
}

void Outbox::release(domain::MessageId id) {
  gathered_.released.push_back(id);
}

void Outbox::release_expired(domain::MessageId id) {
  gathered_.released.push_back(id);
  gathered_.overdue.push_back(id);
}

bool Outbox::flush(base::MonoTime now, base::WallTime wall) {
  const bool again = !failed_.empty();
  if (again) {
    if (now < retry_at_ || inbox_->claim_under_way()) return false;
    append(gathered_.finished, failed_.finished);
    append(gathered_.released, failed_.released);
  }
  if (gathered_.empty()) return false;
  std::vector<store::Command> commands;
  if (!gathered_.finished.empty()) submit_settle(commands, again);
  if (!gathered_.released.empty()) submit_release(commands, again);
  // Follows its Release in the same queue, so the messages are pending when it is applied.
  if (!gathered_.overdue.empty()) submit_expire(commands, wall);
  writer_.submit(std::move(commands));
  return true;
}

void Outbox::submit_settle(std::vector<store::Command>& commands, bool again) {
  store::Settle settle;
  settle.items.reserve(gathered_.finished.size());
  for (const Finished& finished : gathered_.finished)
    settle.items.push_back(finished.settlement);
  Batch batch;
  batch.finished.swap(gathered_.finished);
  batch.again = again;
  settle.done = [inbox = inbox_, serial = track(std::move(batch))](const base::Status& status) {
    inbox->acknowledge({serial, status.map([] { return std::vector<store::ExpiredMessage>{}; })});
  };
  commands.emplace_back(std::move(settle));
}

void Outbox::submit_release(std::vector<store::Command>& commands, bool again) {
  store::Release release;
  release.ids = gathered_.released;
  Batch batch;
  batch.released.swap(gathered_.released);
  batch.again = again;
  release.done = [inbox = inbox_, serial = track(std::move(batch))](const base::Status& status) {
    inbox->acknowledge({serial, status.map([] { return std::vector<store::ExpiredMessage>{}; })});
  };
  commands.emplace_back(std::move(release));
}

void Outbox::submit_expire(std::vector<store::Command>& commands, base::WallTime wall) {
  store::Expire expire;
  expire.ids = gathered_.overdue;
  expire.now = wall;
  Batch batch;
  batch.overdue.swap(gathered_.overdue);
  expire.done = [inbox = inbox_,
                 serial = track(std::move(batch))](base::Result<std::vector<store::ExpiredMessage>> expired) {
    inbox->acknowledge({serial, std::move(expired)});
  };
  commands.emplace_back(std::move(expire));
}

Outbox::Batch Outbox::acknowledge(Inbox::Ack ack, base::MonoTime now) {
  auto node = submitted_.extract(ack.serial);
  if (node.empty()) return {};
  Batch batch = std::move(node.mapped());
  if (batch.again) --again_under_way_;
  if (ack.result) {
    batch.expired = std::move(*ack.result);
    return batch;
  }
  if (ack.result.error().code == base::ErrorCode::kInvalid) return {};
  retry_at_ = now + kRetryPause;
  append(failed_.finished, batch.finished);
  append(failed_.released, batch.released);
  // A failed Expire needs no second try: once released, the messages are expired by the next claim or sweep.
  return {};
}

void Outbox::forget_failed(domain::MessageId id) {
  auto& finished = failed_.finished;
  finished.erase(
      std::remove_if(finished.begin(), finished.end(), [id](const Finished& one) { return one.settlement.id == id; }),
      finished.end());
  auto& released = failed_.released;
  released.erase(std::remove(released.begin(), released.end(), id), released.end());
}

std::optional<base::MonoTime> Outbox::next_retry() const {
  if (failed_.empty()) return std::nullopt;
  return retry_at_;
}

std::size_t Outbox::size() const {
  std::size_t total = gathered_.size() + failed_.size();
  for (const auto& [serial, batch] : submitted_)
    total += batch.size();
  return total;
}

std::uint64_t Outbox::track(Batch batch) {
  if (batch.again) ++again_under_way_;
  submitted_.emplace(++last_serial_, std::move(batch));
  return last_serial_;
}

}  // namespace herald::delivery
