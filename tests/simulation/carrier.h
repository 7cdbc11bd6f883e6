// A provider that a simulation drives: it holds what it was given and answers when it is told to, or never.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "domain/ports.h"

namespace herald::simulation {

class Carrier final : public domain::ProviderPort {
 public:
  struct Held {
    domain::Ticket ticket = 0;
    std::int64_t message = 0;
    std::uint32_t attempt = 0;
  };
  struct Shape {
    std::size_t max_batch = 1;
    std::size_t max_in_flight = 1;
    bool blocks = false;  // a call holds a thread until it is answered
    bool receipts = false;
  };
  // Told of each item, and of the end of each submit, by which it may have completed some.
  struct Listener {
    std::function<void(Carrier&, const domain::DispatchItem&)> called;
    std::function<void(Carrier&)> submitted;
  };

  Carrier(std::string name, Shape shape, Listener listener)
      : name_(std::move(name)), shape_(shape), listener_(std::move(listener)) {}

  const std::string& name() const override { return name_; }
  domain::ChannelSet channels() const override { return domain::ChannelSet::all(); }
  std::size_t max_batch() const override { return shape_.max_batch; }
  std::size_t max_in_flight() const override { return shape_.max_in_flight; }
  std::size_t calls_inside() const override { return shape_.blocks ? held_.size() : 0; }
  bool emits_receipts() const override { return shape_.receipts; }

  void submit(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) override {
    sink_ = &sink;
    last_batch_ = items.size();
    for (const auto& item : items) {
      held_.push_back({item.ticket, item.message.id.value(), item.message.attempt});
      listener_.called(*this, item);
    }
    listener_.submitted(*this);
  }

  // Answers one that is held; `keep` leaves it there, to be answered once more.
  void answer(std::size_t index, domain::Outcome outcome, bool keep) {
    const Held held = held_.at(index);
    if (!keep) {
      answered_.push_back(held);
      if (answered_.size() > kRemembered) answered_.pop_front();
      held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    sink_->complete(held.ticket, std::move(outcome));
  }
  // A ticket that is over, or never was.
  void answer_ticket(domain::Ticket ticket, domain::Outcome outcome) {
    if (sink_ != nullptr) sink_->complete(ticket, std::move(outcome));
  }
  // Its library is gone, or the process: nothing comes any more.
  void forget() {
    held_.clear();
    answered_.clear();
    sink_ = nullptr;
  }

  const std::vector<Held>& held() const { return held_; }
  const std::deque<Held>& answered() const { return answered_; }
  std::size_t last_batch() const { return last_batch_; }

 private:
  static constexpr std::size_t kRemembered = 32;

  const std::string name_;
  const Shape shape_;
  const Listener listener_;
  domain::OutcomeSink* sink_ = nullptr;
  std::vector<Held> held_;
  std::deque<Held> answered_;
  std::size_t last_batch_ = 0;
};

}  // namespace herald::simulation
