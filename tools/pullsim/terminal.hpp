// What the program knows of its terminal and its signals.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pullsim {

/// Gives closed standard files a place that fails (or swallows, for errors), so that no file we
/// open is taken for one of them; makes a closed pipe an error of writing instead of a signal.
void guard_standard_files();

/// From now on SIGINT and SIGTERM set the value returned to their number; a second one ends the
/// program as usual.
const std::atomic<int>& watch_signals();

bool stdout_is_terminal();
/// Columns to write in, from 60 to 100: those of the terminal, else what COLUMNS says.
std::size_t terminal_width();
/// What a value of COLUMNS stands for; 100 where it is no number above 0.
std::size_t width_of_columns(const std::string& columns);
/// Whether the locale of the environment says UTF-8.
bool locale_is_utf8();
/// NO_COLOR is set and not empty.
bool no_colour_wanted();

/// One line on standard error that is rewritten at most ten times a second and gone at the end.
/// Does nothing where standard error is no terminal.
class ProgressLine {
 public:
  /// "run 3/40"; `begun` of them were done before and say nothing about the time that is left.
  /// With a total of 0 nobody knows it: "value 3".
  ProgressLine(bool wanted, std::int64_t total, std::int64_t begun = 0, std::string thing = "run");
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void show(std::int64_t done, const std::string& what);
  /// Where more turn out to be needed.
  void set_total(std::int64_t total) { total_ = total; }
  /// The next show() would write: for texts that are dear to make.
  bool due() const { return active_ && Clock::now() - shown_ >= std::chrono::milliseconds(100); }

 private:
  using Clock = std::chrono::steady_clock;
  bool active_;
  std::int64_t total_;
  std::int64_t begun_;
  std::string thing_;
  Clock::time_point began_;
  Clock::time_point shown_;
};

}  // namespace pullsim
