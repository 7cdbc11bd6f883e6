#include "providers/library.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <memory>
#include <string>
#include <system_error>

#include <boost/dll/shared_library.hpp>

#include "providers/kept.h"

namespace herald::providers {
namespace {

// Boost.DLL 1.74 names no NODELETE, and resolves lazily unless told otherwise.
boost::dll::load_mode::type load_flags() {
  using boost::dll::load_mode::type;
  constexpr int kNoDelete = RTLD_NODELETE;
  return boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local | static_cast<type>(kNoDelete);
}

// The loader's own words within what Boost.DLL throws, with the private path replaced by the name that people know.
std::string loader_reason(std::string_view thrown, const std::string& path, std::string_view shown_as) {
  constexpr std::string_view kOpening = "(dlerror system message: ";
  std::string reason(thrown);
  if (const auto begin = reason.find(kOpening); begin != std::string::npos) {
    reason.erase(0, begin + kOpening.size());
    reason.erase(std::min(reason.rfind(')'), reason.size()));
  }
  for (auto at = reason.find(path); at != std::string::npos; at = reason.find(path, at + shown_as.size())) {
    reason.replace(at, path.size(), shown_as);
  }
  return reason;
}

// The words of what passes: they end the loader's reason. "Cannot allocate memory in static TLS block" does not pass.
bool is_shortage(std::string_view reason) {
  constexpr std::array kPassing{EMFILE, ENFILE, ENOMEM, EAGAIN, ENOSPC, EINTR, EIO};
  return std::any_of(kPassing.begin(), kPassing.end(),
                     [reason](int error) { return reason.ends_with(": " + std::generic_category().message(error)); });
}

const char* cure_for(std::string_view reason) {
  // What the kernel says of a file system that nothing may be executed from.
  if (reason.find("failed to map segment") != std::string_view::npos) {
    return "if the data folder's file system is mounted noexec, set API_DATA_DIR to one that is not";
  }
  return "build it for this system, with every library that it needs installed";
}

}  // namespace

struct Library::Loaded {
  boost::dll::shared_library library;
};

base::Result<Library> Library::load(const std::filesystem::path& file, std::string_view shown_as) {
  if (!file.is_absolute()) {
    return base::fail(base::ErrorCode::kInternal, "a library is loaded by its absolute path, not " + file.string());
  }
  auto loaded = std::make_shared<Loaded>();
  try {
    loaded->library.load(file, load_flags());
  } catch (const std::exception& error) {
    const std::string reason = loader_reason(error.what(), file.string(), shown_as);
    if (is_shortage(reason)) {
      return base::fail(base::ErrorCode::kExhausted,
                        "the loader is short of something: " + reason + "; the file is tried again");
    }
    return base::fail(base::ErrorCode::kInvalid, "the loader refuses it: " + reason + "; " + cure_for(reason));
  } catch (...) {
    return base::fail(base::ErrorCode::kInvalid, "one of its initialisers threw an exception");
  }
  keep_until_exit(loaded);
  return Library(loaded.get());
}

base::Result<herald_plugin_entry_fn> Library::entry() const {
  if (!loaded_->library.has(HERALD_PLUGIN_ENTRY_NAME)) {
    return base::fail(base::ErrorCode::kInvalid,
                      "it exports no " HERALD_PLUGIN_ENTRY_NAME
                      ", so it is no Herald plugin; export that function with C linkage and default visibility, or "
                      "take the file out of the plugin folder");
  }
  return &loaded_->library.get<std::int32_t(herald_plugin*)>(HERALD_PLUGIN_ENTRY_NAME);
}

}  // namespace herald::providers
