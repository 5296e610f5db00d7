// Table of the whole scenario file, and the small blocks of the control plane.
#include "tools/input/scenario_draft.hpp"
#include "tools/input/threshold_reader.hpp"

#include <algorithm>
#include <iterator>

namespace pullsim {

namespace {

constexpr std::int64_t kReplicationsMax = 1'000'000;

constexpr const char* kApiVersion = "pullsim/v1";
constexpr const char* kKind = "Scenario";
constexpr const char* kUnlessAlone = "required, but for `releases` or `builds` alone";

void read_fixed_text(Reader& reader, const YamlNode& node, const char* wanted) {
  if (!reader.is_scalar(node) || node.text == wanted) return;
  reader.error("PS2012", node.place,
               fmt::format("`{}` `{}` is not known", reader.path(), node.text),
               {"", fmt::format("write `{}`", wanted), ""});
}

void check_not_empty(Reader& reader, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::null || node.items.size() + node.entries.size() > 0) return;
  reader.error("PS3013", node.place, fmt::format("`{}` is empty", reader.path()),
               {"", "a scenario needs at least one image, one node pool and one workload", ""});
}

void read_images(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  if (!reader.is_mapping(node)) return;
  check_not_empty(reader, node);
  for (const YamlEntry& entry : node.entries) {
    const Reader::Scope scope(reader, entry.key);
    WrittenImage image;
    image.name = entry.key;
    image.place = entry.place;
    if (!is_dns_label(entry.key)) {
      reader.error("PS2008", entry.place, fmt::format("`{}` cannot be a name", entry.key),
                   {"", "names are lower-case letters, digits and inner hyphens, at most 63", ""});
    }
    image_table().read(reader, entry.value, image);
    out.images.push_back(std::move(image));
  }
}

void read_registries(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  read_named_list(reader, node, registry_table(), "registries", out.registries,
                  [](const YamlNode&, RegistryDraft&) { return true; });
}

void read_zones(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  read_named_list(reader, node, zone_table(), "zones", out.zones,
                  [](const YamlNode&, ZoneSpec&) { return true; });
}

void read_pools(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  if (node.kind == YamlNode::Kind::sequence) check_not_empty(reader, node);
  read_named_list(reader, node, pool_table(), "node pools", out.pools,
                  [](const YamlNode& item, PoolDraft& pool) {
                    pool.place = place_of_key(item, "name");
                    const YamlEntry* cpu = item.find("cpu");
                    const YamlEntry* memory = item.find("memory");
                    pool.cpu_tried = cpu != nullptr && cpu->value.kind != YamlNode::Kind::null;
                    pool.memory_tried =
                        memory != nullptr && memory->value.kind != YamlNode::Kind::null;
                    return true;
                  });
}

// Either one container by the keys of the workload, or a list.
void check_container_form(Reader& reader, const YamlNode& item) {
  if (item.kind != YamlNode::Kind::mapping) return;
  if (item.find("containers") == nullptr) {
    if (item.find("image") != nullptr) return;
    reader.error("PS2002", item.place, fmt::format("`{}.image` is missing", reader.path()),
                 {"", "this block needs `image`, or a list of `containers`", ""});
    return;
  }
  for (const char* key : {"image", "imagePullPolicy", "requests", "extendedResources", "ports",
                          "startupProbe", "readinessProbe"}) {
    const YamlEntry* entry = item.find(key);
    if (entry == nullptr) continue;
    reader.error("PS2011", entry->place,
                 fmt::format("`{}` has both `{}` and `containers`", reader.path(), key),
                 {"", fmt::format("write `{}` at a container", key), ""});
  }
}

void read_workloads(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  if (node.kind == YamlNode::Kind::sequence) check_not_empty(reader, node);
  read_named_list(reader, node, workload_table(), "workloads", out.workloads,
                  [&](const YamlNode& item, WorkloadDraft& workload) {
                    workload.place = place_of_key(item, "name");
                    if (item.find("replicas") != nullptr) {
                      workload.replicas_place = place_of_key(item, "replicas");
                    }
                    const YamlEntry* objects = item.find("objects");
                    if (objects == nullptr) {
                      check_container_form(reader, item);
                      check_kind_keys(reader, item);
                      return true;
                    }
                    reader.not_supported(objects->place, "`objects` of a workload",
                                         "write the workload in the short form: `name`, "
                                         "`replicas`, `image`");
                    return false;
                  });
}

// Each sort of event has one key that names it, one that it needs, and perhaps one that it takes.
struct EventForm {
  const char* key;
  bool given;
  const char* needs;
  bool has_need;
  bool has_more;
};

void check_event_form(Reader& reader, const EventDraft& event) {
  const EventForm forms[] = {
      {"scale", event.scale_name.given(), "replicas", event.replicas_written.has_value(), false},
      {"setImage", event.set_image_name.given(), "image", event.image_name.given(), false},
      {"registryOutage", event.outage_name.given(), "for", event.length_written.has_value(),
       event.silent_written},
      {"removeNodes", event.remove_name.given(), "count", event.count_written.has_value(),
       event.notice_written.has_value()},
  };
  const auto named = std::count_if(std::begin(forms), std::end(forms),
                                   [](const EventForm& form) { return form.given; });
  if (named != 1) {
    reader.error("PS2011", event.place, "an event does not say the one thing that happens",
                 {"",
                  "give one of `scale` and `replicas`, `setImage` and `image`, `registryOutage` "
                  "and `for`, `removeNodes` and `count`",
                  ""});
    return;
  }
  bool foreign = false;
  for (const EventForm& form : forms) {
    if (!form.given) {
      foreign = foreign || form.has_need || form.has_more;
    } else if (!form.has_need) {
      reader.error("PS2002", event.place,
                   fmt::format("`{}.{}` is missing", reader.path(), form.needs),
                   {"", fmt::format("`{}` needs `{}`", form.key, form.needs), ""});
      return;
    }
  }
  if (!foreign) return;
  reader.error("PS2011", event.place, "an event says two things that happen",
               {"", "write two events of one time", ""});
}

void read_events(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    EventDraft event;
    event.place = item.place;
    event.at_place = place_of_key(item, "at");
    const std::size_t before = reader.errors();
    event_table().read(reader, item, event);
    if (reader.errors() == before) check_event_form(reader, event);
    out.events.push_back(std::move(event));
  });
}

