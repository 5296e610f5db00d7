// The list of changes; see the header.
#include "tools/explain/changes.hpp"

#include "tools/input/scenario_reader.hpp"
#include "tools/input/unit_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace pullsim {
namespace {

constexpr double kTwice = 2;
constexpr std::int64_t kManyDownloads = 10;
constexpr std::int64_t kParallelUnpacks = 4;
constexpr const char* kParallelVersion = "2.2";  // the first containerd that unpacks side by side

/// As `--set` takes it: no space between number and unit.
std::string word(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text;
}

std::string bytes_rate(Bandwidth rate) {
  return format_bytes(Bytes{std::llround(rate.bytes_per_second)}) + "/s";
}

class Changes {
 public:
  Changes(const Scenario& scenario, const RunResult& result, const PodRow& pod)
      : scenario_(scenario), result_(result), pod_(pod), node_(result.nodes[pod.node.value()]) {}

  std::vector<Change> list() {
    caches_and_nodes();
    registry_limits();
    node_limits();
    runtime();
    kubelet();
    workload();
    return std::move(list_);
  }

 private:
  const NodePoolSpec& pool() const { return scenario_.node_pools[node_.pool]; }
  const ImageSpec& image() const { return scenario_.images[pod_.image]; }
  std::string pool_path() const { return "nodePools." + pool().name; }

  void add(std::string text, std::vector<std::string> sets, std::function<void(Scenario&)> apply) {
    list_.push_back({std::move(text), std::move(sets), std::move(apply)});
  }

  /// A limit that is given, at twice its value; payload and disk rates are told in bytes.
  void twice(const std::string& what, const std::string& path,
             const std::optional<Bandwidth>& value, std::string (*rate)(Bandwidth),
             std::function<std::optional<Bandwidth>&(Scenario&)> member) {
    if (!value) return;
    const Bandwidth more{value->bytes_per_second * kTwice};
    add(fmt::format("{} {} -> {}", what, rate(*value), rate(more)), {path + "=" + word(rate(more))},
        [member = std::move(member), more](Scenario& s) { member(s) = more; });
  }

  void caches_and_nodes() {
    const std::size_t p = node_.pool;
    const std::size_t i = pod_.image;
    if (pod_.pull && std::count(pool().cached.begin(), pool().cached.end(), i) == 0) {
      std::string names = image().name;
      for (const std::size_t other : pool().cached) names += ", " + scenario_.images[other].name;
      add(fmt::format("image {} on every node of {} from the start", image().name, pool().name),
          {fmt::format("{}.cached=[{}]", pool_path(), names)},
          [p, i](Scenario& s) { s.node_pools[p].cached.push_back(i); });
    }
    const auto added = std::count_if(result_.nodes.begin(), result_.nodes.end(),
                                     [p](const NodeRow& n) { return n.pool == p && !n.initial; });
    if (added > 0) {
      const std::int64_t before = pool().nodes_initial;
      const std::int64_t after = before + added;
      add(fmt::format("pool {}: {} -> {} nodes from the start", pool().name, before, after),
          {fmt::format("{}.nodes.initial={}", pool_path(), after)},
          [p, after](Scenario& s) { s.node_pools[p].nodes_initial = after; });
    }
  }

  void registry_limits() {
    if (!pod_.pull) return;
    const RegistrySpec& registry = *registry_of(scenario_.registries, image().ref);
    const auto r = static_cast<std::size_t>(&registry - scenario_.registries.data());
    const std::string path = "registries." + registry.name;
    const std::string name = "registry " + registry.name;
    twice(name + ": egress", path + ".egress", registry.egress, format_rate,
          [r](Scenario& s) -> std::optional<Bandwidth>& { return s.registries[r].egress; });
    twice(name + ": one connection", path + ".perConnection", registry.per_connection, bytes_rate,
          [r](Scenario& s) -> std::optional<Bandwidth>& { return s.registries[r].per_connection; });
    twice(name + ": first fetch", path + ".coldFetch", registry.cold_fetch, bytes_rate,
          [r](Scenario& s) -> std::optional<Bandwidth>& { return s.registries[r].cold_fetch; });
    const std::size_t z = node_.zone;
    const ZoneSpec& zone = scenario_.zones[z];
    twice("zone " + zone.name + ": uplink", "zones." + zone.name + ".uplink", zone.uplink,
          format_rate, [z](Scenario& s) -> std::optional<Bandwidth>& { return s.zones[z].uplink; });
  }

