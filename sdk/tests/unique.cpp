// A provider that would share an object with every other one of its process, were its symbols left as g++ makes them.
#include <atomic>
#include <string>

#include <herald/provider.h>

namespace unique {

// A static of an inline function is a unique symbol on g++ (STB_GNU_UNIQUE) when it can be seen from outside.
template <typename T>
inline std::atomic<T>& counter() {
  static std::atomic<T> count{0};
  return count;
}

}  // namespace unique

class Unique final : public herald::Provider {
 public:
  herald::Outcome send(const herald::Message&) override {
    return herald::Outcome::success("unique-" + std::to_string(++unique::counter<unsigned>()));
  }
};

HERALD_PLUGIN(Unique, "unique", "1.0.0", "sms");
