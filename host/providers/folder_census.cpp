#include "providers/folder_census.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/worker.h"
#include "providers/system_refusal.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

// A folder is listed anew when a name came or went meanwhile: a listing that a rename crosses may show neither name.
constexpr int kMaxListings = 8;
// At a time: each is a process.
constexpr std::size_t kMostProbes = 8;

// Changes with every name that comes or goes.
struct FolderState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;

  friend bool operator==(const FolderState&, const FolderState&) = default;
};

base::Result<FolderState> state_of(const fs::path& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) {
    return system_refusal("the plugin folder " + folder.string() + " cannot be examined", errno);
  }
  return FolderState{info.st_dev, info.st_ino, info.st_ctim.tv_sec, info.st_ctim.tv_nsec};
}

bool is_there(const fs::path& copy) {
  std::error_code error;
  return fs::exists(copy, error) && !error;
}

}  // namespace

// The files that were in the folder at one moment, each with its fingerprint or why it has none.
struct FolderCensus::Sight {
  std::uint64_t device = 0;
  std::vector<std::pair<fs::path, base::Result<Fingerprint>>> files;
};

domain::ProviderInfo info_of(const Refusal& refusal) {
  auto info = refused_file(refusal.file, refusal.reason);
  if (!refusal.descriptor) return info;
  auto described = info_of(*refusal.descriptor, info.file_name);
  described.state = domain::ProviderState::kRefused;
  described.reason = refusal.reason;
  return described;
}

std::vector<Refusal> news(const std::vector<Refusal>& before, const std::vector<Refusal>& now) {
  std::vector<Refusal> out;
  std::copy_if(now.begin(), now.end(), std::back_inserter(out), [&before](const Refusal& refusal) {
    return std::find(before.begin(), before.end(), refusal) == before.end();
  });
  return out;
}

FolderCensus::FolderCensus(PluginFolder folder, observe::Log& log) : folder_(std::move(folder)), log_(log) {}

base::Result<Census> FolderCensus::survey(const std::function<bool()>& cancelled) {
  const auto sight = look();
  if (!sight) return nothing_known(sight.error());
  if (sight->files.empty() && !entries_.empty() && device_ != sight->device) {
    return nothing_known({ErrorCode::kUnavailable,
                          "the plugin folder " + folder_.path().string() +
                              " is empty and on another file system than before, as an unmount leaves it; mount it "
                              "again, put the plugins there, or start the host again to run without them"});
  }
  std::map<fs::path, Entry> entries;
  std::vector<fs::path> changed;
  for (const auto& [file, fingerprint] : sight->files) {
    const Entry* const before = entry_of(file);
    if (!fingerprint) {
      entries.emplace(file, Entry{std::nullopt, {}, std::nullopt, fingerprint.error().message});
    } else if (before != nullptr && still_holds(*before, *fingerprint)) {
      entries.emplace(file, *before);
    } else {
      changed.push_back(file);
    }
  }
  if (!examine(changed, entries, cancelled))
    return base::fail(ErrorCode::kUnavailable, "the survey of the plugin folder was cancelled");
  note_usable(sight->device);
  entries_ = std::move(entries);
  return census();
}

base::Result<FolderCensus::Sight> FolderCensus::look() const {
  for (int listings = 0; listings < kMaxListings; ++listings) {
    const auto before = state_of(folder_.path());
    const auto files = folder_.files();
    if (!files) return tl::make_unexpected(files.error());
    if (!before) return tl::make_unexpected(before.error());
    Sight sight{before->device, {}};
    for (const auto& file : *files) {
      auto fingerprint = fingerprint_of(file);
      if (fingerprint || fingerprint.error().code != ErrorCode::kNotFound)
        sight.files.emplace_back(file, std::move(fingerprint));
    }
    if (const auto after = state_of(folder_.path()); after && *after == *before) return sight;
  }
  return base::fail(ErrorCode::kUnavailable, "files come and go in the plugin folder " + folder_.path().string() +
                                                 " faster than it can be listed; keep all but plugins out of it");
}

bool FolderCensus::still_holds(const Entry& entry, const Fingerprint& now) const {
  if (!entry.is_verdict || !entry.is_settled || entry.fingerprint != now) return false;
  return !entry.candidate || is_there(entry.candidate->copy);
}

