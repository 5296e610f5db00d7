// Draft to Scenario: names become indices, what is absent gets its default.
#include "tools/input/scenario_reader.hpp"

#include "tools/input/build_reader.hpp"
#include "tools/input/pool_figures.hpp"

#include <algorithm>
#include <numeric>

namespace pullsim {

namespace {

// Names of one kind of thing, in the order of their indices.
struct Names {
  const char* noun;  // "an image"
  std::vector<std::string> names;
};

template <class T>
Names names_of(const char* noun, const std::vector<T>& things) {
  Names out{noun, {}};
  for (const T& thing : things) out.names.push_back(thing.name);
  return out;
}

std::size_t find_name(Reader& reader, const Reference& reference, const Names& known) {
  const auto found = std::find(known.names.begin(), known.names.end(), reference.name);
  if (found != known.names.end()) return static_cast<std::size_t>(found - known.names.begin());
  if (reference.given()) {
    reader.error("PS3001", reference.place,
                 fmt::format("`{}` is not {} of this scenario", reference.name, known.noun),
                 {"", spelling_help(reference.name, known.names, "the scenario"), ""});
  }
  return 0;
}

std::vector<std::size_t> find_names(Reader& reader, const std::vector<Reference>& references,
                                    const Names& known) {
  std::vector<std::size_t> out;
  for (const Reference& reference : references) {
    const std::size_t index = find_name(reader, reference, known);
    if (std::find(out.begin(), out.end(), index) == out.end()) out.push_back(index);
  }
  return out;
}

void resolve_images(Reader& reader, const ScenarioDraft& draft, ImageLoader& images,
                    ReadScenario& out) {
  std::vector<ImageFile> files;
  for (const WrittenImage& image : draft.images) {
    if (image.manifest.given() && image.layers_given) {
      reader.error("PS2011", image.place,
                   fmt::format("image `{}` has both `manifest` and `layers`", image.name),
                   {"", "give one of them", ""});
    } else if (!image.manifest.given() && image.layer_drafts.empty()) {
      reader.error("PS2011", image.place, fmt::format("image `{}` has no layers", image.name),
                   {"", "give `manifest` or `layers`", ""});
    }
    files.push_back(images.load(reader, image));
    for (const std::string& warning : files.back().warnings) {
      out.warnings.push_back(fmt::format("image {}: {}", image.name, warning));
    }
    out.scenario.images.push_back(files.back().image);
  }
  check_shared_digests(files, reader.diagnostics());
}

void resolve_registries(Reader& reader, ScenarioDraft& draft, ReadScenario& out) {
  const Names registries = names_of("a registry", draft.registries);
  const Names images = names_of("an image", draft.images);
  for (std::size_t i = 0; i < draft.registries.size(); ++i) {
    RegistryDraft& registry = draft.registries[i];
    const std::size_t before = reader.errors();
    registry.mirrors = find_names(reader, registry.mirror_names, registries);
    if (reader.errors() > before) registry.mirrors.clear();  // a name that is wrong mirrors nobody
    if (std::erase(registry.mirrors, i) > 0) {
      reader.error("PS3024", registry.mirrors_place,
                   fmt::format("registry `{}` is its own mirror", registry.name),
                   {"", "leave it out: it is asked after its mirrors", ""});
    }
    if (registry.image_names) registry.images = find_names(reader, *registry.image_names, images);
    out.scenario.registries.push_back(registry);
  }
}

void resolve_pools(Reader& reader, ScenarioDraft& draft, ConfigFiles& configs, ReadScenario& out) {
  const Names zones = names_of("a zone", draft.zones);
  const Names images = names_of("an image", draft.images);
  for (PoolDraft& pool : draft.pools) {
    fill_node_software(reader, pool, configs, out.warnings);
    fill_pool_figures(reader, pool, out.warnings);
    pool.zones = find_names(reader, pool.zone_names, zones);
    if (pool.zones.empty()) {
      pool.zones.resize(draft.zones.size());
      std::iota(pool.zones.begin(), pool.zones.end(), std::size_t{0});
    }
    pool.cached = find_names(reader, pool.cached_names, images);
    pool.cached_initially = find_names(reader, pool.cached_initially_names, images);
    pool.nodes_max = pool.nodes_max_written.value_or(pool.nodes_initial);
    out.scenario.node_pools.push_back(pool);
  }
}

/// The image and the pull policy of a container.
template <class Draft>
void resolve_image(Reader& reader, const Names& images, const Scenario& scenario, Draft& draft) {
  draft.image = find_name(reader, draft.image_name, images);
  if (draft.policy_written) {
    draft.pull_policy = *draft.policy_written;
  } else if (draft.image < scenario.images.size()) {
    draft.pull_policy = default_pull_policy(scenario.images[draft.image].ref);
  }
}

// Defaults of its kind, and what follows from what it does for nodes.
void finish_daemon_set(WorkloadDraft& workload) {
  if (!workload.removes_startup_taint.empty()) {
    workload.removes_startup_taints = {workload.removes_startup_taint};
  }
  if (workload.kind != WorkloadKind::daemon_set) return;
  if (workload.network_plugin) workload.host_network = true;
  workload.max_surge = {0, false};
  workload.max_unavailable = workload.daemon_max_unavailable.value_or(IntOrPercent{1, false});
  workload.replicas = 0;
}

/// The first container's keys are the workload's own.
void take_first(const ContainerDraft& container, WorkloadDraft& workload) {
  workload.image_name = container.image_name;
  workload.policy_written = container.policy_written;
  workload.cpu_request = container.cpu_request;
  workload.memory_request = container.memory_request;
  workload.ephemeral_storage_request = container.ephemeral_storage_request;
  workload.extended_requests = container.extended_requests;
  workload.host_ports = container.host_ports;
  workload.startup_probe = container.startup_probe;
  workload.readiness_probe = container.readiness_probe;
}

/// Of several default classes the least important counts, as in Kubernetes.
const PriorityClassSpec* default_class(const std::vector<PriorityClassSpec>& classes) {
  const PriorityClassSpec* found = nullptr;
  for (const PriorityClassSpec& one : classes) {
    if (one.global_default && (found == nullptr || one.value < found->value)) found = &one;
  }
  return found;
}

void resolve_priority(Reader& reader, const std::vector<PriorityClassSpec>& classes,
                      WorkloadDraft& workload) {
  const PriorityClassSpec* found = default_class(classes);
  if (workload.priority_class_name.given()) {
    found = nullptr;
    const Names names = names_of("a priority class", classes);
    const std::size_t index = find_name(reader, workload.priority_class_name, names);
    if (index < classes.size()) found = &classes[index];
  }
  if (found == nullptr) return;
  workload.scheduling.priority = found->value;
  workload.scheduling.preempts = found->preempts;
}

/// Containers that metrics name; the first has no name in the simulation.
void resolve_metrics(Reader& reader, WorkloadDraft& workload) {
  if (!workload.autoscaler) return;
  std::vector<std::string> names;
  for (const ContainerDraft& container : workload.container_drafts) names.push_back(container.name);
  if (names.empty()) names.push_back(workload.name);
  for (const ContainerDraft& container : workload.init_drafts) {
    if (container.sidecar) names.push_back(container.name);
  }
  for (HpaMetricSpec& metric : workload.autoscaler->metrics) {
    if (metric.container.empty()) continue;
    if (std::find(names.begin(), names.end(), metric.container) == names.end()) {
      reader.error("PS3001", workload.autoscaler_place,
                   fmt::format("`{}` is not a container of `{}`", metric.container, workload.name),
                   {"", spelling_help(metric.container, names, "the workload"), ""});
    }
    if (metric.container == names.front()) metric.container.clear();
  }
}

void resolve_workloads(Reader& reader, ScenarioDraft& draft, ReadScenario& out) {
  const Names images = names_of("an image", draft.images);
  std::vector<PriorityClassSpec> classes = draft.priority_classes;
  for (PriorityClassSpec& one : system_priority_classes()) classes.push_back(std::move(one));
  for (WorkloadDraft& workload : draft.workloads) {
    for (ContainerDraft& container : workload.init_drafts) {
      resolve_image(reader, images, out.scenario, container);
      workload.init_containers.push_back(container);
    }
    for (ContainerDraft& container : workload.container_drafts) {
      if (&container == &workload.container_drafts.front()) {
        take_first(container, workload);
        continue;
      }
      resolve_image(reader, images, out.scenario, container);
      workload.more_containers.push_back(container);
    }
    resolve_image(reader, images, out.scenario, workload);
    finish_daemon_set(workload);
    resolve_priority(reader, classes, workload);
    resolve_metrics(reader, workload);
    if (workload.kind == WorkloadKind::job || workload.kind == WorkloadKind::cron_job) {
      workload.replicas = 0;  // its pods are made when it begins
    }
    out.scenario.workloads.push_back(workload);
  }
}

void resolve_events(Reader& reader, ScenarioDraft& draft, ReadScenario& out) {
  const Names images = names_of("an image", draft.images);
  const Names workloads = names_of("a workload", draft.workloads);
  const Names registries = names_of("a registry", draft.registries);
  const Names pools = names_of("a node pool", draft.pools);
  for (EventDraft& event : draft.events) {
    if (event.remove_name.given()) {
      event.kind = ScenarioEvent::Kind::remove_nodes;
      event.pool = find_name(reader, event.remove_name, pools);
      event.count = event.count_written.value_or(0);
      event.notice = event.notice_written.value_or(Duration{0});
      out.scenario.events.push_back(event);
      continue;
    }
    if (event.outage_name.given()) {
      event.kind = ScenarioEvent::Kind::registry_outage;
      event.registry = find_name(reader, event.outage_name, registries);
      event.length = event.length_written.value_or(Duration{0});
      out.scenario.events.push_back(event);
      continue;
    }
    const bool scale = event.scale_name.given();
    event.kind = scale ? ScenarioEvent::Kind::scale : ScenarioEvent::Kind::set_image;
    event.workload = find_name(reader, scale ? event.scale_name : event.set_image_name, workloads);
    event.replicas = event.replicas_written.value_or(0);
    if (!scale) event.image = find_name(reader, event.image_name, images);
    out.scenario.events.push_back(event);
  }
}

// Whoever removes a startup taint is a workload, and workloads come after pools.
void resolve_startup_taints(Reader& reader, ScenarioDraft& draft, ReadScenario& out) {
  const Names workloads = names_of("a workload", draft.workloads);
  for (std::size_t p = 0; p < draft.pools.size(); ++p) {
    for (StartupTaintDraft& taint : draft.pools[p].startup_drafts) {
      if (taint.remover.given()) {
        taint.removed_by = find_name(reader, taint.remover, workloads);
        out.scenario.workloads.at(*taint.removed_by)
            .removes_startup_taints.push_back(taint.taint.key);  // tolerates it, too
      }
      out.scenario.node_pools[p].startup_taints.push_back(taint);
    }
  }
}

void resolve_budgets(Reader& reader, ScenarioDraft& draft, ReadScenario& out) {
  const Names workloads = names_of("a workload", draft.workloads);
  for (BudgetDraft& budget : draft.budgets) {
    budget.workloads = find_names(reader, budget.workload_names, workloads);
    out.scenario.disruption_budgets.push_back(budget);
  }
  for (std::size_t w = 0; w < draft.workloads.size(); ++w) {
    if (!draft.workloads[w].budget) continue;
    BudgetDraft& budget = *draft.workloads[w].budget;
    budget.name = draft.workloads[w].name;
    budget.workloads = {w};
    out.scenario.disruption_budgets.push_back(budget);
  }
}

/// Without a rate of its own the window is taken to be as the run begins.
ServiceObjective objective_of(Reader& reader, const TrafficDraft& traffic) {
  const ObjectiveDraft& draft = *traffic.objective;
  const bool from_start = !traffic.rate.empty() && traffic.rate.front().at == Duration{0};
  const double start = from_start ? traffic.rate.front().per_second : 0;
  const double mean_rate = draft.mean_rate.value_or(start);
  if (!(mean_rate > 0)) {
    reader.error("PS3044", traffic.place, "this objective has no requests to count",
                 {"", "give `objective.meanRate`, or a demand from 0s on",
                  "a budget is a share of the requests that its window expects"});
  }
  return {traffic.workload_name.name,
          {draft.availability, draft.window, mean_rate},
          draft.value_per_request};
}

void resolve_traffic(Reader& reader, ScenarioDraft& draft, ReadScenario& out) {
  const Names workloads = names_of("a workload", draft.workloads);
  for (TrafficDraft& traffic : draft.traffic) {
    traffic.workload = find_name(reader, traffic.workload_name, workloads);
    out.scenario.traffic.push_back(traffic);
    if (traffic.objective) out.objectives.push_back(objective_of(reader, traffic));
  }
}

void resolve_node_autoscaler(Reader& reader, ScenarioDraft& draft, ReadScenario& out) {
  const Names pools = names_of("a node pool", draft.pools);
  NodeAutoscalerDraft& spec = draft.node_autoscaler;
  for (PriorityDraft& step : spec.priority_drafts) {
    step.pools = find_names(reader, step.pool_names, pools);
    spec.priorities.push_back(step);
  }
  if (spec.pool_drafts.empty()) spec.pool_drafts.emplace_back();
  for (KarpenterPoolDraft& pool : spec.pool_drafts) {
    pool.pools = find_names(reader, pool.pool_names, pools);
    if (pool.pool_names.empty()) {
      pool.pools.resize(draft.pools.size());
      std::iota(pool.pools.begin(), pool.pools.end(), std::size_t{0});
    }
    spec.node_pools.push_back(pool);
  }
  out.scenario.node_autoscaler = spec;
}

}  // namespace

PullPolicy default_pull_policy(const std::string& ref) {
  if (ref.find('@') != std::string::npos) return PullPolicy::if_not_present;
  const std::size_t slash = ref.rfind('/');
  const std::size_t colon = ref.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  const bool latest = !tagged || ref.substr(colon + 1) == "latest";
  return latest ? PullPolicy::always : PullPolicy::if_not_present;
}

const RegistrySpec* registry_of(const std::vector<RegistrySpec>& registries,
                                const std::string& ref) {
  const std::size_t slash = ref.find('/');
  std::string host = slash == std::string::npos ? "" : ref.substr(0, slash);
  const bool is_host = host == "localhost" || host.find_first_of(".:") != std::string::npos;
  if (!is_host) host = "docker.io";
  std::vector<std::size_t> mirrors;
  for (const RegistrySpec& registry : registries) {
    mirrors.insert(mirrors.end(), registry.mirrors.begin(), registry.mirrors.end());
  }
  for (std::size_t i = 0; i < registries.size(); ++i) {
    const auto& hosts = registries[i].hosts;
    const bool is_mirror = std::find(mirrors.begin(), mirrors.end(), i) != mirrors.end();
    const bool serves =
        hosts.empty() ? !is_mirror : std::find(hosts.begin(), hosts.end(), host) != hosts.end();
    if (serves) return &registries[i];
  }
  return nullptr;
}

std::optional<ReadScenario> read_scenario(Reader& reader, const YamlNode& root, ImageLoader& images,
                                          ConfigFiles& configs) {
  ScenarioDraft draft;
  scenario_table().read(reader, root, draft);
  if (root.kind != YamlNode::Kind::mapping || !check_parts(reader, root)) return std::nullopt;
  ReadScenario out;
  out.question = draft.question;
  out.replications = draft.replications;
  out.scenario.name = draft.name;
  out.scenario.seed = draft.seed;
  out.scenario.duration = draft.duration;
  if (draft.registries.empty()) draft.registries.emplace_back();
  if (draft.zones.empty()) draft.zones.emplace_back();
  resolve_images(reader, draft, images, out);
  resolve_registries(reader, draft, out);
  resolve_pools(reader, draft, configs, out);
  resolve_workloads(reader, draft, out);
  resolve_events(reader, draft, out);
  resolve_traffic(reader, draft, out);
  resolve_startup_taints(reader, draft, out);
  resolve_budgets(reader, draft, out);
  resolve_node_autoscaler(reader, draft, out);
  if (!reader.draws()) {
    out.builds = resolve_builds(reader, draft.builds, configs);
    resolve_releases(reader, draft, images, out);
  }
  if (draft.prices) out.prices = resolve_prices(reader, *draft.prices, configs);
  out.no_cluster = root.find("workloads") == nullptr;
  out.scenario.zones = draft.zones;
  for (const MetricSeriesDraft& series : draft.metrics) out.scenario.metrics.push_back(series);
  out.scenario.time_of_day = draft.time_of_day;
  out.scenario.control_plane = draft.control_plane;
  out.scenario.load_balancer = draft.load_balancer;
  check_meaning(reader, draft, out.scenario);
  if (reader.errors() > 0 || reader.diagnostics().has_errors()) return std::nullopt;
  return out;
}

}  // namespace pullsim
