// A promise that the host did not keep.
#pragma once

#include <stdexcept>
#include <string>

namespace herald::simulation {

class Broken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `promise` names the rule; `what` says how it was broken.
inline void require(bool kept, const char* promise, const std::string& what) {
  if (!kept) throw Broken(std::string(promise) + ": " + what);
}

}  // namespace herald::simulation
