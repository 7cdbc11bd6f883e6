// Sends messages at a rate that does not wait for answers, and prints what came back as one JSON object. A time counts
// from the moment at which a request was due, so one that this client sends late is not made to look quick; those that
// are named sent_ count from the moment at which it was sent, and tell of the host alone. Both end when the kernel got
// the answer, so that the time which this client takes to come to it is not the host's.
//
//   open_loop PORT RATE SECONDS CONNECTIONS IDS_FILE [FIRST]
//
// RATE 0 sends the next request of a connection when the last one is answered: the most that the host takes.
// FIRST gives every request a sender, a recipient and an Idempotency-Key of its own, numbered from there on. IDS_FILE
// gets the ids of all that was accepted. One thread.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Plan {
  std::uint16_t port = 0;
  double rate = 0;
  double seconds = 0;
  std::size_t connections = 0;
  bool distinct = false;
  std::size_t first = 0;
};

struct Tally {
  std::vector<double> took_ms;
  std::vector<double> sent_took_ms;
  std::size_t without_retry_after = 0;
};

struct Line {
  int fd = -1;
  bool busy = false;
  Clock::time_point due{};
  Clock::time_point sent{};
  std::string unread;
};

double share_of(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto place = std::min(values.size() - 1, static_cast<std::size_t>(static_cast<double>(values.size()) * share));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
  return values[place];
}

