// Posts each message as JSON to one URL, and tells from the HTTP status what became of it. Its configuration:
// {"url": "https://carrier.example/messages", "token": "..."}.
#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <herald/provider.h>

namespace {

using std::chrono::milliseconds;

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["url", "token"],
  "properties": {
    "url": {"type": "string", "pattern": "^https?://[^/]", "description": "Messages are posted here."},
    "token": {"type": "string", "pattern": "^[!-~]+$", "writeOnly": true, "description": "The carrier's bearer token."}
  }
})";
constexpr std::size_t kMaxAnswer = 65'536;          // bytes; an answer is an id and a few words
constexpr milliseconds kMaxRetryAfter{86'400'000};  // a day; a carrier that asks for more is asked again sooner

struct Settings {
  std::string url;
  std::string token;
};

struct CurlCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Connection = std::unique_ptr<CURL, CurlCloser>;
using Headers = std::unique_ptr<curl_slist, CurlCloser>;

// What libcurl calls with each piece of the answer; less than `size` ends the transfer.
std::size_t gather(const char* data, std::size_t, std::size_t size, void* into) {
  auto& answer = *static_cast<std::string*>(into);
  if (answer.size() + size > kMaxAnswer) return 0;
  answer.append(data, size);
  return size;
}

void add(Headers& headers, const std::string& line) {
  curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();  // the SDK makes an outcome of it
  static_cast<void>(headers.release());
  headers.reset(longer);
}

std::string json_of(const herald::Message& message) {
  nlohmann::json json{
      {"channel", message.channel()}, {"from", message.from()}, {"to", message.to()}, {"body", message.body()}};
  if (message.subject()) json["subject"] = *message.subject();
  for (std::uint32_t index = 0; index < message.attachment_count(); ++index)
    json["attachments"].push_back(message.attachment(index));
  return json.dump();
}

// The carrier's id of the message, when its answer is {"id": "..."}.
std::string id_in(const std::string& answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  if (!json.is_object() || !json.contains("id") || !json["id"].is_string()) return {};
  return json["id"].get<std::string>();
}

herald::Outcome outcome_of(CURL* connection, const std::string& answer) {
  long status = 0;
  curl_off_t retry_after_s = 0;
  curl_easy_getinfo(connection, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(connection, CURLINFO_RETRY_AFTER, &retry_after_s);
  if (status >= 200 && status <= 299) return herald::Outcome::success(id_in(answer));
  if (status == 429) {
    const curl_off_t most_s = kMaxRetryAfter.count() / 1000;
    return herald::Outcome::rate_limited(milliseconds(std::clamp<curl_off_t>(retry_after_s, 0, most_s) * 1000));
  }
  const std::string code = "http_" + std::to_string(status);
  // These speak of the settings or the moment, not of the message: it can be sent later.
  const bool not_its_fault = status == 401 || status == 403 || status == 408;
  if (status >= 400 && status <= 499 && !not_its_fault) return herald::Outcome::rejected(code);
  return herald::Outcome::error(code);
}

herald::Outcome outcome_of(CURLcode failure) {
  switch (failure) {
    case CURLE_OPERATION_TIMEDOUT:
      return herald::Outcome::timeout();
    case CURLE_COULDNT_CONNECT:
      return herald::Outcome::error("connection_refused");
    case CURLE_COULDNT_RESOLVE_HOST:
      return herald::Outcome::error("unknown_host");
    case CURLE_WRITE_ERROR:
      return herald::Outcome::error("answer_too_large");
    default:
      return herald::Outcome::error("curl_" + std::to_string(failure));
  }
}

class HttpPost final : public herald::Provider {
 public:
  static constexpr auto kTraits =
      herald::Traits{}.width(16).description("Posts messages as JSON to a URL.").config_schema(kSchema);

  herald::Status configure(std::string_view text) override {
    const auto json = nlohmann::json::parse(text);  // it fits the schema: the host has looked
    Settings settings{json.at("url").get<std::string>(), json.at("token").get<std::string>()};
    const std::lock_guard<std::mutex> lock(mutex_);
    settings_ = std::move(settings);
    return herald::Status::ok();
  }

  herald::Status start() override {
    // Counted by libcurl, and never taken back: another plugin of this process may use it too.
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return herald::Status::internal("libcurl does not start");
    return herald::Status::ok();
  }

  herald::Outcome send(const herald::Message& message) override {
    const auto left = std::chrono::duration_cast<milliseconds>(message.deadline() - host().now());
    if (left <= milliseconds(0)) return herald::Outcome::timeout();
    Connection connection = take_connection();
    if (connection == nullptr) return herald::Outcome::error("no_memory");
    herald::Outcome outcome = post(connection.get(), message, left);
    give_back(std::move(connection));
    return outcome;
  }

  void stop() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.clear();
  }

 private:
  herald::Outcome post(CURL* connection, const herald::Message& message, milliseconds left) {
    const Settings settings = current();
    const std::string body = json_of(message);
    std::string answer;
    Headers headers;
    add(headers, "Content-Type: application/json");
    add(headers, "Authorization: Bearer " + settings.token);
    add(headers, "Idempotency-Key: " + std::string(message.dispatch_token()));

    curl_easy_reset(connection);  // its options, not its connections
    curl_easy_setopt(connection, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(connection, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(connection, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    curl_easy_setopt(connection, CURLOPT_URL, settings.url.c_str());
    curl_easy_setopt(connection, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(connection, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(connection, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(connection, CURLOPT_WRITEFUNCTION, &gather);
    curl_easy_setopt(connection, CURLOPT_WRITEDATA, &answer);
    const CURLcode result = curl_easy_perform(connection);
    return result == CURLE_OK ? outcome_of(connection, answer) : outcome_of(result);
  }

  Settings current() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return settings_;
  }

  // A handle keeps its connection open. One for each send that runs: the one that was used last is the likeliest alive.
  Connection take_connection() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.empty()) return Connection(curl_easy_init());
    Connection connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  void give_back(Connection connection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(connection));
  }

  std::mutex mutex_;  // guards all below
  Settings settings_;
  std::vector<Connection> idle_;
};

}  // namespace

HERALD_PLUGIN(HttpPost, "http-post", "1.0.0", "sms", "mms", "email");
