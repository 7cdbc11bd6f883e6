#include "store/message_reads.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>

#include "store/database.h"
#include "store/record_rows.h"

namespace herald::store {
namespace {

using domain::Direction;
using domain::Status;

// What every walk lists: the message's id; NULL where the message is of no interest or its row is missing; and what a
// filter looks at.
constexpr const char* kFilterColumns =
    ", m.direction, m.channel, m.provider_id, m.normalized_sender, m.normalized_recipient";

constexpr const char* kProvider = "SELECT id FROM provider WHERE name = ?1";

std::string all_sql() {
  return std::string("SELECT m.id, m.id") + kFilterColumns +
         " FROM message m WHERE m.id < ?1 ORDER BY m.id DESC"
         " LIMIT ?2";
}

std::string pending_sql() {
  return std::string(
             "SELECT m.id, CASE WHEN m.direction = 1 AND f.message_id IS NULL AND coalesce(d.status, 1) = 1"
             " THEN m.id END") +
         kFilterColumns +
         " FROM message m LEFT JOIN delivery d ON d.message_id = m.id LEFT JOIN inflight f ON f.message_id = m.id"
         " WHERE m.id < ?1 ORDER BY m.id DESC LIMIT ?2";
}

// The message is looked up only where the status is the one that is asked for.
std::string settled_sql() {
  return std::string("SELECT d.message_id, m.id") + kFilterColumns +
         " FROM delivery d LEFT JOIN message m ON m.id = d.message_id AND d.status = ?3"
         " WHERE d.message_id < ?1 ORDER BY d.message_id DESC LIMIT ?2";
}

// The list of states is the index's own condition: without it the planner may not use the index.
std::string ended_sql() {
  return std::string("SELECT d.message_id, m.id") + kFilterColumns +
         ", d.error_code FROM delivery d INDEXED BY delivery_ended LEFT JOIN message m ON m.id = d.message_id"
         " WHERE d.status = ?3 AND d.status IN (5, 6, 7) AND d.message_id < ?1 ORDER BY d.message_id DESC LIMIT ?2";
}

std::string dispatching_sql() {
  return std::string("SELECT f.message_id, m.id") + kFilterColumns +
         " FROM inflight f LEFT JOIN message m ON m.id = f.message_id"
         " WHERE f.message_id < ?1 ORDER BY f.message_id DESC LIMIT ?2";
}

// Every inbound message has a row here.
std::string received_sql() {
  return std::string("SELECT r.message_id, m.id") + kFilterColumns +
         " FROM received r LEFT JOIN message m ON m.id = r.message_id"
         " WHERE r.message_id < ?1 ORDER BY r.message_id DESC LIMIT ?2";
}

constexpr const char* kWaiting = "SELECT message_id FROM ready WHERE provider_id BETWEEN ?1 AND ?2 LIMIT ?3";

std::string one_sql() {
  return std::string("SELECT m.id, m.id") + kFilterColumns + " FROM message m WHERE m.id = ?1";
}

std::string record_sql() {
  return std::string("SELECT ") + kRecordColumns + " FROM message m" + kRecordJoins + " WHERE m.id = ?1";
}

constexpr const char* kTaken =
    "SELECT provider_message_id, segments, encoding FROM attempt WHERE message_id = ?1 AND outcome = 1"
    " ORDER BY number DESC LIMIT 1";

}  // namespace

struct MessageReads::Wanted {
  std::optional<Status> status;
  std::optional<Direction> direction;
  std::optional<domain::Channel> channel;
  std::optional<std::int64_t> provider_id;
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::optional<std::string> error_code;  // set for dead letters only, whose rows have one more column

  bool fits(const Statement& row) const {
    if (row.is_null(1)) return false;
    if (direction && row.number(2) != static_cast<std::int64_t>(*direction)) return false;
    if (channel && row.number(3) != static_cast<std::int64_t>(*channel)) return false;
    if (provider_id && row.number(4) != *provider_id) return false;
    if (error_code && row.text(7) != *error_code) return false;
    return is_any_of(row.text(5), from) && is_any_of(row.text(6), to);
  }

