// Cursors come back as they were given, and nothing else is one.
#include "api/cursor.h"

#include <gtest/gtest.h>

namespace herald::api {
namespace {

TEST(Cursor, LeadsBackToItsPlace) {
  for (const std::int64_t at : {std::int64_t{0}, std::int64_t{1'767'225'600'123}, std::int64_t{-62'167'219'200'000}}) {
    const store::Place place{base::from_unix_ms(at), 4711};
    const auto parsed = parse_place_cursor(PlaceList::kConversations, place_cursor(PlaceList::kConversations, place));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->at, place.at);
    EXPECT_EQ(parsed->id, place.id);
  }
}

TEST(Cursor, LeadsBackToItsMessage) {
  const domain::MessageId id{1'234'567};
  EXPECT_EQ(parse_message_cursor(message_cursor(id)), id);
}

TEST(Cursor, IsGoodForItsOwnListOnly) {
  const store::Place place{base::from_unix_ms(5), 7};
  const auto conversations = place_cursor(PlaceList::kConversations, place);
  EXPECT_FALSE(parse_place_cursor(PlaceList::kConversationMessages, conversations));
  EXPECT_FALSE(parse_message_cursor(conversations));
  EXPECT_FALSE(parse_place_cursor(PlaceList::kConversations, message_cursor(domain::MessageId{7})));
}

TEST(Cursor, IsNothingElse) {
  const auto sound = place_cursor(PlaceList::kConversations, {base::from_unix_ms(5), 7});
  for (const std::string& text :
       {std::string(), std::string("c"), sound + "0", sound.substr(1), sound.substr(0, sound.size() - 1),
        std::string(33, 'c'), std::string(33, 'F'), "c" + std::string(31, '0') + "G", "c" + std::string(32, '0'),
        "c" + std::string(16, '0') + std::string(16, 'f'), std::string(100'000, '0')}) {
    EXPECT_FALSE(parse_place_cursor(PlaceList::kConversations, text)) << text.substr(0, 50);
  }
  for (const char* text : {"", "m", "1", "m0", "mZZZZZZZZZZZZZ", "m0000000000000x", "0000000000000", "m000000000000u"})
    EXPECT_FALSE(parse_message_cursor(text)) << text;
}

}  // namespace
}  // namespace herald::api
