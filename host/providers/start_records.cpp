#include "providers/start_records.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace herald::providers {
namespace {

namespace fs = std::filesystem;

constexpr int kDeathsInARow = 3;

struct Former {
  char state = record_line::kStarting;
  int value = 0;  // the signal, or the exit's status
  StartStep step = StartStep::kLoad;
  int deaths = 0;  // without a mark, before this one
  std::string text;
};

std::string line_of(StartStep step, int deaths) {
  std::string line = "S 000 0 0\n";
  line[record_line::kStepAt] = static_cast<char>('0' + static_cast<int>(step));
  line[record_line::kDeathsAt] = static_cast<char>('0' + deaths);
  return line;
}

// Nothing when there is none, or one that a power cut has left without its bytes.
std::optional<Former> former_at(const fs::path& record) {
  std::ifstream in(record, std::ios::binary);
  Former found;
  found.text.assign(std::istreambuf_iterator<char>(in), {});
  const auto digit = [&found](std::size_t at) { return found.text[at] - '0'; };
  if (found.text.size() < record_line::kSize || found.text[record_line::kSize - 1] != '\n') return std::nullopt;
  for (const std::size_t at :
       {std::size_t{2}, std::size_t{3}, std::size_t{4}, record_line::kStepAt, record_line::kDeathsAt}) {
    if (digit(at) < 0 || digit(at) > 9) return std::nullopt;
  }
  found.state = found.text[0];
  found.value = digit(2) * 100 + digit(3) * 10 + digit(4);
  found.step = static_cast<StartStep>(digit(record_line::kStepAt));
  found.deaths = digit(record_line::kDeathsAt);
  return found;
}

std::string when(const fs::path& record) {
  struct stat info {};
  struct tm parts {};
  std::array<char, 32> text{};
  if (::stat(record.c_str(), &info) != 0 || ::gmtime_r(&info.st_mtim.tv_sec, &parts) == nullptr) return "unknown time";
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

// How many deaths without a mark stand against the file.
int deaths_of(const Former& former) {
  return former.deaths + (former.state == record_line::kStarting ? 1 : 0);
}

std::optional<std::string> charge(const Former& former, const fs::path& record) {
  const std::string step(to_string(former.step));
  std::string what;
  if (former.state == record_line::kSignal) {
    const char* const meaning = ::sigdescr_np(former.value);
    what = "the host was killed by signal " + std::to_string(former.value) + " (" +
           (meaning == nullptr ? "unknown" : meaning) + ") inside its " + step + ", at " + when(record);
  } else if (former.state == record_line::kExit) {
    what =
        "it ended the host by exit(" + std::to_string(former.value) + ") inside its " + step + ", at " + when(record);
  } else if (deaths_of(former) >= kDeathsInARow) {
    what = "the host ended " + std::to_string(deaths_of(former)) + " times in a row inside its start, last in its " +
           step + ", begun at " + when(record) + ", as by _exit, SIGKILL or a crash of a thread of its own";
  } else {
    return std::nullopt;
  }
  return what + "; replace the file with one that is mended; to try the same one again, remove " + record.string() +
         " and touch the file";
}

bool replace_text(int fd, const std::string& text) {
  return ::pwrite(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
         ::ftruncate(fd, static_cast<off_t>(text.size())) == 0 && ::fsync(fd) == 0;
}

}  // namespace

base::Result<std::shared_ptr<StartRecords::Attempt>> StartRecords::begin(const Origin& origin, const std::string& name,
                                                                         StartStep step) {
  const fs::path record = folder_ / origin.hash;
  const auto former = former_at(record);
  if (former) {
    if (auto charged = charge(*former, record)) return base::fail(base::ErrorCode::kUnavailable, *charged);
  }
  auto file = write(record, line_of(step, former ? deaths_of(*former) : 0) + name + "\n" + origin.file + "\n");
  return std::make_shared<Attempt>(Attempt::Record{std::move(file), record, former ? former->text : std::string()},
                                   origin, name, left_behind_);
}

base::Result<std::shared_ptr<StartRecords::Attempt>> StartRecords::begin_in(StartRecords* records, const Origin& origin,
                                                                            const std::string& name, StartStep step) {
  if (records != nullptr) return records->begin(origin, name, step);
  return std::make_shared<Attempt>(Attempt::Record{}, origin, name, std::make_shared<std::atomic<std::size_t>>(0));
}

std::set<std::string> StartRecords::unfinished() const {
  std::set<std::string> found;
  std::error_code none;  // no folder, no records
  for (fs::directory_iterator entry(folder_, none), end; !none && entry != end; entry.increment(none)) {
    const auto former = former_at(entry->path());
    if (former && former->state == record_line::kStarting) found.insert(entry->path().filename().string());
  }
  return found;
}

base::OwnedFd StartRecords::write(const fs::path& record, const std::string& text) const {
  const bool made = ::mkdir(folder_.c_str(), S_IRWXU) == 0 || errno == EEXIST;
  base::OwnedFd file(made ? ::open(record.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)
                          : -1);
  if (file && replace_text(file.get(), text)) {
    const base::OwnedFd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder && ::fsync(folder.get()) == 0) return file;
  }
  log_.warn("provider.start_unrecorded",
            {{"record", record.string()},
             {"error", std::generic_category().message(errno)},
             {"effect", "should the plugin end the process while it starts, the next start does not know of it"}});
  if (file) ::unlink(record.c_str());  // half a record would be held against it
  return base::OwnedFd();
}

StartRecords::Attempt::Attempt(Record record, const Origin& origin, const std::string& name,
                               std::shared_ptr<std::atomic<std::size_t>> left_behind)
    : record_(std::move(record)),
      mark_(record_.file ? record_.file.get() : -1, name, origin.file),
      left_behind_count_(std::move(left_behind)) {}

StartRecords::Attempt::~Attempt() {
  if (left_behind_) --*left_behind_count_;
}

void StartRecords::Attempt::over() {
  // One that stays counts as a death without a mark, should the host end now.
  if (record_.file) ::unlink(record_.path.c_str());
}

void StartRecords::Attempt::over_so_far() {
  if (record_.before.empty()) return over();
  if (record_.file && !replace_text(record_.file.get(), record_.before)) over();
}

void StartRecords::Attempt::leave_behind() {
  left_behind_ = true;
  ++*left_behind_count_;
  const char state = record_line::kLeftBehind;
  if (record_.file && ::pwrite(record_.file.get(), &state, 1, 0) != 1) over();
}

}  // namespace herald::providers
