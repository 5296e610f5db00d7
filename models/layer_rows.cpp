// Rows of layers, kept small; see result.hpp. A pull's rows come one after the other and share what
// they have in common.
#include <pullsim/result.hpp>

#include "sim/check.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace pullsim {

void LayerRows::push_back(const LayerRow& row) {
  PULLSIM_CHECK(row.layer < 1u << kLayerBits && row.registry < 1u << kRegistryBits,
                "layers of an image and registries fit their numbers");
  const bool known = !pulls_.empty() && pulls_.back().pull == row.pull &&
                     pulls_.back().node == row.node && pulls_.back().image == row.image;
  if (!known) pulls_.push_back({row.pull, row.node, row.image});
  Row kept;
  kept.pull_of = static_cast<RowIndex>(pulls_.size() - 1);
  kept.what = row.layer | row.registry << kLayerBits |
              static_cast<std::uint32_t>(row.source) << (kLayerBits + kRegistryBits);
  if (row.requested || row.first_byte || row.committed || row.unpack_started ||
      row.unpack_finished) {
    kept.times = static_cast<RowIndex>(times_.size());
    times_.push_back(
        {row.requested, row.first_byte, row.committed, row.unpack_started, row.unpack_finished});
  }
  rows_.push_back(kept);
}

LayerRow LayerRows::operator[](std::size_t index) const {
  const Row& kept = rows_[index];
  const Pull& pull = pulls_[kept.pull_of];
  LayerRow row;
  row.node = pull.node;
  row.image = pull.image;
  row.layer = layer_of(kept);
  row.pull = pull.pull;
  row.source = static_cast<LayerRow::Source>(kept.what >> (kLayerBits + kRegistryBits));
  row.registry = kept.what >> kLayerBits & ((1u << kRegistryBits) - 1);
  if (kept.times == kNoTimes) return row;
  const Times& times = times_[kept.times];
  row.requested = times.requested;
  row.first_byte = times.first_byte;
  row.committed = times.committed;
  row.unpack_started = times.unpack_started;
  row.unpack_finished = times.unpack_finished;
  return row;
}

LayerRow LayerRows::at(std::size_t index) const {
  if (index >= size()) throw std::out_of_range("a row of a layer that is not there");
  return (*this)[index];
}

void LayerRows::sort() {
  std::stable_sort(rows_.begin(), rows_.end(), [this](const Row& a, const Row& b) {
    return std::pair(pulls_[a.pull_of].pull, layer_of(a)) <
           std::pair(pulls_[b.pull_of].pull, layer_of(b));
  });
}

}  // namespace pullsim
