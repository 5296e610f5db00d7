// Demand, what measures it and what answers it: traffic on workloads, metrics-server, autoscalers
// of pods. The rest of the wiring is in cluster.cpp.
#include "models/cluster.hpp"

namespace pullsim {

void Cluster::build_load() {
  for (const TrafficSpec& spec : scenario_.traffic) {
    Workload& workload = workloads_[spec.workload];
    workload.traffic = std::make_unique<Traffic>(
        context_, spec,
        [service = workload.service.get()](double pods) { service->set_needed(pods); });
  }
  bool any = false;
  for (std::size_t w = 0; w < workloads_.size(); ++w) {
    if (!scenario_.workloads[w].autoscaler) continue;
    any = true;
    Workload& workload = workloads_[w];
    WorkloadController* controller = workload.controller.get();
    const Traffic* traffic = workload.traffic.get();
    HpaHooks hooks;
    hooks.pods = [controller] { return controller->pods(); };
    hooks.pod = [this](PodId id) -> const Pod& { return pods_[id]; };
    hooks.sample = [this](PodId id) { return metrics_server_->sample(id); };
    hooks.replicas = [controller] { return controller->replicas(); };
    hooks.scale = [controller, traffic](std::int64_t replicas) {
      controller->scale_for_load(replicas, traffic != nullptr ? traffic->last_rise() : kSimStart);
    };
    workload.autoscaler = std::make_unique<HorizontalPodAutoscaler>(context_, w, std::move(hooks));
  }
  if (!any) return;
  MetricsHooks hooks;
  hooks.pods = [this] { return measured_pods(); };
  hooks.started = [this](PodId id) {
    const Pod& pod = pods_[id];
    return pod.initial ? std::nullopt : result_.pods[pod.row].started;
  };
  hooks.cpu_seconds = [this](PodId id, SimTime at) {
    const auto& traffic = workloads_[pods_[id].workload].traffic;
    return traffic ? traffic->cpu_seconds(id, at) : 0.0;
  };
  hooks.scraped = [this] {
    for (const Workload& workload : workloads_) {
      if (workload.traffic) workload.traffic->record();
    }
  };
  metrics_server_ = std::make_unique<MetricsServer>(context_, std::move(hooks));
}

void Cluster::start_load() {
  for (const Workload& workload : workloads_) {
    if (workload.traffic) workload.traffic->start_with(workload.controller->pods());
  }
  if (metrics_server_) metrics_server_->start();
  for (const Workload& workload : workloads_) {
    if (workload.autoscaler) workload.autoscaler->start();
  }
}

std::vector<PodId> Cluster::measured_pods() const {
  std::vector<PodId> pods;
  for (const Workload& workload : workloads_) {
    if (!workload.autoscaler) continue;
    for (const PodId id : workload.controller->pods()) {
      const PodPhase phase = pods_[id].phase;
      const bool runs = phase == PodPhase::running || phase == PodPhase::ready;
      if (runs && !pods_[id].lost) pods.push_back(id);
    }
  }
  return pods;
}

}  // namespace pullsim
