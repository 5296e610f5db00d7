// Rows of series, kept small; see result.hpp.
#include <pullsim/result.hpp>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace pullsim {

void Timeline::push_back(const TimelineRow& row) {
  constexpr Duration kLongest{std::numeric_limits<std::uint32_t>::max()};
  const bool fits = !epochs_.empty() && row.time >= epochs_.back().base &&
                    row.time - epochs_.back().base <= kLongest;
  if (!fits) epochs_.push_back({size(), row.time});
  times_.push_back(static_cast<std::uint32_t>((row.time - epochs_.back().base).count()));
  values_.push_back(row.value);
  series_.push_back(row.series);
}

TimelineRow Timeline::operator[](std::size_t index) const {
  const auto after = [](std::size_t row, const Epoch& epoch) { return row < epoch.first; };
  const Epoch& epoch = *std::prev(std::upper_bound(epochs_.begin(), epochs_.end(), index, after));
  return {epoch.base + Duration{times_[index]}, series_[index], values_[index]};
}

void Timeline::erase_if(const std::function<bool(const TimelineRow&)>& unwanted) {
  const std::vector<Epoch> epochs = std::exchange(epochs_, {});
  std::size_t kept = 0;
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    const std::size_t end = e + 1 < epochs.size() ? epochs[e + 1].first : size();
    const Epoch epoch{kept, epochs[e].base};
    for (std::size_t i = epochs[e].first; i < end; ++i) {
      if (unwanted({epoch.base + Duration{times_[i]}, series_[i], values_[i]})) continue;
      times_[kept] = times_[i];
      series_[kept] = series_[i];
      values_[kept] = values_[i];
      ++kept;
    }
    if (kept > epoch.first) epochs_.push_back(epoch);
  }
  times_.resize(kept);
  values_.resize(kept);
  series_.resize(kept);
}

// Rarely out of order.
void Timeline::sort() {
  const auto earlier = [](const TimelineRow& a, const TimelineRow& b) { return a.time < b.time; };
  if (std::is_sorted(begin(), end(), earlier)) return;
  std::vector<TimelineRow> rows(begin(), end());
  std::stable_sort(rows.begin(), rows.end(), earlier);
  *this = Timeline();
  for (const TimelineRow& row : rows) push_back(row);
}

}  // namespace pullsim
