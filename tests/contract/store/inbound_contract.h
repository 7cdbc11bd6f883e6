// What the cases of conversations, inbound messages and receipts share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "store_contract.h"

namespace herald::store {

class InboundContract : public StoreContract {
 protected:
  static constexpr const char* kAnn = "+12015550101";
  static constexpr const char* kBob = "+12015550102";
  static constexpr const char* kCid = "+12015550103";

  // What alpha's carrier brings: from Bob to Ann, received now.
  domain::NewInbound inbound(const std::string& provider_message_id = "") const;
  static Receive receiving(std::vector<domain::NewInbound> messages);
  static Receive receiving(std::vector<domain::Receipt> receipts);

  // One command, one commit.
  base::Result<Received> try_receive(Receive command);
  Received receive(Receive command) { return try_receive(std::move(command)).value(); }
  MessageId receive(domain::NewInbound message);
  // One receipt to alpha.
  Received report(const std::string& provider_message_id, bool delivered, const std::string& error_code = "");

  // Accepts one at `timestamp`.
  MessageId send(const std::string& from, const std::string& to, base::WallTime timestamp);
  MessageId send(const std::string& from, const std::string& to) { return send(from, to, now()); }
  // Accepts, claims and settles one that alpha took under this id, and whose receipts it will send.
  MessageId send_as(const std::string& provider_message_id);
  Settlement taken_as(const std::string& provider_message_id, MessageId id, std::uint32_t attempt = 1) const;

  Page<domain::Conversation> conversations(const PageStart& start = {}, std::size_t limit = 50);
  std::vector<domain::ConversationId> listed();
  domain::Conversation conversation(domain::ConversationId id) { return reader().conversation(id).value(); }
  Page<domain::MessageRecord> members(domain::ConversationId id, const PageStart& start = {}, std::size_t limit = 50);
  static std::vector<MessageId> ids_of(const Page<domain::MessageRecord>& page);
  static std::vector<domain::ConversationId> ids_of(const Page<domain::Conversation>& page);
};

}  // namespace herald::store
