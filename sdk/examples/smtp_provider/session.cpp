#include "session.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string_view>

namespace smtp {
namespace {

struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

long milliseconds_of(std::chrono::milliseconds time) {
  return static_cast<long>(std::max<std::chrono::milliseconds::rep>(time.count(), 1));
}

long use_ssl(StartTls starttls) {
  if (starttls == StartTls::kNever) return CURLUSESSL_NONE;
  return starttls == StartTls::kRequired ? CURLUSESSL_ALL : CURLUSESSL_TRY;
}

}  // namespace

Session::Session(const Settings& settings) : has_credentials_(!settings.username.empty()), handle_(curl_easy_init()) {
  if (!handle_) throw std::bad_alloc();
  set_up(settings);
}

Session::~Session() {
  end_connections(SHUT_RD);
}

template <typename Value>
void Session::set(CURLoption option, Value value) {
  const CURLcode result = curl_easy_setopt(handle_.get(), option, value);
  if (result != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(result));
}

void Session::set_up(const Settings& settings) {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, "");  // and none of the environment's
  set(CURLOPT_URL, settings.url.c_str());
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(settings.connect_timeout));
  set(CURLOPT_MAXCONNECTS, 1L);
  set(CURLOPT_MAXAGE_CONN, static_cast<long>(settings.idle.count()));
  set(CURLOPT_TCP_KEEPALIVE, 1L);

  set(CURLOPT_USE_SSL, use_ssl(settings.starttls));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, settings.tls_verify ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, settings.tls_verify ? 2L : 0L);
  if (!settings.ca_file.empty()) {
    set(CURLOPT_CAINFO, settings.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  if (has_credentials_) {
    set(CURLOPT_USERNAME, settings.username.c_str());
    set(CURLOPT_PASSWORD, settings.password.c_str());
    if (!settings.login_options.empty()) set(CURLOPT_LOGIN_OPTIONS, settings.login_options.c_str());
  }

  set(CURLOPT_ERRORBUFFER, trouble_.data());
  set(CURLOPT_READFUNCTION, &Session::read);
  set(CURLOPT_READDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Session::discard);
  set(CURLOPT_OPENSOCKETFUNCTION, &Session::open);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_CLOSESOCKETFUNCTION, &Session::close);
  set(CURLOPT_CLOSESOCKETDATA, this);
  // The only way to hear which command an answer belongs to. Nothing is printed.
  set(CURLOPT_DEBUGFUNCTION, &Session::listen);
  set(CURLOPT_DEBUGDATA, this);
  set(CURLOPT_VERBOSE, 1L);
}

Ending Session::send(const Mail& mail, std::chrono::milliseconds time_left) {
  const auto began = std::chrono::steady_clock::now();
  Ending ending = attempt(mail, time_left, false);
  if (!was_stale(ending)) return ending;
  const auto spent = std::chrono::steady_clock::now() - began;
  time_left -= std::chrono::duration_cast<std::chrono::milliseconds>(spent);
  return time_left.count() > 0 ? attempt(mail, time_left, true) : ending;
}

Ending Session::attempt(const Mail& mail, std::chrono::milliseconds time_left, bool fresh) {
  upload_ = Upload{&mail.content, 0, Dialogue(), has_credentials_};
  trouble_.front() = '\0';
  const std::unique_ptr<curl_slist, ListFree> recipients(curl_slist_append(nullptr, mail.recipient.c_str()));
  if (!recipients) throw std::bad_alloc();
  const long limit_ms = milliseconds_of(time_left);
  set(CURLOPT_MAIL_FROM, mail.sender.c_str());
  set(CURLOPT_MAIL_RCPT, recipients.get());
  set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.content.size()));
  set(CURLOPT_TIMEOUT_MS, limit_ms);
  // libcurl's own limit for one answer is two minutes; the whole limit above ends the wait sooner.
  set(CURLOPT_SERVER_RESPONSE_TIMEOUT, limit_ms / 1000 + 1);
  set(CURLOPT_FRESH_CONNECT, fresh || is_spoilt_ ? 1L : 0L);

  Ending ending;
  ending.result = curl_easy_perform(handle_.get());
  ending.has_credentials = has_credentials_;
  ending.dialogue = upload_.dialogue;
  if (curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &ending.os_error) != CURLE_OK) ending.os_error = 0;
  long made = 0;
  if (curl_easy_getinfo(handle_.get(), CURLINFO_NUM_CONNECTS, &made) == CURLE_OK)
    connections_ += static_cast<unsigned>(made);
  set(CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
  is_spoilt_ = ending.result != CURLE_OK;
  if (is_spoilt_) end_connections(SHUT_RDWR);
  return ending;
}

unsigned Session::take_connections() {
  const unsigned made = connections_;
  connections_ = 0;
  return made;
}

// Once nothing more is to be heard. After a QUIT libcurl waits for the answer, past every limit that it was given. And
// it keeps a connection on which the answer to a mail did not come in time, where the next mail would take that answer
// for its own.
void Session::end_connections(int how) {
  for (const curl_socket_t socket : sockets_)
    static_cast<void>(::shutdown(socket, how));  // it may be closed by the other side already
}

std::size_t Session::read(char* buffer, std::size_t size, std::size_t count, void* session) {
  Session& self = *static_cast<Session*>(session);
  Upload& upload = self.upload_;
  if (lacks_authentication(upload.refuse_unauthenticated, upload.dialogue)) return CURL_READFUNC_ABORT;
  const std::size_t length = std::min(size * count, upload.content->size() - upload.sent);
  std::memcpy(buffer, upload.content->data() + upload.sent, length);
  upload.sent += length;
  if (upload.sent == upload.content->size()) upload.dialogue.on_content_end();
  return length;
}

int Session::listen(CURL*, curl_infotype type, char* data, std::size_t size, void* session) {
  Session& self = *static_cast<Session*>(session);
  const std::string_view line(data, size);
  if (type == CURLINFO_HEADER_OUT) {
    self.upload_.dialogue.on_command(line);
    if (line.substr(0, 5) == "QUIT\r") self.end_connections(SHUT_RD);
  } else if (type == CURLINFO_HEADER_IN) {
    self.upload_.dialogue.on_answer(line);
  }
  return 0;
}

curl_socket_t Session::open(void* session, curlsocktype, curl_sockaddr* address) {
  Session& self = *static_cast<Session*>(session);
  self.sockets_.reserve(self.sockets_.size() + 1);
  // The host starts children, which must not hold connections open.
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  self.sockets_.push_back(socket);
  return socket;
}

int Session::close(void* session, curl_socket_t socket) {
  Session& self = *static_cast<Session*>(session);
  self.sockets_.erase(std::remove(self.sockets_.begin(), self.sockets_.end(), socket), self.sockets_.end());
  return ::close(socket);
}

std::size_t Session::discard(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

}  // namespace smtp
