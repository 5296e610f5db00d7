// Starting, ending and cancelling activities.
#include "sim/flow_network_state.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

/// Takes `id` out of a list of activities; true if it was the last one, whose place `before` takes.
bool unlink(std::vector<Activity>& activities, ActivityId& first, ActivityId id,
            ActivityId& before) {
  before = kNoIndex;
  for (ActivityId at = first; at != id; at = activities[at].next) before = at;
  (before == kNoIndex ? first : activities[before].next) = activities[id].next;
  return activities[id].next == kNoIndex;
}

}  // namespace

ActivityId FlowNetwork::State::start(HostId host, LaneKey key, double size, std::uint64_t tag) {
  PULLSIM_CHECK(host < hosts.size(), "an activity runs on a host of the network");
  if (free_activity == kNoIndex) {
    free_activity = static_cast<ActivityId>(activities.size());
    append(activities);
    if (options.track_limits) append(limits.starts);
  }
  const ActivityId id = free_activity;
  free_activity = activities[id].next;
  const bool nothing_to_do = size == 0;
  activities[id] = {.size = size,
                    .tag = tag,
                    .sequence = next_sequence++,
                    .host = host,
                    .key = key,
                    .place = nothing_to_do ? Activity::kInstant : Activity::kPending};
  if (nothing_to_do) {
    instant.push_back(id);
  } else {
    Host& at = hosts[host];
    (at.last_pending == kNoIndex ? at.first_pending : activities[at.last_pending].next) = id;
    at.last_pending = id;
    mark_dirty(host);
  }
  needs_settle = true;
  ++counters.activities_started;
  counters.activities_peak = std::max(counters.activities_peak, ++active);
  return id;
}

double FlowNetwork::State::cancel(ActivityId id) {
  PULLSIM_CHECK(id < activities.size() && activities[id].place != Activity::kFree,
                "only an activity that has not ended is cancelled");
  Activity& activity = activities[id];
  double left = activity.size;
  if (activity.place == Activity::kInstant) {
    std::erase(instant, id);
  } else if (activity.place == Activity::kPending) {
    Host& host = hosts[activity.host];
    ActivityId before = kNoIndex;
    if (unlink(activities, host.first_pending, id, before)) host.last_pending = before;
  } else {
    HostLane& place = host_lanes[activity.place];
    const double attained = clock_now(lanes[place.lane]) + place.offset;
    left = std::clamp(activity.mark - attained, 0.0, activity.size);
    remove_item(place, id);
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
  activities[id].place = Activity::kFree;
  activities[id].next = free_activity;
  free_activity = id;
  --active;
}

// By mark; of equal ones the first started first.
void FlowNetwork::State::add_item(HostLane& place, ActivityId id) {
  ActivityId* at = &place.first;
  while (*at != kNoIndex && activities[*at].mark <= activities[id].mark) at = &activities[*at].next;
  activities[id].next = *at;
  *at = id;
  ++place.count;
}

void FlowNetwork::State::remove_item(HostLane& place, ActivityId id) {
  ActivityId before = kNoIndex;
  unlink(activities, place.first, id, before);
  --place.count;
}

void FlowNetwork::State::refresh_key(std::uint32_t place_id) {
  const HostLane& place = host_lanes[place_id];
  IndexedHeap& heap = lanes[place.lane].heap;
  const bool in_heap = host_lane_index.contains(place_id);
  if (place.first == kNoIndex) {
    if (in_heap) heap.remove(place_id, host_lane_index);
    return;
  }
  const double key = activities[place.first].mark - place.offset;
  if (in_heap) {
    heap.update(place_id, key, host_lane_index);
  } else {
    heap.insert({key, place.host, place_id}, host_lane_index);
  }
}

void FlowNetwork::State::finish_top(Lane& lane) {
  const std::uint32_t place_id = lane.heap.top().slot;
  HostLane& place = host_lanes[place_id];
  const ActivityId first = place.first;
  place.first = activities[first].next;
  --place.count;
  finish(first, lane.clock.since);
  mark_dirty(place.host);
  refresh_key(place_id);
}

void FlowNetwork::State::finish(ActivityId id, double at_seconds) {
  const Activity& activity = activities[id];
  Ended& end = ended.emplace_back();
  end.sequence = activity.sequence;
  end.completion = {id, activity.host, activity.tag, at_seconds, {}};
  if (options.track_limits && activity.running()) {
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

}  // namespace pullsim
