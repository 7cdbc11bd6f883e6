#include "html_text.h"

#include <string>

#include <gtest/gtest.h>

namespace smtp {
namespace {

TEST(IsHtml, WhenATagComesFirst) {
  for (const char* body :
       {"<!DOCTYPE html><p>x", "<!doctype HTML PUBLIC \"x\">", "<html>", "<p>x</p>", " \r\n<DIV a=b>", "<br/>x",
        "\xEF\xBB\xBF<html>", "<!-- a -->\n<!-- b --><table\n>", "<h1>x"})
    EXPECT_TRUE(is_html(body)) << body;
}

TEST(IsHtml, NotWhenATextMentionsTags) {
  for (const char* body : {"", "Hello <b>you</b>", "<someone@example.com> wrote:", "< p>", "<3", "<", "<p", "<px>",
                           "<!-- only a comment", "<!-- a --> text", "<!>", "a<p>", "<unknown>"})
    EXPECT_FALSE(is_html(body)) << body;
}

TEST(PlainText, KeepsWordsAndDropsMarkup) {
  EXPECT_EQ(plain_text_of("<html><head><title>t</title><style>p{}</style></head><body><p>One  <b>t</b>wo\n"
                          "three</p><script>if (a</b) x()</script></body></html>"),
            "One two three\r\n");
}

TEST(PlainText, KeepsWordsTogether) {
  EXPECT_EQ(plain_text_of("<p>H<b>e</b>llo, <i>you</i>!</p>"), "Hello, you!\r\n");
}

TEST(PlainText, SetsBlocksApart) {
  EXPECT_EQ(plain_text_of("<h1>T</h1><p>a<br>b<br><br>c</p><div>d</div>e<ul><li>f<li>g</ul>"),
            "T\r\n\r\na\r\nb\r\n\r\nc\r\n\r\nd\r\ne\r\n- f\r\n- g\r\n");
}

TEST(PlainText, TellsWhereLinksLead) {
  EXPECT_EQ(plain_text_of("See <A class=x HREF='https://e.x/?a=1&amp;b=2'>this</A>."),
            "See this (https://e.x/?a=1&b=2).\r\n");
  EXPECT_EQ(plain_text_of("<a href=\"javascript:x()\">no</a> <a name=b>anchor</a>"), "no anchor\r\n");
}

TEST(PlainText, ReadsReferences) {
  EXPECT_EQ(plain_text_of("&lt;b&gt; &amp;amp; &#228;&#xE4;&euro; &unknown; & &#; &#xZZ; &#99999999;"),
            "<b> &amp; ää€ &unknown; & &#; &#xZZ; &#99999999;\r\n");
  EXPECT_EQ(plain_text_of("&#0;&#xD800;"), "\xEF\xBF\xBD\xEF\xBF\xBD\r\n");
}

TEST(PlainText, LetsNoLinkBringALineBreak) {
  EXPECT_EQ(plain_text_of("<a href='https://e.x/\r\n&#10;Bcc'>x</a>"), "x (https://e.x/Bcc)\r\n");
}

TEST(PlainText, IsEmptyWithoutWords) {
  EXPECT_EQ(plain_text_of("<html><body><img src='x'></body></html>"), "");
  EXPECT_EQ(plain_text_of(""), "");
}

TEST(PlainText, EndsForAnyInput) {
  for (const char* piece : {"<", "</", "<a", "<a href=", "<a href='", "<!--", "<!", "<script>", "<script></", "&", "&#",
                            "<p =", "<p a=b c", "<?", "<a href=\"x\">", "\xFF", "<=>"}) {
    std::string body;
    for (int i = 0; i < 20'000; ++i)
      body += piece;
    EXPECT_LE(plain_text_of(body).size(), 20 * body.size() + 100) << piece;
    EXPECT_LE(plain_text_of(piece).size(), 100U) << piece;
  }
}

}  // namespace
}  // namespace smtp
