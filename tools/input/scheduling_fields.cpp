// Affinity, tolerations and spread; see the header.
#include "tools/input/scheduling_fields.hpp"

#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";
constexpr std::int64_t kWeightMax = 100;

PodSchedulingSpec& itself(PodSchedulingSpec& spec) { return spec; }

template <class T>
void read_blocks(Reader& reader, const YamlNode& node, const FieldTable<T>& table,
                 std::vector<T>& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    table.read(reader, item, out.emplace_back());
  });
}

bool read_int32(Reader& reader, const YamlNode& node, std::int32_t& out, const Rule& rule) {
  std::int64_t value = 0;
  if (!CountCodec::read(reader, node, value, rule)) return false;
  out = static_cast<std::int32_t>(value);
  return true;
}

template <class T>
void read_weight(Reader& reader, const YamlNode& node, T& out) {
  read_int32(reader, node, out.weight, {.min = 1, .max = kWeightMax});
}

template <class T>
void add_weight(FieldTable<T>& t) {
  t.custom({"weight", "whole number 1 to 100", "required", "Weight in the score."}, true,
           read_weight<T>);
}

void read_keys(Reader& reader, const YamlNode& node, std::vector<std::string>& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    std::string key;
    if (TextCodec::read(reader, item, key, {})) out.push_back(std::move(key));
  });
}

void check_topology_key(Reader& reader, const YamlNode& node, const std::string& key) {
  if (!key.empty()) return;
  reader.error(
      "PS2008", node.place, fmt::format("`{}` is empty", reader.path()),
      {"", fmt::format("name a label of nodes: `{}` or `{}`", kHostnameKey, kZoneKey), ""});
}

template <class T>
void read_topology_key(Reader& reader, const YamlNode& node, T& out) {
  if (!reader.is_scalar(node)) return;
  out.topology_key = node.text;
  check_topology_key(reader, node, out.topology_key);
}

template <class T>
void add_topology_key(FieldTable<T>& t) {
  t.custom({"topologyKey", "text", "required",
            "Label of nodes whose values are the domains: `kubernetes.io/hostname`, "
            "`topology.kubernetes.io/zone`."},
           true, read_topology_key<T>);
}

template <class T>
void add_match_label_keys(FieldTable<T>& t) {
  t.custom({"matchLabelKeys", "list of texts", "none",
            "Pods must have the same values of these labels, too: `pod-template-hash`."},
           false, [](Reader& reader, const YamlNode& node, T& out) {
             read_keys(reader, node, out.match_label_keys);
           });
}

template <class T>
void skip_namespaces(Reader&, const YamlNode&, T&) {}

const FieldTable<NodeTerm>& node_term_table() {
  static const FieldTable<NodeTerm> table = [] {
    FieldTable<NodeTerm> t;
    t.about("All requirements of a term must hold; a term without any matches no node.");
    t.custom<LabelRequirement>(
        {"matchExpressions", "list of blocks", "none", "Requirements on labels of nodes."}, false,
        [](Reader& reader, const YamlNode& node, NodeTerm& out) {
          read_node_requirements(reader, node, out.labels);
        },
        requirement_table, "[]");
    t.custom<LabelRequirement>(
        {"matchFields", "list of blocks", "none", "Requirements on `metadata.name` of nodes."},
        false,
        [](Reader& reader, const YamlNode& node, NodeTerm& out) {
          read_node_requirements(reader, node, out.name);
        },
        requirement_table, "[]");
    return t;
  }();
  return table;
}

const FieldTable<PodSchedulingSpec>& node_selector_table() {
  static const FieldTable<PodSchedulingSpec> table = [] {
    FieldTable<PodSchedulingSpec> t;
    t.custom<NodeTerm>(
        {"nodeSelectorTerms", "list of blocks", "required", "One of these must match."}, true,
        [](Reader& reader, const YamlNode& node, PodSchedulingSpec& out) {
          out.required_node_terms.emplace();
          read_blocks(reader, node, node_term_table(), *out.required_node_terms);
        },
        node_term_table, "[]");
    return t;
  }();
  return table;
}

