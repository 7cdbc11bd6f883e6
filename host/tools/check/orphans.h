// What the plugins under test leave behind in sessions of their own.
#pragma once

namespace herald::tools::check {

// While one exists, processes that lose their parent below this process become its children; its end kills those that
// are left. A test's own process group is ended with the test: this is for what has left that group. Linux only; one at
// a time, in a program that has no children of its own when it ends.
class Orphans {
 public:
  Orphans();
  ~Orphans();
  Orphans(const Orphans&) = delete;
  Orphans& operator=(const Orphans&) = delete;
};

}  // namespace herald::tools::check
