// See the header. Nothing changes between two calls of catch_up() but by the flow.
#include "models/traffic.hpp"

#include "models/horizontal_pod_autoscaler.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pullsim {

namespace {
constexpr double kBalanceTolerance = 1e-9;
}

Traffic::Traffic(Context& context, const TrafficSpec& spec, std::function<void(double)> needed)
    : context_(context),
      spec_(spec),
      cpu_seconds_per_request_(
          static_cast<double>(
              measured_cpu_request(context.scenario.workloads[spec.workload]).value_or(0)) /
          1000.0 / spec.per_pod),
      needed_(std::move(needed)) {
  const std::string& name = context.scenario.workloads[spec.workload].name;
  demand_series_ = context.recorder.add_series("demand", name, "requests/s");
  served_series_ = context.recorder.add_series("requests_served", name, "requests/s");
  queue_series_ = context.recorder.add_series("requests_queued", name, "requests");
  lost_series_ = context.recorder.add_series("requests_lost", name, "requests");
  flow_.patience_seconds = to_seconds(spec.timeout);
}

void Traffic::start_with(const std::vector<PodId>& pods) {
  for (const PodId id : pods) joined_.emplace(id, 0.0);
  flow_.capacity = static_cast<double>(pods.size()) * spec_.per_pod;
  const bool from_start = !spec_.rate.empty() && spec_.rate.front().at == Duration{0};
  const double demand = from_start ? spec_.rate.front().per_second : 0.0;
  if (!pods.empty()) {
    share_before_ = std::min(demand, flow_.capacity) / static_cast<double>(pods.size());
  }
  set_demand(demand);
  for (const TrafficStep& step : spec_.rate) {
    if (step.at == Duration{0}) continue;
    context_.engine.at(kSimStart + step.at, "demand changes",
                       [this, rate = step.per_second] { set_demand(rate); });
  }
}

void Traffic::set_demand(double per_second) {
  catch_up();
  if (per_second > flow_.demand) last_rise_ = context_.engine.now();
  flow_.demand = per_second;
  needed_(per_second / spec_.per_pod);
  record();
}

void Traffic::join(PodId pod) {
  catch_up();
  joined_.emplace(pod, share_);
  flow_.capacity = static_cast<double>(joined_.size()) * spec_.per_pod;
  record();
}

void Traffic::leave(PodId pod) {
  const auto found = joined_.find(pod);
  if (found == joined_.end()) return;
  catch_up();
  joined_.erase(found);
  flow_.capacity = static_cast<double>(joined_.size()) * spec_.per_pod;
  record();
}

double Traffic::share_since(SimTime from, SimTime to) const {
  if (joined_.empty() || to <= from) return 0;
  const RequestQueue next = after(queue_, flow_, to_seconds(to - from));
  return (next.served - queue_.served) / static_cast<double>(joined_.size());
}

void Traffic::catch_up() {
  const SimTime now = context_.engine.now();
  if (now <= since_) return;
  share_ += share_since(since_, now);
  queue_ = after(queue_, flow_, to_seconds(now - since_));
  since_ = now;
  const double kept = queue_.served + queue_.lost + queue_.waiting;
  PULLSIM_CHECK(std::abs(kept - queue_.offered) <= kBalanceTolerance * std::max(1.0, kept),
                "every request is served, lost or waiting");
  context_.recorder.count_checks(1);
}

double Traffic::cpu_seconds(PodId pod, SimTime at) {
  const auto found = joined_.find(pod);
  if (found == joined_.end()) return 0;
  if (at < kSimStart) return to_seconds(at) * share_before_ * cpu_seconds_per_request_;
  catch_up();
  PULLSIM_CHECK(at >= since_, "CPU time is asked for as of now");
  return (share_ - found->second + share_since(since_, at)) * cpu_seconds_per_request_;
}

RequestQueue Traffic::totals(SimTime end) const {
  return after(queue_, flow_, std::max(0.0, to_seconds(end - since_)));
}

void Traffic::record() {
  catch_up();
  const SimTime now = context_.engine.now();
  Recorder& recorder = context_.recorder;
  recorder.record(demand_series_, now, flow_.demand);
  const bool short_of_pods = queue_.waiting > 0 || flow_.demand > flow_.capacity;
  recorder.record(served_series_, now, short_of_pods ? flow_.capacity : flow_.demand);
  recorder.record(queue_series_, now, queue_.waiting);
  recorder.record(lost_series_, now, queue_.lost);
}

}  // namespace pullsim
