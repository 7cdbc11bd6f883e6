#include "base/worker.h"

#include <sys/resource.h>

#include <atomic>
#include <memory>

#include <gtest/gtest.h>

#include "support/eventually.h"

namespace herald::base {
namespace {

TEST(WorkerThread, IsJoinedByItsDestruction) {
  std::atomic<bool> ended{false};
  {
    const Worker worker("worker", [&ended] { ended = true; });
  }
  EXPECT_TRUE(ended);
}

TEST(WorkerThread, GivesWayToOthersAloneAndWithThoseThatItStarts) {
  int given = 0;
  int inherited = 0;
  const auto level = [] { return getpriority(PRIO_PROCESS, 0); };
  const int before = level();
  Worker worker("worker", [&] {
    give_way();
    given = level();
    Worker("child", [&] { inherited = level(); }).join();
  });
  worker.join();
  EXPECT_GT(given, before);
  EXPECT_EQ(inherited, given);
  EXPECT_EQ(level(), before);
}

TEST(WorkerThread, ThatIsLeftBehindHoldsNobodyUp) {
  const auto released = std::make_shared<std::atomic<bool>>(false);
  const auto ended = std::make_shared<std::atomic<bool>>(false);
  {
    Worker worker("worker", [released, ended] {
      released->wait(false);
      *ended = true;
    });
    worker.leave_behind();
  }
  EXPECT_FALSE(*ended);
  *released = true;
  released->notify_all();
  EXPECT_TRUE(test::eventually([&ended] { return ended->load(); }));
}

}  // namespace
}  // namespace herald::base
