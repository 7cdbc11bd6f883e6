// Which endpoint a path and a method mean: one static table. A path is compared segment by segment after
// percent-decoding; a trailing slash, an empty segment, "." and ".." are other paths, and there is nothing at them.
// Behind a provider's webhook every path is the plugin's own and stays as it came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "http/message.h"

namespace herald::api {

enum class Endpoint : std::uint8_t {
  kSendPhone,
  kSendEmail,
  kMockInbound,
  kSmsWebhook,
  kEmailWebhook,
  kListMessages,
  kRetryMessages,
  kGetMessage,
  kCancelMessage,
  kRetryMessage,
  kListConversations,
  kGetConversation,
  kListConversationMessages,
  kListProviders,
  kGetProvider,
  kEnableProvider,
  kDisableProvider,
  kGetProviderConfig,
  kSetProviderConfig,
  kResetProviderConfig,
  kProviderWebhook,
  kGetFaults,
  kSetFaults,
  kHealth,
  kLive,
  kReady,
  kMetrics,
};

// What holds for every request to an endpoint.
struct Traits {
  bool takes_json = false;  // a body of JSON is required
  bool gives_json = false;  // JSON is the only form of its answer, and Accept decides
  bool changes = false;     // something, so that it is refused while the host starts or drains
};

// What a request to an endpoint must show where the host asks for keys, and for signatures.
enum class Need : std::uint8_t {
  kAdmin,    // a key with this scope
  kSend,     //
  kRead,     //
  kCarrier,  // a signature where the host asks for one, else a key that may send: what is brought joins conversations
  kPlugin,   // as kSend, unless the host leaves it to the plugin to know its carrier
  kNothing,  // for probes
};

struct Match {
  Endpoint endpoint = Endpoint::kHealth;
  Traits traits;
  std::string parameter;  // what stood for "{...}"; decoded
  std::string_view
      tail;  // what stood behind a webhook's path, as it came; empty or begins with "/"; of resolve()'s path
  Need need = Need::kAdmin;
};

struct Miss {
  enum class Reason { kMalformed, kUnknown, kMethod };
  Reason reason = Reason::kUnknown;
  std::string allow;  // of kMethod: the header's value
};

// Whether what stands at this path belongs to the interface that keys guard, whether or not there is anything. As it
// came.
bool is_guarded(std::string_view path);

// Immutable after construction; any thread.
class Router {
 public:
  // `health_path` is an operator's name for the health probe; it goes before every other path.
  explicit Router(std::string health_path) : health_path_(std::move(health_path)) {}

  // `path` as it came, without the query. HEAD means the endpoint of GET.
  tl::expected<Match, Miss> resolve(http::Method method, std::string_view path) const;

 private:
  const std::string health_path_;
};

}  // namespace herald::api
