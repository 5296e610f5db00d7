// Settings against predicted times: what has a right form and is likely not to work, because a pod
// takes longer to start, pulls more at once or needs more room than the settings allow. Predictions
// are of single pods and images with everything for themselves (pod_alone), so that what is warned
// about is so on a quiet cluster, too.
#include "models/scenario_warnings.hpp"

#include "models/image_table.hpp"
#include "models/node.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace pullsim {

std::set<std::size_t> first_images(const Scenario& scenario, std::size_t workload) {
  std::set<std::size_t> images = {scenario.workloads[workload].image};
  for (const ScenarioEvent& event : scenario.events) {
    const bool changes = event.kind == ScenarioEvent::Kind::set_image;
    if (changes && event.workload == workload) images.insert(event.image);
  }
  return images;
}

namespace {

/// Pulls of images that Docker Hub allows one IPv4 address without a login in 6 hours
/// (docs.docker.com/docker-hub/usage, since April 2025).
constexpr std::int64_t kDockerHubPulls = 100;
constexpr const char* kDockerHub = "docker.io";
/// Starts that a probe may kill without a warning, of a thousand: chance alone. Assumed.
constexpr double kKilledMin = 0.001;

std::string gigabytes(Bytes bytes) {
  return with_digits(static_cast<double>(bytes.count) / 1e9, 1, "GB");
}

std::string percent(double share) { return with_digits(share * 100, 1, "%"); }

/// Share of a distribution above `limit`, by halving: quantiles rise.
double share_above(const Distribution& distribution, double limit) {
  if (quantile(distribution, 1) <= limit) return 0;
  double low = 0;
  double high = 1;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (quantile(distribution, middle) <= limit ? low : high) = middle;
  }
  return 1 - high;
}

class Warnings {
 public:
  explicit Warnings(const Scenario& scenario) : scenario_(scenario), images_(scenario) {}

  std::vector<ScenarioProblem> find() {
    for (std::size_t w = 0; w < scenario_.workloads.size(); ++w) {
      startup_probes(w);
      for (std::size_t p = 0; p < scenario_.node_pools.size(); ++p) pull_burst(w, p);
    }
    for (const NodePoolSpec& pool : scenario_.node_pools) disk(pool);
    for (std::size_t r = 0; r < scenario_.registries.size(); ++r) pull_limit(r);
    find_start_warnings(scenario_, &found_);
    return std::move(found_);
  }

 private:
  void add(std::string code, std::string path, std::string text, std::string note,
           std::string help) {
    found_.push_back(
        {std::move(code), std::move(path), std::move(text), std::move(note), std::move(help)});
  }

  std::set<std::size_t> images_of(std::size_t workload) const;
  std::int64_t pods_at_once(std::size_t workload) const;
  std::int64_t room_for_pods(std::size_t workload, const NodePoolSpec& pool) const;
  void startup_probe(const std::string& path, const std::set<std::size_t>& images,
                     const std::optional<StartupProbeSpec>& probe);
  void startup_probes(std::size_t workload);
  void pull_burst(std::size_t workload, std::size_t pool);
  void disk(const NodePoolSpec& pool);
  void pull_limit(std::size_t registry);
  std::int64_t pulls_through(std::size_t registry, const NodePoolSpec& pool) const;

  const Scenario& scenario_;
  const ImageTable images_;
  std::vector<ScenarioProblem> found_;
};

std::set<std::size_t> Warnings::images_of(std::size_t workload) const {
  std::set<std::size_t> images = first_images(scenario_, workload);
  const WorkloadSpec& spec = scenario_.workloads[workload];
  for (const ContainerSpec& container : spec.init_containers) images.insert(container.image);
  for (const ContainerSpec& container : spec.more_containers) images.insert(container.image);
  return images;
}

/// The most pods that one event, or the autoscaler, can ask for together.
std::int64_t Warnings::pods_at_once(std::size_t workload) const {
  const WorkloadSpec& spec = scenario_.workloads[workload];
  std::int64_t replicas = spec.replicas;
  std::int64_t most = 0;
  for (const ScenarioEvent& event : scenario_.events) {
    if (event.workload != workload) continue;
    if (event.kind == ScenarioEvent::Kind::scale) {
      most = std::max(most, event.replicas - replicas);
      replicas = event.replicas;
    } else if (event.kind == ScenarioEvent::Kind::set_image) {
      most = std::max(most, replicas);
    }
  }
  if (spec.autoscaler) most = std::max(most, spec.autoscaler->max_replicas - replicas);
  if (spec.scaled_object) most = std::max(most, spec.scaled_object->max_replicas - replicas);
  return most;
}

