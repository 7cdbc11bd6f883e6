#include "providers/plugin_folder.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "providers/elf_check.h"
#include "providers/library.h"
#include "providers/plain_text.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 256;
constexpr int kMaxReads = 3;

}  // namespace

bool is_plugin_file_name(std::string_view name) {
  return name.ends_with(".so") && !name.starts_with('.');
}

base::Result<PluginFolder> PluginFolder::open(const Options& options) {
  auto copies = PrivateFolder::open(options.private_dir);
  if (!copies) return tl::make_unexpected(copies.error());
  std::error_code error;
  fs::path path = fs::absolute(options.plugin_dir, error);
  if (error) path = options.plugin_dir;  // files() will say what is wrong with it
  return PluginFolder(std::move(path), std::move(*copies), Probe(options.probe_executable, options.probe_timeout));
}

base::Result<std::vector<fs::path>> PluginFolder::files() const {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(path_, error), end; !error && entry != end; entry.increment(error)) {
    if (is_plugin_file_name(entry->path().filename().string())) found.push_back(entry->path());
  }
  if (error) {
    return base::fail(base::ErrorCode::kNotFound, "the plugin folder " + path_.string() + " cannot be read: " +
                                                      error.message() + "; make it, or set API_PLUGIN_DIR to another");
  }
  if (found.size() > kMaxFiles) {
    return base::fail(base::ErrorCode::kInvalid, "the plugin folder " + path_.string() + " holds " +
                                                     std::to_string(found.size()) +
                                                     " files named *.so, expected at most " +
                                                     std::to_string(kMaxFiles) + "; is it the folder that was meant?");
  }
  std::sort(found.begin(), found.end());
  return found;
}

base::Result<PluginFile> PluginFolder::read(const fs::path& file) {
  for (int tries = 0; tries < kMaxReads; ++tries) {
    const auto before = fingerprint_of(file);
    if (!before) return tl::make_unexpected(before.error());
    auto bytes = read_trusted(file);
    const auto after = fingerprint_of(file);
    if (!after || *after != *before) continue;  // whatever was read is of no file that was ever meant
    if (!bytes) return tl::make_unexpected(bytes.error());
    std::string hash = content_hash(*bytes);
    return PluginFile{file, std::move(*bytes), std::move(hash), *before};
  }
  return base::fail(base::ErrorCode::kUnavailable,
                    "it is changed while it is read; it is tried again once it is whole. Put it in place by a rename");
}

base::Result<Candidate> PluginFolder::try_out(const PluginFile& file) const {
  if (auto elf = check_elf(file.bytes); !elf) return tl::make_unexpected(elf.error());
  auto copy = copies_.keep(file.bytes, file.hash, file.source.stem().string());
  if (!copy) return tl::make_unexpected(copy.error());
  auto descriptor = probe_.try_out(*copy);
  if (!descriptor) return tl::make_unexpected(descriptor.error());
  return Candidate{file.source, std::move(*copy), std::move(*descriptor), file.hash, file.fingerprint};
}

base::Result<Candidate> PluginFolder::examine(const fs::path& file) const {
  return read(file).and_then([this](const PluginFile& whole) { return try_out(whole); });
}

base::Result<Plugin> PluginFolder::load(const Candidate& candidate, StartRecords* starts) {
  const Origin origin{candidate.source.filename().string(), candidate.hash};
  auto attempt = StartRecords::begin_in(starts, origin, candidate.descriptor.name, StartStep::kLoad);
  if (!attempt) return tl::make_unexpected(attempt.error());
  (*attempt)->enter(StartStep::kLoad);
  auto plugin = Library::load(candidate.copy, candidate.source.filename().string())
                    .and_then([](const Library& library) { return library.entry(); })
                    .and_then([](herald_plugin_entry_fn entry) { return shake_hands(entry); });
  (*attempt)->leave();
  (*attempt)->over_so_far();
  if (plugin && plugin->descriptor != candidate.descriptor) {
    return base::fail(
        base::ErrorCode::kInvalid,
        "it described itself otherwise to the process that tried it than to the host; its " HERALD_PLUGIN_ENTRY_NAME
        " must give the same descriptor at every call");
  }
  if (plugin) plugin->origin = origin;
  return plugin;
}

domain::ProviderInfo refused_file(const fs::path& file, std::string reason) {
  domain::ProviderInfo info;
  // A file's name may be any bytes; what operators see is text.
  info.file_name = clean_text(file.filename().string(), 255);
  info.name = info.file_name;
  info.reason = std::move(reason);
  return info;
}

}  // namespace herald::providers
