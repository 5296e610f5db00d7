// A file that is there whole or not at all: written beside its place under another name, synced to
// disk, then renamed. A pipe or a device is written as it is. Faults of disks and permissions are
// OutputError (exit code 4).
#pragma once

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pullsim {

/// The surroundings failed: nothing is wrong with what the user asked for.
struct OutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class AtomicFile {
 public:
  /// Opens the temporary file in the folder of `path`, so that a folder that cannot be written is
  /// found before anything is computed.
  explicit AtomicFile(std::string path);
  ~AtomicFile();  ///< removes the temporary file unless committed
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view text);
  /// Sync and rename over `path`. At most once (checked).
  void commit();
  const std::string& path() const { return path_; }

 private:
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  std::string target_;     // `path_`, or where its links lead
  std::string temporary_;  // empty: `target_` is no file and is written directly
  std::FILE* file_ = nullptr;
};

/// Makes the folder with its parents. A file in its place is an OutputError.
void make_folder(const std::string& path);

/// Writes all of `text` to standard output and flushes; OutputError if nobody can take it.
void write_stdout(std::string_view text);

}  // namespace pullsim
