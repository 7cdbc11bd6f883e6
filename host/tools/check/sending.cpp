#include "tools/check/sending.h"

#include <algorithm>
#include <memory>

#include "domain/channel.h"
#include "providers/plain_text.h"

namespace herald::tools::check {
namespace {

// Of a message; the plugin may take as long for its outcome.
constexpr std::chrono::milliseconds kTimeLeft{2000};

}  // namespace

testkit::TestMessage message_for(const herald_plugin& plugin, std::uint64_t ordinal) {
  testkit::TestMessage message;
  for (std::uint32_t i = 0; i < plugin.channel_count; ++i) {
    const auto channel = providers::view_of(plugin.channels[i]);
    if (!domain::parse_channel(channel)) continue;
    message.channel = std::string(channel);
    break;
  }
  if (message.channel == "email") {
    // RFC 2606: no mail of this domain ever reaches anyone.
    message.from = "herald@example.invalid";
    message.to = "nobody@example.invalid";
    message.subject = "A message of herald plugin check";
  }
  message.ordinal = ordinal;
  message.time_left = kTimeLeft;
  return message;
}

std::int32_t Sending::submit_one(Instance& instance) {
  const std::uint64_t item = next_item_++;
  auto submission = std::make_shared<testkit::detail::Submission>(
      std::vector<testkit::TestMessage>{message_for(instance.plugin(), item - 1)}, item);
  completions_.expect(item, submission, 0);
  // A copy, because the message's memory goes with its completion, and the batch's with it.
  const herald_batch batch = *submission->batch();
  const auto result = instance.submit(batch, *completions_.table());
  if (result != HERALD_OK) completions_.forget(item);
  return result;
}

bool Sending::works(Instance& instance, const Subject& subject, Verdict& verdict, const std::string& when) {
  const std::size_t before = completed();
  verdict.at("a message is submitted " + when);
  const auto result = submit_one(instance);
  if (!verdict.expect(result == HERALD_OK, "submit answers " + result_name(result) + " " + when,
                      "that a started instance takes messages until stop",
                      "accept it, and complete it with an outcome"))
    return false;
  return verdict.expect(completions_.wait_for(before + 1, std::max(subject.patience(), kTimeLeft)),
                        "a message that was submitted " + when + " is not completed",
                        "an outcome for each message, once",
                        "complete every message that submit took, with HERALD_OUTCOME_ERROR if need be");
}

void Sending::expect_refused(Instance& instance, Verdict& verdict, const std::string& when) {
  const std::size_t before = completed() + stray();
  verdict.at("a message is submitted " + when);
  const auto result = submit_one(instance);
  verdict.expect(is_result(result), "submit answers " + result_name(result) + " " + when, "HERALD_E_STATE",
                 "answer HERALD_E_STATE");
  verdict.expect(result != HERALD_OK, "submit takes a message " + when,
                 "HERALD_E_STATE: it takes messages from a "
                 "successful start until stop alone",
                 "keep the state of the instance, and answer HERALD_E_STATE");
  verdict.expect(completed() + stray() == before, "a message that was refused is completed all the same " + when,
                 "no completion of a message that submit did not take", "complete nothing before HERALD_OK is certain");
}

}  // namespace herald::tools::check