void read_budgets(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  read_named_list(reader, node, named_budget_table(), "disruption budgets", out.budgets,
                  [](const YamlNode& item, BudgetDraft& budget) {
                    budget.place = item.place;
                    return true;
                  });
}

void read_priority_classes(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  read_named_list(reader, node, priority_class_table(), "priority classes", out.priority_classes,
                  [](const YamlNode&, PriorityClassSpec&) { return true; });
}

void read_traffic(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    TrafficDraft draft;
    draft.place = item.place;
    draft.per_pod_place = place_of_key(item, "perPod");
    traffic_table().read(reader, item, draft);
    out.traffic.push_back(std::move(draft));
  });
}

void read_series(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  read_named_list(reader, node, metric_series_table(), "metrics", out.metrics,
                  [](const YamlNode& item, MetricSeriesDraft& series) {
                    series.place = place_of_key(item, "name");
                    return true;
                  });
}

void read_time_of_day(Reader& reader, const YamlNode& node, ScenarioDraft& out) {
  if (!reader.is_scalar(node)) return;
  const std::string& text = node.text;
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  const auto value = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const bool form =
      text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4);
  if (form && value(0) < 24 && value(3) < 60) {
    out.time_of_day = std::chrono::hours(value(0)) + std::chrono::minutes(value(3));
    return;
  }
  reader.error("PS2005", node.place, fmt::format("`{}` is not a time of day", reader.path()),
               {"", "write hours and minutes in quotes, as in `\"08:30\"`", ""});
}

const FieldTable<ClientLimit>& client_limit_table() {
  static const FieldTable<ClientLimit> table = [] {
    FieldTable<ClientLimit> t;
    t.add("qps", &ClientLimit::qps, "Requests a second.", {.required = true, .min = 1});
    t.add("burst", &ClientLimit::burst, "Requests at once before that.",
          {.required = true, .min = 1});
    return t;
  }();
  return table;
}

