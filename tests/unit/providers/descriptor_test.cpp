#include "providers/descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/descriptor_json.h"

namespace herald::providers {
namespace {

using testing::HasSubstr;

Descriptor sound() {
  Descriptor out;
  out.name = "email";
  out.version = "1.0.0";
  out.sdk_version = "0.1.0";
  out.description = "Says \"hello\"\nand Gr\xC3\xBC\xC3\x9F\x65.";
  out.config_schema = R"({"type":"object"})";
  out.abi_major = 1;
  out.abi_minor = 3;
  out.channels = {domain::Channel::kEmail, domain::Channel::kSms};
  out.max_batch = 64;
  out.max_in_flight = 256;
  return out;
}

std::string refusal(const Descriptor& descriptor) {
  const auto status = check(descriptor);
  return status ? "taken" : status.error().message;
}

TEST(DescriptorCheck, TakesWhatKeepsTheRules) {
  EXPECT_EQ(refusal(sound()), "taken");
}

TEST(DescriptorCheck, HoldsNamesToTheirForm) {
  auto descriptor = sound();
  for (const char* name : {"a", "sms-mms", "a23456789-123456789-123456789-12"}) {
    descriptor.name = name;
    EXPECT_EQ(refusal(descriptor), "taken") << name;
  }
  for (const char* name : {"", "1a", "-a", "A", "a_b", "a b", "a23456789-123456789-123456789-123"}) {
    descriptor.name = name;
    EXPECT_THAT(refusal(descriptor), HasSubstr("its name is")) << name;
  }
}

TEST(DescriptorCheck, HoldsVersionsToSemver) {
  auto descriptor = sound();
  for (const char* version : {"0.0.0", "1.2.3-alpha.1", "1.0.0--", "1.0.0+001", "10.20.30-0a.b+c-d"}) {
    descriptor.version = version;
    EXPECT_EQ(refusal(descriptor), "taken") << version;
  }
  for (const char* version : {"", "1", "1.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "v1.0.0", "1.0.0\n"}) {
    descriptor.version = version;
    EXPECT_THAT(refusal(descriptor), HasSubstr("its version is")) << version;
  }
  descriptor.version = "1.0.0-" + std::string(1'000'000, 'a');
  EXPECT_THAT(refusal(descriptor), HasSubstr("its version is"));
}

TEST(DescriptorCheck, HoldsLimitsToTheThreadModel) {
  auto descriptor = sound();
  descriptor.max_in_flight = 65536;
  EXPECT_EQ(refusal(descriptor), "taken");
  descriptor.thread_model = ThreadModel::kBlocking;
  EXPECT_THAT(refusal(descriptor), HasSubstr("max_batch is 64, expected 1, as it is blocking"));
  descriptor.max_batch = 1;
  EXPECT_THAT(refusal(descriptor), HasSubstr("max_in_flight is 65536, expected 1 to 1024"));
}

TEST(ProbeAnswer, ReadsBackWhatItWrites) {
  const auto read = parse_probe_answer(probe_answer(sound()));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, sound());
}

TEST(ProbeAnswer, CarriesARefusalOfAnyBytes) {
  const auto read = parse_probe_answer(probe_answer(base::fail(base::ErrorCode::kInvalid, "bad \xFF\n magic")));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().message, "bad \xEF\xBF\xBD\\n magic");
}

TEST(ProbeAnswer, TakesNothingElse) {
  const std::string good = probe_answer(sound());
  const auto changed = [&good](std::string_view from, std::string_view to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  for (const auto& text :
       {std::string(), std::string("null"), std::string("{}"), std::string("[]"), std::string(R"({"descriptor":7})"),
        std::string(R"({"refused":7})"), good + "x", good.substr(1),
        changed(R"("max_batch":64)", R"("max_batch":"64")"), changed(R"("max_batch":64)", R"("max_batch":-1)"),
        changed(R"("max_batch":64)", R"("max_batch":4294967360)"),
        changed(R"("max_batch":64)", R"("max_batch":64,"extra":1)"), changed(R"("max_batch")", R"("most_batch")"),
        changed(R"("email","sms")", R"("email","fax")"), changed(R"("thread_model":1)", R"("thread_model":257)"),
        changed(R"("thread_model":1)", R"("thread_model":true)"), changed(R"("name":"email")", R"("name":"E")")}) {
    EXPECT_FALSE(parse_probe_answer(text).has_value()) << text;
  }
}

TEST(DescriptorInfo, ShowsWhatOperatorsAskFor) {
  const auto info = info_of(sound(), "email.so");
  EXPECT_EQ(info.name, "email");
  EXPECT_EQ(info.abi_version, "1.3");
  EXPECT_EQ(info.file_name, "email.so");
}

}  // namespace
}  // namespace herald::providers
