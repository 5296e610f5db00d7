// The passing of time between two settlements: who ends next, and when.
//
// A lane's rate is fixed, or moves with the level of its cell. A fixed one ends at a known time,
// which is its key among next_ends. The key of one that moves is a time before which it does not
// end while the level stays within the cell's band; it is made anew when the level leaves the band,
// when the lane's own rate changes, and whenever it was looked at. So what comes next is found by
// looking exactly at those lanes only whose key is not above the best time found: with a band of a
// factor b about b times as many as end before that time.
#include "sim/flow_network_state.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {
/// Exact ends and those that come no sooner are found from different moments: rounding must not
/// turn them about.
constexpr double kEarlier = 1 - 1e-14;
}  // namespace

double FlowNetwork::State::exact_end(const Lane& lane) const {
  if (lane.heap.empty()) return kUnlimited;
  const double from = steady_since(lane.clock, lane.cell);
  const double left = lane.heap.top().key - value_at(lane.clock, lane.cell, from);
  return std::max(now, left <= 0 ? from : from + left / rate_now(lane));
}

double FlowNetwork::State::earliest_end(const Lane& lane) const {
  if (lane.clock.rate.factor == 0 || lane.heap.empty()) return exact_end(lane);
  const double from = std::max(now, lane.clock.since);
  const double left = lane.heap.top().key - value_at(lane.clock, lane.cell, from);
  if (left <= 0) return from;
  const Cell& cell = cells[lane.cell];
  const Affine& rate = lane.clock.rate;
  const double fastest = std::max(rate.at(cell.band_low), rate.at(cell.band_high));
  return fastest > 0 ? std::max(from, (from + left / fastest) * kEarlier) : kUnlimited;
}

double FlowNetwork::State::earliest_level_end(std::uint32_t number) const {
  const ClassLevels& group = class_levels[number / kLevelCount];
  const ServiceClock& clock = group.clocks[number % kLevelCount].clock;
  if (clock.rate.factor == 0) return exact_level_end(number);
  const Cell& cell = cells[classes[group.host_class].cell];
  const double low = clock.rate.at(cell.band_low);
  const double high = clock.rate.at(cell.band_high);
  const double from = std::max(now, clock.since);
  const double end = level_end(number, from, std::max(low, high), -std::min(low, high));
  return std::max(from, end * kEarlier);
}

double FlowNetwork::State::next_end() {
  if (next_end_known >= now) return next_end_known;
  double best = kUnlimited;
  next_ends.visit(best, [&](const IndexedHeap::Entry& entry) {
    best = std::min(best, exact_end(lanes[entry.slot]));
  });
  level_ends.visit(best, [&](const IndexedHeap::Entry& entry) {
    best = std::min(best, exact_level_end(entry.slot));
  });
  return next_end_known = best;
}

void FlowNetwork::State::advance(double seconds) {
  PULLSIM_CHECK(!needs_settle, "changes are settled before time passes");
  PULLSIM_CHECK(std::isfinite(seconds), "time advances to a moment that comes");
  PULLSIM_CHECK(seconds >= now, "the network's clock never runs backwards");
  ended.clear();
  completions.clear();
  for (const ActivityId id : instant) finish(id, now);
  instant.clear();

  const double upto = std::nextafter(seconds, kUnlimited);
  due.clear();
  not_due.clear();
  next_ends.visit(upto, [&](const IndexedHeap::Entry& entry) {
    (exact_end(lanes[entry.slot]) <= seconds ? due : not_due).push_back(entry.slot);
  });
  for (const std::uint32_t lane : due) finish_due(lane, seconds);
  while (!level_ends.empty() && level_ends.top().key <= seconds) {
    const std::uint32_t clock = level_ends.top().slot;
    const double end = exact_level_end(clock);
    if (end <= seconds) reach_level_end(clock, end);
    // For this loop; refresh_levels() knows the band.
    level_ends.update(clock, exact_level_end(clock), level_end_index);
    mark_level_stale(clock / kLevelCount, clock % kLevelCount);
  }
  if (seconds > next_end_known) next_end_known = -1;
  now = seconds;
  for (const std::uint32_t lane : not_due) {
    next_ends.update(lane, earliest_end(lanes[lane]), lane_index);
  }
  if (dirty.empty()) {
    refresh_levels();
  } else {
    needs_settle = true;
  }
  if (ended.size() > 1) {
    std::sort(ended.begin(), ended.end(), [](const Ended& a, const Ended& b) {
      const Completion& x = a.completion;
      const Completion& y = b.completion;
      if (x.finished_seconds != y.finished_seconds) return x.finished_seconds < y.finished_seconds;
      return x.host != y.host ? x.host < y.host : a.sequence < b.sequence;
    });
  }
  for (const Ended& e : ended) completions.push_back(e.completion);
}

// All of one lane that end by then: its rate is the same all the time, and no other lane's.
void FlowNetwork::State::finish_due(std::uint32_t lane_id, double seconds) {
  Lane& lane = lanes[lane_id];
  for (double end = exact_end(lane); end <= seconds; end = exact_end(lane)) {
    // By identity: the clock becomes the popped key itself, so that exact ties end together.
    move_clock(lane.clock, lane.cell, lane.heap.top().key, end);
    while (!lane.heap.empty() && lane.heap.top().key <= lane.clock.value) finish_top(lane);
  }
}

void FlowNetwork::State::mark_stale(std::uint32_t id) {
  if (lanes[id].stale) return;
  lanes[id].stale = true;
  stale.push_back(id);
}

void FlowNetwork::State::refresh_lane(std::uint32_t lane_id) {
  Lane& lane = lanes[lane_id];
  lane.stale = false;
  rebase(lane);
  const bool listed = lane_index.contains(lane_id);
  if (classes[lane.host_class].population == 0) {
    if (listed) next_ends.remove(lane_id, lane_index);
    return;
  }
  const double at = earliest_end(lane);
  if (listed) {
    next_ends.update(lane_id, at, lane_index);
  } else {
    next_ends.insert({at, lane_id, lane_id}, lane_index);
  }
}

void FlowNetwork::State::rebase(Lane& lane) {
  constexpr double kClockMax = 1e13;  // a double still tells thousandths apart
  if (lane.clock.value < kClockMax) return;
  const double by = lane.clock.value;
  // Keys anew from marks and offsets, as everywhere else; equal ones stay equal.
  const std::vector<IndexedHeap::Entry> entries = lane.heap.entries();
  lane.heap.clear();
  lane.clock.value = 0;
  for (const IndexedHeap::Entry& entry : entries) {
    host_lanes[entry.slot].offset += by;
    host_lane_index.where[entry.slot] = HeapIndex::kAbsent;
    refresh_key(entry.slot);
  }
}

}  // namespace pullsim
