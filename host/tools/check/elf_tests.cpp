// What the file is before anything of it runs.
#include <elf.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "providers/elf_check.h"
#include "providers/private_copy.h"
#include "tools/check/elf_file.h"
#include "tools/check/test.h"

namespace herald::tools::check {
namespace {

constexpr std::size_t kMostNamed = 5;  // of many names, in a reason

std::string bytes_of(const Subject& subject) {
  std::ostringstream bytes;
  bytes << std::ifstream(subject.file(), std::ios::binary).rdbuf();
  return bytes.str();
}

// Nothing after saying in the verdict why: another test is about that.
std::optional<ElfFile> elf_of(const Subject& subject, Verdict& verdict) {
  verdict.at("reading the file");
  const std::string bytes = bytes_of(subject);
  if (const auto fit = providers::check_elf(bytes); !fit) {
    verdict.block("it is no library of this machine (elf.machine): " + fit.error().message);
    return std::nullopt;
  }
  auto elf = read_elf(bytes);
  if (elf) return *std::move(elf);
  verdict.block(elf.error().message);
  return std::nullopt;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMostNamed) text += " and " + std::to_string(names.size() - kMostNamed) + " more";
  return text;
}

void file_name(Subject& subject, Verdict& verdict) {
  const std::string name = subject.file().filename().string();
  const bool fits = name.size() > 3 && name.front() != '.' && subject.file().extension() == ".so";
  verdict.expect(fits, "its name is " + name, "a name that ends in .so and does not begin with a dot",
                 "rename it: the host looks at no other file of its plugin folder");
}

void trusted(Subject& subject, Verdict& verdict) {
  verdict.at("reading the file as the host does");
  const auto bytes = providers::read_trusted(subject.file());
  if (!bytes) {
    verdict.fail(bytes.error().message, "a regular file that only root or the host's user may change",
                 "chown and chmod it and its folder as said");
  }
}

void machine(Subject& subject, Verdict& verdict) {
  verdict.at("reading the file");
  const auto fit = providers::check_elf(bytes_of(subject));
  if (!fit) {
    verdict.fail(fit.error().message, "an ELF shared object of this machine",
                 "build it with -shared -fPIC for the machine of the host");
  }
}

void exports(Subject& subject, Verdict& verdict) {
  const auto elf = elf_of(subject, verdict);
  if (!elf) return;
  // What linkers add by themselves.
  constexpr std::array<std::string_view, 6> kLinkers{"_init", "_fini", "__bss_start", "_edata", "_end", "__end__"};
  bool found = false;
  std::vector<std::string> others;
  for (const ElfExport& symbol : elf->exports) {
    const bool linkers = std::find(kLinkers.begin(), kLinkers.end(), symbol.name) != kLinkers.end();
    if (symbol.name == HERALD_PLUGIN_ENTRY_NAME && symbol.is_code)
      found = true;
    else if (!linkers)
      others.push_back(symbol.name);
  }
  if (!verdict.expect(found, "it exports no function " HERALD_PLUGIN_ENTRY_NAME, "that one function",
                      "write HERALD_PLUGIN(...) in C++, or define it with HERALD_EXPORT and C linkage"))
    return;
  verdict.expect(others.empty(), "it exports " + std::to_string(others.size()) + " symbols more: " + listed(others),
                 "nothing but " HERALD_PLUGIN_ENTRY_NAME ": two plugins must share nothing",
                 "build it with herald_add_plugin, or with -fvisibility=hidden and the version script plugin.map");
}

void unique(Subject& subject, Verdict& verdict) {
  const auto elf = elf_of(subject, verdict);
  if (!elf) return;
  std::vector<std::string> names;
  for (const ElfExport& symbol : elf->exports) {
    if (symbol.unique) names.push_back(symbol.name);
  }
  verdict.expect(names.empty(), "it exports unique symbols: " + listed(names),
                 "none: a unique symbol is one object for all plugins of the process",
                 "compile with -fno-gnu-unique, or hide them with the version script plugin.map");
}

void loads(Subject& subject, Verdict& verdict) {
  verdict.at("the loader takes the library and runs its initialisers");
  const auto library = providers::Library::load(subject.file(), subject.file().filename().string());
  if (!library) {
    verdict.fail(library.error().message, "that every symbol and library that it needs is found (RTLD_NOW)",
                 "link what is missing; -Wl,-z,defs finds it when the plugin is built");
    return;
  }
  verdict.at("the loader looks " HERALD_PLUGIN_ENTRY_NAME " up");
  const auto entry = library->entry();
  if (!entry) {
    verdict.fail(entry.error().message, "the one exported function",
                 "write HERALD_PLUGIN(...) in C++, or define it with HERALD_EXPORT and C linkage");
  }
}

void stack(Subject& subject, Verdict& verdict) {
  const auto elf = elf_of(subject, verdict);
  if (!elf) return;
  const auto found = std::find_if(elf->segments.begin(), elf->segments.end(),
                                  [](const ElfSegment& segment) { return segment.type == PT_GNU_STACK; });
  const std::string cure = "link with -Wl,-z,noexecstack; assembler files need a section .note.GNU-stack";
  if (!verdict.expect(found != elf->segments.end(), "it does not say what its stack needs (no PT_GNU_STACK)",
                      "a stack that is not executable", cure))
    return;
  verdict.expect((found->flags & PF_X) == 0, "it asks for an executable stack",
                 "none: loading it would make every stack of the host executable", cure);
}

void writable_code(Subject& subject, Verdict& verdict) {
  const auto elf = elf_of(subject, verdict);
  if (!elf) return;
  const bool both = std::any_of(elf->segments.begin(), elf->segments.end(), [](const ElfSegment& segment) {
    return segment.type == PT_LOAD && (segment.flags & PF_W) != 0 && (segment.flags & PF_X) != 0;
  });
  verdict.expect(!both, "a segment of it is both writable and executable", "none that is both",
                 "link without -N and without a linker script that joins code and data");
}

void text_relocations(Subject& subject, Verdict& verdict) {
  const auto elf = elf_of(subject, verdict);
  if (!elf) return;
  verdict.expect(!elf->text_relocations, "it has text relocations (DT_TEXTREL)",
                 "none: the loader would have to make its code writable",
                 "compile everything in it, static libraries too, with -fPIC");
}

void run_path(Subject& subject, Verdict& verdict) {
  const auto elf = elf_of(subject, verdict);
  if (!elf) return;
  for (const std::string& folder : elf->run_paths) {
    const std::string shown = "its run path has \"" + folder + "\"";
    if (!verdict.expect(!folder.empty() && folder.front() == '/', shown + ", which is not absolute",
                        "absolute folders alone: the host loads a copy from elsewhere, so $ORIGIN finds nothing, and a "
                        "relative folder is whoever's the host was started in",
                        "link such a library statically, or install it where the loader looks"))
      return;
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0) continue;  // what is not there cannot be written to by just anyone
    if (!verdict.expect((info.st_mode & (S_IWGRP | S_IWOTH)) == 0, shown + ", which others may write to",
                        "folders that only their owner may write to", "chmod go-w it, or link without -rpath"))
      return;
  }
}

