#include "providers/elf_check.h"

#include <elf.h>
#include <link.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace herald::providers {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr unsigned kMachine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr unsigned kMachine = EM_PPC64;
#elif defined(__s390x__)
constexpr unsigned kMachine = EM_S390;
#else
#error "Name this machine's ELF number here."
#endif

constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char kByteOrder = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;

base::Status refuse(std::string found) {
  return base::fail(base::ErrorCode::kInvalid, std::move(found) + "; expected an ELF shared object of this machine");
}

base::Status truncated() {
  return base::fail(base::ErrorCode::kInvalid,
                    "the file is truncated: its ELF tables point past its end; copy it anew, whole");
}

// True when `count` bytes from `offset` lie within `size`, without overflow.
bool inside(std::uint64_t offset, std::uint64_t count, std::uint64_t size) {
  return offset <= size && count <= size - offset;
}

}  // namespace

base::Status check_elf(std::string_view bytes) {
  if (bytes.empty()) return refuse("the file is empty");
  if (bytes.size() < SELFMAG || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0) return refuse("this is no ELF file");
  if (bytes.size() < sizeof(Header)) return truncated();
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != kClass || header.e_ident[EI_DATA] != kByteOrder || header.e_machine != kMachine) {
    return refuse("it is an ELF file of another machine (machine " + std::to_string(header.e_machine) + ", class " +
                  std::to_string(header.e_ident[EI_CLASS]) + ")");
  }
  if (header.e_type != ET_DYN) return refuse("it is an ELF file of type " + std::to_string(header.e_type));
  if (header.e_phnum == 0 || header.e_phentsize != sizeof(Segment))
    return refuse("its program header table is damaged");
  if (!inside(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Segment), bytes.size())) return truncated();
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Segment segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type == PT_LOAD && !inside(segment.p_offset, segment.p_filesz, bytes.size())) return truncated();
  }
  return {};
}

}  // namespace herald::providers
