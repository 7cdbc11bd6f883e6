// What was answered and what is on disk, compared with the model.
#include <algorithm>
#include <iterator>
#include <utility>

#include "running_trial.h"
#include "stored.h"

namespace herald::disk {
namespace {

bool has_key(const Intent& intent) {
  return intent.kind == Intent::Kind::kAccept && !intent.key.empty();
}

}  // namespace

// `has_recovered`: between the look-up of the batch's keys and its commit, so that they do not count as unused.
void Trial::judge_answers(const std::vector<Intent>& intents, const std::vector<Answer>& answers, bool has_recovered) {
  const bool committed = watched_->applied() && !watched_->failed();
  for (std::size_t index = 0; index < intents.size(); ++index) {
    const auto& answer = answers[index];
    if (answer.calls != 1) violation("done was called " + std::to_string(answer.calls) + " times");
    const bool is_stale = has_recovered && has_key(intents[index]);
    if (committed && answer.unavailable != is_stale)
      violation((is_stale ? "a key that was looked up too early is taken: " : "refused though committed: ") +
                answer.text);
    if (!committed && !answer.unavailable && plan_.mistake == Mistake::kNone)
      violation("acknowledged without a commit: " + answer.text);
    if (answer.unavailable) {
      ++verdict_.refused;
      load_.refused(intents[index]);
      continue;
    }
    ++verdict_.acknowledged;
    const auto expected = model_.apply(intents[index]);
    if (committed && answer.text != expected)
      violation("command " + std::to_string(static_cast<int>(intents[index].kind)) + " answered \"" + answer.text +
                "\", expected \"" + expected + "\"");
  }
  if (!watched_->failed()) return;
  ++verdict_.failed_commits;
  doubt_.emplace();
  std::copy_if(intents.begin(), intents.end(), std::back_inserter(*doubt_),
               [=](const Intent& intent) { return !(has_recovered && has_key(intent)); });
}

namespace {

// Where a batch is in doubt: as before it, as behind it, and as behind it without its claims, as a recovery leaves it.
std::vector<Model> with_doubt(const Model& model, const std::optional<std::vector<Intent>>& doubt) {
  std::vector<Model> candidates{model};
  if (!doubt) return candidates;
  auto behind = model;
  for (const auto& intent : *doubt)
    behind.apply(intent);
  auto put_back = behind;
  put_back.put_back(model);
  candidates.push_back(std::move(put_back));
  candidates.push_back(std::move(behind));
  return candidates;
}

}  // namespace

// From within a step: the next batch comes behind it.
void Trial::recovered() {
  ++verdict_.recoveries;
  auto candidates = with_doubt(model_, doubt_);
  if (candidates.size() > 1) candidates.pop_back();  // the recovery puts claims back that nobody was told of
  verify(std::move(candidates), "after a recovery");
}

std::vector<Model> Trial::after_restart() const {
  auto candidates = with_doubt(model_, doubt_);
  for (auto& candidate : candidates)
    candidate.restart(plan_.hold);
  return candidates;
}

void Trial::verify(std::vector<Model> candidates, const char* when) {
  const auto since = base::unix_ms(clock_.wall() - kKeysLast);
  Stored stored = read_stored(database());
  for (const auto& fault : stored.faults)
    violation(std::string(when) + ": " + fault);
  for (const auto& [key, used] : stored.used) {
    if (used < since) stored.state.keys.erase(key);
  }
  for (std::size_t index = 0; index < candidates.size(); ++index) {
    if (!(candidates[index].state(since) == stored.state)) continue;
    if (index > 0) ++verdict_.durable_after_all;
    model_ = std::move(candidates[index]);
    doubt_.reset();
    for (const auto& [token, id] : stored.ids) {
      const auto known = book_.ids.find(token);
      if (known != book_.ids.end() && known->second.value() != id) violation(token + " has another id");
      book_.add(token, domain::MessageId{id});
    }
    return;
  }
  violation(std::string(when) + ", of " + std::to_string(candidates.size()) + " states that may be:\n" +
            difference(candidates.front().state(since), stored.state));
  doubt_.reset();
}

// On a disk that may fail: a message that is there is shown as it is, or the read fails; it is never told as missing or
// damaged.
void Trial::check_a_read() {
  const auto& messages = model_.messages();
  if (vfs_.dead() || messages.empty()) return;
  const auto& [token, message] = *std::next(messages.begin(), static_cast<std::ptrdiff_t>(pace_() % messages.size()));
  const auto found = store_->reader().find(book_.ids.at(token));
  if (found) {
    if (!doubt_ && found->status != message.status)
      violation("a read shows " + token + " as " + std::string(domain::to_string(found->status)));
  } else if (found.error().code == base::ErrorCode::kNotFound || found.error().code == base::ErrorCode::kCorrupt) {
    violation("a read does not find " + token + ": " + found.error().message);
  }
}

// On a sound one.
void Trial::check_reads() {
  const auto& reader = store_->reader();
  for (const auto& [token, message] : model_.messages()) {
    const auto found = reader.find(book_.ids.at(token));
    if (!found) {
      violation("the store does not find " + token + ": " + found.error().message);
    } else if (found->status != message.status) {
      violation("the store shows " + token + " as " + std::string(domain::to_string(found->status)));
    }
  }
  const auto since = clock_.wall() - kKeysLast;
  for (const auto& [key, token] : model_.state(base::unix_ms(since)).keys) {
    const auto use = reader.find_key(request_key(key).key, since);
    if (!use || !*use || (*use)->id.value() != book_.ids.at(token).value())
      violation("the store does not find the key of " + token);
  }
}

}  // namespace herald::disk
