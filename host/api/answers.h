// The answers that many endpoints share. All functions may be called on any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/document_reader.h"
#include "api/problem.h"
#include "base/result.h"
#include "http/handler.h"
#include "http/message.h"
#include "intake/intake.h"
#include "observe/log.h"

namespace herald::api {

// Gives the answer; once. A std::function, which must be copyable as a Responder is not.
using Answer = std::function<void(http::Response)>;
Answer answer_through(http::Responder responder);

http::Response json(int status, std::string body);

// What a read or an order answers is the state of one moment, and often somebody's private words: no cache keeps it.
http::Response fresh(http::Response response);

// 202, with what is left of the limits that were charged.
http::Response accepted(const intake::Accepted& message);

// `on_conflict` is the problem that kConflict means for what was asked.
http::Response of_refusal(const intake::Refusal& refusal, std::string_view request_id,
                          Problem on_conflict = Problem::kInternalError);

// 429 of this kind, with the state of the limits and when trying again makes sense.
http::Response over_limits(Problem kind, const intake::Limits& limits, std::string_view request_id);

// 400 for a body that is no JSON.
http::Response of_malformed(const Malformed& malformed, std::string_view request_id);

// 400 for faults of the body, or of the query.
http::Response of_faults(Problem kind, const intake::Faults& faults, std::string_view request_id);

// A read that failed for another reason than that there is nothing; logs it.
http::Response of_read_failure(const base::Error& error, std::string_view request_id, observe::Log& log);

}  // namespace herald::api
