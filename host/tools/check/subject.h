// The plugin that a test is about, in the process of that test.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <herald/abi.h>

#include "providers/library.h"
#include "tools/check/verdict.h"

namespace herald::tools::check {

// What a child process is told.
struct Order {
  std::string test;            // its id
  std::filesystem::path file;  // absolute
  std::uint64_t seed = 0;
  std::chrono::milliseconds timeout{10'000};  // after which the process is killed
  std::string config = "{}";                  // a JSON object that fits the plugin's schema
  std::string config_problem;                 // why there is no such object; empty: there is
  std::vector<std::string> hanging;           // preparations (Verdict::preparing) that did not end in another test
};

// Loads the plugin when it is first asked for. One thread.
class Subject {
 public:
  explicit Subject(Order order) : order_(std::move(order)), random_(order_.seed) {}

  const std::filesystem::path& file() const { return order_.file; }
  // What the plugin is started with.
  const std::string& config() const { return order_.config; }
  // Why nothing can be configured; empty when it can. Instance::configured looks after it.
  const std::string& config_problem() const { return order_.config_problem; }
  // The same in every run with the same seed.
  std::uint64_t seed() const { return order_.seed; }
  std::mt19937_64& random() { return random_; }
  // The longest that a test waits for what has no deadline of its own: well inside the time of the process, so that
  // what does not come is a failure with a reason, and no kill.
  std::chrono::milliseconds patience() const { return order_.timeout / 2; }

  // The functions below answer null after saying in the verdict why.

  // The exported function; loads the library.
  herald_plugin_entry_fn entry(Verdict& verdict);
  // The descriptor, after the host's own checks of it; what its struct_size does not reach is NULL.
  const herald_plugin* plugin(Verdict& verdict);
  // The webhook extension; a plugin without one is skipped.
  const herald_webhook* webhook(Verdict& verdict);

 private:
  Order order_;
  std::mt19937_64 random_;
  std::optional<providers::Library> library_;
  std::optional<herald_plugin> plugin_;
};

// A table of the plugin's by id, or null.
const void* extension_of(const herald_plugin& plugin, std::string_view id);

}  // namespace herald::tools::check
