// What a transfer that ended means for its message.
#pragma once

#include <chrono>
#include <string>

#include <curl/curl.h>

#include <herald/outcome.h>

#include "dialogue.h"

namespace smtp {

/// How one transfer ended.
struct Ending {
  CURLcode result = CURLE_OK;
  long os_error = 0;  // errno of a failed connect, 0 when there is none
  bool has_credentials = false;
  Dialogue dialogue;
};

/// The outcome of the README's table. `message_id` is told with a success; `greylist_retry` is how long a message waits
/// that the server does not take yet. Threading: pure.
herald::Outcome outcome_of(const Ending& ending, const std::string& message_id, std::chrono::seconds greylist_retry);

/// True when the server had closed a kept connection before the mail was on it, so that a new one may be tried at once.
bool was_stale(const Ending& ending);

/// The connection was made without the credentials that are configured, since the server did not ask for them.
bool lacks_authentication(bool has_credentials, const Dialogue& dialogue);

}  // namespace smtp
