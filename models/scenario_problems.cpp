// Scenarios of the right form that cannot work: references out of range, images nobody serves, pods
// that fit nowhere. Found before anything runs.
#include <pullsim/simulate.hpp>

#include "models/decisions/scheduling_objects.hpp"
#include "models/image_table.hpp"
#include "models/initial_placement.hpp"
#include "models/node.hpp"

#include <algorithm>
#include <set>

namespace pullsim {

namespace {

std::string quoted(const std::string& text) { return "`" + text + "`"; }

std::string milli(std::int64_t cpu) {
  return cpu % 1000 == 0 ? std::to_string(cpu / 1000) : std::to_string(cpu) + "m";
}

std::string mebi(std::int64_t bytes) { return std::to_string(bytes >> 20) + "Mi"; }

class Finder {
 public:
  explicit Finder(const Scenario& scenario) : scenario_(scenario) {}

  std::vector<ScenarioProblem> find() {
    images();
    for (std::size_t w = 0; w < scenario_.workloads.size(); ++w) fits_a_node(w);
    if (problems_.empty()) initial_replicas();
    if (problems_.empty()) initial_disks();
    events();
    return std::move(problems_);
  }

 private:
  void add(std::string code, std::string path, std::string text, std::string note,
           std::string help) {
    problems_.push_back(
        {std::move(code), std::move(path), std::move(text), std::move(note), std::move(help)});
  }

  void images() {
    for (const ImageSpec& image : scenario_.images) {
      if (registry_for(scenario_.registries, image.ref) < scenario_.registries.size()) continue;
      add("PS3004", "images." + image.name, "no registry serves image " + quoted(image.name),
          "its reference " + quoted(image.ref) + " names the host " +
              quoted(std::string(registry_host(image.ref))),
          "add that host to `hosts` of a registry, or leave `hosts` out of one to serve every "
          "image");
    }
  }

  void fits_a_node(std::size_t index) {
    const WorkloadSpec& workload = scenario_.workloads[index];
    const std::size_t pools = scenario_.node_pools.size();
    bool wanted = workload.kind != WorkloadKind::daemon_set;  // which may run nowhere
    for (std::size_t pool = 0; pool < pools && !wanted; ++pool) {
      wanted = admitted_by_pool(scenario_, index, pool);
    }
    if (!wanted) return;
    std::string note;
    bool admitted = false;
    for (std::size_t pool = 0; pool < pools; ++pool) {
      if (fits_pool(scenario_, index, pool)) return;
      admitted = admitted || admitted_by_pool(scenario_, index, pool);
      note += (note.empty() ? "" : "; ") + what_a_node_has(scenario_.node_pools[pool]);
    }
    if (fits_a_named_node(index)) return;
    if (pools > 0 && !admitted) {
      add("PS3050", "workloads." + workload.name,
          "no node pool takes the pods of " + quoted(workload.name),
          "a pool must match its `nodeSelector` and required `nodeAffinity`, and have no taint "
          "that "
          "it does not tolerate",
          "change these, or `labels` and `taints` of a pool");
      return;
    }
    const Resources request = requests_of(workload);
    add("PS3006", "workloads." + workload.name + ".requests",
        "a pod of " + quoted(workload.name) + " fits no node: it requests " +
            milli(request.cpu.count) + " CPU and " + mebi(request.memory.count) + " memory" +
            devices(index),
        note, "lower `requests`, or give a pool a larger machine type");
  }

  /// The pod may ask for one of the initial nodes by its name.
  bool fits_a_named_node(std::size_t index) const {
    const SchedulingPod pod = scheduling_pod(scenario_, index, scenario_.workloads[index].image, 0);
    for (std::size_t p = 0; p < scenario_.node_pools.size(); ++p) {
      const NodePoolSpec& pool = scenario_.node_pools[p];
      for (std::int64_t i = 0; i < pool.nodes_initial; ++i) {
        const std::size_t zone = pool.zones[static_cast<std::size_t>(i) % pool.zones.size()];
        if (fits_node(pod, scheduling_node(scenario_, p, zone, node_name(pool, i)))) return true;
      }
    }
    return false;
  }

