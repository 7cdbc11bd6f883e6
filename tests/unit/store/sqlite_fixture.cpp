#include "sqlite_fixture.h"

#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/private_folder.h"

namespace herald::store {

SqliteFixture::SqliteFixture() {
  options_.data_dir = (directory_ / "data").string();
}

base::Result<std::unique_ptr<SqliteStore>> SqliteFixture::try_open() {
  return SqliteStore::open(options_, clock_, log_, metrics_);
}

void SqliteFixture::open() {
  auto opened = try_open();
  if (!opened) throw std::runtime_error(opened.error().message);
  store_ = std::move(*opened);
}

domain::NewMessage SqliteFixture::message() const {
  domain::NewMessage message;
  message.content.from = "+12015550101";
  message.content.to = "+12015550102";
  message.content.body = "hello";
  message.content.timestamp = clock_.wall();
  message.provider = "alpha";
  message.request_id = "req-1";
  message.accepted_at = clock_.wall();
  message.expires_at = clock_.wall() + std::chrono::hours{24};
  return message;
}

base::Result<domain::MessageId> SqliteFixture::accept() {
  base::Result<domain::MessageId> answer = base::fail(base::ErrorCode::kInternal, "done was not called");
  Command command = Accept{message(), {}, [&answer](base::Result<domain::MessageId> result) { answer = result; }};
  static_cast<void>(store_->apply({&command, 1}));
  return answer;
}

base::Result<Claimed> SqliteFixture::claim() {
  base::Result<Claimed> answer = base::fail(base::ErrorCode::kInternal, "done was not called");
  Command command = Claim{"alpha", 1'000, clock_.wall(), [&answer](base::Result<Claimed> result) { answer = result; }};
  static_cast<void>(store_->apply({&command, 1}));
  return answer;
}

void SqliteFixture::execute(const std::string& sql) const {
  sqlite3* handle = nullptr;
  const bool done = sqlite3_open(database().c_str(), &handle) == SQLITE_OK &&
                    sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  const std::string error = done ? "" : sqlite3_errmsg(handle);
  sqlite3_close(handle);
  if (!done) throw std::runtime_error(sql + ": " + error);
}

std::string SqliteFixture::bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void SqliteFixture::write(const std::filesystem::path& path, const std::string& bytes) {
  test::make_private_folder(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace herald::store
