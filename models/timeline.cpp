// Rows of series, kept small; see result.hpp.
#include <pullsim/result.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace pullsim {

void Timeline::push_back(const TimelineRow& row) {
  times_.push_back(row.time);
  values_.push_back(row.value);
  series_.push_back(row.series);
}

TimelineRow Timeline::operator[](std::size_t index) const {
  return {times_[index], series_[index], values_[index]};
}

void Timeline::set(std::size_t index, const TimelineRow& row) {
  times_[index] = row.time;
  values_[index] = row.value;
  series_[index] = row.series;
}

void Timeline::erase_if(const std::function<bool(const TimelineRow&)>& unwanted) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    const TimelineRow row = (*this)[i];
    if (!unwanted(row)) set(kept++, row);
  }
  times_.resize(kept);
  values_.resize(kept);
  series_.resize(kept);
}

// Rarely out of order, then by little.
void Timeline::sort() {
  if (std::is_sorted(times_.begin(), times_.end())) return;
  std::vector<TimelineRow> rows(begin(), end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const TimelineRow& a, const TimelineRow& b) { return a.time < b.time; });
  for (std::size_t i = 0; i < rows.size(); ++i) set(i, rows[i]);
}

}  // namespace pullsim