  static std::string what_a_node_has(const NodePoolSpec& pool) {
    std::string text = "a node of " + quoted(pool.name) + " has " +
                       milli(pool.allocatable_cpu.count) + " CPU and " +
                       mebi(pool.allocatable_memory.count) + " memory for pods";
    for (const auto& [name, count] : pool.extended_resources) {
      text += ", " + std::to_string(count) + " of " + quoted(name);
    }
    return text;
  }

  std::string devices(std::size_t index) const {
    std::string text;
    for (const auto& [name, count] : requests_of(scheduling_pod(scenario_, index, 0, 0)).extended) {
      text += ", " + std::to_string(count) + " of " + quoted(name);
    }
    return text;
  }

  void initial_replicas() {
    std::int64_t nodes = 0;
    for (const NodePoolSpec& pool : scenario_.node_pools) nodes += pool.nodes_initial;
    const auto places = place_initial_replicas(scenario_);
    for (std::size_t w = 0; w < scenario_.workloads.size(); ++w) {
      const WorkloadSpec& workload = scenario_.workloads[w];
      const auto placed = static_cast<std::int64_t>(places[w].size());
      const std::int64_t replicas = pullsim::initial_replicas(scenario_, w);
      if (placed == replicas) continue;
      add("PS3007", "workloads." + workload.name + ".replicas",
          std::to_string(replicas) + " initial replicas of " + quoted(workload.name) +
              " do not fit the initial nodes",
          std::to_string(nodes) + " initial nodes have room for " + std::to_string(placed),
          "raise `nodes.initial` of a pool, or lower `replicas` or `requests`");
      return;
    }
  }

  void initial_disks();
  void disk_holds(const NodePoolSpec& pool, const ImageTable& images,
                  const std::set<std::size_t>& present);
  void events();

  const Scenario& scenario_;
  std::vector<ScenarioProblem> problems_;
};

// What is on the disks of the initial nodes, and on that of a node to come, has room there.
void Finder::initial_disks() {
  const ImageTable images(scenario_);
  std::vector<std::set<std::size_t>> initial;
  std::vector<const NodePoolSpec*> pools;
  for (const NodePoolSpec& pool : scenario_.node_pools) {
    disk_holds(pool, images, {pool.cached.begin(), pool.cached.end()});
    for (std::int64_t i = 0; i < pool.nodes_initial; ++i) {
      initial.emplace_back(pool.cached.begin(), pool.cached.end());
      initial.back().insert(pool.cached_initially.begin(), pool.cached_initially.end());
      pools.push_back(&pool);
    }
  }
  const auto places = place_initial_replicas(scenario_);
  for (std::size_t w = 0; w < places.size(); ++w) {
    const WorkloadSpec& spec = scenario_.workloads[w];
    for (const PodContainer& container : containers_of(spec, spec.image)) {
      for (const std::size_t node : places[w]) initial[node].insert(container.image);
    }
  }
  for (std::size_t i = 0; i < initial.size() && problems_.empty(); ++i) {
    disk_holds(*pools[i], images, initial[i]);
  }
}

void Finder::disk_holds(const NodePoolSpec& pool, const ImageTable& images,
                        const std::set<std::size_t>& present) {
  if (!pool.disk_size || !problems_.empty()) return;
  const Bytes needed = pool.disk_used + room_for(images, present, pull_pipeline(pool.runtime));
  if (needed <= *pool.disk_size) return;
  add("PS3032", "nodePools." + pool.name + ".disk.size",
      "the images that nodes of " + quoted(pool.name) + " have at the start do not fit their disk",
      "with `disk.used` they need " + std::to_string(needed.count) + " of " +
          std::to_string(pool.disk_size->count) + " bytes",
      "raise `disk.size`, or cache fewer images");
}

void Finder::events() {
  for (std::size_t i = 0; i < scenario_.events.size(); ++i) {
    const ScenarioEvent& event = scenario_.events[i];
    if (event.at <= scenario_.duration) continue;
    add("PS3008", "events." + std::to_string(i) + ".at",
        "this event comes after the end of the scenario", "",
        "raise `duration`, or move the event before it");
  }
}

}  // namespace

std::vector<ScenarioProblem> find_problems(const Scenario& scenario) {
  return Finder(scenario).find();
}

}  // namespace pullsim
