// Addresses: who may send, who may be sent to, and the normalised form under which limits and conversations know them.
// Thread-safe: the functions share libphonenumber's read-only tables.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/channel.h"

namespace herald::domain {

// Which end of a message an address stands at: an alphanumeric sender id may send but not receive.
enum class AddressRole { kSender, kRecipient };

// A phone number that libphonenumber calls possible in `default_region` (ISO 3166-1 alpha-2), a short code of 3-8
// digits, or, for a sender, 1-11 alphanumeric characters with at least one letter. Returns E.164 for a number, the text
// itself for the other two. An error's message is fit for a client and does not repeat the address.
base::Result<std::string> normalize_phone(std::string_view text, AddressRole role, std::string_view default_region);

// A mailbox (RFC 5321 addr-spec; no display name). Returns it case-folded and without its plus-tag.
base::Result<std::string> normalize_mailbox(std::string_view text);

// The form under which limits, lists and conversations know an address, whichever end of a message it stands at: a
// sender id is a name there even where it could be read as a number. The text itself where it is no address.
std::string known_form(Channel channel, std::string_view text, std::string_view default_region);

// True when libphonenumber has rules for this region.
bool is_known_region(std::string_view region);

// What may stand in a log in place of an address: "+1***67", "j***@e***.com". Never the whole of it.
std::string masked(std::string_view address);

}  // namespace herald::domain
