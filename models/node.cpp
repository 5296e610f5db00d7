// Construction of a node; see the header.
#include "models/node.hpp"

#include "models/decisions/pod_requests.hpp"

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
  std::vector<InitRequest> init;
  for (const ContainerSpec& container : workload.init_containers) {
    init.push_back({{container.cpu_request, container.memory_request}, container.sidecar});
  }
  std::vector<Resources> main = {{workload.cpu_request, workload.memory_request}};
  for (const ContainerSpec& container : workload.more_containers) {
    main.push_back({container.cpu_request, container.memory_request});
  }
  return pod_requests(init, main);
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

namespace {

// The clocks of a kubelet that has been running for long are at a random phase.
StatusClocks random_clocks(const Context& context, const std::string& node,
                           const KubeletSpec& spec) {
  const RandomStream stream = context.stream(node, "node-status");
  StatusClocks clocks;
  clocks.cache_phase = duration_up(stream.at(0) * to_seconds(kImageCachePeriod));
  clocks.status_phase = duration_up(stream.at(1) * to_seconds(spec.node_status_period));
  return clocks;
}

}  // namespace

Node::Node(Context& context, const NodeIdentity& identity, const ImageTable& images,
           std::deque<Registry>& registries, ZoneId zone, HostKindId kind, KubeletHooks hooks)
    : identity_(identity),
      pool_(context.scenario.node_pools[identity.pool]),
      name_(node_name(pool_, identity.ordinal)),
      context_(context),
      disk_(pool_.disk_size, pool_.disk_used),
      layers_(context.engine, images, pull_pipeline(pool_.runtime), &disk_),
      status_(images, pool_.kubelet, pull_pipeline(pool_.runtime).reports_unpacked_size,
              random_clocks(context, name_, pool_.kubelet)),
      image_gc_(context, disk_, layers_, images, pool_.kubelet.disk,
                pull_pipeline(pool_.runtime).reports_unpacked_size, name_),
      site_(context.stream(name_, "request")),
      kubelet_(context, site_, disk_, image_gc_, pool_.kubelet, name_, std::move(hooks)) {
  site_.node = identity.id;
  site_.host = context.network.network().add_host(zone, kind);
  site_.set_runtime(context.engine, pool_.runtime);
  site_.images = &images;
  site_.registries = &registries;
  site_.store = &layers_;
  layers_.on_image([this](std::size_t image, bool present) {
    image_gc_.image_changed(image, present);
    const SimTime reported = status_.image_changed(context_.engine.now(), image, present);
    if (on_report_) on_report_(reported);
  });
}

void Node::set_ready(bool fresh) {
  ready_ = true;
  if (fresh) kubelet_.starts();
  image_gc_.begin(fresh);
  status_.report_all(context_.engine.now());
}

}  // namespace pullsim
