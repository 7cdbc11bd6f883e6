#include "http/connection_table.h"

#include <utility>

namespace herald::http {
namespace {

constexpr unsigned kIndexBits = 32;
constexpr std::uint64_t kIndexMask = 0xFFFF'FFFFU;
// 31 bits, and 0 is left out: see poll_tag().
constexpr std::uint64_t kGenerations = 0x7FFF'FFFFU;

std::uint64_t generation(std::uint64_t serial) {
  return serial % kGenerations + 1;
}

}  // namespace

ConnectionToken ConnectionTable::insert(std::unique_ptr<Connection> connection) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(rows_.size()));
    rows_.emplace_back();
  }
  const ConnectionToken token{free_.back(), ++last_serial_};
  free_.pop_back();
  auto& row = rows_[token.index];
  row.connection = std::move(connection);
  row.serial = token.serial;
  ++size_;
  return token;
}

void ConnectionTable::erase(ConnectionToken token) {
  if (find(token) == nullptr) return;
  rows_[token.index].connection.reset();
  free_.push_back(token.index);
  --size_;
}

Connection* ConnectionTable::find(ConnectionToken token) {
  if (token.index >= rows_.size() || rows_[token.index].serial != token.serial) return nullptr;
  return rows_[token.index].connection.get();
}

Connection* ConnectionTable::find_tag(std::uint64_t tag) {
  const auto index = tag & kIndexMask;
  if (index >= rows_.size() || generation(rows_[index].serial) != tag >> kIndexBits) return nullptr;
  return rows_[index].connection.get();
}

ConnectionToken ConnectionTable::token_of(std::uint64_t tag) const {
  const auto index = tag & kIndexMask;
  return ConnectionToken{static_cast<std::uint32_t>(index), rows_[index].serial};
}

std::uint64_t ConnectionTable::poll_tag(ConnectionToken token) {
  return generation(token.serial) << kIndexBits | token.index;
}

void ConnectionTable::clear() {
  rows_.clear();
  free_.clear();
  size_ = 0;
}

}  // namespace herald::http
