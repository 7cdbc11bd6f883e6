// A host over a plugin folder of the test's own, into which it drops the recorder (tests/abi/recorder.c) in versions.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "integration/running_host.h"

namespace herald::test {

class PluginHost : public RunningHost {
 protected:
  PluginHost() { std::filesystem::create_directories(plugins_); }

  HostProcess& start_here(Environment environment = {}) {
    environment["API_PLUGIN_DIR"] = plugins_.string();
    environment["RECORDER_FILE"] = (folder() / "sent").string();
    return start(environment);
  }

  // The bytes of a plugin of tests/abi; a recorder's say that they are this version ("101", three digits).
  static std::string bytes_of(const std::string& plugin, const std::string& version) {
    std::ifstream in(abi_plugin_folder() / (plugin + ".so"), std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    std::string bytes = all.str();
    const auto place = bytes.find("100.0.0");
    if (place == std::string::npos) throw std::runtime_error("no version to change in " + plugin);
    return bytes.replace(place, 3, version);
  }

  // Puts the plugin into the folder as operators should: whole, by a rename.
  void drop(const std::string& version, const std::string& plugin = "recorder", const std::string& as = "recorder") {
    const auto whole = folder() / "whole.tmp";
    std::ofstream(whole, std::ios::binary) << bytes_of(plugin, version);
    std::filesystem::rename(whole, file(as));
  }

  void take_away(const std::string& name = "recorder") { std::filesystem::remove(file(name)); }

  std::filesystem::path file(const std::string& name) const { return plugins_ / (name + ".so"); }

  // Of the list of providers, by state: "version" of those that run, the reasons of the others.
  std::vector<nlohmann::json> listed(const std::string& state) {
    std::vector<nlohmann::json> found;
    const auto answer = get("/api/providers").json();
    for (const auto& item : answer["items"]) {
      if (item["state"] == state) found.push_back(item);
    }
    return found;
  }

  nlohmann::json recorder() { return get("/api/providers/recorder").json(); }

  void expect_running(const std::string& version, const std::string& state = "active") {
    nlohmann::json last;
    EXPECT_TRUE(eventually(
        [&] {
          last = recorder();
          return last.value("version", "") == version + ".0.0" && last.value("state", "") == state;
        },
        std::chrono::seconds{30}))
        << last.dump(2) << host().raw_log();
  }

  void expect_gone() {
    EXPECT_TRUE(eventually([this] { return get("/api/providers/recorder").status == 404; }, std::chrono::seconds{30}))
        << host().raw_log();
  }

  void expect_refused(const std::string& with_reason) {
    std::vector<nlohmann::json> refused;
    EXPECT_TRUE(eventually(
        [&] {
          refused = listed("refused");
          return refused.size() == 1 && refused[0]["reason"].get<std::string>().find(with_reason) != std::string::npos;
        },
        std::chrono::seconds{30}))
        << host().raw_log();
  }

  std::string send_body(const std::string& body) {
    auto message = email();
    message["body"] = body;
    return send("/api/messages/email", message);
  }

  // The versions that sent a message, one for each time, by the message's id.
  std::map<std::string, std::vector<std::string>> sent() const {
    std::map<std::string, std::vector<std::string>> by_token;
    std::ifstream in(folder() / "sent");
    for (std::string version, token, attempt, at; in >> version >> token >> attempt >> at;)
      by_token[token].push_back(version.substr(0, 3));
    return by_token;
  }

  std::vector<std::string> versions_that_sent(const std::string& id) const {
    const auto all = sent();
    const auto found = all.find(id);
    return found == all.end() ? std::vector<std::string>() : found->second;
  }

 private:
  std::filesystem::path plugins_ = folder() / "plugins";
};

}  // namespace herald::test
