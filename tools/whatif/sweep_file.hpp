// A sweep as a file: one JSON value a line, so that it can be written point by point, go on where
// it stopped, and be joined with others. The first line says what is swept, each further one is a
// point. Meaning of the fields: docs/what-if-files.md.
//
// While it is written its name ends in `.partial`; a line that was cut off in the middle is left
// out when it goes on.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace pullsim {

/// What is in the way of going on or joining; what() is a sentence.
struct SweepMismatch : std::runtime_error {
  SweepMismatch(const std::string& text, std::string help_)
      : std::runtime_error(text), help(std::move(help_)) {}
  std::string help;
};

/// Lines of points by number, on disk: in a file of the user, or in one without a name.
class SweepLines {
 public:
  SweepLines();  ///< a file that goes with this object
  /// A file that stays: `path`.partial until commit(). Goes on with one that is there; throws
  /// SweepMismatch if its first line is not `header`, OutputError if it cannot be written.
  SweepLines(std::string path, const std::string& header);
  ~SweepLines();
  SweepLines(const SweepLines&) = delete;
  SweepLines& operator=(const SweepLines&) = delete;

  bool has(std::int64_t point) const { return offsets_.count(point) > 0; }
  std::size_t size() const { return offsets_.size(); }
  /// On disk when it returns, as far as the system tells. Not twice for one point (checked).
  void add(std::int64_t point, const std::string& line);
  /// By number of the point.
  void for_each(const std::function<void(std::int64_t point, const std::string& line)>& use);
  /// Writes header and points, sorted, to the file's own name and removes the partial one.
  void commit();

 private:
  void read_present();

  std::string path_;  // empty: without a name
  std::string header_;
  std::FILE* file_ = nullptr;
  std::map<std::int64_t, long> offsets_;
  std::map<std::int64_t, std::size_t> lengths_;
};

/// Number of the point of a line; -1 if it is no point.
std::int64_t point_of_line(const std::string& line);

}  // namespace pullsim
