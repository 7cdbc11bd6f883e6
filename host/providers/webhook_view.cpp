#include "providers/webhook_view.h"

#include <utility>

#include "providers/plain_text.h"

namespace herald::providers {

WebhookView::WebhookView(domain::WebhookRequest request, base::MonoTime deadline) : request_(std::move(request)) {
  headers_.reserve(request_.headers.size());
  for (const auto& header : request_.headers)
    headers_.push_back({as_str(header.first), as_str(header.second)});
  view_.struct_size = sizeof view_;
  view_.header_count = static_cast<std::uint32_t>(headers_.size());
  view_.deadline_ns = deadline.time_since_epoch().count();
  view_.method = as_str(request_.method);
  view_.path = as_str(request_.path);
  view_.query = as_str(request_.query);
  view_.body = as_str(request_.body);
  view_.remote_address = as_str(request_.remote_address);
  view_.request_id = as_str(request_.request_id);
  view_.headers = headers_.empty() ? nullptr : headers_.data();
}

}  // namespace herald::providers
