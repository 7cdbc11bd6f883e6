// bare_pistache PORT: what Pistache's own server does with the same request when nothing stands behind it: the body is
// parsed as JSON, two of its fields are looked at, 202 is answered and all is forgotten. The measure for everything
// that Herald does beside. Runs until a signal ends it.
#include <charconv>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <thread>

#include <nlohmann/json.hpp>
#include <pistache/endpoint.h>

namespace {

namespace http = Pistache::Http;

class Accept : public http::Handler {
 public:
  HTTP_PROTOTYPE(Accept)

  void onRequest(const http::Request& request, http::ResponseWriter response) override {
    const auto message = nlohmann::json::parse(request.body(), nullptr, false);
    const bool sound = message.is_object() && message.contains("from") && message.contains("to");
    response.headers().add<http::Header::ContentType>(MIME(Application, Json));
    if (sound) {
      response.send(http::Code::Accepted, R"({"status":"accepted","id":"01JH0000000000000000000000"})");
    } else {
      response.send(http::Code::Bad_Request, R"({"status":400})");
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  if (argc != 2 || std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), port).ec != std::errc() || port == 0) {
    std::cerr << "usage: bare_pistache PORT\n";
    return 2;
  }
  http::Endpoint server(Pistache::Address(Pistache::Ipv4::loopback(), Pistache::Port(port)));
  server.init(http::Endpoint::options()
                  .threads(static_cast<int>(std::thread::hardware_concurrency()))
                  .flags(Pistache::Tcp::Options::ReuseAddr));
  server.setHandler(http::make_handler<Accept>());
  server.serve();
  return 0;
}