// recv, with the moment at which the last of the bytes came in.
ssize_t receive_from(int fd, std::array<char, 4096>& buffer, Clock::time_point& arrived) {
  iovec bytes{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto count = recvmsg(fd, &message, MSG_DONTWAIT);
  arrived = Clock::now();
  for (auto* part = CMSG_FIRSTHDR(&message); count > 0 && part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    const auto at = std::chrono::seconds{stamp.tv_sec} + std::chrono::nanoseconds{stamp.tv_nsec};
    arrived -= std::chrono::system_clock::now().time_since_epoch() - at;
  }
  return count;
}

class Load {
 public:
  Load(const Plan& plan, const std::string& ids_file) : plan_(plan), ids_file_(ids_file), epoll_(epoll_create1(0)) {
    if (!ids_file_) throw std::runtime_error("cannot write " + ids_file);
    ids_.reserve(64U << 20U);
    lines_.resize(plan.connections);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      connect(i);
      free_.push_back(i);
    }
  }

  void run() {
    began_ = Clock::now();
    const auto ends = after(plan_.seconds);
    while (Clock::now() < ends) {
      send_due();
      receive(milliseconds{1});
    }
    sent_for_ = std::chrono::duration<double>(Clock::now() - began_).count();
    const auto patience = Clock::now() + std::chrono::seconds{30};
    while (free_.size() < lines_.size() - lost_ && Clock::now() < patience)
      receive(milliseconds{50});
  }

  void print() {
    ids_file_ << ids_ << std::flush;
    if (!ids_file_) throw std::runtime_error("the ids cannot be written");
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto busy = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                      static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    std::cout << "{\"busy_seconds\":" << busy << ",\"seconds\":" << sent_for_ << ",\"sent\":" << sent_
              << ",\"lost\":" << lost_ << ",\"unanswered\":" << lines_.size() - lost_ - free_.size()
              << ",\"late_sends\":" << late_ << ",\"answers\":{";
    const char* comma = "";
    for (auto& [status, tally] : tallies_) {
      std::cout << comma << "\"" << status << "\":{\"count\":" << tally.took_ms.size()
                << ",\"p50_ms\":" << share_of(tally.took_ms, 0.5) << ",\"p99_ms\":" << share_of(tally.took_ms, 0.99)
                << ",\"max_ms\":" << share_of(tally.took_ms, 1)
                << ",\"sent_p50_ms\":" << share_of(tally.sent_took_ms, 0.5)
                << ",\"sent_p99_ms\":" << share_of(tally.sent_took_ms, 0.99)
                << ",\"without_retry_after\":" << tally.without_retry_after << "}";
      comma = ",";
    }
    std::cout << "}}\n";
  }

 private:
  Clock::time_point after(double seconds) const {
    return began_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  void connect(std::size_t index) {
    auto& line = lines_[index];
    line.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(plan_.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (line.fd < 0 || ::connect(line.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      throw std::runtime_error("cannot connect; raise the limit of open files (ulimit -n)");
    }
    const int on = 1;
    setsockopt(line.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(line.fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, line.fd, &event);
  }

  void send_due() {
    const auto now = Clock::now();
    if (plan_.rate == 0) {
      while (!free_.empty())
        send_one(now);
      return;
    }
    while (!free_.empty()) {
      const auto due = after(static_cast<double>(sent_) / plan_.rate);
      if (due > now) return;
      if (now - due > milliseconds{2}) ++late_;
      send_one(due);
    }
  }

  void send_one(Clock::time_point due) {
    const auto index = free_.back();
    free_.pop_back();
    auto& line = lines_[index];
    if (plan_.distinct || request_.empty()) write_request();
    ++sent_;
    line.busy = true;
    line.due = due;
    line.sent = Clock::now();
    // A request fits into the empty buffer of a connection that owes no answer.
    if (::send(line.fd, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size())) {
      lose(line);
    }
  }

  void write_request() {
    const auto number = std::to_string(1'000'000'000ULL + plan_.first + sent_);  // ten digits
    const auto tail = number.substr(3);
    const std::string from = plan_.distinct ? "+1202" + tail : "+12025550123";
    const std::string to = plan_.distinct ? "+1201" + tail : "+12025550142";
    const std::string body =
        R"({"from":")" + from + R"(","to":")" + to + R"(","type":"sms","body":"Your code is 4711"})";
    request_ = "POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    if (plan_.distinct) request_ += "Idempotency-Key: load-" + number + "\r\n";
    request_ += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  void receive(milliseconds within) {
    // Few at a time, so that the next request is not sent late.
    std::array<epoll_event, 32> events;
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(within.count()));
    for (int i = 0; i < count; ++i) {
      const auto index = events[static_cast<std::size_t>(i)].data.u64;
      read(lines_[index], index);
    }
  }

  void read(Line& line, std::size_t index) {
    std::array<char, 4096> buffer;
    Clock::time_point arrived{};
    const auto count = receive_from(line.fd, buffer, arrived);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return lose(line);
    std::string_view got(buffer.data(), static_cast<std::size_t>(count));
    if (!line.unread.empty()) got = line.unread.append(got);
    const auto head_end = got.find("\r\n\r\n");
    const auto head = got.substr(0, head_end == std::string_view::npos ? 0 : head_end + 2);
    const auto length_at = head.find("Content-Length: ");
    if (!head.empty() && length_at == std::string_view::npos) return lose(line);
    std::size_t length = 0;
    if (!head.empty()) std::from_chars(head.data() + length_at + 16, head.data() + head.size(), length);
    if (head.empty() || got.size() < head_end + 4 + length) {
      if (line.unread.empty()) line.unread = got;
      return;
    }
    take(line, head, arrived);
    line.unread.clear();
    line.busy = false;
    free_.push_back(index);
  }

  void take(const Line& line, std::string_view head, Clock::time_point now) {
    int status = 0;
    std::from_chars(head.data() + 9, head.data() + 12, status);
    auto& tally = tallies_[status];
    tally.took_ms.push_back(std::chrono::duration<double, std::milli>(now - line.due).count());
    tally.sent_took_ms.push_back(std::chrono::duration<double, std::milli>(now - line.sent).count());
    if (head.find("\r\nRetry-After: ") == std::string_view::npos) ++tally.without_retry_after;
    constexpr std::string_view kLocation = "\r\nLocation: /api/messages/";
    const auto location = head.find(kLocation);
    if (status != 202 || location == std::string_view::npos) return;
    const auto id = head.substr(location + kLocation.size());
    ids_.append(id.substr(0, id.find('\r'))).push_back('\n');
  }

  void lose(Line& line) {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, line.fd, nullptr);
    close(line.fd);
    ++lost_;
  }

  const Plan plan_;
  std::ofstream ids_file_;
  std::string ids_;  // a line each; written at the end
  const int epoll_;
  std::vector<Line> lines_;
  std::vector<std::size_t> free_;
  std::map<int, Tally> tallies_;
  Clock::time_point began_{};
  double sent_for_ = 0;
  std::size_t sent_ = 0;
  std::string request_;  // the next one
  std::size_t late_ = 0;
  std::size_t lost_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 6) {
    std::cerr << "usage: open_loop PORT RATE SECONDS CONNECTIONS IDS_FILE [FIRST]\n";
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Plan plan;
  plan.port = static_cast<std::uint16_t>(std::stoul(arguments[1]));
  plan.rate = std::stod(arguments[2]);
  plan.seconds = std::stod(arguments[3]);
  plan.connections = std::stoul(arguments[4]);
  plan.distinct = count > 6;
  if (plan.distinct) plan.first = std::stoul(arguments[6]);
  try {
    Load load(plan, arguments[5]);
    load.run();
    load.print();
  } catch (const std::exception& error) {
    std::cerr << "open_loop: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
