#include "dialogue.h"

#include <cstddef>

namespace smtp {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool starts_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

// "4.7" of "4.7.1 try later"; empty when there is no such code.
std::string status_of(std::string_view text) {
  std::size_t at = 0;
  std::size_t second_dot = 0;
  for (int number = 0; number < 3; ++number) {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at]))
      ++at;
    if (at == begin || at - begin > 3) return {};
    if (number == 1) second_dot = at;
    if (number < 2 && (at == text.size() || text[at++] != '.')) return {};
  }
  return std::string(text.substr(0, second_dot));
}

}  // namespace

void Dialogue::enter(Stage stage) {
  stage_ = stage;
  quitting_ = false;
  answer_ = 0;
  status_.clear();
}

void Dialogue::on_command(std::string_view line) {
  // What else goes out while authenticating are answers to challenges, in base64, which has no space and no colon.
  if (starts_with(line, "EHLO ") || starts_with(line, "HELO ")) {
    enter(Stage::kHello);
  } else if (starts_with(line, "STARTTLS\r")) {
    enter(Stage::kStartTls);
  } else if (starts_with(line, "AUTH ")) {
    enter(Stage::kAuth);
  } else if (starts_with(line, "MAIL FROM:")) {
    enter(Stage::kMail);
  } else if (starts_with(line, "RCPT TO:")) {
    enter(Stage::kRcpt);
  } else if (starts_with(line, "DATA\r") && stage_ == Stage::kRcpt) {
    enter(Stage::kData);
  } else if (starts_with(line, "QUIT\r")) {
    quitting_ = true;
  }
}

void Dialogue::on_content_end() {
  enter(Stage::kContent);
}

void Dialogue::on_answer(std::string_view line) {
  const bool has_code = line.size() >= 3 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]);
  if (!has_code || (line.size() > 3 && is_digit(line[3]))) return;
  if (line.size() > 3 && line[3] == '-') return;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  // The answer to a QUIT changes nothing about the refusal that led to it, and is not the greeting of the next server.
  if (is_refused() || (quitting_ && code != 220)) return;
  answer_ = code;
  status_ = line.size() > 4 ? status_of(line.substr(4)) : std::string();
  if (stage_ == Stage::kStart) {
    greeted_ = true;
    stage_ = Stage::kGreeted;
  }
  if (stage_ == Stage::kAuth && answer_ == 235) authenticated_ = true;
}

}  // namespace smtp
