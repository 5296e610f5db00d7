// Starting, ending and cancelling activities, and the passing of time between two settlements.
#include "sim/flow_network_state.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

/// When the next activity of a lane ends, if nothing changes.
double next_end(const Lane& lane) {
  if (lane.heap.empty()) return kUnlimited;
  const double left = lane.heap.top().key - lane.clock;
  if (left <= 0) return lane.since;
  return lane.since + left / lane.rate;
}

}  // namespace

ActivityId FlowNetwork::State::start(HostId host, LaneKey key, double size, std::uint64_t tag) {
  PULLSIM_CHECK(host < hosts.size(), "an activity runs on a host of the network");
  if (free_activities.empty()) {
    free_activities.push_back(static_cast<ActivityId>(activities.size()));
    activities.emplace_back();
    if (options.track_limits) limits.starts.emplace_back();
  }
  const ActivityId id = free_activities.back();
  free_activities.pop_back();
  const bool nothing_to_do = size == 0;
  activities[id] = {.size = size,
                    .tag = tag,
                    .sequence = next_sequence++,
                    .host = host,
                    .key = key,
                    .phase = nothing_to_do ? Activity::Phase::instant : Activity::Phase::pending};
  if (nothing_to_do) {
    instant.push_back(id);
  } else {
    hosts[host].pending.push_back(id);
    mark_dirty(host);
  }
  needs_settle = true;
  ++counters.activities_started;
  counters.activities_peak = std::max(counters.activities_peak, ++active);
  return id;
}

double FlowNetwork::State::cancel(ActivityId id) {
  PULLSIM_CHECK(id < activities.size() && activities[id].phase != Activity::Phase::free,
                "only an activity that has not ended is cancelled");
  Activity& activity = activities[id];
  double left = activity.size;
  if (activity.phase == Activity::Phase::instant) {
    std::erase(instant, id);
  } else if (activity.phase == Activity::Phase::pending) {
    std::erase(hosts[activity.host].pending, id);
  } else {
    HostLane& place = host_lanes[activity.place];
    const double attained = clock_now(lanes[place.lane]) + place.offset;
    left = std::clamp(activity.mark - attained, 0.0, activity.size);
    std::erase_if(place.items, [&](const HostLane::Item& item) { return item.activity == id; });
    mark_dirty(activity.host);
    if (!is_work(activity.key)) {
      hosts[activity.host].finished_bytes += activity.size - left;
      egresses[sources[activity.key].egress].finished_bytes += activity.size - left;
    }
  }
  needs_settle = true;
  release(id);
  return left;
}

void FlowNetwork::State::release(ActivityId id) {
  activities[id].phase = Activity::Phase::free;
  free_activities.push_back(id);
  --active;
}

void FlowNetwork::State::add_item(HostLane& place, ActivityId id) {
  const double mark = activities[id].mark;
  const auto later = [](const HostLane::Item& item, double m) { return item.mark > m; };
  const auto at = std::lower_bound(place.items.begin(), place.items.end(), mark, later);
  place.items.insert(at, {mark, id});
}

void FlowNetwork::State::refresh_key(std::uint32_t place_id) {
  const HostLane& place = host_lanes[place_id];
  IndexedHeap& heap = lanes[place.lane].heap;
  const bool in_heap = host_lane_index.contains(place_id);
  if (place.items.empty()) {
    if (in_heap) heap.remove(place_id, host_lane_index);
  } else {
    const double key = place.items.back().mark - place.offset;
    if (in_heap) {
      heap.update(place_id, key, host_lane_index);
    } else {
      heap.insert({key, place.host, place_id}, host_lane_index);
    }
  }
}

void FlowNetwork::State::advance(double seconds) {
  PULLSIM_CHECK(!needs_settle, "changes are settled before time passes");
  PULLSIM_CHECK(std::isfinite(seconds), "time advances to a moment that comes");
  PULLSIM_CHECK(seconds >= now, "the network's clock never runs backwards");
  ended.clear();
  completions.clear();
  for (const ActivityId id : instant) finish(id, now);
  instant.clear();
  while (!next_ends.empty() && next_ends.top().key <= seconds) {
    const std::uint32_t lane_id = next_ends.top().slot;
    Lane& lane = lanes[lane_id];
    // By identity: the clock becomes the popped key itself, so that exact ties end together.
    lane.since = next_ends.top().key;
    lane.clock = lane.heap.top().key;
    while (!lane.heap.empty() && lane.heap.top().key <= lane.clock) finish_top(lane);
    next_ends.update(lane_id, next_end(lane), lane_index);
  }
  while (!level_ends.empty() && level_ends.top().key <= seconds) {
    reach_level_end(level_ends.top().slot);
  }
  now = seconds;
  needs_settle = !dirty.empty();
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

void FlowNetwork::State::finish_top(Lane& lane) {
  const std::uint32_t place_id = lane.heap.top().slot;
  HostLane& place = host_lanes[place_id];
  finish(place.items.back().activity, lane.since);
  place.items.pop_back();
  mark_dirty(place.host);
  refresh_key(place_id);
}

void FlowNetwork::State::finish(ActivityId id, double at_seconds) {
  const Activity& activity = activities[id];
  Ended& end = ended.emplace_back();
  end.sequence = activity.sequence;
  end.completion = {id, activity.host, activity.tag, at_seconds, {}};
  if (options.track_limits && activity.phase == Activity::Phase::running) {
    const LimitSeconds total = lane_limits(host_lanes[activity.place].lane, at_seconds);
    for (std::size_t i = 0; i < kLimitCount; ++i) {
      end.completion.limited[i] =
          std::max(0.0, total[i] + limits.offsets[activity.place][i] - limits.starts[id][i]);
    }
  }
  if (!is_work(activity.key)) {
    hosts[activity.host].finished_bytes += activity.size;
    egresses[sources[activity.key].egress].finished_bytes += activity.size;
  }
  ++counters.activities_finished;
  release(id);
}

LimitSeconds FlowNetwork::State::lane_limits(std::uint32_t lane, double at_seconds) const {
  LimitSeconds seconds = limits.lanes[lane].seconds;
  seconds[static_cast<std::size_t>(lanes[lane].limit)] += at_seconds - limits.lanes[lane].since;
  return seconds;
}

void FlowNetwork::State::refresh_lane(std::uint32_t lane_id) {
  Lane& lane = lanes[lane_id];
  lane.stale = false;
  rebase(lane);
  const double at = std::max(now, next_end(lane));
  const bool listed = lane_index.contains(lane_id);
  if (classes[lane.host_class].population == 0) {
    if (listed) next_ends.remove(lane_id, lane_index);
  } else if (listed) {
    next_ends.update(lane_id, at, lane_index);
  } else {
    next_ends.insert({at, lane_id, lane_id}, lane_index);
  }
}

void FlowNetwork::State::rebase(Lane& lane) {
  constexpr double kClockMax = 1e13;  // a double still tells thousandths apart
  if (lane.clock < kClockMax) return;
  for (const IndexedHeap::Entry& entry : lane.heap.entries()) {
    host_lanes[entry.slot].offset += lane.clock;
  }
  // Keys anew from marks and offsets, as everywhere else; equal ones stay equal.
  const std::vector<IndexedHeap::Entry> entries = lane.heap.entries();
  lane.heap.clear();
  lane.clock = 0;
  for (const IndexedHeap::Entry& entry : entries) {
    host_lane_index.where[entry.slot] = HeapIndex::kAbsent;
    refresh_key(entry.slot);
  }
}

}  // namespace pullsim
