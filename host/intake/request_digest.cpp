#include "intake/request_digest.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.h"

namespace herald::intake {
namespace {

constexpr std::size_t kMaxKey = 255;

// Stored, as part of digests: never renumber.
enum class Endpoint : std::uint8_t { kPhone = 1, kEmail = 2, kMock = 3, kSmsWebhook = 4, kEmailWebhook = 5 };

// Stored, as part of digests: never renumber.
enum class Field : std::uint8_t {
  kEndpoint = 1,
  kChannel = 2,
  kType = 3,
  kFrom = 4,
  kTo = 5,
  kSubject = 6,
  kBody = 7,
  kAttachment = 8,
  kTimestamp = 9,
  kTtl = 10,
  kProviderMessageId = 11,
};

domain::Digest first_half(const base::Sha256Digest& digest) {
  domain::Digest half{};
  std::copy_n(digest.begin(), half.size(), half.begin());
  return half;
}

// Each field is its number, its length and its octets, so that no two requests have the same text.
class FieldDigest {
 public:
  explicit FieldDigest(Endpoint endpoint) { add(Field::kEndpoint, static_cast<std::int64_t>(endpoint)); }

  void add(Field field, std::string_view text) {
    std::array<char, 9> head{static_cast<char>(field)};
    write(text.size(), head.data() + 1);
    sha_.add({head.data(), head.size()});
    sha_.add(text);
  }
  void add(Field field, std::int64_t number) {
    std::array<char, 8> octets{};
    write(static_cast<std::uint64_t>(number), octets.data());
    add(field, {octets.data(), octets.size()});
  }
  void add(Field field, const std::optional<std::string>& text) {
    if (text) add(field, std::string_view(*text));
  }
  void add(Field field, const std::optional<domain::Channel>& channel) {
    if (channel) add(field, domain::to_string(*channel));
  }
  void add(Field field, const std::optional<base::WallTime>& time) {
    if (time) add(field, base::unix_ms(*time));
  }
  void add(Field field, const std::optional<std::int64_t>& number) {
    if (number) add(field, *number);
  }
  void add(Field field, const std::vector<std::string>& texts) {
    for (const auto& text : texts)
      add(field, std::string_view(text));
  }

  domain::Digest finish() { return first_half(sha_.finish()); }

 private:
  static void write(std::uint64_t number, char* octets) {
    for (int i = 0; i < 8; ++i)
      octets[i] = static_cast<char>(number >> (8U * static_cast<unsigned>(i)));
  }

  base::Sha256 sha_;
};

Endpoint endpoint_of(InboundSource source) {
  switch (source) {
    case InboundSource::kMock:
      return Endpoint::kMock;
    case InboundSource::kSmsWebhook:
      return Endpoint::kSmsWebhook;
    case InboundSource::kEmailWebhook:
      break;
  }
  return Endpoint::kEmailWebhook;
}

}  // namespace

std::optional<std::string_view> fault_of_key(std::string_view key) {
  const bool sound = !key.empty() && key.size() <= kMaxKey &&
                     std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
  if (sound) return std::nullopt;
  return "the header Idempotency-Key must have 1 to 255 visible ASCII characters";
}

domain::Digest digest_of_key(std::string_view key) {
  base::Sha256 sha;
  sha.add(key);
  return first_half(sha.finish());
}

domain::Digest digest_of_delivery(std::string_view id) {
  base::Sha256 sha;
  sha.add("webhook\n");  // a line's end stands in no key
  sha.add(id);
  return first_half(sha.finish());
}

domain::Digest digest_of(const SendRequest& request) {
  FieldDigest digest(request.medium == Medium::kEmail ? Endpoint::kEmail : Endpoint::kPhone);
  digest.add(Field::kType, request.channel);
  digest.add(Field::kFrom, request.from);
  digest.add(Field::kTo, request.to);
  digest.add(Field::kSubject, request.subject);
  digest.add(Field::kBody, request.body);
  digest.add(Field::kAttachment, request.attachments);
  digest.add(Field::kTimestamp, request.timestamp);
  digest.add(Field::kTtl, request.ttl_seconds);
  return digest.finish();
}

domain::Digest digest_of(const InboundRequest& request) {
  FieldDigest digest(endpoint_of(request.source));
  digest.add(Field::kChannel, request.channel);
  digest.add(Field::kType, request.type);
  digest.add(Field::kFrom, request.from);
  digest.add(Field::kTo, request.to);
  digest.add(Field::kSubject, request.subject);
  digest.add(Field::kBody, request.body);
  digest.add(Field::kAttachment, request.attachments);
  digest.add(Field::kTimestamp, request.timestamp);
  digest.add(Field::kProviderMessageId, request.provider_message_id);
  return digest.finish();
}

}  // namespace herald::intake
