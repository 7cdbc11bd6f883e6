// What the kit and the child process of a test tell each other, as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tools/check/subject.h"
#include "tools/check/verdict.h"

namespace herald::tools::check {

// The order with the word that the end of the child's report must repeat: a process that ends in the middle of a test,
// with whatever status, does not say it.
struct SealedOrder {
  Order order;
  std::string seal;
};

std::string text_of(const SealedOrder& order);
base::Result<SealedOrder> parse_order(std::string_view text);

// One line of the report each, with its newline.
std::string step_line(const std::string& step, bool preparing);
std::string finding_line(const Finding& finding, const std::string& seal);

// As far as a child told it.
struct ChildReport {
  std::string step;                // the last one
  bool preparing = false;          // that step is what another test is about
  std::optional<Finding> finding;  // nothing: the child did not reach the end of its test
};

// Lines that are none of the above are passed over: a plugin may have written to the descriptor.
ChildReport parse_report(std::string_view text, const std::string& seal);

}  // namespace herald::tools::check
