#include "store/log_check.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace herald::store {
namespace {

namespace fs = std::filesystem;

// SQLite's file format, section 4 (the log), and walformat.html, section 2 (its index). Sizes and places in bytes.
constexpr std::size_t kHeader = 32;
constexpr std::size_t kHeaderSummed = 24;
constexpr std::size_t kFrameHeader = 24;
constexpr std::size_t kFrameHeaderSummed = 8;
constexpr std::uint32_t kMagic = 0x377F0682;  // its last bit tells the byte order of the sums
constexpr std::size_t kIndexHeader = 48;      // stands there twice
constexpr std::size_t kIndexSummed = 40;
constexpr std::size_t kIndex = 2 * kIndexHeader + 4;
using Salts = std::array<char, 8>;

std::uint32_t number_at(std::string_view bytes, std::size_t at, bool big_endian) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return big_endian == (std::endian::native == std::endian::big) ? number : __builtin_bswap32(number);
}

std::uint32_t native_at(std::string_view bytes, std::size_t at) {
  return number_at(bytes, at, std::endian::native == std::endian::big);
}

Salts salts_at(std::string_view bytes, std::size_t at) {
  Salts salts{};
  std::memcpy(salts.data(), bytes.data() + at, salts.size());
  return salts;
}

struct Sum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  bool operator==(const Sum&) const = default;

  // `bytes`: a multiple of eight of them.
  void add(std::string_view bytes, bool big_endian) {
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
      first += number_at(bytes, at, big_endian) + second;
      second += number_at(bytes, at + 4, big_endian) + first;
    }
  }
};

Sum stored_sum(std::string_view bytes, std::size_t at) {
  return {number_at(bytes, at, true), number_at(bytes, at + 4, true)};
}

struct Header {
  std::size_t page = 0;
  bool big_endian_sums = false;
  Salts salts{};
  Sum sum;
};

// Nothing when it does not add up: SQLite takes such a log for an empty one.
std::optional<Header> header_of(std::string_view bytes) {
  if (bytes.size() < kHeader || (number_at(bytes, 0, true) & ~1U) != kMagic) return std::nullopt;
  Header header;
  header.big_endian_sums = (number_at(bytes, 0, true) & 1U) != 0;
  header.page = number_at(bytes, 8, true);
  header.salts = salts_at(bytes, 16);
  header.sum.add(bytes.substr(0, kHeaderSummed), header.big_endian_sums);
  const bool page_exists = header.page >= 512 && header.page <= 65'536 && std::has_single_bit(header.page);
  if (!page_exists || header.sum != stored_sum(bytes, kHeaderSummed)) return std::nullopt;
  return header;
}

// What the last process knew of the log: a clean close removes it.
struct Index {
  std::uint32_t commits = 0;  // of the process that began the log; one that took it over has none before it empties it
  std::uint32_t frames = 0;   // up to the last commit
  std::uint32_t moved = 0;    // of these, into the database
  Salts salts{};
};

std::optional<Index> read_index(const std::string& path) {
  std::array<char, kIndex> read{};
  std::ifstream in(path, std::ios::binary);
  if (!in.read(read.data(), kIndex)) return std::nullopt;
  const std::string_view bytes(read.data(), kIndex);
  Sum sum;
  sum.add(bytes.substr(0, kIndexSummed), std::endian::native == std::endian::big);
  const bool twice = bytes.substr(0, kIndexHeader) == bytes.substr(kIndexHeader, kIndexHeader);
  const bool adds_up = sum == Sum{native_at(bytes, kIndexSummed), native_at(bytes, kIndexSummed + 4)};
  const bool used = bytes[12] != 0;
  if (!twice || !adds_up || !used) return std::nullopt;
  return Index{native_at(bytes, 8), native_at(bytes, 16), native_at(bytes, 2 * kIndexHeader), salts_at(bytes, 32)};
}

