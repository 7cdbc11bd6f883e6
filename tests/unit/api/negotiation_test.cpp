// Content-Type and Accept.
#include "api/negotiation.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace herald::api {
namespace {

http::Request with(std::vector<http::Header> headers) {
  http::Request request;
  request.headers = std::move(headers);
  return request;
}

bool carries(std::string_view content_type) {
  return carries_json(with({{"Content-Type", content_type}}));
}
bool accepts(std::string_view accept) {
  return accepts_json(with({{"accept", accept}}));
}
std::optional<MetricsForm> form(std::string_view accept) {
  return metrics_form(with({{"Accept", accept}}));
}

TEST(ContentType, IsJsonInUtf8) {
  for (const char* type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
        "application/json ; x=y", "application/vnd.api+json", "application/problem+json"}) {
    EXPECT_TRUE(carries(type)) << type;
  }
}

TEST(ContentType, IsNothingElse) {
  for (const char* type : {"", "text/plain", "text/json", "application/jsonx", "application/xml", "application", "json",
                           "application/+json", "application/json; charset=latin1", "application/json; charset",
                           "application/json, text/plain", "multipart/form-data; boundary=application/json", "*/*",
                           "application/x-www-form-urlencoded"}) {
    EXPECT_FALSE(carries(type)) << type;
  }
}

TEST(ContentType, MustBeThereOnce) {
  EXPECT_FALSE(carries_json(with({})));
  EXPECT_FALSE(carries_json(with({{"Content-Type", "application/json"}, {"content-type", "application/json"}})));
}

TEST(ContentType, HasNoCodingOnTop) {
  EXPECT_FALSE(carries_json(with({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}})));
  EXPECT_TRUE(carries_json(with({{"Content-Type", "application/json"}, {"Content-Encoding", "identity"}})));
}

TEST(Accept, AllowsEverythingWhenItIsAbsentOrEmpty) {
  EXPECT_TRUE(accepts_json(with({})));
  EXPECT_TRUE(accepts(""));
}

TEST(Accept, AllowsJsonByNameOrRange) {
  for (const char* accept :
       {"application/json", "APPLICATION/JSON", "application/*", "*/*", "*", "text/html, */*;q=0.1",
        "application/json;q=0.001", "text/html, application/json", "application/json; charset=utf-8",
        "text/html;x=\"a,b;q=0\", application/json", "application/json;q=.5", ",, application/json ,"}) {
    EXPECT_TRUE(accepts(accept)) << accept;
  }
}

TEST(Accept, ExcludesJsonByLeavingItOutOrByQuality) {
  for (const char* accept : {"text/html", "application/xml", "application/json;q=0", "application/json;q=0.000",
                             "text/*", "*/*, application/json;q=0", "application/*;q=0, */*",
                             "application/problem+json", "nonsense", "application/json;q=2", "application/json;q=x"}) {
    EXPECT_FALSE(accepts(accept)) << accept;
  }
}

TEST(Accept, MayStandInSeveralFields) {
  EXPECT_TRUE(accepts_json(with({{"Accept", "text/html"}, {"Accept", "application/json"}})));
  EXPECT_FALSE(accepts_json(with({{"Accept", "*/*"}, {"Accept", "application/json;q=0"}})));
}

TEST(MetricsForms, AreTextUnlessJsonIsAskedFor) {
  EXPECT_EQ(metrics_form(with({})), MetricsForm::kText);
  EXPECT_EQ(form("*/*"), MetricsForm::kText);
  EXPECT_EQ(form("text/plain"), MetricsForm::kText);
  EXPECT_EQ(form("application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            MetricsForm::kText);
  EXPECT_EQ(form("text/plain, application/json;q=0.5"), MetricsForm::kText);
  EXPECT_EQ(form("application/json"), MetricsForm::kJson);
  EXPECT_EQ(form("application/json, text/plain, */*"), MetricsForm::kJson);
  EXPECT_EQ(form("application/*"), MetricsForm::kJson);
  EXPECT_EQ(form("image/png"), std::nullopt);
}

}  // namespace
}  // namespace herald::api
