#include "verdict.h"

#include <cerrno>

namespace smtp {
namespace {

using herald::Outcome;

std::string smtp_code(int answer) {
  return "smtp_" + std::to_string(answer);
}

// Refusals that are about this client and its session, whatever the mail (RFC 4954 section 6, RFC 5321 section 4.2).
bool is_about_session(int answer) {
  return answer == 421 || answer == 503 || answer == 530 || answer == 534 || answer == 535 || answer == 538;
}

// "Not yet": greylisting, a full mailbox, a limit for this sender. Before the recipient is named, and after it is
// taken, only the code tells it from a server that is in trouble: 450, or the classes mailbox (4.2) and policy (4.7).
bool is_not_yet(const Dialogue& dialogue) {
  return dialogue.stage() == Stage::kRcpt || dialogue.answer() == 450 || dialogue.status() == "4.2" ||
         dialogue.status() == "4.7";
}

Outcome refused(const Dialogue& dialogue, std::chrono::seconds greylist_retry) {
  const int answer = dialogue.answer();
  if (dialogue.stage() == Stage::kAuth && answer >= 500) return Outcome::error("auth_failed");
  if (dialogue.stage() < Stage::kMail || is_about_session(answer)) return Outcome::error(smtp_code(answer));
  if (answer >= 500) return Outcome::rejected(smtp_code(answer));
  return is_not_yet(dialogue) ? Outcome::rate_limited(greylist_retry, false, smtp_code(answer))
                              : Outcome::error(smtp_code(answer));
}

Outcome unanswered(const Ending& ending) {
  const bool is_uncertain = ending.dialogue.stage() == Stage::kContent;
  switch (ending.result) {
    case CURLE_OPERATION_TIMEDOUT:
      return Outcome::timeout(is_uncertain ? "timeout_after_data" : "timeout");
    case CURLE_COULDNT_RESOLVE_HOST:
      return Outcome::error("unknown_host");
    case CURLE_COULDNT_CONNECT:
      return Outcome::error(ending.os_error == ECONNREFUSED ? "connection_refused" : "cannot_connect");
    case CURLE_USE_SSL_FAILED:
      return Outcome::error("starttls_unavailable");
    case CURLE_PEER_FAILED_VERIFICATION:
      return Outcome::error("tls_untrusted");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
      return Outcome::error("tls_failed");
    case CURLE_LOGIN_DENIED:
      return Outcome::error(ending.dialogue.stage() == Stage::kAuth ? "auth_failed" : "auth_not_offered");
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
      return Outcome::error(is_uncertain ? "lost_after_data" : "connection_lost");
    case CURLE_WEIRD_SERVER_REPLY:
      return Outcome::error("bad_answer");
    default:
      return Outcome::error("curl_" + std::to_string(ending.result));
  }
}

}  // namespace

Outcome outcome_of(const Ending& ending, const std::string& message_id, std::chrono::seconds greylist_retry) {
  const Dialogue& dialogue = ending.dialogue;
  // First, because a server that wants a password may say anything to a client that shows none.
  if (dialogue.stage() >= Stage::kMail && lacks_authentication(ending.has_credentials, dialogue))
    return Outcome::error("auth_not_offered");
  if (dialogue.stage() == Stage::kContent && dialogue.answer() >= 200 && dialogue.answer() < 300)
    return Outcome::success(message_id);
  if (dialogue.is_refused()) return refused(dialogue, greylist_retry);
  return ending.result == CURLE_OK ? Outcome::error("bad_answer") : unanswered(ending);
}

bool was_stale(const Ending& ending) {
  const Dialogue& dialogue = ending.dialogue;
  if (ending.result == CURLE_OK || dialogue.is_new_connection() || dialogue.stage() >= Stage::kContent) return false;
  if (dialogue.stage() == Stage::kData && dialogue.answer() == 354) return false;
  const bool is_lost =
      ending.result == CURLE_SEND_ERROR || ending.result == CURLE_RECV_ERROR || ending.result == CURLE_GOT_NOTHING;
  return dialogue.answer() == 421 || (is_lost && !dialogue.is_refused());
}

bool lacks_authentication(bool has_credentials, const Dialogue& dialogue) {
  return has_credentials && dialogue.is_new_connection() && !dialogue.is_authenticated();
}

}  // namespace smtp
