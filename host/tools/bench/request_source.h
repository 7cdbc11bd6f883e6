// The requests, one after another, as the bytes that go out. The same seed makes the same ones.
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "tools/bench/options.h"

namespace herald::tools::bench {

// One thread at a time.
class RequestSource {
 public:
  RequestSource() = default;
  RequestSource(const RequestSource&) = delete;
  RequestSource& operator=(const RequestSource&) = delete;
  virtual ~RequestSource() = default;

  // Replaces what stands in `request`.
  virtual void next(std::string& request) = 0;

  // For people: what the requests are, and which keys and addresses they have.
  virtual std::string description() const = 0;
  // Of each request; all are of one size.
  virtual std::size_t body_bytes() const = 0;
};

// `random` outlives it. The error says why the file of --get will not do.
base::Result<std::unique_ptr<RequestSource>> make_source(const Options& options, base::Random& random);

}  // namespace herald::tools::bench
