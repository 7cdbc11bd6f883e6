// A load for the store: what to ask next, drawn from a seed, and how to ask it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crash_disk.h"
#include "model.h"
#include "store/store.h"

namespace herald::disk {

// What a command's `done` was called with.
struct Answer {
  int calls = 0;
  bool unavailable = false;
  std::string text;  // as Model::apply() tells it
};

// Tokens and ids of what is known to be stored.
struct Book {
  std::map<std::string, domain::MessageId> ids;
  std::map<std::int64_t, std::string> tokens;

  void add(const std::string& token, domain::MessageId id) {
    ids[token] = id;
    tokens[id.value()] = token;
  }
};

class Load {
 public:
  explicit Load(std::uint64_t seed) : chance_(seed) {}

  // The intents of one batch at this moment. `heavy`: enough to make a checkpoint due.
  std::vector<Intent> next(const Model& model, std::int64_t now, bool heavy);

  // The client of an accept with a key that was refused comes again under its key.
  void refused(const Intent& intent);

 private:
  std::uint64_t below(std::uint64_t bound) { return chance_() % bound; }
  const std::string& one_of(const std::vector<std::string>& tokens) { return tokens[below(tokens.size())]; }
  std::string new_token(std::size_t size);
  Intent accept(std::int64_t now, bool heavy);
  void add_lanes(const Model& model, std::int64_t now, std::vector<Intent>& batch);
  void add_settlements(const Model& model, std::int64_t now, std::vector<Intent>& batch);
  void add_carriers(const Model& model, std::vector<Intent>& batch);
  void add_operators(const Model& model, std::int64_t now, std::vector<Intent>& batch);

  Chance chance_;
  std::uint64_t made_ = 0;
  std::vector<Intent> again_;
};

// The command for an intent, which tells its result to `answer`, and ids to `book` once they are known. All are
// borrowed until then.
store::Command command_of(const Intent& intent, const Model& model, Book& book, Answer& answer);

domain::RequestKey request_key(const std::string& key);

}  // namespace herald::disk
