// What a reader asks of messages, on one connection. Internal to the store room.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "store/statement.h"
#include "store/store.h"

namespace herald::store {

// Used by its connection's thread, each function within one read transaction. Functions throw SqliteError.
//
// A page walks the narrowest table that holds the filter's messages, newest first, and reads the wide row only of those
// that it shows. How far it walks is bounded, so that a filter that fits nothing costs no more than one that fits all.
class MessageReads {
 public:
  // The most messages that a page looks at.
  static constexpr std::size_t kLookedAtPerPage = 4'096;
  // The queue stands in order of due time. Up to so many waiting messages are put in order by a page of pending ones;
  // when more wait, it walks all messages.
  static constexpr std::size_t kMostPutInOrder = 65'536;
  static constexpr std::size_t kMostItemsOfAPage = 1'000;

  explicit MessageReads(Database& database);

  // At least one item is asked for, whatever `limit` says.
  Reader::MessagePage page(const MessageFilter& filter, std::optional<domain::MessageId> before, std::size_t limit);

  // Every question to the database, so that a test can hold their plans.
  static std::vector<std::string> queries();

 private:
  // A filter in the database's terms.
  struct Wanted;
  // The next message of a walk, and whether it fits.
  struct Candidate {
    domain::MessageId id;
    bool fits = false;
  };

  std::optional<Wanted> wanted_of(const MessageFilter& filter);
  Statement& source_of(const Wanted& wanted);
  // Takes from `next` until it gives nothing.
  template <typename Next>
  Reader::MessagePage fill(std::size_t limit, Next next);
  // The waiting messages in order, newest first, as many as a page looks at and one more; nothing when too many wait.
  std::optional<std::vector<domain::MessageId>> waiting(const Wanted& wanted, domain::MessageId before);
  bool fits(domain::MessageId id, const Wanted& wanted);
  domain::MessageRecord record(domain::MessageId id);

  Statement provider_;
  Statement all_;
  Statement pending_;
  Statement settled_;
  Statement ended_;
  Statement dispatching_;
  Statement received_;
  Statement waiting_;
  Statement one_;
  Statement record_;
  Statement taken_;
};

}  // namespace herald::store
