// Demand, what measures it and what answers it: traffic on workloads, metrics-server, autoscalers
// of pods. The rest of the wiring is in cluster.cpp.
#include "models/cluster.hpp"

namespace pullsim {

namespace {

std::vector<std::string> metric_names(const WorkloadSpec& spec) {
  std::vector<std::string> names;
  if (spec.autoscaler) {
    for (const HpaMetricSpec& metric : spec.autoscaler->metrics) names.push_back(metric.name);
  }
  if (spec.scaled_object) {
    for (const KedaTriggerSpec& trigger : spec.scaled_object->triggers) {
      names.push_back(trigger.metric);
    }
  }
  return names;
}

}  // namespace

void Cluster::build_load() {
  for (const TrafficSpec& spec : scenario_.traffic) {
    Workload& workload = workloads_[spec.workload];
    workload.traffic = std::make_unique<Traffic>(
        context_, spec,
        [service = workload.service.get()](double pods) { service->set_needed(pods); });
  }
  bool any = false;
  for (const WorkloadSpec& spec : scenario_.workloads) {
    any = any || spec.autoscaler || spec.scaled_object;
  }
  if (!any) return;
  MetricsHooks hooks;
  hooks.pods = [this] { return measured_pods(); };
  hooks.started = [this](PodId id) {
    const Pod& pod = pods_[id];
    return pod.initial ? std::nullopt : result_.pods[pod.row].started;
  };
  hooks.use = [this](PodId id, SimTime at) {
    const auto& traffic = workloads_[pods_[id].workload].traffic;
    return traffic ? traffic->use(id, at) : PodUse{};
  };
  hooks.scraped = [this] {
    for (const Workload& workload : workloads_) {
      if (workload.traffic) workload.traffic->record();
    }
  };
  metrics_server_ = std::make_unique<MetricsServer>(context_, std::move(hooks));
  for (std::size_t w = 0; w < workloads_.size(); ++w) build_autoscaler(w);
}

void Cluster::build_autoscaler(std::size_t w) {
  const WorkloadSpec& spec = scenario_.workloads[w];
  if (!spec.autoscaler && !spec.scaled_object) return;
  Workload& workload = workloads_[w];
  WorkloadController* controller = workload.controller.get();
  const Traffic* traffic = workload.traffic.get();
  workload.metrics = std::make_unique<CustomMetrics>(context_, traffic, metrics_server_.get());
  const CustomMetrics* metrics = workload.metrics.get();
  HpaHooks hooks;
  hooks.pods = [controller] { return controller->pods(); };
  hooks.pod = [this](PodId id) -> const Pod& { return pods_[id]; };
  hooks.cpu = [this](PodId id) { return metrics_server_->cpu(id); };
  hooks.pod_value = [metrics](const std::string& name, PodId id) {
    return metrics->of_pod(name, id);
  };
  hooks.value = [metrics](const std::string& name) { return metrics->value(name); };
  hooks.replicas = [controller] { return controller->replicas(); };
  hooks.scale = [controller, metrics, names = metric_names(spec)](std::int64_t replicas) {
    controller->scale_for_load(replicas, metrics->last_rise(names));
  };
  if (spec.scaled_object) {
    workload.keda = std::make_unique<KedaScaler>(context_, w, hooks);
  } else {
    workload.autoscaler =
        std::make_unique<HorizontalPodAutoscaler>(context_, w, *spec.autoscaler, std::move(hooks));
  }
}

void Cluster::start_load() {
  for (const Workload& workload : workloads_) {
    if (workload.traffic) workload.traffic->start_with(workload.controller->pods());
  }
  if (metrics_server_) metrics_server_->start();
  for (const Workload& workload : workloads_) {
    if (workload.autoscaler) workload.autoscaler->start();
    if (workload.keda) workload.keda->start();
  }
}

std::vector<PodId> Cluster::measured_pods() const {
  std::vector<PodId> pods;
  for (const Workload& workload : workloads_) {
    if (!workload.autoscaler || !workload.autoscaler->looks_at_pods()) continue;
    for (const PodId id : workload.controller->pods()) {
      const PodPhase phase = pods_[id].phase;
      const bool runs = phase == PodPhase::running || phase == PodPhase::ready;
      if (runs && !pods_[id].lost) pods.push_back(id);
    }
  }
  return pods;
}

}  // namespace pullsim
