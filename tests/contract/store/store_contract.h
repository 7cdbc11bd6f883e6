// The fixture of the store's contract: every implementation runs the same cases. A new one is added to store_kinds().
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "observe/metrics.h"
#include "store/options.h"
#include "store/store.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"
#include "support/temp_dir.h"

namespace herald::store {

// A store that is open; destroying it is what the end of the process would be.
class OpenStore {
 public:
  virtual ~OpenStore() = default;
  virtual Store& store() = 0;
  virtual const Reader& reader() = 0;
  virtual void set_listener(CommitListener& listener) = 0;
};

struct StoreKind {
  std::string name;
  std::function<base::Result<std::unique_ptr<OpenStore>>(const Options&, const base::Clock&, observe::Log&,
                                                         observe::Metrics&)>
      open;
};

std::vector<StoreKind> store_kinds();

class ListeningStore final : public CommitListener {
 public:
  void work_available(const std::string& provider) override { told.push_back(provider); }
  std::vector<std::string> told;
};

class StoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  using MessageId = domain::MessageId;

  StoreContract();

  // Opens the store on the same data as before, as a new process would.
  void restart();
  void restart(UncertainPolicy policy);

  Store& store() { return open_->store(); }
  const Reader& reader() { return open_->reader(); }
  base::WallTime now() const { return clock_.wall(); }
  static std::chrono::milliseconds ms(std::int64_t count) { return std::chrono::milliseconds{count}; }

  // A message for `provider`, accepted now, that lives a day.
  domain::NewMessage message(const std::string& provider = "alpha") const;
  Accept accepting(domain::NewMessage message, std::optional<base::Result<MessageId>>& result) const;

  // One command, one commit.
  base::Result<MessageId> try_accept(domain::NewMessage message);
  MessageId accept(domain::NewMessage message);
  MessageId accept(const std::string& provider = "alpha") { return accept(message(provider)); }
  MessageId accept_living(std::chrono::milliseconds time_to_live);
  Claimed claim(std::size_t limit = 100, const std::string& provider = "alpha");
  Claimed claim_in(domain::ChannelSet channels, std::size_t limit = 100);
  MessageId accept_in(domain::Channel channel);
  // Accepts and claims one.
  MessageId claim_new();
  base::Status settle(Settlement item);
  base::Status release(MessageId id);
  std::vector<ExpiredMessage> expire(std::vector<MessageId> ids);
  // An empty record when there is no such message.
  domain::MessageRecord find(MessageId id);
  domain::Status status(MessageId id) { return find(id).status; }
  QueueDepth depth(const std::string& provider = "alpha");

  Settlement taken(MessageId id, std::uint32_t attempt = 1) const;
  Settlement refused(MessageId id, std::uint32_t attempt = 1) const;
  Settlement retried(MessageId id, base::WallTime at, std::uint32_t attempt = 1) const;

  static std::vector<MessageId> ids_of(const Claimed& claimed);
  static std::vector<MessageId> ids_of(const std::vector<ExpiredMessage>& expired);

  test::TempDir directory_;
  test::ManualClock clock_;
  test::RecordingLog log_;
  observe::Metrics metrics_;
  Options options_;
  ListeningStore listener_;
  std::unique_ptr<OpenStore> open_;
};

}  // namespace herald::store
