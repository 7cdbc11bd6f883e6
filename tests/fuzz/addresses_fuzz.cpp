// Addresses: normalising is idempotent, what it gives is an address, and a mask hides what it must.
#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "domain/address.h"
#include "domain/channel.h"
#include "domain/conversation.h"
#include "domain/text.h"
#include "fuzz/property.h"

namespace herald::fuzz {
namespace {

using domain::AddressRole;
using domain::Channel;

constexpr std::array<std::string_view, 8> kRegions{"US", "DE", "IT", "AR", "BR", "RU", "SM", "MX"};

// A refusal that quoted what it refuses would be another text each time.
void check_refusal(const std::string& message) {
  static std::set<std::string> texts;
  require(!message.empty(), "a refusal says what is wrong");
  texts.insert(message);
  require(texts.size() <= 16, "a refusal does not repeat the address");
}

void check_phone(std::string_view text, std::string_view region, AddressRole role) {
  const auto once = domain::normalize_phone(text, role, region);
  if (!once) return check_refusal(once.error().message);
  require(!once->empty() && domain::is_clean_utf8(*once), "a normalised number is clean text");
  require(once->size() <= 20, "a normalised number is short");
  const auto again = domain::normalize_phone(*once, role, region);
  require(again.has_value(), "a normalised number is an address");
  require(*again == *once, "normalising a number twice changes nothing more");
}

void check_mailbox(std::string_view text) {
  const auto once = domain::normalize_mailbox(text);
  if (!once) return check_refusal(once.error().message);
  require(domain::is_clean_utf8(*once), "a normalised mailbox is clean text");
  require(once->find('@') != std::string::npos, "a normalised mailbox has an @");
  require(std::none_of(once->begin(), once->end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
          "a normalised mailbox is folded");
  const auto again = domain::normalize_mailbox(*once);
  require(again.has_value(), "a normalised mailbox is an address");
  require(*again == *once, "normalising a mailbox twice changes nothing more");
}

void check_known_form(std::string_view text, std::string_view region) {
  for (const Channel channel : domain::kChannels) {
    const auto once = domain::known_form(channel, text, region);
    require(domain::known_form(channel, once, region) == once, "the known form of a known form is itself");
  }
}

// "+1***67", "j***@e***.com": of a number at most four characters; of a mailbox one on each side, and the top domain.
void check_mask(std::string_view address) {
  const auto mask = domain::masked(address);
  require(mask.find("***") != std::string::npos, "a mask hides something");
  require(std::all_of(mask.begin(), mask.end(), [](char c) { return c >= 0x20 && c < 0x7F; }), "a mask is a line");
  const auto shown = [](std::string_view part) {
    return part.size() - static_cast<std::size_t>(std::count(part.begin(), part.end(), '*'));
  };
  const auto at = mask.find('@');
  if (at == std::string::npos) {
    require(address.find('@') == std::string_view::npos, "a mailbox is masked as one");
    require(shown(mask) <= 4 && shown(mask) <= address.size() / 2, "a number shows at most four characters");
    return;
  }
  const auto domain = std::string_view(mask).substr(at + 1);
  require(shown(std::string_view(mask).substr(0, at)) <= 1, "a local part shows one character");
  require(shown(domain.substr(0, domain.find('.'))) <= 1, "a domain shows one character beside its top");
  const auto dot = domain.find('.');
  require(dot == std::string_view::npos || domain.substr(dot + 1).size() <= 63, "a top domain is a label");
}

}  // namespace
}  // namespace herald::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace herald;
  fuzz::Input input(data, size);
  const auto region = fuzz::kRegions[input.byte() % fuzz::kRegions.size()];
  const auto text = input.rest();
  fuzz::check_phone(text, region, domain::AddressRole::kSender);
  fuzz::check_phone(text, region, domain::AddressRole::kRecipient);
  fuzz::check_mailbox(text);
  fuzz::check_known_form(text, region);
  fuzz::check_mask(text);
  const auto half = text.size() / 2;
  fuzz::require(domain::conversation_key(domain::Channel::kSms, text.substr(0, half), text.substr(half)) ==
                    domain::conversation_key(domain::Channel::kSms, text.substr(half), text.substr(0, half)),
                "both directions share a conversation");
  return 0;
}