  static bool is_any_of(std::string_view text, const std::vector<std::string>& forms) {
    return forms.empty() || std::find(forms.begin(), forms.end(), text) != forms.end();
  }
};

MessageReads::MessageReads(Database& database)
    : provider_(database, kProvider),
      all_(database, all_sql()),
      pending_(database, pending_sql()),
      settled_(database, settled_sql()),
      ended_(database, ended_sql()),
      dispatching_(database, dispatching_sql()),
      received_(database, received_sql()),
      waiting_(database, kWaiting),
      one_(database, one_sql()),
      record_(database, record_sql()),
      taken_(database, kTaken) {}

std::vector<std::string> MessageReads::queries() {
  return {kProvider,      all_sql(), pending_sql(), settled_sql(), ended_sql(), dispatching_sql(),
          received_sql(), kWaiting,  one_sql(),     record_sql(),  kTaken};
}

Reader::MessagePage MessageReads::page(const MessageFilter& filter, std::optional<domain::MessageId> before,
                                       std::size_t limit) {
  const auto wanted = wanted_of(filter);
  if (!wanted) return {};
  const auto most = std::clamp<std::size_t>(limit, 1, kMostItemsOfAPage);
  const auto from = before.value_or(domain::MessageId{std::numeric_limits<std::int64_t>::max()});
  if (wanted->status == Status::kPending) {
    if (const auto ids = waiting(*wanted, from)) {
      auto at = ids->begin();
      return fill(most, [this, &ids, &at, &wanted]() -> std::optional<Candidate> {
        if (at == ids->end()) return std::nullopt;
        const auto id = *at++;
        return Candidate{id, fits(id, *wanted)};
      });
    }
  }
  auto& source = source_of(*wanted);
  const StatementScope scope(source);
  source.bind(1, from.value()).bind(2, static_cast<std::int64_t>(kLookedAtPerPage) + 1);
  if (&source == &settled_ || &source == &ended_) source.bind(3, static_cast<std::int64_t>(*wanted->status));
  return fill(most, [&source, &wanted]() -> std::optional<Candidate> {
    if (!source.step()) return std::nullopt;
    return Candidate{domain::MessageId{source.number(0)}, wanted->fits(source)};
  });
}

// Nothing when no message can fit.
std::optional<MessageReads::Wanted> MessageReads::wanted_of(const MessageFilter& filter) {
  Wanted wanted;
  wanted.status = filter.status;
  wanted.direction = filter.direction;
  wanted.channel = filter.channel;
  wanted.from = filter.from;
  wanted.to = filter.to;
  if (filter.status == Status::kFailed) wanted.error_code = filter.error_code;
  if (filter.status) {
    const auto direction = *filter.status == Status::kReceived ? Direction::kInbound : Direction::kOutbound;
    if (filter.direction && *filter.direction != direction) return std::nullopt;
    wanted.direction = direction;
  }
  if (filter.provider) {
    const StatementScope scope(provider_);
    if (!provider_.bind(1, *filter.provider).step()) return std::nullopt;
    wanted.provider_id = provider_.number(0);
  }
  return wanted;
}

Statement& MessageReads::source_of(const Wanted& wanted) {
  if (!wanted.status) return wanted.direction == Direction::kInbound ? received_ : all_;
  switch (*wanted.status) {
    case Status::kPending:
      return pending_;
    case Status::kDispatching:
      return dispatching_;
    case Status::kDispatched:
    case Status::kDelivered:
      return settled_;
    case Status::kFailed:
    case Status::kExpired:
    case Status::kCancelled:
      return ended_;
    case Status::kReceived:
      break;
  }
  return received_;
}

template <typename Next>
Reader::MessagePage MessageReads::fill(std::size_t limit, Next next) {
  Reader::MessagePage page;
  domain::MessageId last;
  for (std::size_t looked_at = 0;; ++looked_at) {
    const auto candidate = next();
    if (!candidate) return page;
    if (page.items.size() == limit || looked_at == kLookedAtPerPage) {
      page.next = last;
      return page;
    }
    last = candidate->id;
    if (candidate->fits) page.items.push_back(record(candidate->id));
  }
}

std::optional<std::vector<domain::MessageId>> MessageReads::waiting(const Wanted& wanted, domain::MessageId before) {
  const StatementScope scope(waiting_);
  waiting_.bind(1, wanted.provider_id.value_or(0))
      .bind(2, wanted.provider_id.value_or(std::numeric_limits<std::int64_t>::max()))
      .bind(3, static_cast<std::int64_t>(kMostPutInOrder) + 1);
  std::vector<domain::MessageId> ids;
  for (std::size_t count = 0; waiting_.step(); ++count) {
    if (count == kMostPutInOrder) return std::nullopt;
    const domain::MessageId id{waiting_.number(0)};
    if (id < before) ids.push_back(id);
  }
  const auto kept = std::min(ids.size(), kLookedAtPerPage + 1);
  const auto end = ids.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(ids.begin(), end, ids.end(), std::greater<>());
  ids.resize(kept);
  return ids;
}

bool MessageReads::fits(domain::MessageId id, const Wanted& wanted) {
  const StatementScope scope(one_);
  return one_.bind(1, id.value()).step() && wanted.fits(one_);
}

domain::MessageRecord MessageReads::record(domain::MessageId id) {
  const StatementScope scope(record_);
  if (!record_.bind(1, id.value()).step()) throw_corrupt("message " + id.text() + " is gone within one transaction");
  auto found = read_record(record_, 0, id);
  if (found.direction == Direction::kInbound) return found;
  const StatementScope taken(taken_);
  if (taken_.bind(1, id.value()).step()) {
    found.provider_message_id = taken_.text(0);
    found.segments = static_cast<std::uint32_t>(taken_.number(1));
    found.encoding = taken_.text(2);
  }
  return found;
}

}  // namespace herald::store
