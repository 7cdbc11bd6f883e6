// How the rows of the settings' table are written. Private to the room.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "config/bindings.h"
#include "config/setting.h"

namespace herald::config {

inline Setting integer(std::string name, std::uint64_t min, std::uint64_t max, std::string help) {
  return {.name = std::move(name), .kind = Kind::kInteger, .min = min, .max = max, .help = std::move(help)};
}

inline Setting text(std::string name, Check check, std::string help) {
  return {.name = std::move(name), .kind = Kind::kText, .check = check, .help = std::move(help)};
}

inline Setting choice(std::string name, std::vector<std::string> choices, std::string help) {
  return {.name = std::move(name), .kind = Kind::kChoice, .choices = std::move(choices), .help = std::move(help)};
}

inline Setting with_alias(Setting setting, std::string variable) {
  setting.aliases.push_back(std::move(variable));
  return setting;
}

inline Setting with_default_note(Setting setting, std::string note) {
  setting.default_note = std::move(note);
  return setting;
}

class Table {
 public:
  void open(Group group) { group_ = group; }

  template <typename Access>
  void add(Setting setting, Access access) {
    add_bound(bindings::bound(std::move(setting), access));
  }

  void add_bound(Setting setting) {
    setting.group = group_;
    rows_.push_back(std::move(setting));
  }

  std::vector<Setting> rows() && { return std::move(rows_); }

 private:
  Group group_ = Group::kServer;
  std::vector<Setting> rows_;
};

void add_access(Table& table);

}  // namespace herald::config
