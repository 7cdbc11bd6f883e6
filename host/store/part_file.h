// A file that appears under its name only when it is whole. Internal to the store room.
#pragma once

#include <string>

#include "base/result.h"

namespace herald::store {

// Stands beside its final name until publish(), and is removed by the destructor otherwise.
class PartFile {
 public:
  // Makes an empty file, mode 0600, and removes those that killed processes left of the same name. kNotFound when its
  // folder is not there, kPermission, kUnavailable.
  static base::Result<PartFile> make(const std::string& final_path);

  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  const std::string& path() const { return path_; }

  // What has been written so far reaches the disk.
  base::Status sync() const;
  // Syncs, renames and syncs the folder. kInvalid when the name is taken and must not be replaced.
  base::Status publish(bool replace);

 private:
  PartFile(int file, std::string path, std::string final_path);

  int file_;
  std::string path_;  // empty once it has its final name
  std::string final_path_;
};

}  // namespace herald::store
