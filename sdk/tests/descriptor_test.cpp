// The descriptor that HERALD_PLUGIN fills, into hosts of every size.
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string_view>

#include <gtest/gtest.h>

#include <herald/descriptor.h>
#include <herald/testkit/plugin_under_test.h>

namespace herald::testkit {
namespace {

// Memory that ends where the process may not read or write.
class GuardedPage {
 public:
  GuardedPage() : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    pages_ = static_cast<char*>(mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (pages_ == MAP_FAILED || mprotect(pages_ + size_, size_, PROT_NONE) != 0)
      throw std::runtime_error("cannot guard a page");
  }
  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;
  ~GuardedPage() { munmap(pages_, 2 * size_); }

  // The last `bytes` before the guard.
  void* last(std::size_t bytes) { return pages_ + size_ - bytes; }

 private:
  std::size_t size_;
  char* pages_ = nullptr;
};

class Descriptor : public ::testing::TestWithParam<const char*> {
 protected:
  PluginLibrary library_{GetParam()};
};

TEST_P(Descriptor, IsFilledNoFurtherThanTheHostCanTake) {
  for (std::uint32_t room = 8; room < sizeof(herald_plugin); room += 8) {
    GuardedPage page;
    void* memory = page.last(room);
    std::memcpy(memory, &room, sizeof room);
    EXPECT_EQ(library_.entry()(static_cast<herald_plugin*>(memory)), HERALD_E_UNSUPPORTED) << room;
    const auto filled = herald::detail::read_sized<herald_plugin>(memory);
    EXPECT_EQ(filled.struct_size, room);
    EXPECT_EQ(filled.magic, HERALD_ABI_MAGIC);
    EXPECT_EQ(std::memcmp(static_cast<char*>(memory) + 8, reinterpret_cast<const char*>(&library_.descriptor()) + 8,
                          room - 8),
              0);
  }
}

TEST_P(Descriptor, LeavesTheTailOfALargerHostAlone) {
  struct Larger {
    herald_plugin plugin;
    std::uint64_t added_later;
  };
  Larger larger = {};
  larger.plugin.struct_size = sizeof larger;
  larger.added_later = 0x5A5A;
  EXPECT_EQ(library_.entry()(&larger.plugin), HERALD_OK);
  EXPECT_EQ(larger.plugin.struct_size, sizeof(herald_plugin));
  EXPECT_EQ(larger.added_later, 0x5A5AU);
}

TEST_P(Descriptor, SaysTheSameEveryTime) {
  herald_plugin again = {};
  again.struct_size = sizeof again;
  ASSERT_EQ(library_.entry()(&again), HERALD_OK);
  EXPECT_EQ(std::memcmp(&again, &library_.descriptor(), sizeof again), 0);
}

INSTANTIATE_TEST_SUITE_P(OfPlugins, Descriptor,
                         ::testing::Values(HERALD_BORDER_SYNC, HERALD_BORDER_ASYNC, HERALD_TEMPLATE, HERALD_SPOOL,
                                           HERALD_DISCARD));

TEST(DescriptorOfAProvider, DeclaresItsWidth) {
  const PluginLibrary library(HERALD_BORDER_SYNC);
  const herald_plugin& plugin = library.descriptor();
  EXPECT_EQ(plugin.thread_model, HERALD_THREADS_BLOCKING);
  EXPECT_EQ(plugin.max_batch, 1U);
  EXPECT_EQ(plugin.max_in_flight, 3U);
  EXPECT_EQ(herald::detail::view(plugin.name), "border-sync");
  EXPECT_EQ(herald::detail::view(plugin.version), "1.2.3-rc.1");
  EXPECT_EQ(herald::detail::view(plugin.description), "Obeys.");
  EXPECT_EQ(herald::detail::view(plugin.config_schema), R"({"type":"object"})");
  ASSERT_EQ(plugin.channel_count, 2U);
  EXPECT_EQ(herald::detail::view(plugin.channels[1]), "mms");
}

TEST(DescriptorOfAnAsyncProvider, DeclaresItsLimits) {
  const PluginLibrary library(HERALD_BORDER_ASYNC);
  EXPECT_EQ(library.descriptor().thread_model, HERALD_THREADS_ASYNC);
  EXPECT_EQ(library.descriptor().max_batch, 8U);
  EXPECT_EQ(library.descriptor().max_in_flight, 16U);
}

TEST(DescriptorNames, AreCheckedWhileAPluginCompiles) {
  using herald::detail::is_plugin_name;
  static_assert(is_plugin_name("a") && is_plugin_name("sms-mms") && is_plugin_name("a1234567890123456789012345678901"));
  static_assert(!is_plugin_name("") && !is_plugin_name("1a") && !is_plugin_name("A") && !is_plugin_name("a_b"));
  static_assert(!is_plugin_name("a12345678901234567890123456789012"));
  using herald::detail::is_version;
  static_assert(is_version("0.0.0") && is_version("1.20.3") && is_version("1.0.0-rc.1") && is_version("1.0.0+build"));
  static_assert(!is_version("1.0") && !is_version("01.0.0") && !is_version("1.0.0.0") && !is_version("1.0.0-"));
  static_assert(!is_version("") && !is_version("a.b.c") && !is_version("1..0"));
  static_assert(!is_version("1.0.0-rc 1") && !is_version("1.0.0_1"));
  static constexpr auto kGood = herald::detail::channel_names("sms", "email");
  static constexpr auto kWrong = herald::detail::channel_names("sms", "fax");
  static_assert(herald::detail::are_channels(kGood) && !herald::detail::are_channels(kWrong));
}

}  // namespace
}  // namespace herald::testkit
