// Rows of layers, kept small; see result.hpp. A pull's rows come one after the other and share what
// they have in common.
#include <pullsim/result.hpp>

#include "sim/check.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

namespace pullsim {

void LayerRows::push_back(const LayerRow& row) {
  PULLSIM_CHECK(row.layer < 1u << kLayerBits && row.registry < 1u << kRegistryBits,
                "layers of an image and registries fit their numbers");
  PULLSIM_CHECK(size_ < kNoTimes, "rows of layers fit their numbers");
  const bool known = !pulls_.empty() && pulls_.back().pull == row.pull &&
                     pulls_.back().node == row.node && pulls_.back().image == row.image;
  if (!known) pulls_.push_back({row.pull, row.node, row.image});
  Span span;
  span.first = static_cast<RowIndex>(size_);
  span.pull_of = static_cast<RowIndex>(pulls_.size() - 1);
  span.what = row.layer | row.registry << kLayerBits |
              static_cast<std::uint32_t>(row.source) << (kLayerBits + kRegistryBits);
  if (row.requested || row.first_byte || row.committed || row.unpack_started ||
      row.unpack_finished) {
    span.times = static_cast<RowIndex>(times_.size());
    times_.push_back(
        {row.requested, row.first_byte, row.committed, row.unpack_started, row.unpack_finished});
  }
  if (spans_.empty() || !goes_on(spans_.back(), span)) spans_.push_back(span);
  if (size_ % kRowsPerMark == 0) marks_.push_back(static_cast<RowIndex>(spans_.size() - 1));
  ++size_;
}

bool LayerRows::goes_on(const Span& last, const Span& row) {
  return row.times == kNoTimes && last.times == kNoTimes && row.pull_of == last.pull_of &&
         row.what == last.what + (row.first - last.first);
}

LayerRow LayerRows::operator[](std::size_t index) const {
  const Span& span = span_of(index);
  const Pull& pull = pulls_[span.pull_of];
  LayerRow row;
  row.node = pull.node;
  row.image = pull.image;
  row.layer = layer_of(span) + static_cast<RowIndex>(index - span.first);
  row.pull = pull.pull;
  row.source = static_cast<LayerRow::Source>(span.what >> (kLayerBits + kRegistryBits));
  row.registry = span.what >> kLayerBits & ((1u << kRegistryBits) - 1);
  if (span.times == kNoTimes) return row;
  const Times& times = times_[span.times];
  row.requested = times.requested;
  row.first_byte = times.first_byte;
  row.committed = times.committed;
  row.unpack_started = times.unpack_started;
  row.unpack_finished = times.unpack_finished;
  return row;
}

const LayerRows::Span& LayerRows::span_of(std::size_t index) const {
  const std::size_t mark = index / kRowsPerMark;
  const auto from = spans_.begin() + marks_[mark];
  const auto to = mark + 1 < marks_.size() ? spans_.begin() + marks_[mark + 1] + 1 : spans_.end();
  const auto after = [](std::size_t row, const Span& span) { return row < span.first; };
  return *std::prev(std::upper_bound(from, to, index, after));
}

LayerRow LayerRows::at(std::size_t index) const {
  if (index >= size()) throw std::out_of_range("a row of a layer that is not there");
  return (*this)[index];
}

std::size_t LayerRows::length(std::size_t span) const {
  return (span + 1 < spans_.size() ? spans_[span + 1].first : size_) - spans_[span].first;
}

// Spans of one pull may overlap: each of its attempts has a row for a layer.
void LayerRows::sort() {
  std::vector<std::size_t> order(spans_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto pull_of = [this](std::size_t span) { return pulls_[spans_[span].pull_of].pull; };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(pull_of(a), layer_of(spans_[a])) < std::pair(pull_of(b), layer_of(spans_[b]));
  });
  const auto overlap = [this](std::size_t a, std::size_t b) {
    return layer_of(spans_[a]) + length(a) > layer_of(spans_[b]);
  };
  std::deque<Span> sorted;
  std::size_t rows = 0;
  std::size_t marked = 0;
  const auto add = [&](Span span, std::size_t its_rows) {
    span.first = static_cast<RowIndex>(rows);
    rows += its_rows;
    sorted.push_back(span);
    for (; marked * kRowsPerMark < rows; ++marked) {
      marks_[marked] = static_cast<RowIndex>(sorted.size() - 1);
    }
  };
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end = std::find_if(
        begin, order.end(), [&](std::size_t span) { return pull_of(span) != pull_of(*begin); });
    if (std::adjacent_find(begin, end, overlap) == end) {
      for (auto span = begin; span != end; ++span) add(spans_[*span], length(*span));
    } else {
      std::sort(begin, end);  // as they came
      for (const Span& one : single_rows({begin, end})) add(one, 1);
    }
    begin = end;
  }
  spans_ = std::move(sorted);
}

std::vector<LayerRows::Span> LayerRows::single_rows(const std::vector<std::size_t>& spans) const {
  std::vector<Span> rows;
  for (const std::size_t span : spans) {
    for (std::size_t i = 0; i < length(span); ++i) {
      rows.push_back(spans_[span]);
      rows.back().what += static_cast<std::uint32_t>(i);
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Span& a, const Span& b) { return layer_of(a) < layer_of(b); });
  return rows;
}

}  // namespace pullsim