const FolderCensus::Entry* FolderCensus::entry_of(const fs::path& file) const {
  const auto found = entries_.find(file);
  return found == entries_.end() ? nullptr : &found->second;
}

// Several at a time: a file whose probe hangs until its deadline holds up no other.
bool FolderCensus::examine(const std::vector<fs::path>& files, std::map<fs::path, Entry>& entries,
                           const std::function<bool()>& cancelled) const {
  std::vector<Entry> found(files.size());
  std::atomic<std::size_t> next{0};
  std::atomic<bool> complete{true};
  const auto work = [&] {
    for (std::size_t at = next++; at < files.size(); at = next++) {
      if (cancelled()) complete = false;
      if (!complete) return;
      found[at] = examined(files[at], entry_of(files[at]));
    }
  };
  std::vector<base::Worker> others;
  try {
    while (others.size() + 1 < std::min(files.size(), kMostProbes))
      others.emplace_back("plugin-probe", work);
  } catch (const std::system_error&) {
    // The system has no more threads: those that there are do it all.
  }
  work();
  others.clear();  // joins them
  for (std::size_t at = 0; complete && at < files.size(); ++at)
    entries.emplace(files[at], std::move(found[at]));
  return complete;
}

FolderCensus::Entry FolderCensus::examined(const fs::path& file, const Entry* before) const {
  Entry entry;
  const auto fingerprint = fingerprint_of(file);
  if (fingerprint) entry.fingerprint = *fingerprint;
  const bool settled = fingerprint && is_settled(*fingerprint);  // asked before it is read
  const auto read = PluginFolder::read(file);
  // What was found when it could be read still holds as well as it did.
  if (!read && is_passing(read.error()) && before != nullptr && before->is_verdict &&
      before->fingerprint == entry.fingerprint && (!before->candidate || is_there(before->candidate->copy)))
    return *before;
  if (read) {
    entry.is_settled = settled && read->fingerprint == *fingerprint;
    judge(entry, *read, before);
  } else {
    entry.is_settled = settled;
    entry.is_verdict = !is_passing(read.error());
    entry.reason = read.error().message;
  }
  return entry;
}

void FolderCensus::judge(Entry& entry, const PluginFile& file, const Entry* before) const {
  entry.fingerprint = file.fingerprint;
  entry.hash = file.hash;
  entry.is_verdict = true;
  if (const auto* const same = known(file.hash)) {
    entry.candidate = Candidate{file.source, same->copy, same->descriptor, file.hash, file.fingerprint};
    return;
  }
  // It was read again only because it had been so new.
  if (before != nullptr && before->is_verdict && before->fingerprint == file.fingerprint && before->hash == file.hash &&
      !before->candidate) {
    entry.reason = before->reason;
    return;
  }
  auto candidate = folder_.try_out(file);
  if (candidate) {
    entry.candidate = std::move(*candidate);
    return;
  }
  entry.reason = candidate.error().message;
  entry.is_verdict = !is_passing(candidate.error());
}

const Candidate* FolderCensus::known(const std::string& hash) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&hash](const auto& entry) {
    return entry.second.candidate && entry.second.hash == hash && is_there(entry.second.candidate->copy);
  });
  return found == entries_.end() ? nullptr : &*found->second.candidate;
}

tl::unexpected<base::Error> FolderCensus::nothing_known(base::Error error) {
  if (error.message != fault_) {
    fault_ = error.message;
    log_.error("provider.folder_unusable",
               {{"error", fault_}, {"effect", "no provider is started, replaced or removed until this is mended"}});
  }
  return tl::make_unexpected(std::move(error));
}

void FolderCensus::note_usable(std::uint64_t device) {
  device_ = device;
  if (fault_.empty()) return;
  fault_.clear();
  log_.info("provider.folder_usable", {{"folder", folder_.path().string()}});
}

Census FolderCensus::census() const {
  Census out;
  for (const auto& [file, entry] : entries_) {
    if (entry.candidate)
      out.candidates.push_back(*entry.candidate);
    else
      out.refused.push_back({file, entry.fingerprint, entry.reason, std::nullopt, false});
  }
  return out;
}

void FolderCensus::remove_copies_except(std::set<fs::path> in_use) const {
  for (const auto& [file, entry] : entries_) {
    if (entry.candidate) in_use.insert(entry.candidate->copy);
  }
  folder_.remove_copies_except(in_use);
}

}  // namespace herald::providers
