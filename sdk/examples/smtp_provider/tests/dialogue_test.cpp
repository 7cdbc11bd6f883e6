#include "dialogue.h"

#include <gtest/gtest.h>

namespace smtp {
namespace {

class Heard : public testing::Test {
 protected:
  void connect() {
    dialogue_.on_answer("220 mail.test ready\r\n");
    say("EHLO me\r\n", "250 OK\r\n");
  }
  void say(const char* command, const char* answer) {
    dialogue_.on_command(command);
    dialogue_.on_answer(answer);
  }

  Dialogue dialogue_;
};

TEST_F(Heard, ReadsTheLastLineOfAnAnswer) {
  connect();
  dialogue_.on_command("EHLO me\r\n");
  dialogue_.on_answer("250-mail.test\r\n");
  dialogue_.on_answer("250-AUTH PLAIN\r\n");
  EXPECT_EQ(dialogue_.answer(), 0);
  dialogue_.on_answer("250 SIZE 1\r\n");
  EXPECT_EQ(dialogue_.answer(), 250);
  EXPECT_EQ(dialogue_.stage(), Stage::kHello);
}

TEST_F(Heard, KnowsANewConnectionByItsGreeting) {
  connect();
  EXPECT_TRUE(dialogue_.is_new_connection());
  dialogue_ = Dialogue();
  say("MAIL FROM:<a@b>\r\n", "250 OK\r\n");
  EXPECT_FALSE(dialogue_.is_new_connection());
}

TEST_F(Heard, ForgetsAnAnswerWhenTheNextCommandGoesOut) {
  connect();
  say("MAIL FROM:<a@b>\r\n", "250 OK\r\n");
  dialogue_.on_command("RCPT TO:<c@d>\r\n");
  EXPECT_EQ(dialogue_.answer(), 0);
}

TEST_F(Heard, KeepsARefusalThroughTheQuit) {
  connect();
  say("MAIL FROM:<a@b>\r\n", "250 OK\r\n");
  say("RCPT TO:<c@d>\r\n", "550 5.1.1 Unknown\r\n");
  say("QUIT\r\n", "221 Bye\r\n");
  EXPECT_EQ(dialogue_.stage(), Stage::kRcpt);
  EXPECT_EQ(dialogue_.answer(), 550);
  EXPECT_EQ(dialogue_.status(), "5.1");
}

TEST_F(Heard, TakesTheFarewellOfAnOldConnectionForNoGreeting) {
  say("QUIT\r\n", "221 Bye\r\n");
  EXPECT_FALSE(dialogue_.is_new_connection());
  connect();
  EXPECT_TRUE(dialogue_.is_new_connection());
}

TEST_F(Heard, TakesSecretsForNoCommands) {
  connect();
  say("AUTH LOGIN\r\n", "334 VXNlcg==\r\n");
  say("DATA\r\n", "334 UGFzcw==\r\n");
  say("QUIT", "235 2.7.0 OK\r\n");
  EXPECT_EQ(dialogue_.stage(), Stage::kAuth);
  EXPECT_TRUE(dialogue_.is_authenticated());
}

TEST_F(Heard, ReadsEnhancedStatusCodes) {
  connect();
  const auto status_of = [this](const char* answer) {
    dialogue_.on_command("MAIL FROM:<a@b>\r\n");
    dialogue_.on_answer(answer);
    return dialogue_.status();
  };
  EXPECT_EQ(status_of("451 4.7.1 Greylisted\r\n"), "4.7");
  EXPECT_EQ(status_of("451 4.7.1\r\n"), "4.7");
  for (const char* none :
       {"451 Greylisted\r\n", "451\r\n", "451 4.7 x\r\n", "451 4..1\r\n", "451 1234.5.6\r\n", "451 4\r\n"})
    EXPECT_EQ(status_of(none), "") << none;
}

TEST_F(Heard, IgnoresWhatIsNoAnswer) {
  connect();
  dialogue_.on_command("MAIL FROM:<a@b>\r\n");
  for (const char* line : {"", "25", "hello\r\n", "2500 x\r\n", "-250 x\r\n"})
    dialogue_.on_answer(line);
  EXPECT_EQ(dialogue_.answer(), 0);
}

}  // namespace
}  // namespace smtp
