// What the scenario makes happen, at its time.
#include "models/cluster.hpp"

namespace pullsim {

void Cluster::schedule_events() {
  for (std::size_t i = 0; i < scenario_.events.size(); ++i) {
    const ScenarioEvent& event = scenario_.events[i];
    const ScenarioEvent* e = &event;
    if (event.kind == ScenarioEvent::Kind::registry_outage) {
      schedule_outage(event);
      continue;
    }
    if (event.kind == ScenarioEvent::Kind::remove_nodes) {
      engine_.at(kSimStart + event.at, "scenario event", [this, e, i] { remove_nodes(*e, i); });
      continue;
    }
    engine_.at(kSimStart + event.at, "scenario event", [this, e] {
      WorkloadController& workload = *workloads_[e->workload].controller;
      if (e->kind == ScenarioEvent::Kind::scale) {
        workload.scale(e->replicas);
      } else {
        workload.set_image(e->image);
      }
    });
  }
}

void Cluster::schedule_outage(const ScenarioEvent& event) {
  const ScenarioEvent* e = &event;
  engine_.at(kSimStart + event.at, "scenario event", [this, e] {
    registries_[e->registry].outage_began(engine_.now() + e->length, e->silent);
    for (const auto& node : nodes_) node->pulls().outage_began(e->registry);
  });
  engine_.at(kSimStart + event.at + event.length, "registry is back", [this, e] {
    Registry& registry = registries_[e->registry];
    registry.outage_ended(e->silent);
    if (registry.service() != Registry::Service::up) return;
    for (const auto& node : nodes_) node->pulls().outage_ended(e->registry);
  });
}

}  // namespace pullsim
