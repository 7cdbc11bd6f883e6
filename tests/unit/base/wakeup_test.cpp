#include "base/wakeup.h"

#include <gtest/gtest.h>

#include "base/worker.h"

namespace herald::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Wakeup, FoldsNotificationsBetweenTwoWaitsIntoOne) {
  Wakeup wakeup;
  wakeup.notify();
  wakeup.notify();
  EXPECT_TRUE(wakeup.wait_for(seconds{10}));
  EXPECT_FALSE(wakeup.wait_for(milliseconds{1}));
}

TEST(Wakeup, WakesAThreadThatWaits) {
  Wakeup there;
  Wakeup back;
  const Worker echo("echo", [&] {
    if (there.wait_for(seconds{10})) back.notify();
  });
  there.notify();
  EXPECT_TRUE(back.wait_for(seconds{10}));
}

}  // namespace
}  // namespace herald::base
