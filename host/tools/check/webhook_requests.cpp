#include <array>
#include <string>
#include <utility>

#include "tools/check/webhook_checks.h"

namespace herald::tools::check {
namespace {

using testkit::TestWebhook;

constexpr std::size_t kMegabyte = 1U << 20U;
constexpr int kRubbish = 200;
constexpr std::array<const char*, 5> kTypes{"application/x-www-form-urlencoded", "application/json", "text/plain",
                                            "multipart/form-data; boundary=x", ""};

std::string random_bytes(Subject& subject, std::size_t count) {
  std::string bytes(count, '\0');
  for (char& byte : bytes)
    byte = static_cast<char>(subject.random()());
  return bytes;
}

// Each body as every type, because a plugin reads by type what comes.
void bring_as_every_type(const Visited& visited, const std::string& body) {
  for (const char* type : kTypes)
    visited.bring(TestWebhook::post(type, body));
}

void examine_all(const Visited& visited, std::string (WebhookVisit::*fault)() const, const std::string& expected,
                 const std::string& cure) {
  Manners manners;
  manners.examine = true;
  auto requests = plausible_requests();
  for (int index = 0; index < 20; ++index)
    requests.push_back(TestWebhook::post(kTypes.at(static_cast<std::size_t>(index) % kTypes.size()),
                                         random_bytes(visited.subject, 64)));
  for (const auto& request : requests) {
    const auto& visit = visited.bring(request, manners);
    const auto found = (visit.*fault)();
    if (!visited.verdict.expect(found.empty(), found, expected, cure)) return;
  }
}

}  // namespace

std::vector<TestWebhook> plausible_requests() {
  std::vector<TestWebhook> requests;
  for (const char* form :
       {"id=1&from=%2B15550100&to=%2B15550101&text=Hello", "id=1&status=delivered", "id=1&status=failed&code=7",
        "From=%2B15550100&To=%2B15550101&Body=Hello&MessageSid=1", "message_id=1&status=delivered",
        "event=message&from=a%40example.invalid&to=b%40example.invalid"})
    requests.push_back(TestWebhook::form(form));
  for (const char* json :
       {R"({"event":"message","message_id":"1","from":"a@example.invalid","to":"b@example.invalid","body":"Hello"})",
        R"({"event":"delivered","message_id":"1"})", R"([{"event":"failed","message_id":"1","error_code":"x"}])",
        R"({"type":"message","id":"1","from":"+15550100","to":"+15550101","text":"Hello","timestamp":1700000000})",
        "{}", "[]", "null"})
    requests.push_back(TestWebhook::post("application/json", json));
  requests.push_back(TestWebhook::get("hub.mode=subscribe&hub.challenge=1234"));
  requests.push_back(TestWebhook::get("id=1&status=delivered"));
  return requests;
}

void has_a_table(Subject& subject, Verdict& verdict) {
  const herald_webhook* const table = subject.webhook(verdict);
  if (table == nullptr) return;
  verdict.expect(table->struct_size >= sizeof(herald_webhook) && table->handle != nullptr &&
                     (table->flags & ~HERALD_WEBHOOK_RECEIPTS) == 0,
                 "a table of " + std::to_string(table->struct_size) + " bytes with the flags " +
                     std::to_string(table->flags) + (table->handle == nullptr ? " and no function" : ""),
                 "at least " + std::to_string(sizeof(herald_webhook)) +
                     " bytes, no flag but HERALD_WEBHOOK_RECEIPTS, and handle (abi_inbound.h: herald_webhook)",
                 "fill herald_webhook as abi_inbound.h has it");
}

void answers_a_request(const Visited& visited) {
  for (const auto& request : plausible_requests())
    visited.bring(request);
}

void survives_rubbish(const Visited& visited) {
  for (int index = 0; index < kRubbish && !visited.verdict.settled(); ++index) {
    auto request = TestWebhook::post(kTypes.at(static_cast<std::size_t>(index) % kTypes.size()),
                                     random_bytes(visited.subject, visited.subject.random()() % 300));
    if (index % 4 == 0) request.query = random_bytes(visited.subject, 40);
    if (index % 8 == 0) request.path = "/" + random_bytes(visited.subject, 20);
    visited.bring(request);
  }
  for (const char* body : {"{", "[[[[", "\"", "{\"a\":", "=", "&&&", "a=b&a", "<?xml", "--x\r\n\r\n"})
    bring_as_every_type(visited, body);
  bring_as_every_type(visited, std::string(4, '\0'));
  bring_as_every_type(visited, std::string(100'000, '['));
}

void survives_any_method(const Visited& visited) {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND",
                             "get", "", "X-\xFF", "A VERY LONG METHOD WITH BLANKS"}) {
    auto request = TestWebhook::form("id=1&status=delivered");
    request.method = method;
    visited.bring(request);
  }
}

void survives_odd_headers(const Visited& visited) {
  auto request = TestWebhook::form("id=1&status=delivered");
  request.headers.clear();
  visited.bring(request);
  for (int index = 0; index < 100; ++index)
    request.headers.emplace_back("X-Header-" + std::to_string(index),
                                 std::string(static_cast<std::size_t>(index), 'v'));
  visited.bring(request);
  request.headers = {{"Content-Type", "application/json"}, {"content-type", "text/plain"}, {"CONTENT-TYPE", ""}};
  visited.bring(request);
  request.headers = {{"", ""}, {"", "value"}, {"Content-Type", std::string(8192, ';')}, {std::string(8192, 'n'), "v"}};
  visited.bring(request);
  request.headers = {{"X-\xFF", "\xFF\xFE"}, {"Authorization", "Basic \xC0\x80"}, {"Content-Length", "-1"}};
  visited.bring(request);
}

void survives_nothing(const Visited& visited) {
  for (const char* type : kTypes)
    visited.bring(TestWebhook::post(type, ""));
  TestWebhook bare;
  bare.method.clear();
  bare.remote_address.clear();
  visited.bring(bare);
}

void survives_a_megabyte(const Visited& visited) {
  bring_as_every_type(visited, std::string(kMegabyte, 'a'));
  bring_as_every_type(visited, random_bytes(visited.subject, kMegabyte));
  std::string form = "id=1&from=%2B15550100&to=%2B15550101&text=";
  while (form.size() < kMegabyte)
    form += "%F0%9F%98%80";
  visited.bring(TestWebhook::form(form));
  std::string many;
  while (many.size() < kMegabyte)
    many += "a=b&";
  visited.bring(TestWebhook::form(many));
}

void survives_broken_encoding(const Visited& visited) {
  for (const char* text :
       {"%", "%4", "%ZZ", "a%", "%%%", "id=%&status=%2", "id=%C3%28", "%00=%00", "a=%FF", "%u0041"}) {
    auto request = TestWebhook::form(text);
    request.query = text;
    request.path = std::string("/") + text;
    visited.bring(request);
    request.method = "GET";
    visited.bring(request);
  }
}

// NOLINTBEGIN(performance-inefficient-string-concatenation): six short texts, each made once
void survives_broken_text(const Visited& visited) {
  for (const char* text : {"\xFF\xFE", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) {
    const std::string bad(text);
    visited.bring(TestWebhook::form("id=" + bad + "&from=" + bad + "&to=" + bad + "&text=" + bad));
    visited.bring(TestWebhook::form("id=" + bad + "&status=delivered"));
    visited.bring(TestWebhook::post("application/json", R"({"event":"message","message_id":")" + bad + R"(","from":")" +
                                                            bad + R"(","to":"b","body":")" + bad + "\"}"));
  }
}
// NOLINTEND(performance-inefficient-string-concatenation)

void survives_truncation(const Visited& visited) {
  for (const auto& request : plausible_requests()) {
    for (std::size_t length = 0; length < request.body.size() && !visited.verdict.settled(); ++length) {
      auto part = request;
      part.body.resize(length);
      visited.bring(part);
    }
  }
}

void responds_soundly(const Visited& visited) {
  examine_all(visited, &WebhookVisit::response_fault,
              "a status from 200 to 599, a printable content type, no body with 204, 205 and 304 "
              "(abi_inbound.h: herald_webhook_exchange.respond)",
              "zero the response, set struct_size and a status; herald::WebhookResponse does so");
}

void emits_soundly(const Visited& visited) {
  examine_all(visited, &WebhookVisit::emit_fault,
              "whole structures, and no NULL text with a size (abi_inbound.h: herald_inbound_message, herald_receipt)",
              "zero the structure, and set struct_size to its sizeof; herald::Emitter does so");
}

}  // namespace herald::tools::check
