// The end of a run: totals, the order of rows, and the rules that every run must keep - bytes sent
// are bytes received are the layers fetched, and the phases of a pod add up.
#include "models/cluster.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

// The network's clock is floating point: sums over a run may differ by rounding, never by a byte in
// a megabyte.
constexpr double kByteTolerance = 1e-6;

bool same_bytes(double a, double b) {
  return std::abs(a - b) <= kByteTolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

}  // namespace

void Cluster::finish() {
  const SimTime end = kSimStart + scenario_.duration;
  result_.ended = engine_.now();
  for (const auto& node : nodes_) node->kubelet().write_unfinished();
  result_.layers.sort();
  for (const Workload& workload : workloads_) {
    result_.unserved_pod_seconds += workload.service->unserved_until(end);
    if (workload.traffic) {
      const RequestQueue requests = workload.traffic->totals(end);
      result_.counters.requests_offered += std::llround(requests.offered);
      result_.counters.requests_lost += std::llround(requests.lost);
      result_.counters.requests_retried += workload.traffic->retried();
      const auto& gaps = workload.traffic->gaps();
      result_.gaps.insert(result_.gaps.end(), gaps.begin(), gaps.end());
    }
    const auto scale_outs = workload.controller->scale_outs();
    result_.scale_outs.insert(result_.scale_outs.end(), scale_outs.begin(), scale_outs.end());
  }
  for (const NodeRow& node : result_.nodes) {
    if (node.removed && !node.registered) continue;  // the cloud had none
    result_.node_seconds += to_seconds(node.removed.value_or(end) - node.requested);
  }
  recorder_.close();
  check_conservation();
  check_phases();
  const FlowNetworkCounters& counters = network_.network().counters();
  result_.counters.events = engine_.events_run();
  result_.counters.flows = counters.activities_started;
  result_.counters.flows_peak = counters.activities_peak;
  result_.counters.network_solves = counters.solves;
  result_.digest = engine_.digest();
}

void Cluster::check_conservation() {
  network_.catch_up();
  double sent = 0;
  for (const Registry& registry : registries_) {
    const double bytes = registry.bytes_sent(network_.network());
    result_.registry_bytes.push_back(bytes);
    result_.registry_throttled.push_back(registry.throttled());
    sent += bytes;
  }
  double received = 0;
  for (const auto& node : nodes_) received += network_.network().host_bytes(node->host());
  double under_way = 0;
  for (const auto& node : nodes_) under_way += node->kubelet().bytes_under_way();
  for (const auto& node : nodes_) under_way += node->layers().partial_bytes();
  double fetched = 0;
  double lost = 0;
  for (const PullRow& pull : result_.pulls) {
    fetched += static_cast<double>(pull.work->bytes_fetched.count);
    lost += pull.retries->bytes_lost;
  }

  PULLSIM_CHECK(same_bytes(sent, received), "every byte sent by a registry arrives at a node");
  PULLSIM_CHECK(same_bytes(received, fetched + under_way + lost),
                "bytes received are the layers fetched, those under way and what was thrown away");
  recorder_.count_checks(2);
}

void Cluster::check_phases() {
  for (const PodRow& pod : result_.pods) {
    SimTime last = pod.created;
    Duration sum{0};
    for (const MaybeTime& moment : {pod.scheduled, pod.sandbox, pod.pull_started, pod.pull_finished,
                                    pod.started, pod.ready}) {
      if (!moment) continue;
      PULLSIM_CHECK(*moment >= last, "the phases of a pod follow one another");
      sum += *moment - last;
      last = *moment;
    }
    if (pod.ready) {
      PULLSIM_CHECK(sum == *pod.ready - pod.created, "the phases of a pod add up to its time");
    }
    recorder_.count_checks(1);
  }
}

}  // namespace pullsim
