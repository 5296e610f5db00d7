// What a pod waits for before its sandbox is made: the node's network, its volumes, its address.
// See kubelet.hpp.
#include "models/kubelet.hpp"

#include <algorithm>

namespace pullsim {

namespace {

// A worker that finds no network comes back after a second, stretched by up to a half (node facts
// 1.5).
constexpr Duration kOfflineRetry = std::chrono::seconds(1);
constexpr double kOfflineJitter = 0.5;

// From binding on, all volumes at the same time.
Duration attach_time(const Context& context, const WorkloadSpec& workload, const std::string& pod) {
  Duration longest{0};
  for (std::size_t i = 0; i < workload.volumes.size(); ++i) {
    const double u = context.stream(pod, "volume").at(i);
    longest = std::max(longest, draw(workload.volumes[i].attach, u));
  }
  return longest;
}

}  // namespace

// Each worker finds it at its own next try.
void Kubelet::network_came() {
  network_ready_ = true;
  const SimTime now = context_.engine.now();
  for (const PodId id : offline_) {
    const Worker* worker = worker_of(id);
    if (worker == nullptr) continue;
    RandomStream stream = context_.stream(name_of(id), "offline-retry");
    SimTime next = worker->added;
    while (next < now) {
      next += duration_up(to_seconds(kOfflineRetry) * (1 + kOfflineJitter * stream.next()));
    }
    context_.engine.at(next, "network is there", [this, id] { await_volumes(id); });
  }
  offline_.clear();
}

void Kubelet::await_volumes(PodId id) {
  const Worker* worker = worker_of(id);
  if (worker == nullptr) return;
  const SimTime attached = worker->added + attach_time(context_, workload_of(id), name_of(id));
  if (attached > context_.engine.now()) {
    context_.engine.at(attached, "volumes attached", [this, id] { make_sandbox(id); });
  } else {
    make_sandbox(id);
  }
}

void Kubelet::make_sandbox(PodId id) {
  if (worker_of(id) == nullptr) return;
  const Duration time =
      take_address(id) + draw(spec_.sandbox, context_.stream(name_of(id), "sandbox").at(0));
  context_.engine.in(time, "sandbox ready", [this, id] { sandbox_ready(id); });
}

// A free one, or one more, which takes its time.
Duration Kubelet::take_address(PodId id) {
  if (workload_of(id).host_network) return Duration{0};
  resident_of(id)->has_address = true;
  if (++addresses_used_ <= addresses_) return Duration{0};
  ++addresses_;
  return draw(spec_.pod_ip.attach, context_.stream(name_of(id), "pod-ip").at(0));
}

void Kubelet::give_address_back(const Resident& resident) {
  if (resident.has_address) --addresses_used_;
}

}  // namespace pullsim
