// A private file that is read again whenever it has changed. What was read last stays in force where the new state
// cannot be read: an operator's slip locks nobody out, and lets nobody in.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "access/private_file.h"
#include "base/mutex.h"
#include "base/result.h"

namespace herald::access {

// What a look at the file found.
struct Refresh {
  enum Change { kNone, kTaken, kRefused };
  Change change = kNone;
  std::string why = {};  // of kRefused
};

// `Content::parse(text)` gives a base::Result<Content>. One thread calls open() and refresh(); current() from any.
template <typename Content>
class WatchedFile {
 public:
  explicit WatchedFile(std::string path) : path_(std::move(path)) {}

  base::Status open() { return read(); }

  // One system call while nothing has changed. A state that was refused is told of once.
  Refresh refresh() {
    const auto mark = mark_of(path_);
    if (mark == mark_) return {};
    if (const auto done = read(); !done) {
      mark_ = mark;
      refused_ = true;
      return {Refresh::kRefused, done.error().message};
    }
    refused_ = false;
    return {Refresh::kTaken, {}};
  }

  // Whether the file's present state was refused; on the thread of refresh().
  bool refused() const { return refused_; }

  std::shared_ptr<const Content> current() const HERALD_EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    return current_;
  }

  const std::string& path() const { return path_; }

 private:
  base::Status read() HERALD_EXCLUDES(mutex_) {
    auto file = read_private_file(path_);
    if (!file) return tl::make_unexpected(file.error());
    auto content = Content::parse(file->text);
    if (!content) return base::fail(content.error().code, path_ + ": " + content.error().message);
    mark_ = file->mark;
    auto made = std::make_shared<const Content>(*std::move(content));
    const base::MutexLock lock(mutex_);
    current_ = std::move(made);
    return {};
  }

  const std::string path_;
  FileMark mark_;
  bool refused_ = false;
  mutable base::Mutex mutex_;
  std::shared_ptr<const Content> current_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::access
