#include "store/attachments.h"

#include <gtest/gtest.h>

namespace herald::store {
namespace {

using List = std::vector<std::string>;

TEST(Attachments, ComeBackAsTheyWere) {
  for (const auto& list : {List{}, List{""}, List{"", ""}, List{"https://example.org/a"}, List{"1:a,", ",", ":"},
                           List{std::string("\0\n", 2), "\xFF"}}) {
    EXPECT_EQ(decode_attachments(encode_attachments(list)), list);
  }
}

TEST(Attachments, AnEmptyListIsAnEmptyText) {
  EXPECT_EQ(encode_attachments({}), "");
}

TEST(Attachments, RefusesEveryOtherText) {
  for (const auto* text : {"x", "1", "1:", "1:a", "1:a;", "2:a,", "1:ab,", ":a,", "-1:,", "1;a,", "1:a,2",
                           "99999999999999999999:a,", "18446744073709551615:a,", "18446744073709551614:a,"}) {
    EXPECT_EQ(decode_attachments(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace herald::store
