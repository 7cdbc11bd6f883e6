#include "tools/check/lent_batch.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>

#include "providers/plain_text.h"

namespace herald::tools::check {
namespace {

using providers::as_str;

// Behind what is not tight, so that a plugin that reads a little too far is caught by the one test that looks for it.
constexpr std::size_t kRoom = 64;
constexpr unsigned char kZero = 0;

std::size_t page_size() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

LentBatch::LentBatch(const std::vector<testkit::TestMessage>& messages, const std::vector<std::uint64_t>& items,
                     const Lending& lending)
    : lending_(lending),
      room_(lending.tight ? 0 : kRoom),
      message_size_(sizeof(herald_message) + lending.longer),
      batch_(sizeof(herald_batch) + lending.longer + room_),
      letters_(messages.size()),
      out_(messages.size()) {
  lay_out(messages.size());
  for (std::size_t index = 0; index < messages.size(); ++index) {
    const herald_message raw = describe(messages[index], items[index], letters_[index]);
    std::memcpy(place(index), &raw, sizeof raw);
  }
  herald_batch batch{};
  batch.struct_size = static_cast<std::uint32_t>(sizeof batch + lending.longer);
  batch.count = static_cast<std::uint32_t>(messages.size());
  batch.stride = stride_;
  batch.messages = place(0);
  batch_.write(&batch, sizeof batch);
  if (lending.read_only) seal();
}

LentBatch::~LentBatch() {
  ::munmap(array_, mapped_);
}

// With own pages a message stands near the end of a page that a page without access follows; the pair is the stride.
void LentBatch::lay_out(std::size_t count) {
  const std::size_t page = page_size();
  stride_ = lending_.own_pages ? 2 * page : message_size_ + lending_.apart;
  mapped_ = (count * stride_ + kRoom + page - 1) / page * page;
  void* const mapping = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  array_ = static_cast<std::byte*>(mapping);
  std::memset(array_, 0xAB, mapped_);
  if (!lending_.own_pages) return;
  for (std::size_t index = 0; index < count; ++index)
    ::mprotect(array_ + index * stride_ + page, page, PROT_NONE);  // of a mapping of our own: cannot be refused
}

std::byte* LentBatch::place(std::size_t index) const {
  return array_ + index * stride_ + (lending_.own_pages ? page_size() - message_size_ - room_ : 0);
}

herald_str LentBatch::lend(std::string_view text, Letter& letter) const {
  if (!lending_.own_pages) return as_str(letter.plain.emplace_back(text));
  auto& memory = *letter.paged.emplace_back(std::make_unique<GuardedMemory>(text.size() + room_, kZero));
  memory.write(text.data(), text.size());
  return {memory.text().data, text.size()};
}

const herald_str* LentBatch::lend_list(const std::vector<herald_str>& list, Letter& letter) const {
  if (list.empty()) return nullptr;
  const std::string_view bytes(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(herald_str));
  letter.paged.push_back(std::make_unique<GuardedMemory>(bytes));
  return reinterpret_cast<const herald_str*>(letter.paged.back()->data());
}

herald_message LentBatch::describe(const testkit::TestMessage& message, std::uint64_t item, Letter& letter) const {
  const std::string ordinal = std::to_string(message.ordinal);
  std::vector<herald_str> attachments;
  for (const auto& url : message.attachments)
    attachments.push_back(lend(url, letter));
  herald_message raw{};
  raw.struct_size = static_cast<std::uint32_t>(message_size_);
  raw.attempt = message.attempt;
  raw.item = item;
  raw.ordinal = message.ordinal;
  raw.deadline_ns = testkit::FakeHost::now_ns() + std::chrono::nanoseconds(message.time_left).count();
  raw.timestamp_unix_ms = 1'700'000'000'000;
  raw.id = lend("check-message-" + ordinal, letter);
  raw.dispatch_token = lend(message.dispatch_token.empty() ? "check-token-" + ordinal : message.dispatch_token, letter);
  raw.request_id = lend("check-request-" + ordinal, letter);
  raw.channel = lend(message.channel, letter);
  raw.from = lend(message.from, letter);
  raw.to = lend(message.to, letter);
  if (message.subject) raw.subject = lend(*message.subject, letter);
  raw.body = lend(message.body, letter);
  raw.attachments = lend_list(attachments, letter);
  raw.attachment_count = static_cast<std::uint32_t>(attachments.size());
  return raw;
}

void LentBatch::seal() {
  batch_.protect();
  for (const Letter& letter : letters_) {
    for (const auto& text : letter.paged)
      text->protect();
  }
  for (std::size_t index = 0; index < letters_.size(); ++index)
    ::mprotect(array_ + index * stride_, page_size(), PROT_READ);
}

void LentBatch::forbid(std::size_t index) {
  ::mprotect(array_ + index * stride_, page_size(), PROT_NONE);
  for (const auto& text : letters_[index].paged)
    text->forbid();
  if (--out_ == 0) batch_.forbid();
}

}  // namespace herald::tools::check
