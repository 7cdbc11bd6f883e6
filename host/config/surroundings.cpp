#include "config/surroundings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "config/wording.h"

namespace herald::config {
namespace {

constexpr std::size_t kMaxBytes = 1U << 20U;

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

base::Result<std::string> refused(base::ErrorCode code, const std::string& path, const std::string& why) {
  return base::fail(code, "settings file " + in_quotes(path) + ": " + why);
}

base::Result<std::string> refused(const std::string& path, int error) {
  const std::string reason = std::system_category().message(error);
  if (error == ENOENT) {
    return refused(base::ErrorCode::kNotFound, path,
                   "there is no such file; check the path given as --config or "
                   "API_CONFIG, or leave it out to run on the defaults");
  }
  if (error == EACCES || error == EPERM) {
    return refused(base::ErrorCode::kPermission, path,
                   "may not be read by this user (" + reason + "); grant it read permission");
  }
  return refused(base::ErrorCode::kUnavailable, path, "cannot be read: " + reason);
}

}  // namespace

base::Result<std::string> read_settings_file(const std::string& path) {
  const OpenFile file(path);
  if (file.descriptor() < 0) return refused(path, errno);
  struct stat about {};
  if (::fstat(file.descriptor(), &about) != 0) return refused(path, errno);
  if (S_ISDIR(about.st_mode)) {
    return refused(base::ErrorCode::kInvalid, path, "is a folder, expected a TOML file; name the file in it");
  }
  std::string text;
  std::string chunk(16U << 10U, '\0');
  while (true) {
    const ssize_t count = ::read(file.descriptor(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refused(path, errno);
    if (count == 0) return text;
    text.append(chunk, 0, static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes) {
      return refused(base::ErrorCode::kInvalid, path, "is larger than 1 MiB, expected a TOML file of settings");
    }
  }
}

std::string own_plugin_dir(const std::filesystem::path& executable) {
  const std::filesystem::path beside = executable.parent_path();
  const std::filesystem::path built = beside / "plugins";
  const std::filesystem::path installed = (beside / HERALD_INSTALLED_PLUGINS).lexically_normal();
  std::error_code unknown;  // what cannot be looked at is no folder
  if (std::filesystem::is_directory(built, unknown)) return built.string();
  if (std::filesystem::is_directory(installed, unknown)) return installed.string();
  return built.string();
}

}  // namespace herald::config
