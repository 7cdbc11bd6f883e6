#include "verdict.h"

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

namespace smtp {
namespace {

using std::chrono::seconds;

// A transfer that got as far as `command`, to which the server said `answer`; empty for nothing.
Ending ending_at(const std::string& command, const std::string& answer, CURLcode result = CURLE_SEND_ERROR) {
  Ending ending;
  ending.result = result;
  ending.dialogue.on_answer("220 ready");
  if (command == "content") {
    ending.dialogue.on_content_end();
  } else if (command == "DATA\r\n") {
    ending.dialogue.on_command("RCPT TO:<c@d>\r\n");
    ending.dialogue.on_command(command);
  } else {
    ending.dialogue.on_command(command);
  }
  ending.dialogue.on_answer(answer);
  return ending;
}

std::string told(const Ending& ending) {
  const auto outcome = outcome_of(ending, "<1@x>", seconds(60));
  const auto raw = outcome.raw();
  static const char* const kKinds[] = {"success", "rate_limited", "error", "timeout", "rejected"};
  const std::uint32_t codes[] = {HERALD_OUTCOME_SUCCESS, HERALD_OUTCOME_RATE_LIMITED, HERALD_OUTCOME_ERROR,
                                 HERALD_OUTCOME_TIMEOUT, HERALD_OUTCOME_REJECTED};
  std::string out;
  for (std::size_t i = 0; i < 5; ++i) {
    if (outcome.code() == codes[i]) out = kKinds[i];
  }
  return out + " " + std::string(raw.error_code.data, raw.error_code.size);
}

TEST(Verdict, SucceedsWithTheMessageId) {
  const auto outcome = outcome_of(ending_at("content", "250 2.0.0 queued", CURLE_OK), "<1@x>", seconds(60));
  EXPECT_EQ(outcome.code(), static_cast<std::uint32_t>(HERALD_OUTCOME_SUCCESS));
  const auto raw = outcome.raw();
  EXPECT_EQ(std::string(raw.provider_message_id.data, raw.provider_message_id.size), "<1@x>");
  EXPECT_EQ(told(ending_at("content", "251 forwarded", CURLE_WEIRD_SERVER_REPLY)), "success ");
}

TEST(Verdict, RejectsWhatTheServerRefusesForGood) {
  EXPECT_EQ(told(ending_at("MAIL FROM:<a@b>\r\n", "553 5.1.8 no")), "rejected smtp_553");
  EXPECT_EQ(told(ending_at("RCPT TO:<a@b>\r\n", "550 5.1.1 no")), "rejected smtp_550");
  EXPECT_EQ(told(ending_at("DATA\r\n", "554 no")), "rejected smtp_554");
  EXPECT_EQ(told(ending_at("content", "552 5.3.4 too large", CURLE_WEIRD_SERVER_REPLY)), "rejected smtp_552");
}

TEST(Verdict, WaitsForWhatTheServerDoesNotTakeYet) {
  EXPECT_EQ(told(ending_at("RCPT TO:<a@b>\r\n", "451 greylisted")), "rate_limited smtp_451");
  EXPECT_EQ(told(ending_at("RCPT TO:<a@b>\r\n", "452 4.2.2 full")), "rate_limited smtp_452");
  EXPECT_EQ(told(ending_at("content", "451 4.7.1 greylisted", CURLE_WEIRD_SERVER_REPLY)), "rate_limited smtp_451");
  EXPECT_EQ(told(ending_at("MAIL FROM:<a@b>\r\n", "450 4.7.1 too many")), "rate_limited smtp_450");
  const auto outcome = outcome_of(ending_at("RCPT TO:<a@b>\r\n", "450 no"), "", seconds(60));
  EXPECT_EQ(outcome.raw().retry_after_ms, 60'000U);
  EXPECT_EQ(outcome.raw().flags & HERALD_OUTCOME_LANE_WIDE, 0U);
}

TEST(Verdict, BlamesTheServerForItsTroubles) {
  EXPECT_EQ(told(ending_at("MAIL FROM:<a@b>\r\n", "452 4.3.1 disk full")), "error smtp_452");
  EXPECT_EQ(told(ending_at("content", "451 4.3.0 trouble")), "error smtp_451");
  EXPECT_EQ(told(ending_at("RCPT TO:<a@b>\r\n", "421 4.3.2 closing")), "error smtp_421");
  EXPECT_EQ(told(ending_at("EHLO me\r\n", "554 go away")), "error smtp_554");
  EXPECT_EQ(told(ending_at("STARTTLS\r\n", "454 4.7.0 not now", CURLE_USE_SSL_FAILED)), "error smtp_454");
}

TEST(Verdict, BlamesNoMessageForItsSession) {
  for (const int code : {503, 530, 534, 535, 538})
    EXPECT_EQ(told(ending_at("MAIL FROM:<a@b>\r\n", std::to_string(code) + " 5.7.0 no")),
              "error smtp_" + std::to_string(code));
  EXPECT_EQ(told(ending_at("AUTH PLAIN x\r\n", "535 5.7.8 no", CURLE_LOGIN_DENIED)), "error auth_failed");
  EXPECT_EQ(told(ending_at("AUTH PLAIN x\r\n", "454 4.7.0 later", CURLE_LOGIN_DENIED)), "error smtp_454");
  EXPECT_EQ(told(ending_at("EHLO me\r\n", "250 AUTH", CURLE_LOGIN_DENIED)), "error auth_not_offered");
}

TEST(Verdict, BlamesNoMessageWhenThePasswordWasNotAskedFor) {
  for (const char* answer : {"250 OK", "550 5.7.1 relaying denied"}) {
    auto ending = ending_at("RCPT TO:<a@b>\r\n", answer, CURLE_ABORTED_BY_CALLBACK);
    ending.has_credentials = true;
    EXPECT_EQ(told(ending), "error auth_not_offered");
  }
}

TEST(Verdict, TellsWhenTheServerMayHaveTheMail) {
  EXPECT_EQ(told(ending_at("content", "", CURLE_OPERATION_TIMEDOUT)), "timeout timeout_after_data");
  EXPECT_EQ(told(ending_at("content", "", CURLE_RECV_ERROR)), "error lost_after_data");
  EXPECT_EQ(told(ending_at("DATA\r\n", "354 go on", CURLE_OPERATION_TIMEDOUT)), "timeout timeout");
  EXPECT_EQ(told(ending_at("RCPT TO:<a@b>\r\n", "", CURLE_RECV_ERROR)), "error connection_lost");
}

TEST(Verdict, NamesWhatIsWrongWithTheWayThere) {
  Ending ending;
  const auto told_of = [&ending](CURLcode result) {
    ending.result = result;
    return told(ending);
  };
  EXPECT_EQ(told_of(CURLE_COULDNT_RESOLVE_HOST), "error unknown_host");
  EXPECT_EQ(told_of(CURLE_COULDNT_CONNECT), "error cannot_connect");
  ending.os_error = ECONNREFUSED;
  EXPECT_EQ(told_of(CURLE_COULDNT_CONNECT), "error connection_refused");
  EXPECT_EQ(told_of(CURLE_PEER_FAILED_VERIFICATION), "error tls_untrusted");
  EXPECT_EQ(told_of(CURLE_SSL_CONNECT_ERROR), "error tls_failed");
  EXPECT_EQ(told_of(CURLE_USE_SSL_FAILED), "error starttls_unavailable");
  EXPECT_EQ(told_of(CURLE_WEIRD_SERVER_REPLY), "error bad_answer");
  EXPECT_EQ(told_of(CURLE_OUT_OF_MEMORY), "error curl_27");
}

TEST(Verdict, NeverSucceedsWithoutTheServersWord) {
  EXPECT_EQ(told(ending_at("content", "", CURLE_OK)), "error bad_answer");
  EXPECT_EQ(told(ending_at("content", "354 what", CURLE_OK)), "error bad_answer");
  EXPECT_EQ(told(ending_at("RCPT TO:<a@b>\r\n", "250 OK", CURLE_OK)), "error bad_answer");
}

// The former connection: no greeting.
Ending reused(const char* command, const char* answer, CURLcode result) {
  Ending ending;
  ending.result = result;
  ending.dialogue.on_command("MAIL FROM:<a@b>\r\n");
  ending.dialogue.on_command("RCPT TO:<c@d>\r\n");
  ending.dialogue.on_command(command);
  ending.dialogue.on_answer(answer);
  return ending;
}

TEST(Stale, IsAKeptConnectionThatIsClosedBeforeTheMailIsOnIt) {
  EXPECT_TRUE(was_stale(reused("MAIL FROM:<a@b>\r\n", "", CURLE_RECV_ERROR)));
  EXPECT_TRUE(was_stale(reused("MAIL FROM:<a@b>\r\n", "421 4.4.2 idle", CURLE_SEND_ERROR)));
  Ending unsent;
  unsent.result = CURLE_SEND_ERROR;
  EXPECT_TRUE(was_stale(unsent));
}

TEST(Stale, IsNothingElse) {
  EXPECT_FALSE(was_stale(reused("RCPT TO:<a@b>\r\n", "550 no", CURLE_SEND_ERROR)));
  EXPECT_FALSE(was_stale(reused("DATA\r\n", "354 go on", CURLE_SEND_ERROR)));
  EXPECT_FALSE(was_stale(reused("RCPT TO:<a@b>\r\n", "", CURLE_OPERATION_TIMEDOUT)));
  EXPECT_FALSE(was_stale(ending_at("MAIL FROM:<a@b>\r\n", "", CURLE_RECV_ERROR)));
  Ending sent = reused("DATA\r\n", "354 go on", CURLE_RECV_ERROR);
  sent.dialogue.on_content_end();
  EXPECT_FALSE(was_stale(sent));
}

}  // namespace
}  // namespace smtp
