// Messages in the form in which a plugin sees them, with all the memory that they point to.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <herald/abi.h>

#include "domain/ports.h"

namespace herald::providers {

// Immutable once its item handles are set, so a plugin's threads read it without a lock. Lives, by shared ownership,
// until every message in it is completed.
class Batch {
 public:
  // `items` is not empty.
  Batch(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  const herald_batch* view() const { return &view_; }
  std::size_t size() const { return items_.size(); }
  domain::OutcomeSink& sink() const { return sink_; }
  domain::Ticket ticket(std::size_t index) const { return items_[index].ticket; }
  base::MonoTime deadline(std::size_t index) const { return items_[index].deadline; }

  // The handle by which the plugin will complete the message. Set before the batch is handed over.
  void set_handle(std::size_t index, std::uint64_t handle) { messages_[index].item = handle; }
  std::uint64_t handle(std::size_t index) const { return messages_[index].item; }

 private:
  void describe(std::size_t index);

  const std::vector<domain::DispatchItem> items_;
  domain::OutcomeSink& sink_;
  std::vector<std::string> ids_;         // the text of each id, which is the dispatch token too
  std::vector<herald_str> attachments_;  // of all messages, in order
  std::vector<herald_message> messages_;
  herald_batch view_{};
};

}  // namespace herald::providers
