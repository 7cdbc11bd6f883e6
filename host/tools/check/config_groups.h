// The parts of the group "config", and what they share.
#pragma once

#include <string>
#include <vector>

#include "tools/check/instance.h"
#include "tools/check/test.h"

namespace herald::tools::check {

std::vector<Test> schema_tests();       // what the plugin says about its configuration
std::vector<Test> odd_config_tests();   // documents that no host hands over, or none that is sane
std::vector<Test> reconfigure_tests();  // one configuration after another

// Texts that are no JSON object.
const std::vector<std::string>& rubbish_documents();

// Fails unless `answer` is one of the contract's and its error, if there is one, is UTF-8. `what`: "an empty text".
bool expect_sound(const Answer& answer, const std::string& what, Verdict& verdict);

}  // namespace herald::tools::check
