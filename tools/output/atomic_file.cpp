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

constexpr int kLinksMost = 40;  // as Linux has it

/// The file that symbolic links lead to, there or not, so that the links stay.
std::string behind_links(const std::string& path) {
  std::filesystem::path file = path;
  for (int i = 0; i < kLinksMost; ++i) {
    std::error_code problem;
    const auto next = std::filesystem::read_symlink(file, problem);
    if (problem) break;
    file = file.parent_path() / next;
  }
  return file.string();
}

/// A pipe or a device cannot be replaced by a file; what is not there yet can.
bool replaceable(const std::string& path) {
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  const bool whole = replaceable(path_);
  target_ = whole ? behind_links(path_) : path_;
  if (whole) temporary_ = fmt::format("{}.{}.partial", target_, ::getpid());
  const std::string& opened = whole ? temporary_ : target_;
  const int descriptor =
      ::open(opened.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kReadableByAll);
  if (descriptor < 0) fail("cannot be written");
  file_ = ::fdopen(descriptor, "wb");
  if (file_ == nullptr) fail("cannot be written");
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      file_(other.file_) {
  other.file_ = nullptr;
}

AtomicFile::~AtomicFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("cannot be written");
}

void AtomicFile::commit() {
  PULLSIM_CHECK(file_ != nullptr, "a file is committed once");
  const bool whole = !temporary_.empty();
  if (std::fflush(file_) != 0 || (whole && ::fsync(::fileno(file_)) != 0)) {
    fail("cannot be written");
  }
  std::FILE* closing = file_;
  file_ = nullptr;
  if (std::fclose(closing) != 0 ||
      (whole && std::rename(temporary_.c_str(), target_.c_str()) != 0)) {
    const int reason = errno;
    if (whole) ::unlink(temporary_.c_str());
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
