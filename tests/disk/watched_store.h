// The real store, with an eye on what becomes of each batch.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "store/store.h"

namespace herald::disk {

class WatchedStore final : public store::Store {
 public:
  // `hasty`: answers commands that give back nothing but a status before they are applied: a mistake to be noticed.
  WatchedStore(store::Store& store, bool hasty) : store_(store), hasty_(hasty) {}

  base::Status apply(std::span<store::Command> batch) override {
    if (hasty_) answer_at_once(batch);
    committing_ = true;
    auto status = store_.apply(batch);
    committing_ = false;
    applied_ = true;
    failed_ = !status;
    return status;
  }
  base::Status recover() override {
    if (stays_down) return base::fail(base::ErrorCode::kUnavailable, "stays down");
    auto status = store_.recover();
    if (status && recovered) recovered();
    return status;
  }
  void maintain() override { store_.maintain(); }

  std::function<void()> recovered;
  bool stays_down = false;  // never recovers: a mistake to be noticed

  bool committing() const { return committing_; }
  // Since forget().
  bool applied() const { return applied_; }
  bool failed() const { return failed_; }
  void forget() { applied_ = failed_ = false; }

 private:
  static void answer_at_once(std::span<store::Command> batch) {
    for (auto& command : batch) {
      std::visit(
          [](auto& one) {
            if constexpr (std::is_same_v<decltype(one.done), std::function<void(base::Status)>>) {
              std::exchange(one.done, [](const base::Status&) {})({});
            }
          },
          command);
    }
  }

  store::Store& store_;
  const bool hasty_;
  bool committing_ = false;
  bool applied_ = false;
  bool failed_ = false;
};

}  // namespace herald::disk
