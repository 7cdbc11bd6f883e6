// A plain HTTP client for tests, on libcurl: one connection, kept alive.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace herald::test {

struct HttpAnswer {
  int status = 0;                              // 0: no answer came (refused, reset, timed out)
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  // The body as JSON; a discarded value when it is none.
  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

// One thread at a time.
class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  HttpAnswer get(const std::string& url, const std::vector<std::string>& headers = {});
  HttpAnswer post(const std::string& url, const nlohmann::json& body, const std::vector<std::string>& headers = {});
  HttpAnswer request(const std::string& method, const std::string& url, const std::string& body,
                     const std::vector<std::string>& headers);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace herald::test
