// The two halves of the group "handshake".
#pragma once

#include <vector>

#include "tools/check/test.h"

namespace herald::tools::check {

std::vector<Test> descriptor_tests();  // what the plugin says of itself
std::vector<Test> versions_tests();    // how it meets hosts of other versions

}  // namespace herald::tools::check
