// The text of an imported scenario. Texts of the dump go into quotes or, made printable, into
// comments, so that no name of a cluster can change what the file says.
#include "tools/import/imported_scenario.hpp"

#include "tools/calibrate/event_images.hpp"
#include "tools/input/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace pullsim {

namespace {

constexpr std::size_t kColumns = 100;
// Of an image that no node tells: the order of size of a small service. Assumed.
constexpr std::int64_t kUnknownBytes = 100'000'000;

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

/// `# text`, folded at the last space before the edge.
std::string comment(const std::string& indent, const std::string& text) {
  std::string out;
  std::string rest = printable(text);
  const std::size_t width = kColumns - indent.size() - 2;
  while (rest.size() > width) {
    const std::size_t space = rest.rfind(' ', width);
    if (space == std::string::npos || space == 0) break;
    out += fmt::format("{}# {}\n", indent, rest.substr(0, space));
    rest.erase(0, space + 1);
  }
  return out + fmt::format("{}# {}\n", indent, rest);
}

std::string cpu_text(MilliCpu cpu) {
  if (cpu.count % 1000 == 0) return std::to_string(cpu.count / 1000);
  return fmt::format("{}m", cpu.count);
}

std::string memory_text(Bytes memory) {
  constexpr std::int64_t kMebi = std::int64_t{1} << 20;
  if (memory.count % (kMebi << 10) == 0) return fmt::format("{}Gi", memory.count / (kMebi << 10));
  if (memory.count % kMebi == 0) return fmt::format("{}Mi", memory.count / kMebi);
  return std::to_string(memory.count);
}

std::string layers_text(const ImportedImage& image) {
  std::string out;
  for (const LayerSpec& layer :
       assumed_image(image.ref, image.bytes.value_or(kUnknownBytes)).layers) {
    out += fmt::format("{}{{size: {}B}}", out.empty() ? "" : ", ", layer.size.count);
  }
  return out;
}

std::string images_text(const ImportedScenario& scenario) {
  std::string out =
      "# Layers are made up from the size that nodes tell. Fetch each manifest with the command "
      "beside it,\n# then write `manifest: images/NAME.json` in the place of `layers`.\nimages:\n";
  for (const ImportedImage& image : scenario.images) {
    // Not folded: it is to be copied.
    out += fmt::format("  # crane manifest --platform {} {} > images/{}.json\n",
                       printable(image.platform), printable(image.ref), image.name);
    if (!image.bytes) {
      out += comment("  ", "no node tells its size; 100 MB is a guess");
    } else if (image.from_unpacked) {
      out += comment("  ",
                     "the runtime tells the size on disk; taken as 2.6 times the compressed one");
    }
    out += fmt::format("  {}:\n    ref: {}\n    layers: [{}]\n", image.name, quoted(image.ref),
                       layers_text(image));
  }
  return out;
}

std::string registries_text(const ImportedScenario& scenario) {
  std::string out =
      "\n# What a registry gives is not in a cluster: `egress` and `perConnection` are without "
      "limit here.\n# `pullsim calibrate --observed events.json` finds them out of events; a range "
      "such as\n# {low: 40MB/s, high: 90MB/s} says what is plausible.\nregistries:\n";
  for (const ImportedRegistry& registry : scenario.registries) {
    out += fmt::format("  - {{name: {}, hosts: [{}]}}\n", registry.name, quoted(registry.host));
  }
  return out;
}

std::string zones_text(const ImportedScenario& scenario) {
  if (scenario.zones.empty()) return "";
  std::string out = "\nzones:\n";
  for (const std::string& zone : scenario.zones) {
    out += fmt::format("  - {{name: {}}}\n", quoted(zone));
  }
  return out;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + quoted(name);
  return out;
}

std::string runtime_text(const ImportedPool& pool) {
  if (pool.runtime_name.empty()) {
    return comment("    ",
                   fmt::format("runtime {} is not known; containerd is taken",
                               pool.runtime_said.empty() ? "of the nodes" : pool.runtime_said));
  }
  if (pool.runtime_version.empty()) {
    return comment("    ", fmt::format("version of {} is not known; the default is taken",
                                       pool.runtime_said)) +
           fmt::format("    runtime: {{name: {}}}\n", pool.runtime_name);
  }
  return fmt::format("    runtime: {{name: {}, version: \"{}\"}}\n", pool.runtime_name,
                     pool.runtime_version);
}

std::string pool_text(const ImportedPool& pool) {
  std::string out = fmt::format("  - name: {}\n", pool.name);
  if (!pool.machine_type.empty()) {
    out += fmt::format("    machineType: {}\n", quoted(pool.machine_type));
  } else if (!pool.instance_type.empty()) {
    out += comment("    ", fmt::format("machine type {} is not in the catalogue: give `network: "
                                       "{{bandwidth: ...}}` and `disk: {{write: ...}}`",
                                       pool.instance_type));
  }
  if (!pool.zones.empty()) out += fmt::format("    zones: [{}]\n", list_of(pool.zones));
  if (pool.nodes_added > 0) {
    out += comment("    ", fmt::format("{} more than the cluster has: pods are placed anew, and do "
                                       "not pack as they do there",
                                       pool.nodes_added));
  }
  out += fmt::format("    nodes: {{initial: {0}, min: {0}, max: {0}}}\n", pool.nodes);
  out += fmt::format("    cpu: {}\n    memory: {}\n", cpu_text(pool.cpu), memory_text(pool.memory));
  if (pool.daemon_cpu.count > 0 || pool.daemon_memory.count > 0) {
    out += comment("    ", fmt::format("less {} and {} that DaemonSet pods request",
                                       cpu_text(pool.daemon_cpu), memory_text(pool.daemon_memory)));
  }
  out += fmt::format("    allocatable: {{cpu: {}, memory: {}}}\n    maxPods: {}\n",
                     cpu_text(pool.allocatable_cpu), memory_text(pool.allocatable_memory),
                     pool.max_pods);
  if (pool.disk && pool.disk->count > 0) {
    out += fmt::format("    disk: {{size: {}B}}\n", pool.disk->count);
  }
  out += runtime_text(pool);
  out += comment("    ", fmt::format("kubelet {}; `kubectl get --raw /api/v1/nodes/NODE/proxy/"
                                     "configz` prints its configuration",
                                     pool.kubelet));
  if (!pool.cached.empty()) {
    out += comment("    ", "every node told that it has these") +
           fmt::format("    cachedInitially: [{}]\n", list_of(pool.cached));
  }
  return out;
}

std::string probe_text(const std::string& indent, const ImportedContainer& container) {
  std::string out;
  if (const auto& probe = container.figures.startup_probe) {
    out += fmt::format(
        "{}startupProbe: {{initialDelaySeconds: {}, periodSeconds: {}, failureThreshold: {}}}\n",
        indent, probe->initial_delay_seconds, probe->period_seconds, probe->failure_threshold);
  }
  if (const auto& probe = container.figures.readiness_probe) {
    out += fmt::format(
        "{}readinessProbe: {{initialDelaySeconds: {}, periodSeconds: {}, successThreshold: {}}}\n",
        indent, probe->initial_delay_seconds, probe->period_seconds, probe->success_threshold);
  }
  return out;
}

/// What a container has, without its name.
std::string container_text(const std::string& indent, const ImportedContainer& container) {
  std::string out = fmt::format("{}image: {}\n", indent, container.image);
  const std::string& policy = container.figures.pull_policy;
  if (policy == "Always" || policy == "IfNotPresent" || policy == "Never") {
    out += fmt::format("{}imagePullPolicy: {}\n", indent, policy);
  }
  if (container.figures.cpu.count > 0 || container.figures.memory.count > 0) {
    out += fmt::format("{}requests: {{cpu: {}, memory: {}}}\n", indent,
                       cpu_text(container.figures.cpu), memory_text(container.figures.memory));
  }
  return out + probe_text(indent, container);
}

std::string containers_text(const char* key, const std::vector<ImportedContainer>& containers) {
  if (containers.empty()) return "";
  std::string out = fmt::format("    {}:\n", key);
  for (const ImportedContainer& one : containers) {
    out += fmt::format("      - name: {}\n", one.name) + container_text("        ", one);
    if (one.figures.sidecar) out += "        restartPolicy: Always\n";
  }
  return out;
}

std::string workload_text(const ImportedWorkload& workload) {
  std::string out = comment("  ", workload.origin);
  for (const std::string& note : workload.notes) out += comment("  ", note);
  out += fmt::format("  - name: {}\n    replicas: {}\n", workload.name, workload.replicas);
  if (workload.containers.size() == 1 && workload.init_containers.empty()) {
    out += container_text("    ", workload.containers.front());
  } else {
    out += containers_text("initContainers", workload.init_containers);
    out += containers_text("containers", workload.containers);
  }
  if (!workload.max_surge.empty() || !workload.max_unavailable.empty()) {
    out += fmt::format("    strategy: {{rollingUpdate: {{maxSurge: {}, maxUnavailable: {}}}}}\n",
                       workload.max_surge.empty() ? "25%" : workload.max_surge,
                       workload.max_unavailable.empty() ? "25%" : workload.max_unavailable);
  }
  if (workload.min_ready_seconds > 0) {
    out += fmt::format("    minReadySeconds: {}\n", workload.min_ready_seconds);
  }
  return out;
}

/// The first autoscaler's range is the event that runs; the others are ready to be used.
std::string events_text(const ImportedScenario& scenario) {
  std::string out;
  bool first = true;
  for (const ImportedAutoscaler& one : scenario.autoscalers) {
    const std::string event =
        fmt::format("- {{at: 60s, scale: {}, replicas: {}}}", one.workload, one.max);
    out += comment("  ", fmt::format("{}: {} to {} replicas; give `horizontalPodAutoscaler` and "
                                     "`traffic` in the place of the event to simulate it",
                                     one.origin, one.min, one.max));
    out += first ? fmt::format("  {}\n", event) : comment("  ", event);
    first = false;
  }
  if (!out.empty())
    return "\n# What happens: the first autoscaler goes to its maximum.\nevents:\n" + out;
  if (scenario.workloads.empty()) return "";
  const auto most =
      std::max_element(scenario.workloads.begin(), scenario.workloads.end(),
                       [](const auto& a, const auto& b) { return a.replicas < b.replicas; });
  return fmt::format(
      "\n# What happens: the workload with most replicas doubles.\nevents:\n"
      "  - {{at: 60s, scale: {}, replicas: {}}}\n",
      most->name, std::max<std::int64_t>(1, 2 * most->replicas));
}

}  // namespace

std::string scenario_text(const ImportedScenario& scenario) {
  std::string out = fmt::format(
      "# Made by `pullsim import`. Figures are those of the cluster; comments say what is made up "
      "and what\n# is missing.\napiVersion: pullsim/v1\nkind: Scenario\nname: {}\n"
      "question: How long until all replicas are ready, and what holds them up?\n\n",
      scenario.name);
  out += images_text(scenario) + registries_text(scenario) + zones_text(scenario);
  out +=
      "\n# Nodes are added only with `nodeAutoscaler: {kind: ClusterAutoscaler}` and a higher "
      "`max`.\nnodePools:\n";
  for (const ImportedPool& pool : scenario.pools) out += pool_text(pool);
  out += "\nworkloads:\n";
  for (const ImportedWorkload& workload : scenario.workloads) out += workload_text(workload);
  out += events_text(scenario);
  if (scenario.left_out.empty()) return out;
  out += "\n# Left out:\n";
  for (const std::string& line : scenario.left_out) out += comment("", line);
  return out;
}

}  // namespace pullsim
