// Step functions over simulated time.
#include "tools/run/step_series.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

namespace pullsim {

void StepSeries::add(SimTime time, double value) {
  PULLSIM_CHECK(steps_.empty() || steps_.back().first <= time, "a timeline is sorted by time");
  if (!steps_.empty() && steps_.back().first == time) {
    steps_.back().second = value;
  } else {
    steps_.emplace_back(time, value);
  }
}

double StepSeries::at(SimTime time) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), time,
                                      [](SimTime t, const auto& step) { return t < step.first; });
  return after == steps_.begin() ? 0.0 : std::prev(after)->second;
}

double StepSeries::integral(SimTime from, SimTime to) const {
  double sum = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const SimTime begin = std::max(steps_[i].first, from);
    const SimTime end = i + 1 < steps_.size() ? std::min(steps_[i + 1].first, to) : to;
    if (begin < end) sum += steps_[i].second * to_seconds(end - begin);
  }
  return sum;
}

double StepSeries::peak(SimTime from, SimTime to) const {
  double highest = at(from);
  for (const auto& [time, value] : steps_) {
    if (time > from && time < to) highest = std::max(highest, value);
  }
  return highest;
}

StepSeries step_series(const RunResult& result, std::string_view series, std::string_view entity) {
  for (auto& [name, steps] : all_entities(result, series)) {
    if (name == entity) return std::move(steps);
  }
  return {};
}

std::vector<std::pair<std::string, StepSeries>> all_entities(const RunResult& result,
                                                             std::string_view series) {
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::pair<std::string, StepSeries>> found;
  std::vector<std::size_t> place(result.series.size(), kNone);
  for (std::size_t i = 0; i < result.series.size(); ++i) {
    if (result.series[i].series != series) continue;
    place[i] = found.size();
    found.emplace_back(result.series[i].entity, StepSeries{});
  }
  if (found.empty()) return found;
  for (const TimelineRow& row : result.timeline) {
    PULLSIM_CHECK(row.series < place.size(), "a timeline row names a series of its run");
    if (place[row.series] != kNone) found[place[row.series]].second.add(row.time, row.value);
  }
  return found;
}

StepSeries sum_of(const std::vector<std::pair<std::string, StepSeries>>& parts) {
  // At each instant the parts that change are added anew in a fixed order: no drift of a running
  // sum, and the same bytes whatever the order of rows within an instant.
  std::map<SimTime, std::vector<std::pair<std::size_t, double>>> changes;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    for (const auto& [time, value] : parts[part].second.steps()) {
      changes[time].emplace_back(part, value);
    }
  }
  std::vector<double> now(parts.size(), 0.0);
  StepSeries sum;
  for (const auto& [time, changed] : changes) {
    for (const auto& [part, value] : changed) now[part] = value;
    double total = 0;
    for (const double value : now) total += value;
    sum.add(time, total);
  }
  return sum;
}

}  // namespace pullsim
