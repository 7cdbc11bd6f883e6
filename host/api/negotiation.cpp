#include "api/negotiation.h"

#include <string_view>

#include "api/media_type.h"

namespace herald::api {
namespace {

// How much Accept wants a type: thousandths, and by how exact a range that was said.
struct Preference {
  int quality = 0;
  int exactness = 0;  // 0 nothing said, 1 "*/*", 2 "type/*", 3 the type itself
};

// RFC 9110's qvalue in thousandths; also ".5", as some clients write it. -1 for anything else.
int thousandths(std::string_view text) {
  if (text.empty()) return -1;
  int value = 0;
  std::size_t i = 0;
  if (text[i] == '0' || text[i] == '1') value = (text[i++] - '0') * 1000;
  if (i < text.size() && text[i] == '.') {
    int scale = 100;
    for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, scale /= 10)
      value += (text[i] - '0') * scale;
  }
  return i == text.size() && value <= 1000 ? value : -1;
}

int quality_of(const MediaType& range) {
  for (const auto& parameter : range.parameters) {
    if (equal_without_case(parameter.first, "q")) return thousandths(parameter.second);
  }
  return 1000;
}

int exactness_of(const MediaType& range, std::string_view type, std::string_view subtype) {
  if (range.type == "*") return range.subtype == "*" ? 1 : 0;
  if (!equal_without_case(range.type, type)) return 0;
  if (range.subtype == "*") return 2;
  return equal_without_case(range.subtype, subtype) ? 3 : 0;
}

// The most exact range decides; of equally exact ones the most willing. A range that cannot be read says nothing.
Preference preference(const http::Request& request, std::string_view type, std::string_view subtype) {
  Preference best;
  bool any = false;
  for (const auto& field : request.headers) {
    if (!equal_without_case(field.name, "accept")) continue;
    for (const auto part : split_outside_quotes(field.value, ',')) {
      if (part.empty()) continue;
      any = true;
      MediaType range;
      if (!parse_media_type(part, range)) continue;
      const int quality = quality_of(range);
      const int exactness = exactness_of(range, type, subtype);
      if (quality < 0 || exactness == 0 || exactness < best.exactness) continue;
      if (exactness > best.exactness || quality > best.quality) best = Preference{quality, exactness};
    }
  }
  return any ? best : Preference{1000, 1};
}

bool is_json(const MediaType& media) {
  constexpr std::string_view kSuffix = "+json";
  if (!equal_without_case(media.type, "application")) return false;
  if (equal_without_case(media.subtype, "json")) return true;
  return media.subtype.size() > kSuffix.size() &&
         equal_without_case(media.subtype.substr(media.subtype.size() - kSuffix.size()), kSuffix);
}

}  // namespace

bool carries_json(const http::Request& request) {
  std::size_t content_types = 0;
  for (const auto& field : request.headers) {
    if (equal_without_case(field.name, "content-encoding") && !equal_without_case(field.value, "identity"))
      return false;
    if (!equal_without_case(field.name, "content-type")) continue;
    MediaType media;
    if (++content_types > 1 || !parse_media_type(field.value, media) || !is_json(media)) return false;
    for (const auto& parameter : media.parameters) {
      if (equal_without_case(parameter.first, "charset") && !equal_without_case(parameter.second, "utf-8"))
        return false;
    }
  }
  return content_types == 1;
}

bool accepts_json(const http::Request& request) {
  return preference(request, "application", "json").quality > 0;
}

std::optional<MetricsForm> metrics_form(const http::Request& request) {
  const auto json = preference(request, "application", "json");
  const auto text = preference(request, "text", "plain");
  if (json.quality > 0 && (text.quality == 0 || (json.exactness == 3 && json.quality >= text.quality)))
    return MetricsForm::kJson;
  if (text.quality > 0) return MetricsForm::kText;
  return std::nullopt;
}

}  // namespace herald::api
