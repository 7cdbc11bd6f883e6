#include "base/worker.h"

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
