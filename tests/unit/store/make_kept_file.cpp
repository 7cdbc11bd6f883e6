// Makes the kept file of the present schema, or describes one: see tests/golden/store/README.md.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "kept_store.h"
#include "observe/metrics.h"
#include "store/sqlite_store.h"
#include "support/private_folder.h"
#include "support/recording_log.h"
#include "support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using namespace herald;

struct Workshop {
  std::unique_ptr<store::SqliteStore> open() {
    options.data_dir = (folder / "data").string();
    auto opened = store::SqliteStore::open(options, clock, log, metrics);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }
  fs::path database() const { return folder / "data" / "herald.db"; }

  test::TempDir folder;
  test::ManualClock clock;
  test::RecordingLog log;
  observe::Metrics metrics;
  store::Options options;
};

void describe(const fs::path& kept) {
  Workshop workshop;
  test::make_private_folder(workshop.folder / "data");
  fs::copy_file(kept, workshop.database());
  const auto opened = workshop.open();
  fs::path text = kept;
  std::ofstream out(text.replace_extension("txt"));
  out << store::describe(opened->reader());
  if (!out.flush()) throw std::runtime_error(text.string() + " cannot be written");
}

void make(const fs::path& kept) {
  Workshop workshop;
  store::fill(*workshop.open(), workshop.clock);
  fs::copy_file(workshop.database(), kept);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string verb = argc == 3 ? argv[1] : "";
    if (verb != "make" && verb != "describe") {
      std::cerr << "usage: make_kept_file make|describe FILE.db\n";
      return 2;
    }
    if (verb == "make") make(argv[2]);
    describe(argv[2]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
