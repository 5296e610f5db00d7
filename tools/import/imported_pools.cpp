// Groups of nodes; see the header.
#include "tools/import/imported_pools.hpp"

#include "tools/input/machine_types.hpp"
#include "tools/input/runtime_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pullsim {

namespace {

std::string why_not(const DumpNode& node) {
  if (!node.ready) return "is not ready";
  if (node.cordoned) return "is cordoned";
  if (!node.taint.empty()) return fmt::format("has the taint {}", node.taint);
  if (node.allocatable_cpu.count <= 0 || node.allocatable_memory.count <= 0) {
    return "offers nothing to pods";
  }
  return "";
}

/// What makes nodes alike. Allocatable memory differs by some KiB between equal nodes.
std::string group_of(const DumpNode& node) {
  return fmt::format("{}\n{}\n{}\n{}", node.group, node.instance_type, node.cpu.count,
                     node.runtime);
}

/// "containerd://1.7.22" -> containerd, 1.7; "docker://28.0.1" -> docker, 28.0.
void set_runtime(ImportedPool& pool) {
  const std::size_t colon = pool.runtime_said.find("://");
  const std::string name = pool.runtime_said.substr(0, colon);
  const bool known_name = name == "containerd" || name == "cri-o" || name == "docker";
  if (colon == std::string::npos || !known_name) return;
  pool.runtime_name = name;
  const std::string version = pool.runtime_said.substr(colon + 3);
  const std::size_t dot = version.find('.');
  const std::string minor = version.substr(0, version.find_first_not_of("0123456789", dot + 1));
  const std::vector<std::string>& known = runtime_versions(name);
  if (dot != std::string::npos && std::find(known.begin(), known.end(), minor) != known.end()) {
    pool.runtime_version = minor;
  }
}

void take_least(ImportedPool& pool, const DumpNode& node) {
  pool.memory = std::min(pool.memory, node.memory);
  pool.allocatable_cpu = std::min(pool.allocatable_cpu, node.allocatable_cpu);
  pool.allocatable_memory = std::min(pool.allocatable_memory, node.allocatable_memory);
  pool.max_pods = std::min(pool.max_pods, node.max_pods);
  if (pool.disk && node.disk) pool.disk = std::min(*pool.disk, *node.disk);
  if (!node.zone.empty()) {
    std::vector<std::string> none;
    const std::string zone = free_name(node.zone, none);
    const bool known = std::find(pool.zones.begin(), pool.zones.end(), zone) != pool.zones.end();
    if (!known) pool.zones.push_back(zone);
  }
  ++pool.nodes;
  std::set<std::string> there;
  for (const DumpImage& image : node.images) there.insert(image.names.begin(), image.names.end());
  for (const std::string& image : there) ++pool.nodes_with[image];
}

ImportedPool first_of(const DumpNode& node, std::vector<std::string>& taken) {
  ImportedPool pool;
  std::string name = node.group.empty() ? node.instance_type : node.group;
  pool.name = free_name(name.empty() ? "nodes" : name, taken);
  pool.instance_type = node.instance_type;
  if (find_machine_type(node.instance_type) != nullptr) pool.machine_type = node.instance_type;
  pool.cpu = node.cpu;
  pool.memory = node.memory;
  pool.allocatable_cpu = node.allocatable_cpu;
  pool.allocatable_memory = node.allocatable_memory;
  pool.max_pods = node.max_pods;
  pool.disk = node.disk;
  pool.runtime_said = node.runtime;
  pool.kubelet = node.kubelet;
  set_runtime(pool);
  return pool;
}

/// What the DaemonSet pods of a node request, the most of any node of the pool.
void take_daemons(const ClusterDump& dump, const std::map<std::string, std::size_t>& pool_of,
                  std::vector<ImportedPool>& pools) {
  std::map<std::string, std::pair<MilliCpu, Bytes>> by_node;
  for (const DumpPod& pod : dump.pods) {
    if (pod.owner_kind != "DaemonSet") continue;
    by_node[pod.node].first.count += pod.spec.cpu_request().count;
    by_node[pod.node].second += pod.spec.memory_request();
  }
  for (const auto& [node, request] : by_node) {
    const auto found = pool_of.find(node);
    if (found == pool_of.end()) continue;
    ImportedPool& pool = pools[found->second];
    pool.daemon_cpu = std::max(pool.daemon_cpu, request.first);
    pool.daemon_memory = std::max(pool.daemon_memory, request.second);
  }
  for (ImportedPool& pool : pools) {
    const bool room =
        pool.allocatable_cpu > pool.daemon_cpu && pool.allocatable_memory > pool.daemon_memory;
    if (!room) {
      pool.daemon_cpu = MilliCpu{};
      pool.daemon_memory = Bytes{};
    }
    pool.allocatable_cpu.count -= pool.daemon_cpu.count;
    pool.allocatable_memory = pool.allocatable_memory - pool.daemon_memory;
  }
}

}  // namespace

std::set<std::string> usable_nodes(const ClusterDump& dump) {
  std::set<std::string> out;
  for (const DumpNode& node : dump.nodes) {
    if (why_not(node).empty()) out.insert(node.name);
  }
  return out;
}

std::vector<ImportedPool> import_pools(const ClusterDump& dump,
                                       std::vector<std::string>& left_out) {
  for (const DumpNode& node : dump.nodes) {
    const std::string why = why_not(node);
    if (!why.empty()) left_out.push_back(fmt::format("node {}: it {}", node.name, why));
  }
  std::vector<ImportedPool> pools;
  std::map<std::string, std::size_t> pool_of;
  std::map<std::string, std::size_t> by_group;
  std::vector<std::string> taken;
  for (const DumpNode& node : dump.nodes) {
    if (!why_not(node).empty()) continue;
    const auto [at, fresh] = by_group.emplace(group_of(node), pools.size());
    pool_of[node.name] = at->second;
    if (fresh) pools.push_back(first_of(node, taken));
    take_least(pools[at->second], node);
  }
  take_daemons(dump, pool_of, pools);
  for (ImportedPool& pool : pools) std::sort(pool.zones.begin(), pool.zones.end());
  return pools;
}

}  // namespace pullsim
