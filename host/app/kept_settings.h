// What operators set while the host runs, over the store.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "domain/ports.h"
#include "store/store.h"
#include "store/writer.h"

namespace herald::app {

// read() is called once, by the main thread and before the rest; load() and keep() by any thread.
class KeptSettings final : public domain::KeptSettings {
 public:
  // Both are borrowed and outlive this object.
  KeptSettings(const store::Reader& reader, store::Writer& writer) : reader_(reader), writer_(writer) {}

  // Reads what was kept before this start. The error is the store's: a host must not start without, since a provider
  // that an operator has disabled would be called.
  base::Status read();

  std::map<std::string, std::string> load() const override { return at_start_; }
  void keep(const std::string& key, const std::string& value, std::function<void(base::Status)> done) override;

 private:
  const store::Reader& reader_;
  store::Writer& writer_;
  std::map<std::string, std::string> at_start_;
};

}  // namespace herald::app
