#include "tools/bench/answer_reader.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::tools::bench {
namespace {

using Event = AnswerReader::Event;

const std::string kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}";

TEST(AnswerReader, ReadsAnAnswerAndTheNextOne) {
  AnswerReader reader;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(reader.feed(kAccepted), Event::kAnswer);
    EXPECT_EQ(reader.status(), 202U);
    EXPECT_TRUE(reader.keep_alive());
    EXPECT_TRUE(reader.idle());
  }
}

TEST(AnswerReader, ReadsAnAnswerWhereverItIsCut) {
  const std::string text = "HTTP/1.1 202 Accepted\r\nIdempotency-Replayed: true\r\nContent-Length: 2\r\n\r\n{}";
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    AnswerReader reader;
    EXPECT_EQ(reader.feed(text.substr(0, cut)), Event::kMore) << cut;
    EXPECT_FALSE(reader.idle());
    EXPECT_EQ(reader.feed(text.substr(cut)), Event::kAnswer) << cut;
    EXPECT_TRUE(reader.replayed()) << cut;
  }
}

TEST(AnswerReader, ReadsChunks) {
  AnswerReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), Event::kMore);
  EXPECT_EQ(reader.feed("0\r\n\r\n"), Event::kAnswer);
  EXPECT_EQ(reader.status(), 200U);
}

TEST(AnswerReader, PassesOverContinue) {
  AnswerReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 100 Continue\r\n\r\n"), Event::kMore);
  EXPECT_EQ(reader.feed(kAccepted), Event::kAnswer);
  EXPECT_EQ(reader.status(), 202U);
}

TEST(AnswerReader, SeesThatThePeerCloses) {
  AnswerReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), Event::kAnswer);
  EXPECT_FALSE(reader.keep_alive());
  reader.reset();
  EXPECT_EQ(reader.feed("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), Event::kAnswer);
  EXPECT_FALSE(reader.keep_alive());
}

TEST(AnswerReader, TakesTheConnectionsEndAsTheBodys) {
  AnswerReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.0 200 OK\r\n\r\nabc"), Event::kMore);
  EXPECT_EQ(reader.finish(), Event::kAnswer);
  EXPECT_EQ(reader.status(), 200U);
  EXPECT_FALSE(reader.keep_alive());
}

TEST(AnswerReader, DoesNotTakeAConnectionCutShortAsAnAnswer) {
  for (const char* text : {"HTTP/1.1 202 Acc", "HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nabc",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
    AnswerReader reader;
    EXPECT_EQ(reader.feed(text), Event::kMore);
    EXPECT_EQ(reader.finish(), Event::kMalformed) << text;
  }
}

TEST(AnswerReader, KnowsAnEndBetweenTwoAnswers) {
  AnswerReader reader;
  EXPECT_EQ(reader.finish(), Event::kMore);
  EXPECT_EQ(reader.feed(kAccepted), Event::kAnswer);
  EXPECT_EQ(reader.finish(), Event::kMore);
}

TEST(AnswerReader, RefusesWhatIsNoAnswer) {
  for (const char* text : {"SSH-2.0-OpenSSH_9.2\r\n", "{\"status\":\"accepted\"}", "GET / HTTP/1.1\r\n\r\n",
                           "HTTP/1.1 2x2 Accepted\r\n\r\n", "HTTP/1.1 202 Accepted\r\nContent-Length: two\r\n\r\n"}) {
    AnswerReader reader;
    EXPECT_EQ(reader.feed(text), Event::kMalformed) << text;
  }
}

TEST(AnswerReader, RefusesMoreThanWasAskedFor) {
  AnswerReader reader;
  EXPECT_EQ(reader.feed(kAccepted + kAccepted), Event::kMalformed);
}

TEST(AnswerReader, KnowsAReplayByTheWholeNameInAnyCase) {
  AnswerReader reader;
  const auto fed = [&reader](const std::string& field) {
    EXPECT_EQ(reader.feed("HTTP/1.1 202 Accepted\r\n" + field + ": true\r\nContent-Length: 0\r\n\r\n"), Event::kAnswer);
    return reader.replayed();
  };
  EXPECT_TRUE(fed("Idempotency-Replayed"));
  EXPECT_TRUE(fed("idempotency-replayed"));
  EXPECT_FALSE(fed("Idempotency-Replaye"));
  EXPECT_FALSE(fed("Idempotency-Replayed-At"));
  EXPECT_FALSE(fed("X-Request-Id"));
}

}  // namespace
}  // namespace herald::tools::bench
