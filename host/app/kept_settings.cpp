#include "app/kept_settings.h"

#include <utility>

namespace herald::app {

base::Status KeptSettings::read() {
  auto kept = reader_.kept();
  if (!kept) return tl::make_unexpected(kept.error());
  at_start_ = std::move(*kept);
  return {};
}

void KeptSettings::keep(const std::string& key, const std::string& value, std::function<void(base::Status)> done) {
  writer_.submit(store::Keep{key, value, std::move(done)});
}

}  // namespace herald::app
