// Allowed transitions of a pod; see the header.
#include "models/pod.hpp"

#include "sim/check.hpp"

namespace pullsim {

namespace {

PodContainer further(const ContainerSpec& spec, PodContainer::Role role) {
  return {role,
          "/" + spec.name,
          spec.image,
          spec.pull_policy,
          spec.startup_probe,
          spec.readiness_probe,
          spec.run_time};
}

}  // namespace

std::string pod_name(const Scenario& scenario, RowIndex workload, RowIndex ordinal) {
  return scenario.workloads.at(workload).name + "-" + std::to_string(ordinal);
}

std::vector<PodContainer> containers_of(const WorkloadSpec& workload, std::size_t image) {
  using Role = PodContainer::Role;
  std::vector<PodContainer> containers;
  for (const ContainerSpec& spec : workload.init_containers) {
    containers.push_back(further(spec, spec.sidecar ? Role::sidecar : Role::init));
  }
  containers.push_back({Role::main,
                        "",
                        image,
                        workload.pull_policy,
                        workload.startup_probe,
                        workload.readiness_probe,
                        {}});
  for (const ContainerSpec& spec : workload.more_containers) {
    containers.push_back(further(spec, Role::main));
  }
  return containers;
}

void advance_phase(Pod& pod, PodPhase to) {
  PULLSIM_CHECK(pod.phase < to, "a pod only moves forward");
  pod.phase = to;
}

}  // namespace pullsim
