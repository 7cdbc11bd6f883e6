#include "tools/bench/request_source.h"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "config/wording.h"

namespace herald::tools::bench {
namespace {

// Numbers that are possible for libphonenumber, of ten digits behind the country's.
constexpr std::uint64_t kFirstSender = 2'013'000'000;
constexpr std::uint64_t kFirstRecipient = 2'012'000'000;
constexpr std::uint64_t kSenders = 1'000;
constexpr std::uint64_t kRecipientsOfA = 9'000;
constexpr std::uint64_t kPairsOfB = 100'000;
constexpr std::size_t kNumberDigits = 10;
constexpr std::size_t kKeyDigits = 32;
constexpr std::size_t kTextOfB = 1'024;
constexpr std::string_view kText = "Your code is 123456. It is valid for ten minutes; tell it to nobody.";

std::string fields(const Options& options) {
  std::string head = "Host: " + options.target.authority() + "\r\nConnection: keep-alive\r\n";
  if (!options.api_key.empty()) head += "Authorization: Bearer " + options.api_key + "\r\n";
  return head;
}

void write_number(std::string& into, std::size_t at, std::uint64_t value) {
  for (std::size_t digit = kNumberDigits; digit-- > 0; value /= 10)
    into[at + digit] = static_cast<char>('0' + value % 10);
}

void write_hex(std::string& into, std::size_t at, std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t digit = 0; digit < 16; ++digit, value >>= 4U)
    into[at + digit] = kDigits[value & 15U];
}

// A request that is written once and changed in place: addresses and key are of one width.
class Messages final : public RequestSource {
 public:
  Messages(const Options& options, base::Random& random) : mix_(options.mix), random_(random) {
    const std::string zeros(kNumberDigits, '0');
    std::string text(kText);
    while (mix_ == Mix::kB && text.size() < kTextOfB)
      text += kText;
    if (mix_ == Mix::kB) text.resize(kTextOfB);
    const std::string body = "{\"from\":\"+1" + zeros + "\",\"to\":\"+1" + zeros + "\",\"type\":\"sms\",\"body\":\"" +
                             text + "\",\"attachments\":null,\"timestamp\":\"2026-01-01T12:00:00Z\"}";
    body_bytes_ = body.size();
    std::string head = "POST " + options.target.path + " HTTP/1.1\r\n" + fields(options);
    head += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    if (mix_ == Mix::kB) {
      head += "Idempotency-Key: ";
      key_ = head.size();
      head += std::string(kKeyDigits, '0') + "\r\n";
    }
    head += "\r\n";
    from_ = head.size() + body.find("+1") + 2;
    to_ = head.size() + body.find("+1", body.find("\"to\"")) + 2;
    request_ = head + body;
  }

  void next(std::string& request) override {
    if (mix_ == Mix::kA) {
      write_number(request_, from_, kFirstSender + random_.next() % kSenders);
      write_number(request_, to_, kFirstRecipient + random_.next() % kRecipientsOfA);
    } else {
      const std::uint64_t pair = random_.next() % kPairsOfB;
      write_number(request_, from_, kFirstSender + pair % kSenders);
      write_number(request_, to_, kFirstRecipient + pair);
      write_hex(request_, key_, random_.next());
      write_hex(request_, key_ + kKeyDigits / 2, random_.next());
    }
    request = request_;
  }

  std::string description() const override {
    return mix_ == Mix::kA ? "mix a: small SMS, 1,000 senders, 9,000 recipients, no idempotency key"
                           : "mix b: SMS with a text of 1,024 bytes, 100,000 conversations, a random key with each";
  }
  std::size_t body_bytes() const override { return body_bytes_; }

 private:
  const Mix mix_;
  base::Random& random_;
  std::string request_;
  std::size_t from_ = 0;
  std::size_t to_ = 0;
  std::size_t key_ = 0;
  std::size_t body_bytes_ = 0;
};

// Any of the paths each time.
class Reads final : public RequestSource {
 public:
  Reads(const Options& options, std::vector<std::string> paths, base::Random& random)
      : file_(options.get),
        paths_(std::move(paths)),
        end_(" HTTP/1.1\r\n" + fields(options) + "\r\n"),
        random_(random) {}

  void next(std::string& request) override {
    request = "GET ";
    request += paths_[random_.next() % paths_.size()];
    request += end_;
  }

  std::string description() const override {
    return "reads of any of " + std::to_string(paths_.size()) + " paths from " + file_;
  }
  std::size_t body_bytes() const override { return 0; }

 private:
  const std::string file_;
  const std::vector<std::string> paths_;
  const std::string end_;
  base::Random& random_;
};

bool is_path(const std::string& line) {
  return line.front() == '/' && std::all_of(line.begin(), line.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

base::Result<std::unique_ptr<RequestSource>> make_source(const Options& options, base::Random& random) {
  if (options.get.empty()) return std::make_unique<Messages>(options, random);
  std::ifstream file(options.get);
  if (!file) {
    return base::fail(base::ErrorCode::kInvalid, "--get names the file " + config::in_quotes(options.get) +
                                                     ", which cannot be read; expected one with a path on each line");
  }
  std::vector<std::string> paths;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    if (!is_path(line)) {
      return base::fail(base::ErrorCode::kInvalid, "the file " + config::in_quotes(options.get) + " has the line " +
                                                       config::in_quotes(line) +
                                                       ", expected a path such as /api/conversations?page=1");
    }
    paths.push_back(std::move(line));
  }
  if (paths.empty()) {
    return base::fail(base::ErrorCode::kInvalid,
                      "the file " + config::in_quotes(options.get) + " is empty, expected a path on each line");
  }
  return std::make_unique<Reads>(options, std::move(paths), random);
}

}  // namespace herald::tools::bench
