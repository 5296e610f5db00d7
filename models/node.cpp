// Construction of a node; see the header.
#include "models/node.hpp"

#include "sim/check.hpp"

namespace pullsim {

void NodeUse::take(Resources request) {
  const Resources scoring = scoring_request(request);
  pods += 1;
  requested.cpu.count += request.cpu.count;
  requested.memory.count += request.memory.count;
  scoring_requested.cpu.count += scoring.cpu.count;
  scoring_requested.memory.count += scoring.memory.count;
}

void NodeUse::give_back(Resources request) {
  const Resources scoring = scoring_request(request);
  pods -= 1;
  requested.cpu.count -= request.cpu.count;
  requested.memory.count -= request.memory.count;
  scoring_requested.cpu.count -= scoring.cpu.count;
  scoring_requested.memory.count -= scoring.memory.count;
  PULLSIM_CHECK(pods >= 0 && requested.cpu.count >= 0 && requested.memory.count >= 0,
                "a node gives back only room that was taken");
}

Resources requests_of(const WorkloadSpec& workload) {
  return {workload.cpu_request, workload.memory_request};
}

NodeView view_of(const NodePoolSpec& pool, const NodeUse& use) {
  NodeView view;
  view.allocatable = {pool.allocatable_cpu, pool.allocatable_memory};
  view.requested = use.requested;
  view.scoring_requested = use.scoring_requested;
  view.pods = use.pods;
  view.pods_max = pool.max_pods;
  return view;
}

std::string node_name(const NodePoolSpec& pool, std::int64_t ordinal) {
  return pool.name + "-" + std::to_string(ordinal);
}

HostKind host_kind(const NodePoolSpec& pool, std::size_t pool_index) {
  HostKind kind;
  if (pool.shared_machine) kind.core_group = static_cast<std::uint32_t>(pool_index) + 1;
  if (pool.network) kind.bandwidth = payload_of(*pool.network).bytes_per_second;
  if (pool.disk_write) kind.disk = pool.disk_write->bytes_per_second;
  kind.cores = static_cast<double>(pool.cpu.count) / 1000.0;
  kind.receive_cpu_seconds_per_byte = pool.runtime.download_cpu_per_byte;
  return kind;
}

Node::Node(Context& context, const NodeIdentity& identity, const ImageTable& images,
           std::deque<Registry>& registries, ZoneId zone, HostKindId kind, KubeletHooks hooks)
    : identity_(identity),
      pool_(context.scenario.node_pools[identity.pool]),
      name_(node_name(pool_, identity.ordinal)),
      layers_(context.engine, images, pull_pipeline(pool_.runtime).keeps_blobs),
      site_(context.stream(name_, "request")),
      kubelet_(context, site_, pool_.kubelet, name_, std::move(hooks)) {
  site_.node = identity.id;
  site_.zone = zone;
  site_.host = context.network.network().add_host(zone, kind);
  site_.set_runtime(context.engine, pool_.runtime);
  site_.images = &images;
  site_.registries = &registries;
  site_.store = &layers_;
}

}  // namespace pullsim
