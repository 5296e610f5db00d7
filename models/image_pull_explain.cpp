// What held a pull up: the critical path, walked backwards from the end. Each step says which one
// it came after - its own blob, the layer below, the download that freed its slot - and what lies
// between is waiting for other pulls, so that every nanosecond between the kubelet's request and
// the end belongs to one step and has exactly one cause.
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

/// Divides a whole number of nanoseconds in the proportion of the limits' times; what rounding
/// leaves goes to the longest.
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

HeldUpBy listed(const Causes& causes) {
  HeldUpBy list;
  list.reserve(static_cast<std::size_t>(std::count_if(
      causes.begin(), causes.end(), [](Duration time) { return time > Duration{0}; })));
  for (std::size_t i = 0; i < kCauses; ++i) {
    PULLSIM_CHECK(causes[i] >= Duration{0}, "no cause holds a pull up for less than no time");
    if (causes[i] > Duration{0}) list.emplace_back(static_cast<Bottleneck>(i), causes[i]);
  }
  return list;
}

/// The path of one pull from its end backwards; without a path to fill, only the sums.
class Walk {
 public:
  Walk(SimTime end, bool keep_path) : at_(end), keep_path_(keep_path) {}

  /// The time from `begin` to where the walk is now, and what it was spent on.
  void back_to(SimTime begin, PullStep::Kind kind, std::optional<std::size_t> layer,
               const Causes& causes) {
    PULLSIM_CHECK(begin <= at_, "a step begins before it ends");
    Duration sum{0};
    for (std::size_t i = 0; i < kCauses; ++i) {
      sum += causes[i];
      sums_[i] += causes[i];
    }
    PULLSIM_CHECK(sum == at_ - begin, "the causes of a step add up to its time");
    if (keep_path_ && begin < at_) path_.push_back({kind, layer, begin, at_, listed(causes)});
    at_ = begin;
  }

  void wait_for_others(SimTime since) {
    Causes causes{};
    add(causes, Bottleneck::slots, at_ - since);
    back_to(since, PullStep::Kind::other_pulls, {}, causes);
  }

  /// Goes on from what the row has up to `since`.
  void write(PullRow* pull, SimTime since) {
    PULLSIM_CHECK(at_ == since, "the path of a pull has no gap");
    for (const auto& [cause, time] : pull->work->held_up_by) add(sums_, cause, time);
    pull->work.edit().held_up_by = listed(sums_);
    if (path_.empty()) return;
    std::vector<PullStep>& path = pull->work.edit().path.edit();
    path.insert(path.end(), path_.rbegin(), path_.rend());
  }

 private:
  SimTime at_;
  bool keep_path_;
  Causes sums_{};
  std::vector<PullStep> path_;
};

/// Queue and back-off from the request, or from the end of attempts that failed, to `until`.
Causes waiting_of(const PullRow& pull, SimTime until) {
  SimTime since = pull.requested;
  Duration back_off = pull.retries->back_off;
  for (const auto& [cause, time] : pull.work->held_up_by) {
    since += time;
    if (cause == Bottleneck::back_off) back_off -= time;
  }
  Causes waiting{};
  add(waiting, Bottleneck::queue, until - since - back_off);
  add(waiting, Bottleneck::back_off, back_off);
  return waiting;
}

}  // namespace

// Pulls that another one's image has ended are very many, and have waited only.
HeldUpBy held_up_by(const PullRow& pull) {
  if (!pull.work->held_up_by.empty() || !pull.finished) return pull.work->held_up_by;
  return listed(waiting_of(pull, *pull.finished));
}

void explain_wait(PullRow* pull, SimTime until, bool keep_path) {
  const Causes waiting = waiting_of(*pull, until);
  Duration waited{0};
  for (const Duration time : waiting) waited += time;
  const SimTime since = until - waited;
  Walk walk(until, keep_path);
  walk.back_to(since, PullStep::Kind::queue, {}, waiting);
  walk.write(pull, since);
}

LimitSeconds ImagePull::limits_of(const Step& step) const {
  return step.limits ? limits_[*step.limits] : LimitSeconds{};
}

// What held this attempt up, after all that the row says of earlier ones. A pull that joined
// another has no step of its own, and waited for the other all the time.
void ImagePull::explain(StepId last) {
  PullRow& pull = row();
  explain_wait(&pull, *pull.started, context_.scenario.keep_paths);
  Walk walk(context_.engine.now(), context_.scenario.keep_paths);
  for (StepId id = last; id != kNone;) {
    const Step& step = steps_[static_cast<std::size_t>(id)];
    walk.wait_for_others(step.end);
    const Duration time = step.end - step.begin;
    Causes causes{};
    PullStep::Kind kind = PullStep::Kind::request;
    switch (step.kind) {
      case Step::Kind::request:
        add(causes, Bottleneck::latency, time);
        break;
      case Step::Kind::transfer:
        kind = PullStep::Kind::transfer;
        add(causes, Bottleneck::latency, step.idle);
        add_split(causes, time - step.idle, limits_of(step), step.cold, step.upstream,
                  Bottleneck::connection);
        break;
      case Step::Kind::edge:
        kind = PullStep::Kind::edge;
        add(causes, Bottleneck::cold_edge, time);
        break;
      case Step::Kind::commit:
        kind = PullStep::Kind::commit;
        add(causes, Bottleneck::disk, time);
        break;
      case Step::Kind::job:
        kind = PullStep::Kind::work;
        add_split(causes, time, limits_of(step), false, false, Bottleneck::cpu);
        break;
    }
    walk.back_to(step.begin, kind, step.layer, causes);
    id = step.after;
  }
  walk.wait_for_others(*pull.started);
  walk.write(&pull, *pull.started);
}

}  // namespace pullsim
