#include "disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <new>
#include <optional>

#include "disk_content.h"

namespace herald::simulation {

struct Disk::Layer {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  Disk* disk = nullptr;
  Files files;
  std::optional<std::uint64_t> countdown;
  std::optional<Files> moment;

  void count() {
    if (!countdown || moment) return;
    if (*countdown > 0) --*countdown;
    if (*countdown == 0) moment = copy_of(files);
  }
  Fault fault() const { return disk->fault_; }
};

// What SQLite allocates for a file.
struct OpenFile {
  sqlite3_file base{};
  std::shared_ptr<Content> content;
  // Of the disk, and whether its faults and counts concern this file.
  void* layer = nullptr;
  bool is_log = false;
  bool is_database = false;
  int lock = SQLITE_LOCK_NONE;
  unsigned shared_slots = 0;
  unsigned own_slots = 0;
};

namespace {

OpenFile& own(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file);
}

template <typename Condition>
bool any_other(const OpenFile& self, Condition condition) {
  const auto& open = self.content->open;
  return std::any_of(open.begin(), open.end(),
                     [&](const OpenFile* other) { return other != &self && condition(*other); });
}

int close(sqlite3_file* file) {
  auto& self = own(file);
  auto& open = self.content->open;
  open.erase(std::remove(open.begin(), open.end(), &self), open.end());
  self.~OpenFile();
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
  const auto& bytes = own(file).content->bytes;
  const auto wanted = static_cast<std::size_t>(count);
  const auto begin = std::min(static_cast<std::size_t>(at), bytes.size());
  const auto found = std::min(wanted, bytes.size() - begin);
  std::copy_n(bytes.data() + begin, found, static_cast<char*>(to));
  if (found == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + found, 0, wanted - found);
  return SQLITE_IOERR_SHORT_READ;
}

int size(sqlite3_file* file, sqlite3_int64* bytes) {
  *bytes = static_cast<sqlite3_int64>(own(file).content->bytes.size());
  return SQLITE_OK;
}

int lock(sqlite3_file* file, int level) {
  auto& self = own(file);
  if (self.lock >= level) return SQLITE_OK;
  const int conflicting = level == SQLITE_LOCK_SHARED     ? SQLITE_LOCK_PENDING
                          : level == SQLITE_LOCK_RESERVED ? SQLITE_LOCK_RESERVED
                                                          : SQLITE_LOCK_SHARED;
  if (any_other(self, [=](const OpenFile& other) { return other.lock >= conflicting; })) return SQLITE_BUSY;
  self.lock = level;
  return SQLITE_OK;
}

int unlock(sqlite3_file* file, int level) {
  own(file).lock = std::min(own(file).lock, level);
  return SQLITE_OK;
}

int check_lock(sqlite3_file* file, int* held) {
  const auto& self = own(file);
  *held = self.lock >= SQLITE_LOCK_RESERVED ||
          any_other(self, [](const OpenFile& other) { return other.lock >= SQLITE_LOCK_RESERVED; });
  return SQLITE_OK;
}

int map_shared(sqlite3_file* file, int page, int bytes, int extend, void volatile** at) {
  auto& memory = own(file).content->shared_memory;
  *at = nullptr;
  const auto index = static_cast<std::size_t>(page);
  if (index >= memory.size() && extend == 0) return SQLITE_OK;
  while (memory.size() <= index)
    memory.push_back(std::make_unique<std::vector<char>>(static_cast<std::size_t>(bytes)));
  *at = memory[index]->data();
  return SQLITE_OK;
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  auto& self = own(file);
  const unsigned mask = ((1U << static_cast<unsigned>(count)) - 1U) << static_cast<unsigned>(offset);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    self.shared_slots &= ~mask;
    self.own_slots &= ~mask;
    return SQLITE_OK;
  }
  const bool alone = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  const auto in_the_way = [=](const OpenFile& other) {
    return ((other.own_slots | (alone ? other.shared_slots : 0U)) & mask) != 0;
  };
  if (any_other(self, in_the_way)) return SQLITE_BUSY;
  (alone ? self.own_slots : self.shared_slots) |= mask;
  return SQLITE_OK;
}

int unmap_shared(sqlite3_file* file, int remove) {
  auto& self = own(file);
  self.shared_slots = 0;
  self.own_slots = 0;
  if (remove != 0) self.content->shared_memory.clear();
  return SQLITE_OK;
}

template <typename Layer>
int write_file(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  auto& self = own(file);
  auto& layer = *static_cast<Layer*>(self.layer);
  if (self.is_log && layer.fault() == Disk::Fault::kLogWrite) return SQLITE_FULL;
  self.content->write(static_cast<const char*>(from), static_cast<std::size_t>(count), static_cast<std::size_t>(at));
  layer.count();
  return SQLITE_OK;
}

