// The smallest provider: call your carrier in send().
#include <string>

#include <herald/provider.h>

class Template final : public herald::Provider {
 public:
  herald::Outcome send(const herald::Message& message) override {
    if (message.to().empty()) return herald::Outcome::rejected("no_recipient");
    return herald::Outcome::success("template-" + std::string(message.dispatch_token()));
  }
};

HERALD_PLUGIN(Template, "template", "0.1.0", "sms");