std::int64_t Warnings::room_for_pods(std::size_t workload, const NodePoolSpec& pool) const {
  const Resources request = requests_of(scenario_.workloads[workload]);
  std::int64_t pods = pool.max_pods;
  if (request.cpu.count > 0) pods = std::min(pods, pool.allocatable_cpu.count / request.cpu.count);
  if (request.memory.count > 0) {
    pods = std::min(pods, pool.allocatable_memory.count / request.memory.count);
  }
  return pods;
}

void Warnings::startup_probe(const std::string& path, const std::set<std::size_t>& images,
                             const std::optional<StartupProbeSpec>& probe) {
  if (!probe) return;
  const Duration budget = probe->initial_delay + repeated(probe->period, probe->failure_threshold);
  for (const std::size_t index : images) {
    const ImageSpec& image = scenario_.images[index];
    const double killed = share_above(image.startup, to_seconds(budget));
    if (killed < kKilledMin) continue;
    add("PS8002", path + ".startupProbe",
        percent(killed) + " of the starts of image " + quoted(image.name) +
            " take longer than the startup probe allows: their containers are killed",
        "the probe gives up " + seconds_text(budget) +
            " after the start; half of the starts take " +
            seconds_text(duration_up(quantile(image.startup, 0.5))) + ", 99 % at most " +
            seconds_text(duration_up(quantile(image.startup, 0.99))),
        "raise `failureThreshold` of the probe");
  }
}

void Warnings::startup_probes(std::size_t workload) {
  const WorkloadSpec& spec = scenario_.workloads[workload];
  const std::string path = "workloads." + spec.name;
  startup_probe(path, first_images(scenario_, workload), spec.startup_probe);
  for (const ContainerSpec& container : spec.more_containers) {
    startup_probe(path + ".containers." + container.name, {container.image},
                  container.startup_probe);
  }
  for (const ContainerSpec& container : spec.init_containers) {
    startup_probe(path + ".initContainers." + container.name, {container.image},
                  container.startup_probe);
  }
}

// In a parallel kubelet all pods that come to a fresh node ask for the image at once, and what is
// above the burst is refused and backs off, whoever pulls the same image. Containers of one pod
// come one after the other.
void Warnings::pull_burst(std::size_t workload, std::size_t pool) {
  const NodePoolSpec& spec = scenario_.node_pools[pool];
  const KubeletSpec& kubelet = spec.kubelet;
  if (kubelet.serialize_image_pulls || kubelet.registry_pull_qps <= 0) return;
  if (kubelet.max_parallel_image_pulls.value_or(INT64_MAX) <= kubelet.registry_burst) return;
  const std::set<std::size_t> images = images_of(workload);
  const bool baked = std::all_of(images.begin(), images.end(), [&](std::size_t image) {
    return std::find(spec.cached.begin(), spec.cached.end(), image) != spec.cached.end();
  });
  if (baked && scenario_.workloads[workload].pull_policy != PullPolicy::always) return;
  const std::int64_t pods = std::min(room_for_pods(workload, spec), pods_at_once(workload));
  if (pods <= kubelet.registry_burst) return;
  add("PS8005", "nodePools." + spec.name + ".kubelet.registryBurst",
      "a fresh node of " + quoted(spec.name) + " may get " + std::to_string(pods) + " pods of " +
          quoted(scenario_.workloads[workload].name) + " at once, and " +
          std::to_string(pods - kubelet.registry_burst) +
          " of their pulls are refused (`pull QPS exceeded`) and back off for 10 s or more",
      "`registryBurst` allows " + std::to_string(kubelet.registry_burst) +
          " pulls at once, `registryPullQPS` " +
          with_digits(kubelet.registry_pull_qps, 0, "a second"),
      "raise `registryBurst`, or give `maxParallelImagePulls`, whose queue waits instead");
}

