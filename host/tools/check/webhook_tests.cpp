#include "tools/check/test.h"

namespace herald::tools::check {

std::vector<Test> webhook_tests() {
  return {};
}

}  // namespace herald::tools::check
