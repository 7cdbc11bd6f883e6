#include "delivery/in_flight.h"

#include <gtest/gtest.h>

namespace herald::delivery {
namespace {

using std::chrono::seconds;

constexpr base::MonoTime kNow{seconds{1000}};

Flight flight(std::int64_t id) {
  Flight made;
  made.id = domain::MessageId{id};
  made.request_id = "request-" + std::to_string(id);
  return made;
}

TEST(InFlightTable, GivesAFlightBackOnce) {
  InFlight flights;
  const auto ticket = flights.add(flight(7), kNow + seconds{1});
  EXPECT_EQ(flights.size(), 1U);
  const auto taken = flights.take(ticket);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->id, domain::MessageId{7});
  EXPECT_FALSE(flights.take(ticket));
  EXPECT_EQ(flights.size(), 0U);
}

TEST(InFlightTable, GivesUpInOrderOfDeadlines) {
  InFlight flights;
  flights.add(flight(1), kNow + seconds{3});
  flights.add(flight(2), kNow + seconds{1});
  flights.add(flight(3), kNow + seconds{2});
  EXPECT_FALSE(flights.give_up_next(kNow));
  EXPECT_EQ(flights.give_up_next(kNow + seconds{2})->id, domain::MessageId{2});
  EXPECT_EQ(flights.give_up_next(kNow + seconds{2})->id, domain::MessageId{3});
  EXPECT_FALSE(flights.give_up_next(kNow + seconds{2}));
  EXPECT_EQ(flights.size(), 1U);
}

TEST(InFlightTable, DoesNotGiveUpWhatHasEnded) {
  InFlight flights;
  const auto ended = flights.add(flight(1), kNow + seconds{1});
  flights.add(flight(2), kNow + seconds{2});
  flights.take(ended);
  EXPECT_EQ(flights.next_deadline(), kNow + seconds{2});
  EXPECT_EQ(flights.give_up_next(kNow + seconds{9})->id, domain::MessageId{2});
  EXPECT_FALSE(flights.next_deadline());
}

TEST(InFlightTable, TellsALateOutcomeOnce) {
  InFlight flights;
  const auto ticket = flights.add(flight(1), kNow);
  EXPECT_FALSE(flights.take_given_up(ticket));
  ASSERT_TRUE(flights.give_up_next(kNow));
  const auto given_up = flights.take_given_up(ticket);
  ASSERT_TRUE(given_up);
  EXPECT_EQ(given_up->id, domain::MessageId{1});
  EXPECT_EQ(given_up->request_id, "request-1");
  EXPECT_FALSE(flights.take_given_up(ticket));
}

TEST(InFlightTable, RemembersABoundedNumberOfWhatItGaveUp) {
  InFlight flights;
  const auto first = flights.add(flight(1), kNow);
  domain::Ticket last = first;
  for (std::size_t i = 0; i < InFlight::kRemembered; ++i)
    last = flights.add(flight(1), kNow);
  while (flights.give_up_next(kNow)) {
  }
  EXPECT_FALSE(flights.take_given_up(first));
  EXPECT_TRUE(flights.take_given_up(first + 1));
  EXPECT_TRUE(flights.take_given_up(last));
}

}  // namespace
}  // namespace herald::delivery