void Warnings::disk(const NodePoolSpec& pool) {
  if (!pool.disk_size) return;
  std::set<std::size_t> wanted(pool.cached.begin(), pool.cached.end());
  for (std::size_t w = 0; w < scenario_.workloads.size(); ++w) {
    if (room_for_pods(w, pool) == 0) continue;
    const std::set<std::size_t> images = images_of(w);
    wanted.insert(images.begin(), images.end());
  }
  const Bytes content = room_for(images_, wanted, pull_pipeline(pool.runtime));
  const Bytes needed = pool.disk_used + content;
  const double share =
      static_cast<double>(needed.count) / static_cast<double>(pool.disk_size->count);
  const auto collects = static_cast<double>(pool.kubelet.disk.image_gc_high_percent) / 100;
  if (share <= collects) return;
  const bool full = share > 1;
  add("PS8006", "nodePools." + pool.name + ".disk.size",
      full ? "the images that may come to one node of " + quoted(pool.name) +
                 " are larger than its disk: pulls fail, and images are removed and pulled again"
           : "the images that may come to one node of " + quoted(pool.name) +
                 " fill its disk above the threshold of garbage collection: images are removed and "
                 "pulled again",
      std::to_string(wanted.size()) + (wanted.size() == 1 ? " image takes " : " images take ") +
          gigabytes(content) + ", the system " + gigabytes(pool.disk_used) + ": " + percent(share) +
          " of " + gigabytes(*pool.disk_size) + "; images are collected from " +
          std::to_string(pool.kubelet.disk.image_gc_high_percent) + " % on",
      "raise `disk.size`");
}

/// Pulls that nodes of the pool may make of this registry's images: each node each image once.
std::int64_t Warnings::pulls_through(std::size_t registry, const NodePoolSpec& pool) const {
  std::map<std::size_t, std::int64_t> nodes;  // by image
  for (std::size_t w = 0; w < scenario_.workloads.size(); ++w) {
    if (room_for_pods(w, pool) == 0) continue;
    for (const std::size_t image : images_of(w)) nodes[image] = pool.nodes_max;
    // Initial nodes may have them: they run them, or have them cached.
    nodes[scenario_.workloads[w].image] = pool.nodes_max - pool.nodes_initial;
  }
  for (const std::size_t image : pool.cached) nodes.erase(image);
  std::int64_t pulls = 0;
  for (const auto& [image, count] : nodes) {
    if (registry_for(scenario_.registries, scenario_.images[image].ref) == registry) pulls += count;
  }
  return pulls;
}

void Warnings::pull_limit(std::size_t index) {
  const RegistrySpec& registry = scenario_.registries[index];
  const auto& hosts = registry.hosts;
  const bool hub = std::find(hosts.begin(), hosts.end(), kDockerHub) != hosts.end();
  if (!registry.pull_limit && !hub) return;
  const PullLimit limit = registry.pull_limit.value_or(PullLimit{kDockerHubPulls});
  if (limit.per == PullLimit::Per::node) return;
  std::vector<double> pulls(limit.per == PullLimit::Per::zone ? scenario_.zones.size() : 1, 0.0);
  for (const NodePoolSpec& pool : scenario_.node_pools) {
    const auto all = static_cast<double>(pulls_through(index, pool));
    for (const std::size_t zone : pool.zones) {
      pulls[pulls.size() > 1 ? zone : 0] += all / static_cast<double>(pool.zones.size());
    }
  }
  const double most = std::ceil(*std::max_element(pulls.begin(), pulls.end()));
  const std::int64_t left = limit.pulls - limit.used;
  if (most <= static_cast<double>(left)) return;
  add("PS8007", "registries." + registry.name + (registry.pull_limit ? ".pullLimit" : ""),
      "up to " + with_digits(most, 0, "pulls") + " from " + quoted(registry.name) +
          " leave by one address, which may make " + std::to_string(left) + ": the rest is refused",
      registry.pull_limit ? "`pullLimit` is " + std::to_string(limit.pulls) + " in " +
                                with_digits(to_seconds(limit.window) / 3600, 1, "hours")
                          : "Docker Hub allows 100 pulls in 6 hours without a login; this registry "
                            "has no `pullLimit`, so the runs do not show it",
      "pull through a mirror (`mirrors`), or log in and give the limit that then holds");
}

}  // namespace

std::vector<ScenarioProblem> find_warnings(const Scenario& scenario) {
  return Warnings(scenario).find();
}

}  // namespace pullsim
