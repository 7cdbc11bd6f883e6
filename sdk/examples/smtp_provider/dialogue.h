// What was said between this client and the server: how far a transfer came, and what the last answer was.
#pragma once

#include <string>
#include <string_view>

namespace smtp {

/// How far a transfer came: the last command that left, or that the mail itself did. A QUIT is no step of one.
enum class Stage { kStart, kGreeted, kHello, kStartTls, kAuth, kMail, kRcpt, kData, kContent };

/// Follows one transfer from the lines of either side. libcurl answers many refusals with the same code, and its
/// response code may be that of an earlier command; here an answer belongs to the command that it answers.
///
/// Threading: one thread at a time. Keeps no address and no secret: of commands it looks at the verb alone.
class Dialogue {
 public:
  /// A line that went to the server.
  void on_command(std::string_view line);
  /// The end of the mail was handed over; whether the server has it is uncertain until it answers.
  void on_content_end();
  /// A line of the server's; all but the last line of an answer have a "-" after the code.
  void on_answer(std::string_view line);

  Stage stage() const { return stage_; }
  /// The code of the answer to what stage() names; 0 while there is none.
  int answer() const { return answer_; }
  /// The answer refuses: 400 and above.
  bool is_refused() const { return answer_ >= 400; }
  /// The first two numbers of the answer's enhanced status code (RFC 3463), such as "4.7"; empty without one.
  const std::string& status() const { return status_; }
  /// The server greeted, so the connection is new.
  bool is_new_connection() const { return greeted_; }
  /// The server took the credentials on this connection.
  bool is_authenticated() const { return authenticated_; }

 private:
  void enter(Stage stage);

  Stage stage_ = Stage::kStart;
  int answer_ = 0;
  std::string status_;
  bool greeted_ = false;
  bool authenticated_ = false;
  bool quitting_ = false;  // what comes now may be the answer to a QUIT
};

}  // namespace smtp
