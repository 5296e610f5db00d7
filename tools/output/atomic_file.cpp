// Temporary file, sync, rename: the calls of POSIX, each checked.
#include "tools/output/atomic_file.hpp"

#include "sim/check.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace pullsim {
namespace {

constexpr mode_t kReadableByAll = 0644;  // before the process' umask

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  temporary_ = fmt::format("{}.{}.partial", path_, ::getpid());
  const int descriptor =
      ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kReadableByAll);
  if (descriptor < 0) fail("cannot be written");
  file_ = ::fdopen(descriptor, "wb");
  if (file_ == nullptr) fail("cannot be written");
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::move(other.temporary_)), file_(other.file_) {
  other.file_ = nullptr;
}

AtomicFile::~AtomicFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("cannot be written");
}

void AtomicFile::commit() {
  PULLSIM_CHECK(file_ != nullptr, "a file is committed once");
  if (std::fflush(file_) != 0 || ::fsync(::fileno(file_)) != 0) fail("cannot be written");
  std::FILE* closing = file_;
  file_ = nullptr;
  if (std::fclose(closing) != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int reason = errno;
    ::unlink(temporary_.c_str());
    errno = reason;
    fail("cannot be written");
  }
}

void AtomicFile::fail(const char* what) const {
  throw OutputError(fmt::format("`{}` {}: {}", path_, what, std::strerror(errno)));
}

void make_folder(const std::string& path) {
  std::error_code problem;
  std::filesystem::create_directories(path, problem);
  if (!problem && std::filesystem::is_directory(path, problem)) return;
  const std::string why = problem ? problem.message() : "it is not a folder";
  throw OutputError(fmt::format("the folder `{}` cannot be made: {}", path, why));
}

void write_stdout(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw OutputError(fmt::format("standard output cannot be written: {}", std::strerror(errno)));
  }
}

}  // namespace pullsim
