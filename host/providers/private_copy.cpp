#include "providers/private_copy.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

#include "base/digest.h"
#include "providers/system_refusal.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

constexpr std::uint64_t kMaxLibraryBytes = 256ULL << 20U;
constexpr std::size_t kMaxStemLength = 64;
constexpr std::size_t kHashTextLength = 64;  // SHA-256 in hexadecimal
constexpr std::string_view kSuffix = ".so";

// What makes a file or folder unfit to be trusted; nothing when all is well.
std::optional<std::string> distrust(const struct stat& info, const char* what) {
  std::array<char, 8> mode{};
  // Four octal digits always fit.
  static_cast<void>(std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(info.st_mode & 07777U)));
  if (info.st_uid != 0 && info.st_uid != ::geteuid()) {
    return std::string(what) + " belongs to user " + std::to_string(info.st_uid) +
           ", expected root or the host's user (" + std::to_string(::geteuid()) + "); change its owner";
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return std::string(what) + " may be written by others than its owner (mode " + mode.data() +
           "), who could replace what the host runs; chmod go-w it";
  }
  return std::nullopt;
}

base::Result<base::OwnedFd> open_trusted_folder(const fs::path& path) {
  base::OwnedFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return system_refusal("its folder cannot be opened", errno);
  struct stat info {};
  if (::fstat(folder.get(), &info) != 0) return system_refusal("its folder cannot be examined", errno);
  if (auto fault = distrust(info, "its folder")) return base::fail(ErrorCode::kPermission, *fault);
  return folder;
}

base::Result<std::string> read_whole(int fd, std::uint64_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(fd, bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_refusal("it cannot be read", errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  if (have != size) {
    return base::fail(ErrorCode::kUnavailable, "it shrank while it was read; put it in place by a rename");
  }
  return bytes;
}

// Whatever it is, it says nothing about the file.
tl::unexpected<base::Error> cannot_be(const std::string& what, int error) {
  return base::fail(ErrorCode::kUnavailable, "the host's private copy of it cannot be " + what + ": " +
                                                 std::generic_category().message(error) + "; it is tried again");
}

// Letters that are safe in a file name and readable in a backtrace.
std::string safe_stem(std::string_view stem) {
  std::string out(stem.substr(0, kMaxStemLength));
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-'; }, '_');
  return out;
}

// True for the names that keep() gives: <stem>.<hash>.so, or one that was never finished.
bool is_copy_name(const std::string& name) {
  if (name.find(".partial-") != std::string::npos) return true;
  if (name.size() < kHashTextLength + 1 + kSuffix.size() || !name.ends_with(kSuffix)) return false;
  const auto hash = name.substr(name.size() - kSuffix.size() - kHashTextLength, kHashTextLength);
  return hash.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

base::Result<PrivateFolder> PrivateFolder::open(const fs::path& path) {
  const auto unfit = [&path](const std::string& why) {
    return base::fail(ErrorCode::kPermission,
                      "the folder for private copies of plugins, " + path.string() + ", " + why);
  };
  if (!path.is_absolute()) return unfit("must be given by its absolute path");
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) return unfit("cannot be made: " + error.message());
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return unfit("cannot be made: " + std::generic_category().message(errno));
  base::OwnedFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return unfit("cannot be opened: " + std::generic_category().message(errno));
  struct stat info {};
  if (::fstat(folder.get(), &info) != 0) return unfit("cannot be examined: " + std::generic_category().message(errno));
  if (info.st_uid != ::geteuid()) return unfit("belongs to user " + std::to_string(info.st_uid) + "; change its owner");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) return unfit("may be entered by others; chmod 0700 it");
  return PrivateFolder(path, std::move(folder));
}

base::Result<fs::path> PrivateFolder::keep(std::string_view bytes, const std::string& hash,
                                           std::string_view stem) const {
  static std::atomic<unsigned> serial{0};
  const std::string name = safe_stem(stem) + "." + hash + std::string(kSuffix);
  const std::string partial = name + ".partial-" + std::to_string(::getpid()) + "-" + std::to_string(serial++);

  base::OwnedFd file(::openat(folder_.get(), partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                              S_IRUSR | S_IXUSR));
  if (!file) return cannot_be("made", errno);
  base::Status written;
  if (!base::write_whole(file.get(), bytes)) written = cannot_be("written", errno);
  if (written && ::renameat(folder_.get(), partial.c_str(), folder_.get(), name.c_str()) != 0) {
    written = cannot_be("named", errno);
  }
  if (!written) {
    ::unlinkat(folder_.get(), partial.c_str(), 0);  // a leftover is swept at the next start
    return tl::make_unexpected(written.error());
  }
  return path_ / name;
}

void PrivateFolder::remove_others(const std::set<fs::path>& in_use) const {
  std::error_code ignored;  // what cannot be removed costs disk space only, and is tried again at the next start
  for (fs::directory_iterator entry(path_, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    const auto name = entry->path().filename().string();
    if (is_copy_name(name) && !in_use.contains(entry->path())) ::unlinkat(folder_.get(), name.c_str(), 0);
  }
}

std::string content_hash(std::string_view bytes) {
  base::Sha256 digest;
  digest.add(bytes);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const unsigned byte : digest.finish()) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 15U];
  }
  return text;
}

base::Result<std::string> read_trusted(const fs::path& file) {
  std::error_code error;
  const fs::path resolved = fs::canonical(file, error);
  if (error) return system_refusal("it cannot be reached", error.value());
  if (auto folder = open_trusted_folder(file.parent_path()); !folder) return tl::make_unexpected(folder.error());
  auto folder = open_trusted_folder(resolved.parent_path());
  if (!folder) return tl::make_unexpected(folder.error());

  // NONBLOCK: opening a FIFO would wait for a writer.
  const base::OwnedFd opened(
      ::openat(folder->get(), resolved.filename().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!opened) return system_refusal("it cannot be opened", errno);
  struct stat info {};
  if (::fstat(opened.get(), &info) != 0) return system_refusal("it cannot be examined", errno);
  if (!S_ISREG(info.st_mode))
    return base::fail(ErrorCode::kInvalid, "it is no regular file; expected a shared library");
  if (auto fault = distrust(info, "the file")) return base::fail(ErrorCode::kPermission, *fault);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > kMaxLibraryBytes) {
    return base::fail(ErrorCode::kInvalid, "it has " + std::to_string(size) + " bytes, more than the " +
                                               std::to_string(kMaxLibraryBytes) + " that a plugin may have; strip it");
  }
  return read_whole(opened.get(), size);
}

}  // namespace herald::providers