void needed(Subject& subject, Verdict& verdict) {
  const auto elf = elf_of(subject, verdict);
  if (!elf) return;
  for (const std::string& name : elf->needed) {
    if (!verdict.expect(name.find('/') == std::string::npos || name.front() == '/',
                        "it needs the library \"" + name + "\" by a relative path",
                        "libraries by their name: a relative path leads elsewhere in the host",
                        "give that library a soname (-Wl,-soname,...) and link again"))
      return;
  }
}

}  // namespace

std::vector<Test> elf_tests() {
  return {
      {"elf.file-name", "Its name is one that the host looks at.", "sdk/README.md", file_name},
      {"elf.trusted", "Only root or the user who runs it may change the file.", "sdk/README.md", trusted},
      {"elf.machine", "It is an ELF shared object of this machine.", "sdk/README.md", machine},
      {"elf.exports", "It exports herald_plugin_entry and nothing else.", "abi.h: opening", exports},
      {"elf.unique", "It shares no object with other plugins.", "abi.h: opening", unique},
      {"elf.loads", "The loader finds everything that it needs.", "abi.h: herald_plugin_entry_fn", loads},
      {"elf.needed", "It names the libraries that it needs by no relative path.", "sdk/README.md", needed},
      {"elf.run-path", "It looks for libraries in no folder of just anyone's.", "sdk/README.md", run_path},
      {"elf.stack", "It needs no executable stack.", "sdk/README.md", stack},
      {"elf.writable-code", "None of its code is writable.", "sdk/README.md", writable_code},
      {"elf.text-relocations", "Its code is mapped as it stands.", "sdk/README.md", text_relocations},
  };
}

}  // namespace herald::tools::check
