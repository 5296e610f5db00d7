// Objects of a cluster, kind by kind; see the header.
#include "tools/import/cluster_dump.hpp"

#include "tools/import/object_reader.hpp"

#include <algorithm>
#include <array>

namespace pullsim {

namespace {

// Labels by which clouds and autoscalers name a group of nodes, the most telling first.
constexpr std::array kGroupLabels = {"karpenter.sh/nodepool",
                                     "eks.amazonaws.com/nodegroup",
                                     "cloud.google.com/gke-nodepool",
                                     "kubernetes.azure.com/agentpool",
                                     "agentpool",
                                     "node.kubernetes.io/nodepool",
                                     "alpha.eksctl.io/nodegroup-name"};
constexpr std::array kTypeLabels = {"node.kubernetes.io/instance-type",
                                    "beta.kubernetes.io/instance-type"};
constexpr std::array kZoneLabels = {"topology.kubernetes.io/zone",
                                    "failure-domain.beta.kubernetes.io/zone"};

class DumpReader : public ObjectReader {
 public:
  DumpReader(const JsonDocument& document, ClusterDump& dump, Diagnostics& diagnostics)
      : ObjectReader(document, diagnostics), dump_(dump) {}

  void read_any(const JsonNode& node) {
    if (node.is(JsonKind::array)) {
      for (const JsonNode& item : node.items) read_any(item);
    } else if (!node.is(JsonKind::object)) {
      refuse(node, "PS2003", "an object of a cluster is a JSON object, and this is none");
    } else if (const JsonNode* items = node.get("items")) {
      for (const JsonNode& item : list(items)) read_any(item);
    } else {
      read_object(node);
    }
  }

 private:
  void read_object(const JsonNode& node) {
    const JsonNode* kind = node.get("kind");
    if (kind == nullptr || !kind->is(JsonKind::string)) {
      refuse(node, "PS3023", "this object does not say its kind",
             "give what `kubectl get nodes,pods,deployments,hpa -A -o json` prints");
      return;
    }
    if (kind->text == "Node") return read_node(node);
    if (kind->text == "Pod") return read_pod(node);
    if (kind->text == "Deployment") return read_deployment(node);
    if (kind->text == "HorizontalPodAutoscaler") return read_autoscaler(node);
    ++dump_.other_kinds[kind->text];
  }

  std::string name_of(const JsonNode& node) {
    const JsonNode* name = at(node, {"metadata", "name"});
    if (name == nullptr) refuse(node, "PS2002", "this object has no `metadata.name`");
    return text(name);
  }

  template <class Labels>
  std::string label(const JsonNode& node, const Labels& names) {
    const JsonNode* labels = at(node, {"metadata", "labels"});
    if (labels == nullptr) return "";
    for (const char* name : names) {
      if (const JsonNode* found = labels->get(name)) return text(found);
    }
    return "";
  }

  void read_node(const JsonNode& node) {
    DumpNode& out = dump_.nodes.emplace_back();
    out.name = name_of(node);
    out.group = label(node, kGroupLabels);
    out.instance_type = label(node, kTypeLabels);
    out.zone = label(node, kZoneLabels);
    const JsonNode* status = node.get("status");
    if (status == nullptr) {
      refuse(node, "PS2002", fmt::format("node `{}` has no `status`", printable(out.name)));
      return;
    }
    out.runtime = text(at(*status, {"nodeInfo", "containerRuntimeVersion"}));
    out.kubelet = text(at(*status, {"nodeInfo", "kubeletVersion"}));
    out.architecture = text(at(*status, {"nodeInfo", "architecture"}), out.architecture);
    read_figures(node, *status, out);
    for (const JsonNode& image : list(status->get("images"))) {
      DumpImage& one = out.images.emplace_back();
      for (const JsonNode& name : list(image.get("names"))) one.names.push_back(text(&name));
      one.bytes = count(image.get("sizeBytes"), 0);
    }
    for (const JsonNode& condition : list(status->get("conditions"))) {
      if (condition.string_at("type") == "Ready") {
        out.ready = condition.string_at("status") == "True";
      }
    }
    const JsonNode* cordoned = at(node, {"spec", "unschedulable"});
    out.cordoned = cordoned != nullptr && cordoned->text == "true";
    for (const JsonNode& taint : list(at(node, {"spec", "taints"}))) {
      const std::string_view effect = taint.string_at("effect");
      const bool keeps_off = effect == "NoSchedule" || effect == "NoExecute";
      if (keeps_off && out.taint.empty()) out.taint = taint.string_at("key");
    }
  }

  void read_figures(const JsonNode& node, const JsonNode& status, DumpNode& out) {
    const JsonNode* capacity = status.get("capacity");
    const JsonNode* allocatable = status.get("allocatable");
    if (capacity == nullptr || allocatable == nullptr) {
      refuse(node, "PS2002",
             fmt::format("node `{}` has no `capacity` or `allocatable`", printable(out.name)));
      return;
    }
    out.cpu = cpu(capacity->get("cpu"));
    out.memory = memory(capacity->get("memory"));
    out.allocatable_cpu = cpu(allocatable->get("cpu"));
    out.allocatable_memory = memory(allocatable->get("memory"));
    const JsonNode* disk = capacity->get("ephemeral-storage");
    if (disk != nullptr) out.disk = memory(disk);
    const JsonNode* pods = allocatable->get("pods");
    if (pods == nullptr) return;
    const Reading<std::int64_t> most = read_count(pods->text);
    if (most.value && *most.value > 0) {
      out.max_pods = *most.value;
    } else {
      refuse(*pods, "PS2005", "`pods` is not a whole number above 0");
    }
  }