const FieldTable<LoadBalancerSpec>& health_check_table() {
  static const FieldTable<LoadBalancerSpec> table = [] {
    FieldTable<LoadBalancerSpec> t;
    t.add<BareSecondsCodec>("intervalSeconds", &LoadBalancerSpec::health_interval,
                            "Between checks of one target.", {.min = 1});
    t.add("healthyThreshold", &LoadBalancerSpec::healthy_threshold,
          "Successes in a row that make a target healthy.", {.min = 1, .max = INT32_MAX});
    return t;
  }();
  return table;
}

void skip(Reader&, const YamlNode&, ScenarioDraft&) {}

// A run whose length cannot be read ends after every event: one finding for one mistake.
struct RunLengthCodec : TimeCodec {
  static bool read(Reader& reader, const YamlNode& node, Duration& out, const Rule& rule) {
    if (TimeCodec::read(reader, node, out, rule)) return true;
    out = Duration::max();
    return false;
  }
};

void add_clusters(FieldTable<ScenarioDraft>& t) {
  t.custom<WrittenImage>({"images", "blocks by name", kUnlessAlone, "What is pulled."}, true,
                         read_images, image_table, ".NAME")
      .unless("releases")
      .unless("builds");
  t.custom<RegistryDraft>(
      {"registries", "list of blocks", "one without limits", "Where images come from."}, false,
      read_registries, registry_table, "[]");
  t.custom<ZoneSpec>({"zones", "list of blocks", "one without limit", "Ways to the registries."},
                     false, read_zones, zone_table, "[]");
  t.custom<PoolDraft>({"nodePools", "list of blocks", kUnlessAlone, "Groups of equal nodes."}, true,
                      read_pools, pool_table, "[]")
      .unless("releases")
      .unless("builds");
  t.custom<WorkloadDraft>({"workloads", "list of blocks", kUnlessAlone, "What runs."}, true,
                          read_workloads, workload_table, "[]")
      .unless("releases")
      .unless("builds");
  t.block("controlPlane", &ScenarioDraft::control_plane, control_plane_table, "see below",
          "Client limits of the components.");
  t.custom<NodeAutoscalerDraft>(
      {"nodeAutoscaler", "block", "none", "Who adds and removes nodes."}, false,
      [](Reader& reader, const YamlNode& node, ScenarioDraft& out) {
        out.node_autoscaler.place = node.place;
        node_autoscaler_table().read(reader, node, out.node_autoscaler);
      },
      node_autoscaler_table);
  t.block("loadBalancer", &ScenarioDraft::load_balancer, load_balancer_table,
          "none: served when endpoints are programmed", "Who sends traffic to pods.");
  t.custom<BudgetDraft>({"podDisruptionBudgets", "list of blocks", "none",
                         "Budgets over several workloads; for one, write `podDisruptionBudget` "
                         "there."},
                        false, read_budgets, named_budget_table, "[]");
  t.custom<EventDraft>({"events", "list of blocks", "none", "What happens in the run."}, false,
                       read_events, event_table, "[]");
}

}  // namespace

const FieldTable<ControlPlaneSpec>& control_plane_table() {
  static const FieldTable<ControlPlaneSpec> table = [] {
    FieldTable<ControlPlaneSpec> t;
    t.about("Client limits towards the API server; defaults are those of the components.");
    t.block("controllerManager", &ControlPlaneSpec::controller_manager, client_limit_table,
            "qps 20, burst 30", "kube-controller-manager.");
    t.block("scheduler", &ControlPlaneSpec::scheduler, client_limit_table, "qps 50, burst 100",
            "kube-scheduler.");
    t.block("kubeProxy", &ControlPlaneSpec::kube_proxy, kube_proxy_table,
            "none: endpoints are programmed 0.5 s after Ready, assumed",
            "kube-proxy on every node, for pods without a load balancer.");
    t.add("apiLatency", &ControlPlaneSpec::api_latency,
          "From a call that creates a pod to its answer, for which the next batch of a slow start "
          "(1, 2, 4, ... pods) waits. 0: all at once.",
          {.zero = true});
    return t;
  }();
  return table;
}

