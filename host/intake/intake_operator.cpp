// What operators ask for: cancel, retry, retry in bulk.
#include <utility>

#include "intake/intake.h"

namespace herald::intake {

// One bulk retry on its way through the store, on one thread at a time.
struct Intake::RetryRun {
  store::DeadLetters which;
  std::string request_id;
  RetryDone done;
  std::size_t count = 0;
};

void Intake::cancel(domain::MessageId id, std::string request_id, ChangeDone done) {
  store::Cancel command;
  command.id = id;
  command.done = changed("intake.cancelled", id, std::move(request_id), std::move(done));
  to_.writer.submit(std::move(command));
}

void Intake::retry(domain::MessageId id, std::string request_id, ChangeDone done) {
  store::Retry command;
  command.id = id;
  command.done = changed("intake.retried", id, std::move(request_id), std::move(done));
  to_.writer.submit(std::move(command));
}

std::function<void(base::Status)> Intake::changed(const char* event, domain::MessageId id, std::string request_id,
                                                  ChangeDone done) {
  return [this, event, id, request_id = std::move(request_id), done = std::move(done)](const base::Status& status) {
    if (!status) {
      to_.log.debug("intake.not_changed",
                    {{"message_id", id.text()}, {"request_id", request_id}, {"error", status.error().message}});
      return done(tl::make_unexpected(refusal_by(status.error())));
    }
    to_.log.info(event, {{"message_id", id.text()}, {"request_id", request_id}});
    done({});
  };
}

void Intake::retry_all(store::DeadLetters which, std::string request_id, RetryDone done) {
  if (which.status != domain::Status::kFailed && which.status != domain::Status::kExpired) {
    Refusal refusal{Refusal::Reason::kInvalid, {}, {}, {}};
    refusal.faults.add("", "the parameter status must be failed or expired");
    return done(tl::make_unexpected(std::move(refusal)));
  }
  retry_from(std::make_shared<RetryRun>(RetryRun{std::move(which), std::move(request_id), std::move(done)}), {});
}

// Each step is a command of its own, submitted when the one before it is committed. A writer that closes fails the next
// one at once, which ends the run.
void Intake::retry_from(const std::shared_ptr<RetryRun>& run, domain::MessageId after) {
  store::RetryMany command;
  command.which = run->which;
  command.after = after;
  command.done = [this, run](const base::Result<store::Retried>& retried) {
    if (retried) run->count += retried->count;
    if (retried && retried->next) return retry_from(run, *retried->next);
    to_.log.info("intake.retried_all", {{"status", domain::to_string(run->which.status)},
                                        {"provider_name", run->which.provider},
                                        {"request_id", run->request_id},
                                        {"count", run->count},
                                        {"complete", retried.has_value()}});
    // A queue that is full now has taken what came before: the client learns how many, and asks again for the rest.
    const bool full = !retried && retried.error().code == base::ErrorCode::kExhausted;
    if (retried || (full && run->count > 0)) return run->done(run->count);
    to_.log.debug("intake.not_changed", {{"request_id", run->request_id}, {"error", retried.error().message}});
    run->done(tl::make_unexpected(refusal_by(retried.error())));
  };
  to_.writer.submit(std::move(command));
}

}  // namespace herald::intake