struct Frames {
  std::uint32_t taken = 0;    // up to the last commit that SQLite takes
  std::uint32_t damaged = 0;  // the first frame that does not add up although a later commit was begun; 0: none
};

Frames read_frames(std::istream& in, const Header& header) {
  Frames frames;
  std::vector<char> buffer(kFrameHeader + header.page);
  const std::string_view frame(buffer.data(), buffer.size());
  Sum sum = header.sum;
  std::uint32_t broken = 0;       // the first that did not add up
  bool commit_behind_it = false;  // each frame adds up with the one before it, also behind a damaged one
  for (std::uint32_t number = 1; in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())); ++number) {
    const Sum stored = stored_sum(frame, 16);
    bool adds_up = salts_at(frame, 8) == header.salts && number_at(frame, 0, true) != 0;
    if (adds_up) {
      sum.add(frame.substr(0, kFrameHeaderSummed), header.big_endian_sums);
      sum.add(frame.substr(kFrameHeader), header.big_endian_sums);
      adds_up = sum == stored;
    }
    sum = stored;
    const bool is_commit = adds_up && number_at(frame, 4, true) != 0;
    if (broken == 0 && is_commit) frames.taken = number;
    if (broken == 0 && !adds_up) broken = number;
    if (adds_up && commit_behind_it) {
      frames.damaged = broken;
      break;
    }
    commit_behind_it = adds_up && broken != 0 && (is_commit || commit_behind_it);
  }
  return frames;
}

base::Status damaged(const std::string& found, const std::string& database) {
  return base::fail(base::ErrorCode::kCorrupt,
                    found +
                        ". Commits that were answered for are missing, so nothing is taken of it and every file is "
                        "left as it is. Keep a copy of the data directory and restore a backup (herald backup --help "
                        "tells how), or go on with what is left of it after: sqlite3 " +
                        database + " 'SELECT count(*) FROM message; PRAGMA wal_checkpoint'");
}

std::string frames_text(std::uint32_t count) {
  return std::to_string(count) + (count == 1 ? " frame" : " frames");
}

}  // namespace

base::Status check_log(const std::string& database_path) {
  const std::string path = database_path + "-wal";
  const auto index = read_index(database_path + "-shm");
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory) {
    // SQLite removes the index before the log, and makes it behind it.
    if (!index || index->commits == 0 || index->frames <= index->moved) return {};
    return damaged("found " + database_path + "-shm without " + path + ", expected the log of " +
                       frames_text(index->frames) + " that it tells of; put the log back if it was moved away",
                   database_path);
  }
  if (error) return base::fail(base::ErrorCode::kUnavailable, "cannot look at " + path + ": " + error.message());

  std::ifstream in(path, std::ios::binary);
  std::array<char, kHeader> start{};
  if (bytes > kHeader && !in.read(start.data(), kHeader))
    return base::fail(base::ErrorCode::kUnavailable, "cannot read " + path);
  if (bytes <= kHeader) return {};
  const auto header = header_of({start.data(), kHeader});
  if (!header) {
    // The header is synced before the first frame, but one that begins the log anew may be torn before old frames.
    if (index && index->frames == 0) return {};
    return damaged("found a damaged header in " + path + ", expected one whose sum is right", database_path);
  }
  const auto frames = read_frames(in, *header);
  if (in.bad()) return base::fail(base::ErrorCode::kUnavailable, "cannot read " + path);
  if (frames.damaged != 0) {
    return damaged("found frame " + std::to_string(frames.damaged) + " of " + path +
                       " damaged and commits behind it, expected each frame's sum to be right",
                   database_path);
  }
  const bool comparable = index && index->commits > 0 && index->salts == header->salts;
  if (comparable && frames.taken < index->frames) {
    return damaged("found " + path + " whole up to frame " + std::to_string(frames.taken) + ", expected " +
                       frames_text(index->frames) + " as " + database_path + "-shm tells",
                   database_path);
  }
  return {};
}

}  // namespace herald::store
