// The objects behind the contexts that a plugin is given.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace herald::tools::check {

// Keeps every object of one kind that this process makes. A context that comes back from a plugin is looked up here
// before it is believed. Any thread; give a shelf static storage and never destroy it, for a thread that a plugin left
// behind may still come while the process ends.
template <typename T>
class Shelf {
 public:
  T& keep(std::unique_ptr<T> object) {
    const base::MutexLock lock(mutex_);
    return *objects_.emplace_back(std::move(object));
  }

  // nullptr for a context that is none of them; it is counted.
  T* find(const void* context) {
    const base::MutexLock lock(mutex_);
    // The newest is the likeliest.
    for (auto object = objects_.rbegin(); object != objects_.rend(); ++object) {
      if (object->get() == context) return object->get();
    }
    ++without_context_;
    return nullptr;
  }

  std::size_t without_context() {
    const base::MutexLock lock(mutex_);
    return without_context_;
  }

 private:
  base::Mutex mutex_;
  std::vector<std::unique_ptr<T>> objects_ HERALD_GUARDED_BY(mutex_);
  std::size_t without_context_ HERALD_GUARDED_BY(mutex_) = 0;
};

}  // namespace herald::tools::check
