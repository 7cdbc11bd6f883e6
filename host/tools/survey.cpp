#include "tools/survey.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "providers/listing.h"

namespace herald::tools {
namespace {

namespace fs = std::filesystem;

// A folder that only this user may enter, gone with its object.
class ScratchFolder {
 public:
  static base::Result<ScratchFolder> make() {
    std::error_code error;
    const fs::path parent = fs::temp_directory_path(error);
    if (error) return refused("the folder for temporary files", error);
    std::string pattern = (parent / "herald-plugin-list-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return refused(parent.string(), {errno, std::system_category()});
    return ScratchFolder(pattern);
  }

  ~ScratchFolder() {
    std::error_code ignored;  // what is left behind is a temporary file, and the list is complete
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, fs::path())) {}
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  explicit ScratchFolder(fs::path path) : path_(std::move(path)) {}

  static base::Result<ScratchFolder> refused(const std::string& folder, const std::error_code& error) {
    return base::fail(base::ErrorCode::kUnavailable, "no folder can be made in " + folder + ": " + error.message() +
                                                         "; set TMPDIR to a folder that this user may write to");
  }

  fs::path path_;
};

}  // namespace

base::Result<std::vector<domain::ProviderInfo>> survey_plugins(const config::Settings& settings,
                                                               const fs::path& executable) {
  const auto scratch = ScratchFolder::make();
  if (!scratch) return tl::make_unexpected(scratch.error());
  providers::Options options = settings.providers;
  options.private_dir = (scratch->path() / "copies").string();
  options.probe_executable = executable.string();
  return providers::list_plugins(options);
}

}  // namespace herald::tools
