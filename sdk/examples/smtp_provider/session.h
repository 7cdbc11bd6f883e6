// One connection to the server, kept for the next mail.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <curl/curl.h>

#include "settings.h"
#include "verdict.h"

namespace smtp {

/// Envelope and content of one mail. The addresses have no mailbox_fault.
struct Mail {
  std::string sender;
  std::string recipient;
  std::string content;
};

/// An easy handle of libcurl that is set up for one server, and its at most one connection.
///
/// Threading: one thread at a time. Its destructor says QUIT and waits for no answer.
class Session {
 public:
  /// Throws std::bad_alloc or std::runtime_error when libcurl refuses an option.
  explicit Session(const Settings& settings);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// Sends one mail within `time_left`, over the kept connection or a new one. When the server has closed the kept one
  /// meanwhile, and the mail was not on it, a new one is tried at once.
  Ending send(const Mail& mail, std::chrono::milliseconds time_left);

  /// Connections that `send` made since the last call of this.
  unsigned take_connections();
  /// libcurl's sentence about the last failure; names hosts and codes, never an address or a secret.
  const char* trouble() const { return trouble_.data(); }

 private:
  struct Upload {
    const std::string* content = nullptr;
    std::size_t sent = 0;
    Dialogue dialogue;
    bool refuse_unauthenticated = false;
  };
  struct HandleFree {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };

  static std::size_t read(char* buffer, std::size_t size, std::size_t count, void* session);
  static int listen(CURL* handle, curl_infotype type, char* data, std::size_t size, void* session);
  static curl_socket_t open(void* session, curlsocktype purpose, curl_sockaddr* address);
  static int close(void* session, curl_socket_t socket);
  static std::size_t discard(char* data, std::size_t size, std::size_t count, void* unused);

  template <typename Value>
  void set(CURLoption option, Value value);
  void set_up(const Settings& settings);
  Ending attempt(const Mail& mail, std::chrono::milliseconds time_left, bool fresh);
  void end_connections(int how);

  const bool has_credentials_;
  Upload upload_;
  unsigned connections_ = 0;
  bool is_spoilt_ = false;  // the last transfer failed, so its connection carries no other
  std::array<char, CURL_ERROR_SIZE> trouble_{};
  std::vector<curl_socket_t> sockets_;
  std::unique_ptr<CURL, HandleFree> handle_;  // last: its end closes sockets through what stands above
};

}  // namespace smtp
