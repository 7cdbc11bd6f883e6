#include "tools/bench/answer_reader.h"

namespace herald::tools::bench {
namespace {

constexpr std::string_view kReplayed = "idempotency-replayed";
constexpr unsigned kFirstFinalStatus = 200;

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

const llhttp_settings_t& AnswerReader::settings() {
  static const llhttp_settings_t kSettings = [] {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_message_begin = [](llhttp_t* parser) {
      auto& reader = of(parser);
      if (reader.complete_) return static_cast<int>(HPE_USER);  // a second answer to one request
      reader.replayed_ = false;
      reader.matched_ = 0;
      reader.matching_ = true;
      return 0;
    };
    settings.on_header_field = [](llhttp_t* parser, const char* at, std::size_t length) {
      of(parser).take_name({at, length});
      return 0;
    };
    settings.on_header_field_complete = [](llhttp_t* parser) {
      of(parser).end_name();
      return 0;
    };
    settings.on_message_complete = [](llhttp_t* parser) {
      of(parser).end_answer();
      return 0;
    };
    return settings;
  }();
  return kSettings;
}

AnswerReader::AnswerReader() {
  reset();
}

void AnswerReader::reset() {
  llhttp_init(&parser_, HTTP_RESPONSE, &settings());
  parser_.data = this;
  complete_ = false;
  idle_ = true;
}

void AnswerReader::take_name(std::string_view part) {
  for (const char c : part) {
    matching_ = matching_ && matched_ < kReplayed.size() && lowered(c) == kReplayed[matched_];
    ++matched_;
  }
}

void AnswerReader::end_name() {
  replayed_ = replayed_ || (matching_ && matched_ == kReplayed.size());
  matched_ = 0;
  matching_ = true;
}

void AnswerReader::end_answer() {
  if (parser_.status_code < kFirstFinalStatus) return;
  status_ = parser_.status_code;
  keep_alive_ = llhttp_should_keep_alive(&parser_) != 0;
  complete_ = true;
}

AnswerReader::Event AnswerReader::feed(std::string_view bytes) {
  complete_ = false;
  idle_ = false;
  if (llhttp_execute(&parser_, bytes.data(), bytes.size()) != HPE_OK) return Event::kMalformed;
  idle_ = complete_;
  return complete_ ? Event::kAnswer : Event::kMore;
}

AnswerReader::Event AnswerReader::finish() {
  if (idle_) return Event::kMore;
  complete_ = false;
  if (llhttp_finish(&parser_) != HPE_OK || !complete_) return Event::kMalformed;
  keep_alive_ = false;
  return Event::kAnswer;
}

}  // namespace herald::tools::bench