const FieldTable<PreferredNodeTerm>& preferred_node_table() {
  static const FieldTable<PreferredNodeTerm> table = [] {
    FieldTable<PreferredNodeTerm> t;
    add_weight(t);
    t.custom<NodeTerm>(
        {"preference", "block", "required", "What nodes should have."}, true,
        [](Reader& reader, const YamlNode& node, PreferredNodeTerm& out) {
          node_term_table().read(reader, node, out.term);
        },
        node_term_table);
    return t;
  }();
  return table;
}

const FieldTable<PodSchedulingSpec>& node_affinity_table() {
  static const FieldTable<PodSchedulingSpec> table = [] {
    FieldTable<PodSchedulingSpec> t;
    t.block(kRequired, itself, node_selector_table, "none", "Which nodes may take the pod.");
    t.custom<PreferredNodeTerm>(
        {kPreferred, "list of blocks", "none", "Which nodes should."}, false,
        [](Reader& reader, const YamlNode& node, PodSchedulingSpec& out) {
          read_blocks(reader, node, preferred_node_table(), out.preferred_node_terms);
        },
        preferred_node_table, "[]");
    return t;
  }();
  return table;
}

const FieldTable<PodAffinityTerm>& pod_term_table() {
  static const FieldTable<PodAffinityTerm> table = [] {
    FieldTable<PodAffinityTerm> t;
    t.about("Pods in the same domain. Without `labelSelector` no pods are meant.");
    t.custom<LabelSelector>(
        {"labelSelector", "block", "no pods", "Which pods."}, false,
        [](Reader& reader, const YamlNode& node, PodAffinityTerm& out) {
          read_label_selector(reader, node, out.selector);
        },
        label_selector_table);
    add_topology_key(t);
    add_match_label_keys(t);
    t.custom({"namespaces", "list of texts", "the pod's own", "Without effect: there is one."},
             false, skip_namespaces<PodAffinityTerm>);
    t.custom({"namespaceSelector", "block", "none", "Without effect: there is one namespace."},
             false, skip_namespaces<PodAffinityTerm>);
    return t;
  }();
  return table;
}

void read_pod_terms(Reader& reader, const YamlNode& node, std::vector<PodAffinityTerm>& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    out.push_back({selects_nothing(), {}, "", {}});
    pod_term_table().read(reader, item, out.back());
  });
}

const FieldTable<PreferredPodTerm>& preferred_pod_table() {
  static const FieldTable<PreferredPodTerm> table = [] {
    FieldTable<PreferredPodTerm> t;
    add_weight(t);
    t.custom<PodAffinityTerm>(
        {"podAffinityTerm", "block", "required", "Pods and their domain."}, true,
        [](Reader& reader, const YamlNode& node, PreferredPodTerm& out) {
          out.term.selector = selects_nothing();
          pod_term_table().read(reader, node, out.term);
        },
        pod_term_table);
    return t;
  }();
  return table;
}

using PodTerms = std::vector<PodAffinityTerm> PodSchedulingSpec::*;
using PreferredPodTerms = std::vector<PreferredPodTerm> PodSchedulingSpec::*;

template <PodTerms Terms, PreferredPodTerms Preferred>
const FieldTable<PodSchedulingSpec>& pod_affinity_table() {
  static const FieldTable<PodSchedulingSpec> table = [] {
    FieldTable<PodSchedulingSpec> t;
    t.custom<PodAffinityTerm>(
        {kRequired, "list of blocks", "none", "What must hold, all of them."}, false,
        [](Reader& reader, const YamlNode& node, PodSchedulingSpec& out) {
          read_pod_terms(reader, node, out.*Terms);
        },
        pod_term_table, "[]");
    t.custom<PreferredPodTerm>(
        {kPreferred, "list of blocks", "none", "What should."}, false,
        [](Reader& reader, const YamlNode& node, PodSchedulingSpec& out) {
          read_blocks(reader, node, preferred_pod_table(), out.*Preferred);
        },
        preferred_pod_table, "[]");
    return t;
  }();
  return table;
}

