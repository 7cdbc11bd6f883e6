#include "providers/kept.h"

#include <utility>
#include <vector>

#include "base/mutex.h"

namespace herald::providers {
namespace {

struct Kept {
  base::Mutex mutex;
  std::vector<std::shared_ptr<const void>> objects HERALD_GUARDED_BY(mutex);
};

Kept& kept() {
  // Never destroyed: a thread of a plugin may outlive the destructors that run at exit.
  static auto* const instance = new Kept;
  return *instance;
}

}  // namespace

void keep_until_exit(std::shared_ptr<const void> object) {
  Kept& all = kept();
  const base::MutexLock lock(all.mutex);
  all.objects.push_back(std::move(object));
}

}  // namespace herald::providers