  DumpContainer read_container(const JsonNode& node) {
    DumpContainer out;
    out.name = text(node.get("name"));
    out.image = text(node.get("image"));
    if (out.image.empty()) refuse(node, "PS2002", "a container has no `image`");
    out.pull_policy = text(node.get("imagePullPolicy"));
    const JsonNode* requests = at(node, {"resources", "requests"});
    if (requests != nullptr) {
      out.cpu = cpu(requests->get("cpu"));
      out.memory = memory(requests->get("memory"));
    }
    out.startup_probe = read_probe(node.get("startupProbe"));
    out.readiness_probe = read_probe(node.get("readinessProbe"));
    out.sidecar = text(node.get("restartPolicy")) == "Always";
    return out;
  }

  std::optional<DumpProbe> read_probe(const JsonNode* node) {
    if (node == nullptr) return std::nullopt;
    DumpProbe out;
    const auto at_least_one = [&](const char* key, std::int64_t fallback) {
      return std::max<std::int64_t>(1, count(node->get(key), fallback));
    };
    out.initial_delay_seconds = count(node->get("initialDelaySeconds"), 0);
    out.period_seconds = at_least_one("periodSeconds", out.period_seconds);
    out.success_threshold = at_least_one("successThreshold", out.success_threshold);
    out.failure_threshold = at_least_one("failureThreshold", out.failure_threshold);
    return out;
  }

  DumpPodSpec read_pod_spec(const JsonNode& owner, const JsonNode* spec) {
    DumpPodSpec out;
    if (spec == nullptr || list(spec->get("containers")).empty()) {
      refuse(owner, "PS2002", "this object has no `containers`");
      return out;
    }
    for (const JsonNode& node : list(spec->get("containers"))) {
      out.containers.push_back(read_container(node));
    }
    for (const JsonNode& node : list(spec->get("initContainers"))) {
      out.init_containers.push_back(read_container(node));
    }
    for (const char* key : {"nodeSelector", "affinity", "topologySpreadConstraints"}) {
      const JsonNode* part = spec->get(key);
      if (part != nullptr && !part->items.empty()) out.not_used.emplace_back(key);
    }
    return out;
  }

  void read_pod(const JsonNode& node) {
    DumpPod& out = dump_.pods.emplace_back();
    out.name = name_of(node);
    out.space = text(at(node, {"metadata", "namespace"}));
    out.node = text(at(node, {"spec", "nodeName"}));
    out.phase = text(at(node, {"status", "phase"}));
    for (const JsonNode& owner : list(at(node, {"metadata", "ownerReferences"}))) {
      if (!out.owner.empty()) break;
      out.owner_kind = text(owner.get("kind"));
      out.owner = text(owner.get("name"));
    }
    const std::string hash = text(at(node, {"metadata", "labels", "pod-template-hash"}));
    const std::size_t rest = out.owner.size() - std::min(out.owner.size(), hash.size() + 1);
    if (!hash.empty() && rest > 0 && out.owner.substr(rest) == "-" + hash) out.owner.resize(rest);
    out.spec = read_pod_spec(node, node.get("spec"));
  }

  void read_deployment(const JsonNode& node) {
    DumpDeployment& out = dump_.deployments.emplace_back();
    out.name = name_of(node);
    out.space = text(at(node, {"metadata", "namespace"}));
    out.replicas = count(at(node, {"spec", "replicas"}), 1);
    const JsonNode* ready = at(node, {"status", "readyReplicas"});
    if (ready != nullptr) out.ready = count(ready, 0);
    out.strategy = text(at(node, {"spec", "strategy", "type"}), "RollingUpdate");
    out.max_surge = int_or_percent(at(node, {"spec", "strategy", "rollingUpdate", "maxSurge"}));
    out.max_unavailable =
        int_or_percent(at(node, {"spec", "strategy", "rollingUpdate", "maxUnavailable"}));
    out.min_ready_seconds = count(at(node, {"spec", "minReadySeconds"}), 0);
    out.spec = read_pod_spec(node, at(node, {"spec", "template", "spec"}));
  }

  std::string int_or_percent(const JsonNode* node) {
    if (node == nullptr) return "";
    std::string digits = node->text;
    if (node->is(JsonKind::string) && !digits.empty() && digits.back() == '%') digits.pop_back();
    if (read_json_count(std::string_view(digits)).fault == IntegerFault::none) return node->text;
    refuse(*node, "PS2005",
           fmt::format("`{}` is neither a whole number nor a percentage", printable(node->key)));
    return "";
  }

  void read_autoscaler(const JsonNode& node) {
    DumpAutoscaler& out = dump_.autoscalers.emplace_back();
    out.name = name_of(node);
    out.space = text(at(node, {"metadata", "namespace"}));
    out.target_kind = text(at(node, {"spec", "scaleTargetRef", "kind"}));
    out.target = text(at(node, {"spec", "scaleTargetRef", "name"}));
    out.min = count(at(node, {"spec", "minReplicas"}), 1);
    out.max = count(at(node, {"spec", "maxReplicas"}), out.min);
  }

  ClusterDump& dump_;
};

template <class T, class Member>
T effective(const DumpPodSpec& spec, Member member) {
  T sum{};
  for (const DumpContainer& one : spec.containers) sum.count += (one.*member).count;
  for (const DumpContainer& one : spec.init_containers) sum = std::max(sum, one.*member);
  return sum;
}

}  // namespace

MilliCpu DumpPodSpec::cpu_request() const {
  return effective<MilliCpu>(*this, &DumpContainer::cpu);
}
Bytes DumpPodSpec::memory_request() const {
  return effective<Bytes>(*this, &DumpContainer::memory);
}

void read_cluster(const JsonDocument& document, ClusterDump& dump, Diagnostics& diagnostics) {
  DumpReader(document, dump, diagnostics).read_any(document.root());
}

}  // namespace pullsim
