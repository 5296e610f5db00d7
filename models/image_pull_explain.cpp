// What held a pull up: the critical path, walked backwards from the end. Each step says which one
// it came after - its own blob, the layer below, the download that freed its slot - and what lies
// between is waiting for other pulls, so that every nanosecond between the kubelet's request and
// the end has exactly one cause.
#include "models/image_pull.hpp"

#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <array>

namespace pullsim {

namespace {

constexpr std::size_t kCauses = static_cast<std::size_t>(Bottleneck::cold_edge) + 1;
using Causes = std::array<Duration, kCauses>;

void add(Causes& causes, Bottleneck cause, Duration time) {
  causes[static_cast<std::size_t>(cause)] += time;
}

Bottleneck cause_of(Limit limit, bool cold, bool upstream) {
  switch (limit) {
    case Limit::egress:
      return upstream ? Bottleneck::cold_edge : Bottleneck::egress;
    case Limit::uplink:
      return Bottleneck::uplink;
    case Limit::bandwidth:
      return Bottleneck::network;
    case Limit::connection:
      return cold ? Bottleneck::cold_edge : Bottleneck::connection;
    case Limit::disk:
      return Bottleneck::disk;
    case Limit::cpu:
      return Bottleneck::cpu;
  }
  return Bottleneck::none;
}

// Divides a whole number of nanoseconds in the proportion of the limits' times; what rounding
// leaves goes to the longest.
void add_split(Causes& causes, Duration total, const LimitSeconds& limits, bool cold, bool upstream,
               Bottleneck otherwise) {
  double sum = 0;
  for (const double seconds : limits) sum += seconds;
  if (!(sum > 0)) {
    add(causes, otherwise, total);
    return;
  }
  Duration left = total;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < kLimitCount; ++i) {
    if (limits[i] > limits[longest]) longest = i;
    const auto share =
        Duration{static_cast<std::int64_t>(static_cast<double>(total.count()) * (limits[i] / sum))};
    const Duration part = std::min(share, left);
    add(causes, cause_of(static_cast<Limit>(i), cold, upstream), part);
    left -= part;
  }
  add(causes, cause_of(static_cast<Limit>(longest), cold, upstream), left);
}

}  // namespace

std::vector<std::pair<Bottleneck, Duration>> ImagePull::explain(StepId last) const {
  const PullRow& pull = context_.recorder.result().pulls[row_];
  const SimTime now = context_.engine.now();
  Causes causes{};
  for (const auto& [cause, time] : pull.held_up_by) add(causes, cause, time);  // failed attempts
  SimTime t = now;
  for (StepId id = last; id != kNone;) {
    const Step& step = steps_[static_cast<std::size_t>(id)];
    add(causes, Bottleneck::slots, t - step.end);
    const Duration time = step.end - step.begin;
    switch (step.kind) {
      case Step::Kind::request:
        add(causes, Bottleneck::latency, time);
        break;
      case Step::Kind::transfer:
        add(causes, Bottleneck::latency, step.idle);
        add_split(causes, time - step.idle, step.limits, step.cold, step.upstream,
                  Bottleneck::connection);
        break;
      case Step::Kind::edge:
        add(causes, Bottleneck::cold_edge, time);
        break;
      case Step::Kind::commit:
        add(causes, Bottleneck::disk, time);
        break;
      case Step::Kind::job:
        add_split(causes, time, step.limits, false, false, Bottleneck::cpu);
        break;
    }
    t = step.begin;
    id = step.after;
  }
  add(causes, Bottleneck::slots, t - *pull.started);  // all of a pull that joined another
  if (!failure_) {
    add(causes, Bottleneck::queue, *pull.started - pull.requested - pull.back_off - pull.failed);
    add(causes, Bottleneck::back_off, pull.back_off);
  }

  std::vector<std::pair<Bottleneck, Duration>> parts;
  Duration sum{0};
  for (std::size_t i = 0; i < kCauses; ++i) {
    PULLSIM_CHECK(causes[i] >= Duration{0}, "no cause holds a pull up for less than no time");
    sum += causes[i];
    if (causes[i] > Duration{0}) parts.emplace_back(static_cast<Bottleneck>(i), causes[i]);
  }
  const Duration whole = failure_ ? pull.failed : now - pull.requested;
  PULLSIM_CHECK(sum == whole, "the causes of a pull add up to its time");
  return parts;
}

}  // namespace pullsim
