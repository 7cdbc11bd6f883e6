// The shape of the database, version by version. Internal to the store room.
#pragma once

namespace herald::store {

class Database;

// What PRAGMA user_version says of a database that this build reads and writes.
int schema_version();

// Brings the database to schema_version(), one transaction a version. Throws SqliteError: SQLITE_CORRUPT for a file
// that is not Herald's, or that a newer build has written; both are left untouched.
void migrate(Database& database);

// Throws as migrate() does unless the database stands at schema_version() already.
void expect_current_schema(Database& database);

}  // namespace herald::store