template <typename Layer>
int sync_file(sqlite3_file* file, int /*flags*/) {
  auto& self = own(file);
  auto& layer = *static_cast<Layer*>(self.layer);
  if (self.is_log && layer.fault() == Disk::Fault::kLogSync) return SQLITE_IOERR_FSYNC;
  if (self.is_database && layer.fault() == Disk::Fault::kDatabaseSync) return SQLITE_IOERR_FSYNC;
  self.content->unsynced.clear();
  layer.count();
  return SQLITE_OK;
}

template <typename Layer>
int control_file(sqlite3_file* file, int op, void* /*argument*/) {
  auto& self = own(file);
  const bool fails = op == SQLITE_FCNTL_COMMIT_PHASETWO && self.is_database &&
                     static_cast<Layer*>(self.layer)->fault() == Disk::Fault::kCommitEnd;
  return fails ? SQLITE_IOERR : SQLITE_NOTFOUND;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 bytes) {
  own(file).content->cut(static_cast<std::size_t>(bytes));
  return SQLITE_OK;
}
int sector_size(sqlite3_file* /*file*/) {
  return 4096;
}
int characteristics(sqlite3_file* /*file*/) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
void barrier(sqlite3_file* /*file*/) {}

// Version 2: with shared memory for the log.
template <typename Layer>
constexpr sqlite3_io_methods kMethods{2,
                                      close,
                                      read,
                                      write_file<Layer>,
                                      truncate_file,
                                      sync_file<Layer>,
                                      size,
                                      lock,
                                      unlock,
                                      check_lock,
                                      control_file<Layer>,
                                      sector_size,
                                      characteristics,
                                      map_shared,
                                      lock_shared,
                                      barrier,
                                      unmap_shared,
                                      nullptr,
                                      nullptr};

template <typename Layer>
int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto& layer = *static_cast<Layer*>(vfs->pAppData);
  auto* self = new (file) OpenFile{};
  // The database is always there: the store makes the file itself, on the real disk.
  const bool is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  std::shared_ptr<Content> content;
  if (path == nullptr) {
    content = std::make_shared<Content>();
  } else {
    auto place = layer.files.find(path);
    if (place == layer.files.end()) {
      if (!is_database && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
      place = layer.files.emplace(path, std::make_shared<Content>()).first;
    }
    content = place->second;
  }
  self->content = std::move(content);
  self->content->open.push_back(self);
  self->layer = &layer;
  self->is_log = (flags & SQLITE_OPEN_WAL) != 0;
  self->is_database = is_database;
  self->base.pMethods = &kMethods<Layer>;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

std::string next_name() {
  static int count = 0;
  return "herald-simulation-" + std::to_string(++count);
}

}  // namespace

Disk::Disk() : name_(next_name()), layer_(std::make_unique<Layer>()) {
  layer_->real = sqlite3_vfs_find(nullptr);
  layer_->disk = this;
  auto& vfs = layer_->vfs;
  vfs = *layer_->real;
  vfs.zName = name_.c_str();
  vfs.szOsFile = static_cast<int>(sizeof(OpenFile));
  vfs.pAppData = layer_.get();
  vfs.xOpen = open_file<Layer>;
  vfs.xDelete = [](sqlite3_vfs* self, const char* path, int /*sync_directory*/) {
    return static_cast<Layer*>(self->pAppData)->files.erase(path) > 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
  };
  vfs.xAccess = [](sqlite3_vfs* self, const char* path, int /*flags*/, int* result) {
    const auto& files = static_cast<Layer*>(self->pAppData)->files;
    const auto place = files.find(path);
    *result = place != files.end() && !place->second->bytes.empty() ? 1 : 0;
    return SQLITE_OK;
  };
  vfs.xFullPathname = [](sqlite3_vfs* /*self*/, const char* path, int length, char* out) {
    sqlite3_snprintf(length, out, "%s", path);
    return SQLITE_OK;
  };
  // A run must not depend on the machine's entropy, nor wait for real.
  vfs.xRandomness = [](sqlite3_vfs* /*self*/, int length, char* out) {
    std::memset(out, 0x5a, static_cast<std::size_t>(length));
    return length;
  };
  vfs.xSleep = [](sqlite3_vfs* /*self*/, int us) { return us; };
  sqlite3_vfs_register(&vfs, 0);
}

Disk::~Disk() {
  sqlite3_vfs_unregister(&layer_->vfs);
}

void Disk::end_process_after(std::uint64_t operations) {
  layer_->moment.reset();
  layer_->countdown = operations;
}

void Disk::end_process() {
  if (!layer_->moment) layer_->moment = copy_of(layer_->files);
  layer_->countdown.reset();
}

void Disk::restart(bool power_cut, base::Random& random) {
  end_process();
  layer_->files = std::move(*layer_->moment);
  layer_->moment.reset();
  if (!power_cut) return;
  for (auto& [path, content] : layer_->files) {
    content->take_back_to(static_cast<std::size_t>(random.next() % (content->unsynced.size() + 1)));
    content->unsynced.clear();
  }
}

}  // namespace herald::simulation
