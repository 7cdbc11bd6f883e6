#include "api/messages_api.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "api/answers.h"
#include "api/cursor.h"
#include "api/list_parameters.h"
#include "api/message_json.h"
#include "api/waiting.h"

namespace herald::api {
namespace {

using domain::Status;

// Looks at each lane once for a whole list.
class Lanes {
 public:
  explicit Lanes(const domain::BreakerView& view) : view_(view) {}
  const std::optional<domain::LaneView>& of(const std::string& provider) {
    const auto found = seen_.find(provider);
    return found != seen_.end() ? found->second : seen_.emplace(provider, view_.lane(provider)).first->second;
  }

 private:
  const domain::BreakerView& view_;
  std::map<std::string, std::optional<domain::LaneView>> seen_;
};

intake::ChangeDone answer_change(const http::Request& request, domain::MessageId id, Status status, Problem on_conflict,
                                 http::Responder responder) {
  return [answer = answer_through(std::move(responder)), request_id = std::string(request.request_id), id, status,
          on_conflict](const tl::expected<void, intake::Refusal>& changed) {
    if (!changed) return answer(of_refusal(changed.error(), request_id, on_conflict));
    std::string body = R"({"id":")" + id.text();
    body.append(R"(","status":")").append(domain::to_string(status)).append("\"}");
    answer(fresh(json(200, std::move(body))));
  };
}

}  // namespace

http::Response MessagesApi::one(std::string_view id, const http::Request& request) const {
  const auto parsed = base::MessageId::parse(id);
  if (!parsed) return problem(Problem::kMessageNotFound, {request.request_id});
  auto found = from_.reader.find(*parsed);
  if (!found && found.error().code == base::ErrorCode::kNotFound)
    return problem(Problem::kMessageNotFound, {request.request_id});
  if (!found) return of_read_failure(found.error(), request.request_id, from_.log);
  const auto lane = from_.breakers.lane(found->provider);
  const auto reason = waiting_for(*found, lane, from_.clock.wall());
  found->next_attempt_at = next_attempt_of(*found, lane, reason);
  return json(200, message_json(*found, reason));
}

http::Response MessagesApi::list(const http::Request& request) const {
  const auto wanted = message_list(request.query, default_region_);
  if (!wanted) return of_faults(Problem::kInvalidParameter, wanted.error(), request.request_id);
  auto page = from_.reader.messages(wanted->filter, wanted->before, wanted->limit);
  if (!page) return of_read_failure(page.error(), request.request_id, from_.log);
  Lanes lanes(from_.breakers);
  const auto now = from_.clock.wall();
  std::vector<ListedMessage> listed;
  listed.reserve(page->items.size());
  for (auto& message : page->items) {
    const auto& lane = lanes.of(message.provider);
    const auto reason = waiting_for(message, lane, now);
    message.next_attempt_at = next_attempt_of(message, lane, reason);
    listed.push_back(ListedMessage{&message, reason});
  }
  std::optional<std::string> next;
  if (page->next) next = message_cursor(*page->next);
  return json(200, messages_json(listed, next));
}

void MessagesApi::cancel(std::string_view id, const http::Request& request, http::Responder responder) const {
  const auto parsed = base::MessageId::parse(id);
  if (!parsed) return std::move(responder).respond(problem(Problem::kMessageNotFound, {request.request_id}));
  from_.intake.cancel(
      *parsed, std::string(request.request_id),
      answer_change(request, *parsed, Status::kCancelled, Problem::kNotCancellable, std::move(responder)));
}

void MessagesApi::retry(std::string_view id, const http::Request& request, http::Responder responder) const {
  const auto parsed = base::MessageId::parse(id);
  if (!parsed) return std::move(responder).respond(problem(Problem::kMessageNotFound, {request.request_id}));
  from_.intake.retry(*parsed, std::string(request.request_id),
                     answer_change(request, *parsed, Status::kPending, Problem::kNotRetryable, std::move(responder)));
}

void MessagesApi::retry_many(const http::Request& request, http::Responder responder) const {
  // Some clients put an empty document into every POST. What says anything would be lost, and more sent than was asked.
  if (!request.body.empty() && request.body != "{}" && request.body != "null") {
    intake::Faults faults;
    faults.add("", "must be absent: status and provider stand in the query");
    return std::move(responder).respond(of_faults(Problem::kValidationFailed, faults, request.request_id));
  }
  auto wanted = api::retry_many(request.query);
  if (!wanted)
    return std::move(responder).respond(of_faults(Problem::kInvalidParameter, wanted.error(), request.request_id));
  from_.intake.retry_all(std::move(*wanted), std::string(request.request_id),
                         [answer = answer_through(std::move(responder)), request_id = std::string(request.request_id)](
                             const tl::expected<std::size_t, intake::Refusal>& retried) {
                           if (!retried) return answer(of_refusal(retried.error(), request_id));
                           answer(fresh(json(200, R"({"retried":)" + std::to_string(*retried) + "}")));
                         });
}

}  // namespace herald::api
