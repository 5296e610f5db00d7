// Routing delay and counts of one workload; see the header.
#include "models/service.hpp"

#include "models/recorder.hpp"

#include <algorithm>

namespace pullsim {

Duration routing_delay(const std::optional<LoadBalancerSpec>& load_balancer, double u) {
  if (!load_balancer) return kEndpointDelay;
  const Duration interval = load_balancer->health_interval;
  return repeated(load_balancer->registration, 1) + duration_up(u * to_seconds(interval)) +
         repeated(interval, load_balancer->healthy_threshold - 1);
}

Service::Service(Context& context, std::size_t workload)
    : context_(context),
      name_(context.scenario.workloads[workload].name),
      has_users_(context.scenario.workloads[workload].kind != WorkloadKind::daemon_set) {
  const std::string& name = name_;
  Recorder& recorder = context.recorder;
  wanted_series_ = recorder.add_series("replicas_wanted", name, "pods");
  created_series_ = recorder.add_series("replicas_created", name, "pods");
  ready_series_ = recorder.add_series("replicas_ready", name, "pods");
  served_series_ = recorder.add_series("replicas_served", name, "pods");
}

void Service::integrate() {
  const SimTime now = context_.engine.now();
  unserved_pod_seconds_ += missing() * to_seconds(now - since_);
  since_ = now;
}

void Service::record() {
  const SimTime now = context_.engine.now();
  Recorder& recorder = context_.recorder;
  recorder.record(wanted_series_, now, static_cast<double>(wanted_));
  recorder.record(created_series_, now, static_cast<double>(created_));
  recorder.record(ready_series_, now, static_cast<double>(ready_));
  recorder.record(served_series_, now, static_cast<double>(served_));
}

void Service::set_wanted(std::int64_t wanted) {
  integrate();
  wanted_ = wanted;
  record();
}

void Service::set_needed(double pods) {
  integrate();
  needed_ = pods;
  if (!needed_series_) {
    needed_series_ = context_.recorder.add_series("replicas_needed", name_, "pods");
  }
  context_.recorder.record(*needed_series_, context_.engine.now(), pods);
}

void Service::start_with(std::int64_t pods) {
  wanted_ = created_ = ready_ = served_ = pods;
  record();
}

void Service::created() {
  ++created_;
  record();
}

void Service::ready() {
  ++ready_;
  record();
}

void Service::served() {
  integrate();
  ++served_;
  record();
}

void Service::lost() {
  integrate();
  --served_;
  record();
}

void Service::removed(PodPhase phase, bool was_served) {
  integrate();
  --created_;
  if (phase == PodPhase::ready) --ready_;
  if (was_served) --served_;
  record();
}

double Service::missing() const {
  if (!has_users_) return 0;
  const double needed = needed_.value_or(static_cast<double>(wanted_));
  return std::max(0.0, needed - static_cast<double>(served_));
}

double Service::unserved_until(SimTime end) const {
  return unserved_pod_seconds_ + missing() * std::max(0.0, to_seconds(end - since_));
}

}  // namespace pullsim
