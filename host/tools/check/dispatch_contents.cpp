#include <string>

#include "tools/check/dispatch_checks.h"

namespace herald::tools::check {
namespace {

using testkit::TestMessage;

constexpr std::size_t kMegabyte = 1U << 20U;

// What becomes of the message is the provider's to say; that something becomes of it is not.
void expect_an_end(Verdict& verdict, Sender& sender, const TestMessage& message, const std::string& what) {
  if (verdict.settled()) return;
  verdict.at("a message is handed over " + what);
  const auto result = sender.submit({message});
  if (!verdict.expect(is_result(result), "submit answers " + result_name(result) + " to a message " + what,
                      "HERALD_OK or one of HERALD_E_* (abi.h: Results)", "answer one of the results of abi.h"))
    return;
  if (result != HERALD_OK || sender.all_completed()) return;
  verdict.fail("a message " + what + " is taken and not completed",
               "each message of an accepted batch to be completed, with whatever outcome (abi.h: submit)",
               "complete what cannot be sent as rejected; look for a path that returns early");
}

bool stands_on_ground(Sender& sender) {
  return sender.deliver({sender.message()});
}

}  // namespace

void survives_an_empty_batch(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!stands_on_ground(sender)) return;
  sender.drain();
  const auto before = sender.ledger().unknown();
  verdict.at("submit is called with a batch of no message");
  const auto result = sender.submit({});
  if (!verdict.expect(is_result(result), "submit answers " + result_name(result) + " to a batch of no message",
                      "an error, or HERALD_OK and nothing completed (abi.h: herald_batch.count)",
                      "answer HERALD_E_INVALID when count is 0"))
    return;
  sender.drain();
  const auto completed = sender.ledger().unknown() - before;
  verdict.expect(completed == 0, std::to_string(completed) + " completions after a batch of no message",
                 "nothing to be completed, as there is nothing (abi.h: herald_batch.count)",
                 "read no message before count is looked at");
}

void survives_empty_texts(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!stands_on_ground(sender)) return;
  auto message = sender.message();
  message.body.clear();
  expect_an_end(verdict, sender, message, "without a body");
  message = sender.message();
  message.to.clear();
  expect_an_end(verdict, sender, message, "without a recipient");
  message = sender.message();
  message.subject = "";
  expect_an_end(verdict, sender, message, "with an empty subject");
  message.subject.reset();
  message.from.clear();
  message.to.clear();
  message.body.clear();
  expect_an_end(verdict, sender, message, "whose every text is empty");
}

void survives_control_bytes(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!stands_on_ground(sender)) return;
  using namespace std::string_literals;
  auto message = sender.message();
  message.body = "before\0behind"s;
  expect_an_end(verdict, sender, message, "with a NUL in its body");
  message = sender.message();
  message.to += "\0.example.invalid"s;
  expect_an_end(verdict, sender, message, "with a NUL in its recipient");
  message = sender.message();
  message.subject = "a\r\nBcc: nobody@example.invalid\r\n\r\nb";
  message.to += "\r\nX: y";
  expect_an_end(verdict, sender, message, "with line ends in its subject and recipient");
  message = sender.message();
  message.body.clear();
  for (int byte = 1; byte < 0x20; ++byte)
    message.body += static_cast<char>(byte);
  message.body += '\x7F';
  expect_an_end(verdict, sender, message, "of control characters");
  message.body = "\"}],\\ <b>&'; DROP TABLE --%s%n%x\r\n.\r\n";
  expect_an_end(verdict, sender, message, "that ends a quotation, a tag and a mail");
}

void survives_unicode(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!stands_on_ground(sender)) return;
  auto message = sender.message();
  message.body = "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7";  // a family, joined
  expect_an_end(verdict, sender, message, "of characters beyond the first plane");
  message.body =
      "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xE2\x80\xAE"
      "abc\xE2\x80\xAC";  // Hebrew, and an override
  expect_an_end(verdict, sender, message, "that runs from right to left");
  message.body =
      "\xEF\xBB\xBF"
      "e\xCC\x81\xEF\xBF\xBD\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF";  // the edges of UTF-8
  message.subject = message.body;
  expect_an_end(verdict, sender, message, "with a byte order mark and the last code points of each length");
  message.body = std::string(161, 'a') + "\xE2\x82\xAC";
  expect_an_end(verdict, sender, message, "of two parts of an SMS");
}

void survives_long_texts(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!stands_on_ground(sender)) return;
  auto message = sender.message();
  message.body.assign(kMegabyte, 'x');
  expect_an_end(verdict, sender, message, "with a body of 1 MiB on one line");
  message.body.clear();
  while (message.body.size() < kMegabyte)
    message.body += "\xF0\x9F\x98\x80\r\n";
  expect_an_end(verdict, sender, message, "with a body of 1 MiB of short lines");
  message = sender.message();
  message.from = std::string(250, 'a') + "@" + std::string(69, 'b');
  message.to = message.from;
  expect_an_end(verdict, sender, message, "with addresses of 320 bytes");
  message.to.assign(8192, '1');
  message.subject = std::string(8192, 's');
  message.dispatch_token.assign(1024, 't');
  expect_an_end(verdict, sender, message, "with a recipient and a subject of 8 KiB");
}

void survives_attachments(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!stands_on_ground(sender)) return;
  auto message = sender.message();
  for (int index = 0; index < 100; ++index) {
    std::string url = "https://example.invalid/" + std::to_string(index) + "/";
    url.append(2048 - url.size(), 'p');
    message.attachments.push_back(std::move(url));
  }
  expect_an_end(verdict, sender, message, "with 100 attachments of 2,048 bytes each");
  message.attachments = {"", "no url", "https://example.invalid/%", "https://example.invalid/\xC3\xA9"};
  expect_an_end(verdict, sender, message, "whose attachments are no URLs");
}

void survives_an_unknown_channel(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!stands_on_ground(sender)) return;
  for (const char* channel : {"pigeon", "", "smsx", "SMS"}) {
    auto message = sender.message();
    message.channel = channel;
    expect_an_end(verdict, sender, message, std::string("of the channel \"") + channel + "\"");
  }
}

}  // namespace herald::tools::check
