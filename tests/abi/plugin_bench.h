// A plugin folder of a test's own, and a host's surroundings.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "observe/metrics.h"
#include "providers/options.h"
#include "providers/outlets.h"
#include "providers/surroundings.h"
#include "support/provider_outlets.h"
#include "support/recording_log.h"
#include "support/recording_sink.h"
#include "support/temp_dir.h"

namespace herald::test {

struct PluginBench {
  PluginBench() {
    std::filesystem::create_directory(folder);
    std::filesystem::permissions(folder, std::filesystem::perms{0755});
    options.plugin_dir = folder.string();
    options.private_dir = (dir / "private").string();
    options.probe_executable = ABI_PROBE;
    options.probe_timeout = std::chrono::seconds{30};
  }

  // Copies the plugin that the build made into the folder, as the file `as` (without its ending).
  std::filesystem::path install(const std::string& plugin, const std::string& as = "") {
    auto target = folder / ((as.empty() ? plugin : as) + ".so");
    std::filesystem::copy_file(std::filesystem::path(ABI_PLUGIN_DIR) / (plugin + ".so"), target);
    std::filesystem::permissions(target, std::filesystem::perms{0755});
    return target;
  }

  std::filesystem::path write(const std::string& name, const std::string& content) {
    std::ofstream(folder / name) << content;
    std::filesystem::permissions(folder / name, std::filesystem::perms{0644});
    return folder / name;
  }

  base::MonoTime in(std::chrono::milliseconds span) const { return clock.mono() + span; }

  // What a plugin logged, in order.
  std::vector<std::string> said() const {
    std::vector<std::string> texts;
    for (const auto& line : log.of("plugin.log"))
      texts.push_back(line.fields.at("text"));
    return texts;
  }

  TempDir dir;
  std::filesystem::path folder = dir / "plugins";
  providers::Options options;
  base::SystemClock clock;
  RecordingLog log;
  observe::Metrics metrics;
  providers::Surroundings surroundings{clock, log, metrics};
  RecordingInbound inbound;
  RecordingLanes lanes;
  MemoryKept kept;
  providers::Outlets outlets{inbound, lanes, kept};
};

}  // namespace herald::test