  void node_limits() {
    const std::size_t p = node_.pool;
    const std::string name = "pool " + pool().name;
    twice(name + ": network", pool_path() + ".network.bandwidth", pool().network, format_rate,
          [p](Scenario& s) -> std::optional<Bandwidth>& { return s.node_pools[p].network; });
    twice(name + ": disk writes", pool_path() + ".disk.write", pool().disk_write, bytes_rate,
          [p](Scenario& s) -> std::optional<Bandwidth>& { return s.node_pools[p].disk_write; });
    const MilliCpu cores{pool().cpu.count * 2};
    add(fmt::format("{}: cores {} -> {}, the same room for pods", name, format_cpu(pool().cpu),
                    format_cpu(cores)),
        {fmt::format("{}.cpu={}", pool_path(), format_cpu(cores)),
         fmt::format("{}.allocatable.cpu={}", pool_path(), format_cpu(pool().allocatable_cpu))},
        [p, cores](Scenario& s) { s.node_pools[p].cpu = cores; });
  }

  void runtime() {
    const RuntimeSpec& runtime = pool().runtime;
    if (!pod_.pull || runtime.name != "containerd") return;
    const std::size_t p = node_.pool;
    const std::string path = pool_path() + ".runtime";
    const std::string name = "pool " + pool().name;
    const std::int64_t now = runtime.max_concurrent_downloads.value_or(3);  // containerd's default
    for (const std::int64_t downloads : {std::int64_t{1}, kManyDownloads}) {
      if (downloads == now) continue;
      add(fmt::format("{}: {} -> {} downloads at once", name, now, downloads),
          {fmt::format("{}.maxConcurrentDownloads={}", path, downloads)},
          [p, downloads](Scenario& s) {
            s.node_pools[p].runtime.max_concurrent_downloads = downloads;
          });
    }
    if (runtime.max_concurrent_unpacks > 1 || runtime.discard_unpacked_layers) return;
    const bool newer = runtime.version < kParallelVersion;  // all versions are D.D
    std::vector<std::string> sets = {
        fmt::format("{}.maxConcurrentUnpacks={}", path, kParallelUnpacks)};
    if (newer) sets.push_back(fmt::format("{}.version=\"{}\"", path, kParallelVersion));
    add(fmt::format("{}: {}{} unpacks at once", name,
                    newer ? fmt::format("containerd {}, ", kParallelVersion) : "",
                    kParallelUnpacks),
        std::move(sets), [p, newer](Scenario& s) {
          if (newer) s.node_pools[p].runtime.version = kParallelVersion;
          s.node_pools[p].runtime.max_concurrent_unpacks = kParallelUnpacks;
        });
  }

  void kubelet() {
    const KubeletSpec& kubelet = pool().kubelet;
    if (!pod_.pull) return;
    const std::size_t p = node_.pool;
    const std::string path = pool_path() + ".kubelet";
    const std::string name = "pool " + pool().name;
    if (kubelet.serialize_image_pulls) {
      add(name + ": pulls side by side", {path + ".serializeImagePulls=false"},
          [p](Scenario& s) { s.node_pools[p].kubelet.serialize_image_pulls = false; });
    } else if (kubelet.registry_pull_qps > 0) {
      add(name + ": no limit of pulls a second", {path + ".registryPullQPS=0"},
          [p](Scenario& s) { s.node_pools[p].kubelet.registry_pull_qps = 0; });
    }
  }

  void workload() {
    const std::size_t w = pod_.workload;
    const WorkloadSpec& workload = scenario_.workloads[w];
    constexpr Duration kOften = std::chrono::seconds(1);
    if (workload.readiness_probe && workload.readiness_probe->period > kOften) {
      const auto period =
          std::chrono::duration_cast<std::chrono::seconds>(workload.readiness_probe->period)
              .count();
      add(fmt::format("workload {}: readiness probe every {} s -> 1 s", workload.name, period),
          {fmt::format("workloads.{}.readinessProbe.periodSeconds=1", workload.name)},
          [w, kOften](Scenario& s) { s.workloads[w].readiness_probe->period = kOften; });
    }
  }

  const Scenario& scenario_;
  const RunResult& result_;
  const PodRow& pod_;
  const NodeRow& node_;
  std::vector<Change> list_;
};

}  // namespace

std::vector<Change> possible_changes(const Scenario& scenario, const RunResult& result,
                                     const PodRow& pod) {
  return Changes(scenario, result, pod).list();
}

}  // namespace pullsim
