// Construction of a node; see the header.
#include "models/node.hpp"

#include "models/decisions/node_resources.hpp"
#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

void NodeUse::take(Resources request) {
  pods += 1;
  requested.cpu.count += request.cpu.count;
  requested.memory.count += request.memory.count;
}

void NodeUse::give_back(Resources request) {
  pods -= 1;
  requested.cpu.count -= request.cpu.count;
  requested.memory.count -= request.memory.count;
  PULLSIM_CHECK(pods >= 0 && requested.cpu.count >= 0 && requested.memory.count >= 0,
                "a node gives back only room that was taken");
}

Resources requests_of(const WorkloadSpec& workload) {
  if (workload.init_containers.empty() && workload.more_containers.empty()) {
    return {workload.cpu_request, workload.memory_request};
  }
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

std::string node_name(const NodePoolSpec& pool, std::int64_t ordinal) {
  return pool.name + "-" + std::to_string(ordinal);
}

namespace {

// What a page cache takes: measurements 2.4, tmpfs of a cloud machine, 7,630 MiB/s.
constexpr double kMemoryBytesPerSecond = 7630.0 * (1 << 20);

BurstCredit credit_of(Bandwidth rate, const BurstSpec& burst) {
  const double size = burst_credit(rate, burst);
  if (!(size > 0)) return {};
  return {burst.baseline.bytes_per_second, size,
          size * (static_cast<double>(burst.initial_percent) / 100)};
}

}  // namespace

HostKind host_kind(const NodePoolSpec& pool, std::size_t pool_index, MilliCpu used) {
  HostKind kind;
  if (pool.shared_machine) kind.core_group = static_cast<std::uint32_t>(pool_index) + 1;
  if (pool.network) kind.bandwidth = payload_of(*pool.network).bytes_per_second;
  if (pool.network && pool.network_burst) {
    BurstSpec payload = *pool.network_burst;
    payload.baseline = payload_of(payload.baseline);
    if (payload.rate) payload.rate = payload_of(*payload.rate);
    kind.network_credit = credit_of(payload_of(*pool.network), payload);
  }
  kind.disk = disk_bytes_per_second(pool);
  if (pool.disk_burst) {
    kind.disk_credit = credit_of(Bandwidth{kind.disk}, *pool.disk_burst);
  }
  if (pool.page_cache && pool.page_cache->dirty_ratio > 0) {
    kind.write_back = {dirty_background_bytes(*pool.page_cache),
                       dirty_limit_bytes(*pool.page_cache),
                       std::max(kMemoryBytesPerSecond, kind.disk)};
  }
  kind.cores = static_cast<double>(pool.cpu.count) / 1000.0;
  if (used > MilliCpu{0}) kind.cores = cores_beside_pods(pool, used);
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
           std::deque<Registry>& registries, ZoneId zone, HostKinds& kinds,
           const KubeletHooks& hooks)
    : context_(context),
      kinds_(kinds),
      identity_(identity),
      pool_(context.scenario.node_pools[identity.pool]),
      name_(node_name(pool_, identity.ordinal)),
      disk_(pool_.disk_size, pool_.disk_used),
      layers_(context.engine, images, pull_pipeline(pool_.runtime), &disk_),
      status_(images, pool_.kubelet, pull_pipeline(pool_.runtime).reports_unpacked_size,
              random_clocks(context, name_, pool_.kubelet)),
      image_gc_(context, disk_, layers_, images, pool_.kubelet.disk,
                pull_pipeline(pool_.runtime).reports_unpacked_size, name_),
      site_(context.stream(name_, "request")),
      kubelet_(context, site_, disk_, image_gc_, pool_.kubelet, name_, hooks) {
  site_.node = identity.id;
  site_.zone = zone;
  site_.host = context.network.add_host(
      zone, kinds.of(context.network.network(), context.scenario, identity.pool, {}));
  site_.set_runtime(context.engine, pool_);
  site_.images = &images;
  site_.registries = &registries;
  site_.store = &layers_;
  layers_.on_image([this](std::size_t image, bool present) {
    image_gc_.image_changed(image, present);
    const SimTime reported = status_.image_changed(context_.engine.now(), image, present);
    if (on_report_) on_report_(reported);
  });
}

void Node::set_registered(bool fresh) {
  if (fresh) kubelet_.starts();
  image_gc_.begin(fresh);
  status_.report_all(context_.engine.now());
}

void Node::set_ready() {
  ready_ = true;
  status_.report_all(context_.engine.now());
}

bool Node::has_taint(std::string_view key) const {
  return std::any_of(taints_.begin(), taints_.end(),
                     [key](const Taint& taint) { return taint.key == key; });
}

void Node::add_taint(const Taint& taint) {
  if (!has_taint(taint.key)) taints_.push_back(taint);
}

void Node::remove_taint(std::string_view key) {
  std::erase_if(taints_, [key](const Taint& taint) { return taint.key == key; });
}

bool Node::usable() const {
  return exists_ && !has_taint(kUnreachableTaint) && !has_taint(kUnschedulableTaint) &&
         !has_taint(kDiskPressureTaint);
}

void Node::machine_gone() {
  exists_ = false;
  ready_ = false;
  kubelet_.stop();
  image_gc_.stop();
}

void Node::take_room(Resources request, bool daemon) {
  use_.take(request);
  if (daemon) daemon_use_.take(request);
}

void Node::give_room_back(Resources request, bool daemon) {
  use_.give_back(request);
  if (daemon) daemon_use_.give_back(request);
}

void Node::pod_runs(MilliCpu usage) {
  cpu_used_.count += usage.count;
  if (usage.count > 0) cores_used_changed();
}

void Node::pod_ends(MilliCpu usage) {
  cpu_used_.count -= usage.count;
  PULLSIM_CHECK(cpu_used_.count >= 0, "a pod that ends had run");
  if (usage.count > 0) cores_used_changed();
}

void Node::cores_used_changed() {
  context_.network.set_host_kind(
      site_.host,
      kinds_.of(context_.network.network(), context_.scenario, identity_.pool, cpu_used_));
}

HostKindId HostKinds::of(FlowNetwork& network, const Scenario& scenario, std::size_t pool,
                         MilliCpu used) {
  const std::pair<std::size_t, std::int64_t> key{pool, used.count};
  const auto found = made_.find(key);
  if (found != made_.end()) return found->second;
  const HostKindId kind = network.add_host_kind(host_kind(scenario.node_pools[pool], pool, used));
  made_.emplace(key, kind);
  return kind;
}

}  // namespace pullsim