const FieldTable<PodSchedulingSpec>& affinity_table() {
  static const FieldTable<PodSchedulingSpec> table = [] {
    using Spec = PodSchedulingSpec;
    FieldTable<Spec> t;
    t.block("nodeAffinity", itself, node_affinity_table, "none", "Towards nodes, by their labels.");
    t.block("podAffinity", itself,
            pod_affinity_table<&Spec::required_affinity, &Spec::preferred_affinity>, "none",
            "Towards domains where other pods are.");
    t.block("podAntiAffinity", itself,
            pod_affinity_table<&Spec::required_anti_affinity, &Spec::preferred_anti_affinity>,
            "none", "Away from domains where other pods are.");
    return t;
  }();
  return table;
}

struct TolerationDraft : Toleration {
  bool value_written = false;
};

const FieldTable<TolerationDraft>& toleration_table() {
  static const FieldTable<TolerationDraft> table = [] {
    FieldTable<TolerationDraft> t;
    t.about("Taints of nodes that the pod can bear.");
    t.add("key", &Toleration::key, "Key of the taint; none with `Exists`: every taint.",
          {.fallback = "none"});
    t.custom({"operator", "`Equal`, `Exists`", "Equal", "`Exists` takes every value."}, false,
             [](Reader& reader, const YamlNode& node, TolerationDraft& out) {
               std::size_t index = 0;
               if (read_word(reader, node, {"Equal", "Exists"}, &index)) {
                 out.op = static_cast<Toleration::Op>(index);
               }
             });
    t.custom({"value", "text", "empty", "Value of the taint, with `Equal`."}, false,
             [](Reader& reader, const YamlNode& node, TolerationDraft& out) {
               if (!reader.is_scalar(node)) return;
               out.value = node.text;
               out.value_written = !out.value.empty();
             });
    t.custom(
        {"effect", "`NoSchedule`, `PreferNoSchedule`, `NoExecute`", "every effect",
         "Effect of the taint."},
        false, [](Reader& reader, const YamlNode& node, TolerationDraft& out) {
          std::size_t index = 0;
          if (read_word(reader, node, {"NoSchedule", "PreferNoSchedule", "NoExecute"}, &index)) {
            out.effect = static_cast<TaintEffect>(index);
          }
        });
    t.custom({"tolerationSeconds", "whole number from 0", "none", "Without effect."}, false,
             [](Reader&, const YamlNode&, TolerationDraft&) {});
    return t;
  }();
  return table;
}

void read_tolerations(Reader& reader, const YamlNode& node, PodSchedulingSpec& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    TolerationDraft draft;
    toleration_table().read(reader, item, draft);
    const bool exists = draft.op == Toleration::Op::exists;
    if (exists ? draft.value_written : draft.key.empty()) {
      reader.error(
          "PS2011", item.place, fmt::format("`{}` does not fit its operator", reader.path()),
          {"", exists ? "leave `value` out" : "give `key`, or write `operator: Exists`", ""});
    }
    out.tolerations.push_back(draft);
  });
}

struct SpreadDraft : SpreadConstraint {
  bool min_domains_written = false;
};

template <bool SpreadConstraint::*Policy>
void read_policy(Reader& reader, const YamlNode& node, SpreadDraft& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"Honor", "Ignore"}, &index)) out.*Policy = index == 0;
}

