// The right of one request to its key.
#include "intake/keys_in_flight.h"

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "base/worker.h"

namespace herald::intake {
namespace {

domain::Digest key(std::uint8_t number) {
  domain::Digest digest{};
  digest.fill(number);
  return digest;
}

TEST(KeysInFlight, HoldsAKeyOnce) {
  KeysInFlight keys;
  const auto hold = keys.hold(key(1));
  EXPECT_TRUE(hold);
  EXPECT_FALSE(keys.hold(key(1)));
  EXPECT_TRUE(keys.hold(key(2)));
}

TEST(KeysInFlight, TellsKeysApartByEachOctet) {
  KeysInFlight keys;
  const auto hold = keys.hold(key(1));
  for (std::size_t i = 0; i < key(1).size(); ++i) {
    auto other = key(1);
    other.at(i) = 2;
    EXPECT_TRUE(keys.hold(other)) << i;
  }
}

TEST(KeysInFlight, GivesAKeyBackAtTheEndOfItsHold) {
  KeysInFlight keys;
  { const auto hold = keys.hold(key(1)); }
  EXPECT_TRUE(keys.hold(key(1)));
}

TEST(KeysInFlight, GivesAKeyBackOnce) {
  KeysInFlight keys;
  auto first = keys.hold(key(1));
  first->release();
  const auto second = keys.hold(key(1));
  first->release();
  first.reset();
  EXPECT_FALSE(keys.hold(key(1))) << "the second's hold stands";
}

TEST(KeysInFlight, MovesAHoldWithoutGivingItBack) {
  KeysInFlight keys;
  auto first = keys.hold(key(1));
  const KeysInFlight::Hold second = *std::move(first);
  first.reset();
  EXPECT_FALSE(keys.hold(key(1)));
}

TEST(KeysInFlight, IsHeldByOneThreadAtATime) {
  KeysInFlight keys;
  std::atomic<int> inside{0};
  std::atomic<int> together{0};
  std::atomic<int> held{0};
  {
    std::vector<base::Worker> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back("request", [&] {
        for (int k = 0; k < 2000; ++k) {
          const auto hold = keys.hold(key(static_cast<std::uint8_t>(k % 3)));
          if (!hold) continue;
          ++held;
          if (k % 3 != 0) continue;
          if (++inside > 1) ++together;
          --inside;
        }
      });
    }
  }
  EXPECT_GT(held, 0);
  EXPECT_EQ(together, 0);
}

}  // namespace
}  // namespace herald::intake
