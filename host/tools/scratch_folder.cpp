#include "tools/scratch_folder.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace herald::tools {
namespace {

namespace fs = std::filesystem;

tl::unexpected<base::Error> refused(const std::string& folder, const std::error_code& error) {
  return base::fail(base::ErrorCode::kUnavailable, "no folder can be made in " + folder + ": " + error.message() +
                                                       "; set TMPDIR to a folder that this user may write to");
}

}  // namespace

base::Result<ScratchFolder> ScratchFolder::make(const std::string& stem) {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) return refused("the folder for temporary files", error);
  std::string pattern = (parent / (stem + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) return refused(parent.string(), {errno, std::system_category()});
  return ScratchFolder(pattern);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // what is left behind are temporary files
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace herald::tools
