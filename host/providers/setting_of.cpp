#include "providers/setting_of.h"

#include <cctype>

namespace herald::providers {

std::string setting_of(std::string_view provider, std::string_view field) {
  std::string name = "API_PROVIDER_";
  for (const char c : provider)
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name + '_' + std::string(field);
}

}  // namespace herald::providers
