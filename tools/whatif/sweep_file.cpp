// See the header.
#include "tools/whatif/sweep_file.hpp"

#include "sim/check.hpp"
#include "tools/output/atomic_file.hpp"

#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>

namespace pullsim {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw OutputError(fmt::format("`{}` cannot be written: {}", path, std::strerror(errno)));
}

std::string partial(const std::string& path) { return path + ".partial"; }

}  // namespace

std::int64_t point_of_line(const std::string& line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return -1;
  const auto point = json.find("point");
  if (point == json.end() || !point->is_number_unsigned()) return -1;
  return point->get<std::int64_t>();
}

SweepLines::SweepLines() : file_(std::tmpfile()) {
  if (file_ == nullptr) fail("a temporary file");
}

SweepLines::SweepLines(std::string path, const std::string& header)
    : path_(std::move(path)), header_(header) {
  const std::string name = partial(path_);
  file_ = std::fopen(name.c_str(), "a+");
  if (file_ == nullptr) fail(name);
  if (::flock(::fileno(file_), LOCK_EX | LOCK_NB) != 0) {
    std::fclose(file_);
    file_ = nullptr;
    throw SweepMismatch(fmt::format("`{}` is being written by another process", name),
                        "wait for it, or give another `--result`");
  }
  read_present();
}

SweepLines::~SweepLines() {
  if (file_ != nullptr) std::fclose(file_);
}

/// Keeps what is whole; a process that was killed may have left half a line.
void SweepLines::read_present() {
  std::rewind(file_);
  std::string line;
  long begin = 0;
  long whole = 0;
  bool first = true;
  for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    if (first && line != header_) {
      throw SweepMismatch(fmt::format("`{}` belongs to another sweep", partial(path_)),
                          "remove it, or give another `--result`");
    }
    const std::int64_t point = first ? -1 : point_of_line(line);
    first = false;
    if (point >= 0) {
      offsets_[point] = begin;
      lengths_[point] = line.size();
    }
    whole = begin = std::ftell(file_);
    line.clear();
  }
  if (::ftruncate(::fileno(file_), whole) != 0) fail(partial(path_));
  if (!first) return;
  if (std::fputs((header_ + "\n").c_str(), file_) < 0 || std::fflush(file_) != 0) {
    fail(partial(path_));
  }
}

void SweepLines::add(std::int64_t point, const std::string& line) {
  PULLSIM_CHECK(!has(point), "a point is evaluated once");
  std::fseek(file_, 0, SEEK_END);
  const long offset = std::ftell(file_);
  if (std::fwrite((line + "\n").data(), 1, line.size() + 1, file_) != line.size() + 1 ||
      std::fflush(file_) != 0) {
    fail(path_.empty() ? "a temporary file" : partial(path_));
  }
  offsets_[point] = offset;
  lengths_[point] = line.size();
}

void SweepLines::for_each(
    const std::function<void(std::int64_t point, const std::string& line)>& use) {
  for (const auto& [point, offset] : offsets_) {
    std::string line(lengths_[point], '\0');
    if (std::fseek(file_, offset, SEEK_SET) != 0 ||
        std::fread(line.data(), 1, line.size(), file_) != line.size()) {
      fail(path_.empty() ? "a temporary file" : partial(path_));
    }
    use(point, line);
  }
}

void SweepLines::commit() {
  if (path_.empty()) return;
  AtomicFile whole(path_);
  whole.write(header_ + "\n");
  for_each([&](std::int64_t, const std::string& line) { whole.write(line + "\n"); });
  whole.commit();
  ::unlink(partial(path_).c_str());
}

}  // namespace pullsim
