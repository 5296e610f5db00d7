// A quantity that changes in steps over the simulated time of one run: the rows of one series and
// entity of the timeline. Before its first row a series is 0. Knows nothing of what it measures.
#pragma once

#include <pullsim/result.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace pullsim {

class StepSeries {
 public:
  /// `value` holds from `time` on; times do not fall (checked), a later value at one time wins.
  void add(SimTime time, double value);

  bool empty() const { return steps_.empty(); }
  double at(SimTime time) const;
  /// Integral over [from, to) in value-seconds; 0 when the window is empty.
  double integral(SimTime from, SimTime to) const;
  /// Greatest value in [from, to); the value at `from` counts.
  double peak(SimTime from, SimTime to) const;
  const std::vector<std::pair<SimTime, double>>& steps() const { return steps_; }

 private:
  std::vector<std::pair<SimTime, double>> steps_;
};

/// The rows of `series` for `entity`; empty if the run has none.
StepSeries step_series(const RunResult& result, std::string_view series, std::string_view entity);

/// For every entity of `series` its steps, in the order of RunResult::series. One pass over the
/// timeline, so that a thousand nodes cost no thousand passes.
std::vector<std::pair<std::string, StepSeries>> all_entities(const RunResult& result,
                                                             std::string_view series);

/// The sum of several series: a step wherever one of them steps.
StepSeries sum_of(const std::vector<std::pair<std::string, StepSeries>>& parts);

}  // namespace pullsim