const FieldTable<LoadBalancerSpec>& load_balancer_table() {
  static const FieldTable<LoadBalancerSpec> table = [] {
    FieldTable<LoadBalancerSpec> t;
    t.add("registration", &LoadBalancerSpec::registration, "Ready to known as a target.");
    t.block(
        "healthCheck", [](LoadBalancerSpec& spec) -> LoadBalancerSpec& { return spec; },
        health_check_table, "see below", "Checks before traffic flows.");
    t.add("readinessGate", &LoadBalancerSpec::readiness_gate,
          "Pods of every workload are Ready only when they are healthy here.");
    return t;
  }();
  return table;
}

const FieldTable<ScenarioDraft>& scenario_table() {
  static const FieldTable<ScenarioDraft> table = [] {
    FieldTable<ScenarioDraft> t;
    t.about("The file as a whole.");
    t.custom({"apiVersion", "`pullsim/v1`", "required", "Version of this format."}, true,
             [](Reader& reader, const YamlNode& node, ScenarioDraft&) {
               read_fixed_text(reader, node, kApiVersion);
             });
    t.custom({"kind", "`Scenario`", "required", "What the file holds."}, true,
             [](Reader& reader, const YamlNode& node, ScenarioDraft&) {
               read_fixed_text(reader, node, kKind);
             });
    t.add<NameCodec>("name", &ScenarioDraft::name, "Name of the scenario.", {.required = true});
    t.add("question", &ScenarioDraft::question, "What the scenario answers, for people.");
    t.add("seed", &ScenarioDraft::seed, "Start of all random numbers.");
    t.add("replications", &ScenarioDraft::replications, "Runs of each variant.",
          {.min = 1, .max = kReplicationsMax});
    t.add<RunLengthCodec>("duration", &ScenarioDraft::duration,
                          "Simulated time at which a run ends.", {.fixed = true});
    add_clusters(t);
    t.custom({"variants", "blocks by name", "one, named as the scenario",
              "Overrides by path, as with `--set`, for each variant."},
             false, skip);
    t.custom({"thresholds", "list", "none", "What must hold; forms below."}, false, skip)
        .items_described_by(describe_thresholds);
    t.custom<TrafficDraft>({"traffic", "list of blocks", "none", "What users ask of workloads."},
                           false, read_traffic, traffic_table, "[]");
    t.custom<PriorityClassSpec>(
        {"priorityClasses", "list of blocks", "those of the system", "How important pods are."},
        false, read_priority_classes, priority_class_table, "[]");
    t.custom({"timeOfDay", "time of day", "00:00",
              "Hours and minutes at the start, as in `\"08:30\"`, for CronJobs."},
             false, read_time_of_day);
    t.custom<MetricSeriesDraft>(
        {"metrics", "list of blocks", "none", "What autoscalers look at beside CPU and traffic."},
        false, read_series, metric_series_table, "[]");
    t.custom({"profile", "file", "none",
              "A profile of `pullsim calibrate`: figures of `runtime` and `registries` that the "
              "scenario does not give, drawn anew for each run within their intervals."},
             false, skip_file<ScenarioDraft>);
    t.custom<ReleaseTrainDraft>(
        {"releases", "list of blocks", "none", "Trains of releases, for `pullsim releases`."},
        false,
        [](Reader& reader, const YamlNode& node, ScenarioDraft& out) {
          read_releases(reader, node, out.releases);
        },
        release_train_table, "[]");
    t.custom<PricesDraft>(
        {"prices", "file or block", "none", "What bills are made with."}, false,
        [](Reader& reader, const YamlNode& node, ScenarioDraft& out) {
          read_prices(reader, node, out.prices.emplace());
        },
        prices_table);
    t.custom<BuildDraft>(
        {"builds", "list of blocks", "none",
         "Builds of images. A scenario of builds alone needs no `images`, `nodePools` and "
         "`workloads`."},
        false,
        [](Reader& reader, const YamlNode& node, ScenarioDraft& out) {
          if (node.kind == YamlNode::Kind::sequence) check_not_empty(reader, node);
          read_builds(reader, node, out.builds);
        },
        build_table, "[]");
    return t;
  }();
  return table;
}

}  // namespace pullsim
