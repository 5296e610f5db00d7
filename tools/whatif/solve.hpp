// The value of one path up to which, or from which on, the thresholds hold: bisection with the same
// runs at every value, so that the answer of a run does not jump.
#pragma once

#include "tools/whatif/evaluation.hpp"
#include "tools/whatif/vary.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// What the runs at one value say.
struct Tried {
  double value = 0;
  bool holds = false;  ///< every threshold, by its value or the share of runs as it is
  Verdict verdict = Verdict::unsure;  ///< with 95 % confidence on each side
  std::vector<ThresholdResult> thresholds;
};

struct Solution {
  ValueKind kind = ValueKind::count;
  bool largest = true;                ///< the largest value that holds; else the smallest
  std::optional<double> value;        ///< absent: see `reason`
  std::string reason;                 ///< why there is none
  std::optional<double> bracket_low;  ///< neighbours: at one it holds, at the other not
  std::optional<double> bracket_high;
  /// 95 %: from the value at which the runs still show it to the one at which they show the
  /// opposite.
  std::optional<Interval> interval;
  bool interval_open_low = false;  ///< the end is that of the range, not of the interval
  bool interval_open_high = false;
  bool monotone = true;      ///< as far as the values tried show
  std::vector<Tried> tried;  ///< by value
};

struct SolveOptions {
  double tolerance = 0.002;  ///< bracket's width, as a share of the range's upper neighbour
  std::int64_t scan = 9;     ///< values over the range looked at first, to see more than one change
};

/// Studies at values that the reader refuses end it with findings and no solution.
std::optional<Solution> solve(const Question& question, const Vary& range,
                              const SolveOptions& options, Diagnostics& findings,
                              const std::function<void(const Tried&)>& after);

/// The same on any function of the value: for tests, and where runs are made otherwise.
Solution solve_function(const Vary& range, const SolveOptions& options,
                        const std::function<Tried(double)>& try_value);

}  // namespace pullsim
