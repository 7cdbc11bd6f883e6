// What a plugin says that its carrier brought, and how it answers it, made into the domain's own terms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <herald/abi.h>

#include "base/result.h"
#include "domain/inbound.h"
#include "domain/ports.h"

namespace herald::providers {

// Messages and receipts together that one webhook or one emit may bring.
inline constexpr std::size_t kMaxEvents = 1000;

// Each copies within the bounds of abi_inbound.h and reads no further than the structure says it goes. The error
// (kInvalid) names the field and what is wrong with it, and shows nothing of what stands in it. Any thread.
base::Result<domain::CarrierMessage> copy_message(const herald_inbound_message* message);
base::Result<domain::Receipt> copy_receipt(const herald_receipt* receipt);
base::Result<domain::WebhookResponse> copy_response(const herald_webhook_response* response);

// Both arrays of an emit, with `provider` as the one that brings them. An element lies the first one's struct_size
// behind the one before, so that a plugin with longer structures than the host's is read rightly.
base::Result<domain::CarrierEvents> copy_events(std::string provider, const herald_inbound_message* messages,
                                                std::uint32_t message_count, const herald_receipt* receipts,
                                                std::uint32_t receipt_count);

}  // namespace herald::providers
