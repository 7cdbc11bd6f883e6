#include "providers/background_starts.h"

#include <system_error>
#include <utility>

namespace herald::providers {

BackgroundStarts::~BackgroundStarts() {
  end();
}

void BackgroundStarts::begin(const std::string& provider, Start start, Then then) {
  const auto patience = std::make_shared<Patience>();
  const auto body = [this, provider, patience, start = std::move(start), then = std::move(then)] {
    // Shared with the task, which may be declined.
    const auto started = std::make_shared<Started>(start(patience));
    const bool posted = control_.post_own({[this, provider, patience, started, then] {
                                             threads_.erase(provider);  // joins a thread that is done
                                             then.run(std::move(*started), patience->ended());
                                           },
                                           then.decline});
    if (!posted) then.decline();
  };
  Thread& thread = threads_[provider];
  thread.patience = patience;
  try {
    thread.worker = base::Worker("provider-start", body);
  } catch (const std::system_error&) {
    body();  // the system has no more threads: the control thread makes the start, and is held up by it
  }
}

void BackgroundStarts::cancel(const std::string& provider) {
  if (const auto found = threads_.find(provider); found != threads_.end()) found->second.patience->end();
}

void BackgroundStarts::end() {
  for (const auto& [provider, thread] : threads_)
    thread.patience->end();
  threads_.clear();
}

}  // namespace herald::providers
