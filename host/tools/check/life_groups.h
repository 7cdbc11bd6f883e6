// The two halves of the group "life".
#pragma once

#include <vector>

#include "tools/check/test.h"

namespace herald::tools::check {

std::vector<Test> order_of_life_tests();  // calls in the contract's order
std::vector<Test> wrong_order_tests();    // calls out of it

}  // namespace herald::tools::check
