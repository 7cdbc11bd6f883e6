#include "tools/check/elf_file.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace herald::tools::check {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using Section = ElfW(Shdr);
using Dynamic = ElfW(Dyn);
using Symbol = ElfW(Sym);

constexpr std::size_t kMaxEntries = 1UL << 20U;  // of any table

tl::unexpected<base::Error> damaged(const std::string& table) {
  return base::fail(base::ErrorCode::kInvalid, "its " + table + " is damaged; build or copy the file anew");
}

// Reads plain structures out of bytes, whatever they are aligned to.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  std::optional<T> at(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  std::optional<std::string> text(std::uint64_t offset) const {
    if (offset >= bytes_.size()) return std::nullopt;
    const auto end = bytes_.find('\0', offset);
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(bytes_.substr(offset, end - offset));
  }

 private:
  std::string_view bytes_;
};

// Where in the file a virtual address stands.
std::optional<std::uint64_t> file_offset(const std::vector<Segment>& segments, std::uint64_t address) {
  for (const Segment& segment : segments) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
      return segment.p_offset + (address - segment.p_vaddr);
  }
  return std::nullopt;
}

base::Result<std::vector<Segment>> segments_of(const Reader& file, const Header& header) {
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.at<Segment>(header.e_phoff + i * sizeof(Segment));
    if (!segment) return damaged("program header table");
    segments.push_back(*segment);
  }
  return segments;
}

base::Result<std::vector<Dynamic>> dynamic_of(const Reader& file, const std::vector<Segment>& segments) {
  std::vector<Dynamic> entries;
  const auto found =
      std::find_if(segments.begin(), segments.end(), [](const Segment& one) { return one.p_type == PT_DYNAMIC; });
  if (found == segments.end()) return entries;
  for (std::size_t i = 0; i < found->p_filesz / sizeof(Dynamic) && i < kMaxEntries; ++i) {
    const auto entry = file.at<Dynamic>(found->p_offset + i * sizeof(Dynamic));
    if (!entry) return damaged("dynamic section");
    if (entry->d_tag == DT_NULL) break;
    entries.push_back(*entry);
  }
  return entries;
}

// The dynamic symbols by their section: the loader's own tables tell how many there are only by way of a hash.
base::Result<std::vector<ElfExport>> exports_of(const Reader& file, const Header& header) {
  std::vector<ElfExport> exports;
  if (header.e_shoff == 0) return damaged("section header table (it is stripped away; strip with --strip-unneeded)");
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    const auto section = file.at<Section>(header.e_shoff + i * sizeof(Section));
    if (!section) return damaged("section header table");
    if (section->sh_type != SHT_DYNSYM) continue;
    const auto names = file.at<Section>(header.e_shoff + std::uint64_t{section->sh_link} * sizeof(Section));
    if (!names || section->sh_size / sizeof(Symbol) > kMaxEntries) return damaged("dynamic symbol table");
    for (std::size_t at = 0; at < section->sh_size / sizeof(Symbol); ++at) {
      const auto symbol = file.at<Symbol>(section->sh_offset + at * sizeof(Symbol));
      const auto name = symbol ? file.text(names->sh_offset + symbol->st_name) : std::nullopt;
      if (!name) return damaged("dynamic symbol table");
      const unsigned binding = symbol->st_info >> 4U;
      const unsigned visibility = symbol->st_other & 3U;
      const bool seen = binding != STB_LOCAL && (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
      if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS || !seen || name->empty()) continue;
      exports.push_back({*name, binding == STB_GNU_UNIQUE, (symbol->st_info & 15U) == STT_FUNC});
    }
  }
  return exports;
}

void add_folders(const std::string& path, std::vector<std::string>& folders) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    folders.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
}

base::Status read_dynamic(const Reader& file, const std::vector<Segment>& segments, ElfFile& into) {
  const auto entries = dynamic_of(file, segments);
  if (!entries) return tl::make_unexpected(entries.error());
  std::optional<std::uint64_t> names;
  for (const Dynamic& entry : *entries) {
    if (entry.d_tag == DT_STRTAB) names = file_offset(segments, entry.d_un.d_ptr);
    if (entry.d_tag == DT_TEXTREL) into.text_relocations = true;
    if (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_TEXTREL) != 0) into.text_relocations = true;
  }
  for (const Dynamic& entry : *entries) {
    if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_RPATH && entry.d_tag != DT_RUNPATH) continue;
    const auto text = names ? file.text(*names + entry.d_un.d_val) : std::nullopt;
    if (!text) return damaged("dynamic section");
    if (entry.d_tag == DT_NEEDED)
      into.needed.push_back(*text);
    else
      add_folders(*text, into.run_paths);
  }
  return {};
}

}  // namespace

base::Result<ElfFile> read_elf(std::string_view bytes) {
  const Reader file(bytes);
  const auto header = file.at<Header>(0);
  if (!header) return damaged("header");
  const auto segments = segments_of(file, *header);
  if (!segments) return tl::make_unexpected(segments.error());
  ElfFile elf;
  for (const Segment& segment : *segments)
    elf.segments.push_back({segment.p_type, segment.p_flags});
  if (auto read = read_dynamic(file, *segments, elf); !read) return tl::make_unexpected(read.error());
  auto exports = exports_of(file, *header);
  if (!exports) return tl::make_unexpected(exports.error());
  elf.exports = *std::move(exports);
  return elf;
}

}  // namespace herald::tools::check
