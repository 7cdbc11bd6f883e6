// Mailboxes as this provider sends to them: RFC 5321 addresses in ASCII.
#pragma once

#include <string>
#include <string_view>

namespace smtp {

/// What is wrong with an address, or that nothing is.
enum class MailboxFault {
  kNone,
  kNotAscii,   // needs SMTPUTF8 (RFC 6531), which this provider does not speak
  kMalformed,  // no addr-spec: white space, line breaks, a display name, no "@"
};

/// Looks at an address before it goes into a command or a header; what has no fault can end neither of them early.
/// Domains may be names or address literals. Threading: pure.
MailboxFault mailbox_fault(std::string_view address);

/// What stands behind the last "@" of an address that has no fault.
std::string_view domain_of(std::string_view address);

/// True for letters, digits, "-" and "." in labels: what may stand in a Message-ID or in EHLO.
bool is_host_name(std::string_view name);

}  // namespace smtp
