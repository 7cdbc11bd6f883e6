// Cuts what comes back on a connection into answers (RFC 9112), by llhttp. No sockets and no time in here.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <string_view>

namespace herald::tools::bench {

// One thread at a time. Not movable: the parser points back here.
class AnswerReader {
 public:
  enum class Event {
    kMore,       // the answer is not complete
    kAnswer,     // it is, and nothing follows it
    kMalformed,  // these bytes are no answer, or more came than was asked for
  };

  AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  // For a new connection.
  void reset();

  // 100 Continue and its like are passed over.
  Event feed(std::string_view bytes);
  // The peer has ended the connection: kAnswer when its end was that of the answer, kMore when it came between two.
  Event finish();

  // Of the answer last completed.
  unsigned status() const { return status_; }
  bool keep_alive() const { return keep_alive_; }
  bool replayed() const { return replayed_; }  // it bears Idempotency-Replayed

  // No byte of the next answer has come.
  bool idle() const { return idle_; }

 private:
  static const llhttp_settings_t& settings();
  static AnswerReader& of(llhttp_t* parser) { return *static_cast<AnswerReader*>(parser->data); }

  void take_name(std::string_view part);
  void end_name();
  void end_answer();

  llhttp_t parser_{};
  unsigned status_ = 0;
  std::size_t matched_ = 0;  // characters of Idempotency-Replayed that the field's name has so far
  bool matching_ = true;
  bool keep_alive_ = false;
  bool replayed_ = false;
  bool complete_ = false;
  bool idle_ = true;
};

}  // namespace herald::tools::bench
