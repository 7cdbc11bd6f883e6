// Messages on their way into a plugin, in memory that is laid out as a test wants it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <herald/abi.h>
#include <herald/testkit/submission.h>

#include "tools/check/guarded_memory.h"

namespace herald::tools::check {

// How the memory is laid out. Plain: as a host of this version does it, with room behind everything, so that only the
// test that is about the memory fails for it.
struct Lending {
  std::size_t longer = 0;  // bytes by which each structure is longer than this version's, as a newer host's are
  std::size_t apart = 0;   // bytes between a message and the next
  bool own_pages = false;  // every structure and every text has pages of its own, which can be forbidden
  bool tight = false;      // ... and ends at a page without access
  bool read_only = false;  // who writes to it dies; of own pages
};

// One batch. With own pages it is kept below a few hundred messages.
class LentBatch {
 public:
  LentBatch(const std::vector<testkit::TestMessage>& messages, const std::vector<std::uint64_t>& items,
            const Lending& lending);
  ~LentBatch();
  LentBatch(const LentBatch&) = delete;
  LentBatch& operator=(const LentBatch&) = delete;

  const herald_batch& batch() const { return *reinterpret_cast<const herald_batch*>(batch_.data()); }

  // From here on whoever touches the message, or with the last one the batch, dies. Only of own pages. One thread
  // at a time.
  void forbid(std::size_t index);

 private:
  struct Letter {
    std::deque<std::string> plain;
    std::vector<std::unique_ptr<GuardedMemory>> paged;
  };

  herald_message describe(const testkit::TestMessage& message, std::uint64_t item, Letter& letter) const;
  herald_str lend(std::string_view text, Letter& letter) const;
  const herald_str* lend_list(const std::vector<herald_str>& list, Letter& letter) const;
  void lay_out(std::size_t count);
  std::byte* place(std::size_t index) const;
  void seal();

  const Lending lending_;
  const std::size_t room_;  // behind what is lent
  const std::size_t message_size_;
  GuardedMemory batch_;
  std::byte* array_ = nullptr;  // a mapping of its own
  std::size_t mapped_ = 0;
  std::size_t stride_ = 0;
  std::vector<Letter> letters_;
  std::size_t out_ = 0;  // messages that are not forbidden
};

}  // namespace herald::tools::check
