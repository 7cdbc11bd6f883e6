#include "providers/elf_check.h"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::providers {
namespace {

using testing::HasSubstr;

class ElfCheck : public testing::Test {
 protected:
  ElfCheck() {
    // This test is a position-independent executable, which is a shared object to ELF.
    std::ifstream self("/proc/self/exe", std::ios::binary | std::ios::ate);
    bytes_.resize(static_cast<std::size_t>(self.tellg()));
    self.seekg(0).read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
  }

  template <typename Change>
  void change_header(Change change) {
    ElfW(Ehdr) header;
    std::memcpy(&header, bytes_.data(), sizeof header);
    change(header);
    std::memcpy(bytes_.data(), &header, sizeof header);
  }

  std::string refusal() const {
    const auto status = check_elf(bytes_);
    return status ? "taken" : status.error().message;
  }

  std::string bytes_;
};

TEST_F(ElfCheck, TakesASharedObjectOfThisMachine) {
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(ElfCheck, NamesAnotherMachine) {
  change_header([](auto& header) { header.e_machine = EM_68K; });
  EXPECT_THAT(refusal(), HasSubstr("another machine (machine 4"));
}

TEST_F(ElfCheck, NamesAnObjectFile) {
  change_header([](auto& header) { header.e_type = ET_REL; });
  EXPECT_THAT(refusal(), HasSubstr("ELF file of type 1"));
}

TEST_F(ElfCheck, NamesWhatIsCutOffAtAnyPlace) {
  const std::string whole = bytes_;
  for (const std::size_t size : {std::size_t{4}, sizeof(ElfW(Ehdr)) - 1, sizeof(ElfW(Ehdr)), std::size_t{4096}}) {
    bytes_ = whole.substr(0, size);
    EXPECT_THAT(refusal(), HasSubstr("truncated")) << size;
  }
}

TEST_F(ElfCheck, DoesNotOverflowOnOffsets) {
  change_header([](auto& header) { header.e_phoff = UINT64_MAX - 8; });
  EXPECT_THAT(refusal(), HasSubstr("truncated"));
}

TEST_F(ElfCheck, NamesADamagedTable) {
  change_header([](auto& header) { header.e_phentsize = 1; });
  EXPECT_THAT(refusal(), HasSubstr("damaged"));
}

}  // namespace
}  // namespace herald::providers
