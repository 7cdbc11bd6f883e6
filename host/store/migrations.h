// The shape of the database, version by version. Internal to the store room.
#pragma once

#include <cstdint>

namespace herald::store {

class Database;

// "HRLD": tells our file from any other SQLite database that lies where ours should.
inline constexpr std::int64_t kApplicationId = 0x48524C44;

// What PRAGMA user_version says of a database that this build reads and writes.
int schema_version();

// The version at which the file stands; 0 for an empty one. Throws SqliteError (SQLITE_CORRUPT) for a file that is not
// Herald's, or that a newer build has written. Only reads.
int read_schema_version(Database& database);

// Brings a database that read_schema_version() let pass to schema_version(), one transaction a version.
void migrate(Database& database);

}  // namespace herald::store
