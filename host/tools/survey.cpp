#include "tools/survey.h"

#include "providers/listing.h"
#include "tools/scratch_folder.h"

namespace herald::tools {

namespace fs = std::filesystem;

base::Result<std::vector<domain::ProviderInfo>> survey_plugins(const config::Settings& settings,
                                                               const fs::path& executable) {
  const auto scratch = ScratchFolder::make("herald-plugin-list");
  if (!scratch) return tl::make_unexpected(scratch.error());
  providers::Options options = settings.providers;
  options.private_dir = (scratch->path() / "copies").string();
  options.probe_executable = executable.string();
  return providers::list_plugins(options);
}

}  // namespace herald::tools
