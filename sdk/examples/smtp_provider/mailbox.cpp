#include "mailbox.h"

#include <algorithm>
#include <cstddef>

namespace smtp {
namespace {

// Octets; RFC 5321 section 4.5.3.1 and RFC 3696 erratum 1690.
constexpr std::size_t kMaxMailbox = 254;
constexpr std::size_t kMaxLocal = 64;
constexpr std::size_t kMaxHostName = 253;

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_dot_atom(std::string_view text) {
  bool open = false;
  for (const char c : text) {
    if (c == '.' && !open) return false;
    if (c != '.' && !is_alnum(c) && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) == std::string_view::npos)
      return false;
    open = c != '.';
  }
  return open;
}

// RFC 5321 section 4.1.2, Quoted-string: printable ASCII, quotes and backslashes escaped.
bool is_quoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] < ' ' || text[i] > '~' || text[i] == '"') return false;
    if (text[i] == '\\' && ++i + 1 >= text.size()) return false;
  }
  return true;
}

bool is_literal(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         std::all_of(text.begin() + 1, text.end() - 1,
                     [](char c) { return is_alnum(c) || c == '.' || c == ':' || c == '-'; });
}

}  // namespace

MailboxFault mailbox_fault(std::string_view address) {
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!std::all_of(address.begin(), address.end(), is_plain)) return MailboxFault::kNotAscii;
  const auto at = address.rfind('@');
  if (address.size() > kMaxMailbox || at == std::string_view::npos || at == 0 || at > kMaxLocal)
    return MailboxFault::kMalformed;
  const auto local = address.substr(0, at);
  const auto domain = address.substr(at + 1);
  const bool sound = (is_dot_atom(local) || is_quoted(local)) && (is_host_name(domain) || is_literal(domain));
  return sound ? MailboxFault::kNone : MailboxFault::kMalformed;
}

std::string_view domain_of(std::string_view address) {
  return address.substr(address.rfind('@') + 1);
}

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxHostName) return false;
  char last = '.';
  for (const char c : name) {
    if (!is_alnum(c) && c != '-' && c != '.') return false;
    if ((c == '.' || c == '-') && last == '.') return false;
    if (c == '.' && last == '-') return false;
    last = c;
  }
  return last != '.' && last != '-';
}

}  // namespace smtp
