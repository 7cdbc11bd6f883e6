// What is the URL of an attachment.
#include "intake/http_url.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::intake {
namespace {

bool is_url(std::string_view text) {
  return !fault_of_http_url(text).has_value();
}

TEST(HttpUrl, HasASchemeAndAHost) {
  for (const char* url :
       {"http://example.com", "https://example.com/", "HTTPS://EXAMPLE.com/a.png", "http://localhost:8080/x",
        "http://192.0.2.1/x", "https://[2001:db8::1]:8443/x", "https://u:p@example.com/", "https://example.com?x=1#y",
        "https://example.com/a%20b/(c)'d';e=f&g", "http://example.com:/"}) {
    EXPECT_TRUE(is_url(url)) << url;
  }
}

TEST(HttpUrl, IsNoOtherScheme) {
  for (const char* url :
       {"", "ftp://example.com/x", "file:///etc/passwd", "javascript:alert(1)", "data:,x", "//example.com",
        "example.com/x", "/x", "http:/example.com", "httpx://example.com", "http:", "https:"}) {
    EXPECT_FALSE(is_url(url)) << url;
  }
}

TEST(HttpUrl, NeedsAValidHostAndPort) {
  for (const char* url : {"http://", "http:///x", "http://?x", "http://:80/", "http://u@/", "http://[::1/x",
                          "http://[x]/", "http://example.com:65536/", "http://example.com:8a/",
                          "http://example.com:123456/", "http://[::1]x/", "http://a[b]/"}) {
    EXPECT_FALSE(is_url(url)) << url;
  }
}

TEST(HttpUrl, HoldsNoCharacterThatMustBeEncoded) {
  for (const std::string_view url :
       {std::string_view("http://example.com/a b"), std::string_view("http://example.com/\r\nX: y"),
        std::string_view("http://example.com/\0", 20), std::string_view("http://example.com/<x>"),
        std::string_view("http://example.com/\"x"), std::string_view("http://example.com\\x"),
        std::string_view("http://example.com/{x}"), std::string_view("http://example.com/\xc3\xa9"),
        std::string_view("http://example.com/%2"), std::string_view("http://example.com/%zz"),
        std::string_view("http://example.com/[x]"), std::string_view(" http://example.com/")}) {
    EXPECT_FALSE(is_url(url)) << url;
  }
}

TEST(HttpUrl, HasAGreatestLength) {
  const std::string start = "http://example.com/";
  EXPECT_TRUE(is_url(start + std::string(kMaxUrl - start.size(), 'x')));
  EXPECT_FALSE(is_url(start + std::string(kMaxUrl - start.size() + 1, 'x')));
}

}  // namespace
}  // namespace herald::intake
