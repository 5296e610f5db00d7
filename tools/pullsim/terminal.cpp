// POSIX calls behind terminal.hpp.
#include "tools/pullsim/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace pullsim {
namespace {

std::atomic<int>& stop_signal() {
  static std::atomic<int> number{0};
  return number;
}
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may set it");

void on_signal(int number) { stop_signal() = number; }

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

constexpr std::size_t kWidthMost = 100;
constexpr std::size_t kWidthLeast = 60;
constexpr auto kProgressPause = std::chrono::milliseconds(100);

}  // namespace

void guard_standard_files() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1) continue;
    const int mode = descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY;
    // The lowest free number is taken, and all lower ones are in use by now.
    if (::open("/dev/null", mode) < 0) std::abort();
  }
  ::signal(SIGPIPE, SIG_IGN);
}

const std::atomic<int>& watch_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
  return stop_signal();
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

std::size_t terminal_width() {
  winsize size = {};
  const bool known = stdout_is_terminal() && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  if (known && size.ws_col > 0) {
    return std::clamp<std::size_t>(size.ws_col, kWidthLeast, kWidthMost);
  }
  return width_of_columns(environment("COLUMNS"));
}

std::size_t width_of_columns(const std::string& columns) {
  const char* end = columns.data() + columns.size();
  std::size_t width = 0;
  const auto [stop, error] = std::from_chars(columns.data(), end, width);
  if (error != std::errc() || stop != end || width == 0) return kWidthMost;
  return std::clamp(width, kWidthLeast, kWidthMost);
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value = environment(name);
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

bool no_colour_wanted() { return !environment("NO_COLOR").empty(); }

ProgressLine::ProgressLine(bool wanted, std::int64_t total, std::int64_t begun, std::string thing)
    : active_(wanted && ::isatty(STDERR_FILENO) == 1),
      total_(total),
      begun_(begun),
      thing_(std::move(thing)),
      began_(Clock::now()),
      shown_(began_ - kProgressPause) {}

ProgressLine::~ProgressLine() {
  if (active_) std::fputs("\r\x1b[K", stderr);
}

void ProgressLine::show(std::int64_t done, const std::string& what) {
  if (!due()) return;
  const auto now = Clock::now();
  shown_ = now;
  std::string left;
  if (done > begun_ && total_ > 0) {
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double rest =
        seconds * static_cast<double>(total_ - done) / static_cast<double>(done - begun_);
    left = fmt::format("   about {:.0f} s left", rest);
  }
  const std::string of = total_ > 0 ? fmt::format("/{}", total_) : "";
  std::fputs(fmt::format("\r {} {}{}  {}{}\x1b[K", thing_, done, of, what, left).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace pullsim
