// What an ELF shared object of this machine's class says of itself, read without loading it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace herald::tools::check {

struct ElfSegment {
  std::uint32_t type = 0;   // PT_*
  std::uint32_t flags = 0;  // PF_*
};

// A dynamic symbol that the file defines and others see.
struct ElfExport {
  std::string name;
  bool unique = false;   // STB_GNU_UNIQUE: one object for the whole process
  bool is_code = false;  // a function
};

struct ElfFile {
  std::vector<ElfSegment> segments;
  std::vector<ElfExport> exports;
  std::vector<std::string> needed;     // DT_NEEDED
  std::vector<std::string> run_paths;  // of DT_RPATH and DT_RUNPATH, one folder each
  bool text_relocations = false;
};

// Reads the tables that the loader itself uses, so a stripped file tells as much. `bytes` is what providers::check_elf
// passes; the error says which table is damaged. Pure; any thread.
base::Result<ElfFile> read_elf(std::string_view bytes);

}  // namespace herald::tools::check
