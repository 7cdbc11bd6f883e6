#include "http/message.h"

#include "http/text.h"

namespace herald::http {

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& field : headers) {
    if (equal_without_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

}  // namespace herald::http