const FieldTable<SpreadDraft>& spread_table() {
  static const FieldTable<SpreadDraft> table = [] {
    FieldTable<SpreadDraft> t;
    t.about(
        "How evenly pods lie over domains. Without any, the default of Kubernetes: over nodes with "
        "skew 3 and over zones with skew 5, ScheduleAnyway, among pods of one replica set.");
    t.custom({"maxSkew", "whole number 1 to 2147483647", "required",
              "Most pods above the emptiest domain."},
             true, [](Reader& reader, const YamlNode& node, SpreadDraft& out) {
               read_int32(reader, node, out.max_skew, {.min = 1, .max = INT32_MAX});
             });
    add_topology_key(t);
    t.custom({"whenUnsatisfiable", "`DoNotSchedule`, `ScheduleAnyway`", "required",
              "Whether it must hold."},
             true, [](Reader& reader, const YamlNode& node, SpreadDraft& out) {
               std::size_t index = 0;
               if (read_word(reader, node, {"DoNotSchedule", "ScheduleAnyway"}, &index)) {
                 out.hard = index == 0;
               }
             });
    t.custom<LabelSelector>(
        {"labelSelector", "block", "no pods", "Pods that are counted."}, false,
        [](Reader& reader, const YamlNode& node, SpreadDraft& out) {
          read_label_selector(reader, node, out.selector);
        },
        label_selector_table);
    t.custom({"minDomains", "whole number 1 to 2147483647", "1",
              "With fewer domains the emptiest counts as 0. With `DoNotSchedule`."},
             false, [](Reader& reader, const YamlNode& node, SpreadDraft& out) {
               out.min_domains_written = true;
               read_int32(reader, node, out.min_domains, {.min = 1, .max = INT32_MAX});
             });
    t.custom({"nodeAffinityPolicy", "`Honor`, `Ignore`", "Honor",
              "Whether nodes count that the pod's selector and affinity refuse."},
             false, read_policy<&SpreadConstraint::honors_affinity>);
    t.custom({"nodeTaintsPolicy", "`Honor`, `Ignore`", "Ignore",
              "Whether nodes count whose taints the pod does not tolerate."},
             false, read_policy<&SpreadConstraint::honors_taints>);
    add_match_label_keys(t);
    return t;
  }();
  return table;
}

void read_spread(Reader& reader, const YamlNode& node, PodSchedulingSpec& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    SpreadDraft draft;
    draft.selector = selects_nothing();
    spread_table().read(reader, item, draft);
    if (draft.min_domains_written && !draft.hard) {
      reader.error("PS2011", place_of_key(item, "minDomains"),
                   fmt::format("`{}.minDomains` stands beside `ScheduleAnyway`", reader.path()),
                   {"", "leave it out, or write `DoNotSchedule`", ""});
    }
    out.spread.push_back(draft);
  });
}

}  // namespace

const FieldTable<PodSchedulingSpec>& pod_scheduling_table() {
  static const FieldTable<PodSchedulingSpec> table = [] {
    FieldTable<PodSchedulingSpec> t;
    t.custom({"labels", "text by name", "`app` with the workload's name",
              "Labels of the pods, for selectors of other pods."},
             false, [](Reader& reader, const YamlNode& node, PodSchedulingSpec& out) {
               read_labels(reader, node, out.labels);
             });
    t.custom({"nodeSelector", "text by name", "every node", "Labels that nodes must have."}, false,
             [](Reader& reader, const YamlNode& node, PodSchedulingSpec& out) {
               read_labels(reader, node, out.node_selector);
             });
    t.block("affinity", itself, affinity_table, "none", "Where pods may and should go.");
    t.custom<TolerationDraft>({"tolerations", "list of blocks", "none", "Taints that pods bear."},
                              false, read_tolerations, toleration_table, "[]");
    t.custom<SpreadDraft>({"topologySpreadConstraints", "list of blocks", "Kubernetes' default",
                           "How evenly pods lie over nodes and zones."},
                          false, read_spread, spread_table, "[]");
    return t;
  }();
  return table;
}

}  // namespace pullsim
