// What a scenario must be to mean something: counts in order, events inside the run, images that a
// registry serves, totals within the limits. Each check reports at the place of the mistake.
#include "tools/input/scenario_reader.hpp"

#include "tools/input/unit_text.hpp"

#include <algorithm>

namespace pullsim {

namespace {

std::string with_commas(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

constexpr std::int64_t kDiskMax = 1'000'000'000'000'000;  // 1 PB

void check_disk(Reader& reader, const PoolDraft& pool) {
  const DiskPolicySpec& policy = pool.kubelet.disk;
  if (policy.image_gc_low_percent > policy.image_gc_high_percent) {
    reader.error("PS3033", pool.place,
                 fmt::format("`{}` collects images down to more than where it begins", pool.name),
                 {"", "give `imageGCLowThresholdPercent` <= `imageGCHighThresholdPercent`",
                  fmt::format("low {}, high {}", policy.image_gc_low_percent,
                              policy.image_gc_high_percent)});
  }
  if (!pool.disk_size) return;
  if (pool.disk_size->count > kDiskMax) {
    reader.error("PS2006", pool.place, fmt::format("the disk of `{}` is out of range", pool.name),
                 {"", "write at most `1000TB`, or leave `disk.size` out", ""});
  } else if (pool.disk_used >= *pool.disk_size) {
    reader.error("PS3032", pool.place, fmt::format("the disk of `{}` is full", pool.name),
                 {"", "raise `disk.size`, or lower `disk.used`",
                  fmt::format("{} of {} are in use before any image", format_bytes(pool.disk_used),
                              format_bytes(*pool.disk_size))});
  }
}

void check_pools(Reader& reader, const ScenarioDraft& draft) {
  std::int64_t total = 0;
  for (const PoolDraft& pool : draft.pools) {
    const std::int64_t most = std::max(pool.nodes_initial, pool.nodes_max);
    const bool ordered =
        pool.nodes_min <= pool.nodes_initial && pool.nodes_initial <= pool.nodes_max;
    if (!pool.nodes_wrong && !ordered) {
      reader.error("PS3003", pool.nodes_place,
                   fmt::format("node counts of `{}` are not in order", pool.name),
                   {"", "give `min` <= `initial` <= `max`",
                    fmt::format("min {}, initial {}, max {}", pool.nodes_min, pool.nodes_initial,
                                pool.nodes_max)});
    }
    const bool parallel = pool.kubelet.max_parallel_image_pulls.value_or(1) > 1;
    if (parallel && pool.kubelet.serialize_image_pulls) {
      reader.error("PS3010", pool.place,
                   fmt::format("`maxParallelImagePulls` of `{}` cannot be above 1", pool.name),
                   {"", "write `serializeImagePulls: false`, which the kubelet asks for too", ""});
    }
    check_disk(reader, pool);
    const bool fits = most <= kNodesMax && total + most <= kNodesMax;
    total = std::min(total, kNodesMax) + std::min(most, kNodesMax);
    if (fits) continue;
    reader.error("PS3020", pool.nodes_place,
                 fmt::format("the scenario has more than {} nodes", with_commas(kNodesMax)),
                 {"", "lower `max` of its node pools", ""});
  }
}

void check_workloads(Reader& reader, const ScenarioDraft& draft) {
  std::int64_t total = 0;
  for (std::size_t i = 0; i < draft.workloads.size(); ++i) {
    const WorkloadDraft& workload = draft.workloads[i];
    std::int64_t most = workload.replicas;
    if (workload.autoscaler) most = std::max(most, workload.autoscaler->max_replicas);
    if (workload.scaled_object) most = std::max(most, workload.scaled_object->max_replicas);
    for (const EventDraft& event : draft.events) {
      if (event.scale_name.name == workload.name) most = std::max(most, event.replicas);
    }
    if (!workload.recreate && workload.max_surge.value == 0 &&
        workload.max_unavailable.value == 0) {
      reader.error("PS3011", workload.strategy_place,
                   fmt::format("roll-outs of `{}` can never move", workload.name),
                   {"", "raise `maxSurge` or `maxUnavailable` above 0", ""});
    }
    for (const PoolDraft& pool : draft.pools) {
      if (!pool.shared_machine || workload.cpu_usage == MilliCpu{0}) continue;
      reader.error(
          "PS3016", workload.place,
          fmt::format("`{}` uses cores on nodes that share those of one machine", workload.name),
          {"", fmt::format("leave out `cpuUsage`, or `sharedMachine` of `{}`", pool.name),
           "what pods leave of a shared machine is not modelled"});
    }
    const bool fits = most <= kPodsMax && total + most <= kPodsMax;
    total = std::min(total, kPodsMax) + std::min(most, kPodsMax);
    if (fits) continue;
    reader.error("PS3020", workload.place,
                 fmt::format("the scenario has more than {} pods", with_commas(kPodsMax)),
                 {"", "lower the replicas of its workloads", ""});
  }
}

void check_events(Reader& reader, const ScenarioDraft& draft) {
  for (const EventDraft& event : draft.events) {
    if (event.at <= draft.duration) continue;
    reader.error("PS3008", event.at_place, "an event lies after the end of the run",
                 {"", "move the event, or raise `duration`",
                  fmt::format("it is at {}, the run ends at {}", format_duration(event.at),
                              format_duration(draft.duration))});
  }
}

void check_registries(Reader& reader, const ScenarioDraft& draft, const Scenario& scenario) {
  for (std::size_t i = 0; i < draft.images.size() && i < scenario.images.size(); ++i) {
    const ImageSpec& image = scenario.images[i];
    if (registry_of(scenario.registries, image.ref) != nullptr) continue;
    std::vector<std::string> hosts;
    for (const RegistrySpec& registry : scenario.registries) {
      hosts.insert(hosts.end(), registry.hosts.begin(), registry.hosts.end());
    }
    reader.error(
        "PS3004", draft.images[i].place, fmt::format("no registry serves image `{}`", image.name),
        {"", "change `ref`, or add its host to a registry, or leave `hosts` out",
         fmt::format("its ref is `{}`; the registries serve {}", image.ref, name_list(hosts))});
  }
}

}  // namespace

void check_meaning(Reader& reader, const ScenarioDraft& draft, const Scenario& scenario) {
  check_pools(reader, draft);
  check_workloads(reader, draft);
  check_events(reader, draft);
  check_load(reader, draft);
  check_node_life(reader, draft);
  check_registries(reader, draft, scenario);
  check_node_autoscaler(reader, draft);
}

}  // namespace pullsim
