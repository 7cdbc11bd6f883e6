// A mock provider's built library under test. Compiled for each mock: HERALD_MOCK is the fixture's name,
// HERALD_MOCK_FILE, _NAME, _CHANNEL and _THREAD say which it is.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

namespace herald::testkit {

using namespace std::chrono_literals;

inline constexpr FaultProfile kMixed{10, 20, 15, 42};

class HERALD_MOCK : public ::testing::Test {
 protected:
  void run(std::string_view configuration = "{}") {
    ASSERT_EQ(mock_.configure(configuration).result, HERALD_OK);
    ASSERT_EQ(mock_.start(), HERALD_OK);
  }

  static TestMessage message(std::uint64_t ordinal, std::uint32_t attempt = 1) {
    TestMessage message;
    message.channel = HERALD_MOCK_CHANNEL;
    message.ordinal = ordinal;
    message.attempt = attempt;
    message.time_left = 5ms;  // timeouts take as long as this
    return message;
  }

  static std::vector<TestMessage> messages(std::uint64_t first, std::size_t count) {
    std::vector<TestMessage> all;
    for (std::uint64_t ordinal = first; ordinal < first + count; ++ordinal)
      all.push_back(message(ordinal));
    return all;
  }

  // Messages that are out from now on and time out in so long.
  std::vector<std::uint64_t> submit_timeouts(std::size_t count, std::chrono::milliseconds in) {
    EXPECT_EQ(mock_.set_faults({100, 0, 0, std::nullopt}), HERALD_OK);
    auto slow = message(0);
    slow.time_left = in;
    return mock_.submit(std::vector<TestMessage>(count, slow)).items;
  }

  // One letter for each message, in the order of submission: "." success, "T"imeout, "E"rror, "R"ate limited.
  std::string outcomes_of(const std::vector<TestMessage>& batch) {
    const std::size_t before = mock_.completions().all().size();
    const Submitted submitted = mock_.submit(batch);
    EXPECT_EQ(submitted.result, HERALD_OK);
    EXPECT_TRUE(mock_.completions().wait_for(before + batch.size()));
    std::map<std::uint64_t, std::uint32_t> codes;
    for (const Completed& completed : mock_.completions().all())
      codes[completed.item] = completed.code;
    std::string letters;
    for (const std::uint64_t item : submitted.items)
      letters += letter(codes[item]);
    return letters;
  }

  static char letter(std::uint32_t code) {
    switch (code) {
      case HERALD_OUTCOME_SUCCESS:
        return '.';
      case HERALD_OUTCOME_TIMEOUT:
        return 'T';
      case HERALD_OUTCOME_ERROR:
        return 'E';
      case HERALD_OUTCOME_RATE_LIMITED:
        return 'R';
      default:
        return '?';
    }
  }

  PluginUnderTest mock_{HERALD_MOCK_FILE};
};

}  // namespace herald::testkit
