// Drives the built plugin as the host does, without a host: ctest runs it with the plugin's file as its argument.
#include <exception>
#include <iostream>
#include <string>

#include <herald/testkit/plugin_under_test.h>

namespace {

int failures = 0;

void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::cerr << "FAILED: " << what << '\n';
  ++failures;
}

void test(const std::string& file) {
  herald::testkit::PluginUnderTest plugin(file);
  expect(plugin.configure("{}").result == HERALD_OK, "it takes an empty configuration");
  expect(plugin.start() == HERALD_OK, "it starts");

  const herald_plugin& about = plugin.descriptor();
  for (std::uint32_t index = 0; index < about.channel_count; ++index) {
    herald::testkit::TestMessage message;
    message.channel = std::string(about.channels[index].data, about.channels[index].size);
    const auto completed = plugin.send(message);
    expect(completed.code == HERALD_OUTCOME_SUCCESS, "it sends by " + message.channel);
    expect(!completed.provider_message_id.empty(), "it says under which id the carrier took it");
  }

  herald::testkit::TestMessage nowhere;
  nowhere.to.clear();
  expect(plugin.send(nowhere).code == HERALD_OUTCOME_REJECTED, "it rejects a message to nobody");
  expect(plugin.completions().stray() == 0, "it completes each message once");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: " << arguments[0] << " PLUGIN.so\n";
    return 2;
  }
  try {
    test(arguments[1]);
  } catch (const std::exception& fault) {
    std::cerr << "FAILED: " << fault.what() << '\n';
    ++failures;
  }
  return failures == 0 ? 0 : 1;
}
