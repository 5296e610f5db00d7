// From objects to blocks; see the header.
#include "tools/input/kubernetes_reader.hpp"

#include "tools/input/kubernetes_fields.hpp"
#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {

const YamlNode* child(const YamlNode& node, std::string_view key) {
  const YamlEntry* entry = node.find(key);
  return entry == nullptr || entry->value.kind == YamlNode::Kind::null ? nullptr : &entry->value;
}

std::string text_at(const YamlNode& node, std::string_view key) {
  const YamlNode* value = child(node, key);
  return value == nullptr ? "" : value->text;
}

void put(YamlNode& block, const std::string& key, YamlNode value) {
  const Place place = value.place;
  block.entries.push_back({key, place, std::move(value)});
}

namespace {

constexpr std::string_view kHub = "docker.io/";

bool contains(std::span<const std::string_view> list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

YamlNode block_at(const Place& place) {
  YamlNode node;
  node.kind = YamlNode::Kind::mapping;
  node.place = place;
  return node;
}

/// The same key of the short form.
void copy(const YamlNode& from, const char* key, YamlNode& to) {
  const YamlEntry* entry = from.find(key);
  if (entry != nullptr && entry->value.kind != YamlNode::Kind::null) to.entries.push_back(*entry);
}

/// One file's objects, one after the other.
class Objects {
 public:
  Objects(Reader& reader, const ImageRefs& images, std::string file,
          std::vector<std::string>& warnings)
      : reader_(reader), images_(images), file_(std::move(file)), warnings_(warnings) {}

  void take(const YamlNode& object) {
    if (!reader_.is_mapping(object)) return;
    const std::string kind = text_at(object, "kind");
    const YamlNode* items = child(object, "items");
    if (items != nullptr && kind.size() >= 4 && kind.substr(kind.size() - 4) == "List") {
      if (!reader_.is_list(*items)) return;
      for (const YamlNode& item : items->items) take(item);
      return;
    }
    if (kind.empty() || child(object, "apiVersion") == nullptr) {
      reader_.error("PS2016", object.place, "this is not a Kubernetes object",
                    {"", "an object has `apiVersion`, `kind` and `metadata`", ""});
      return;
    }
    take_kind(object, kind);
  }

  std::vector<YamlNode> workloads() { return std::move(workloads_); }
  std::vector<Autoscaler> autoscalers() { return std::move(autoscalers_); }

 private:
  void take_kind(const YamlNode& object, const std::string& kind) {
    const YamlNode* metadata = child(object, "metadata");
    const std::string name = metadata != nullptr ? text_at(*metadata, "name") : "";
    const bool owned = metadata != nullptr && child(*metadata, "ownerReferences") != nullptr;
    object_ = fmt::format("{} {}", kind, name);
    if (kind == "HorizontalPodAutoscaler") {
      autoscaler(object);
      return;
    }
    switch (use_of_kind(kind)) {
      case ObjectUse::workload:
        deployment(object, metadata);
        break;
      case ObjectUse::idle:
        break;
      case ObjectUse::missing:
        // Pods and ReplicaSets of a Deployment come with `kubectl get all`.
        if (!owned) warn(object.place, "is not simulated and is left out");
        break;
      case ObjectUse::unknown:
        warn(object.place, "is of a kind that is not known here and is left out");
        break;
    }
  }

  void warn(const Place& place, const std::string& what) {
    warnings_.push_back(fmt::format("{}:{}: {} {}", file_, place.line, object_, what));
  }

  /// Says what of `node` is left out although it matters, or is not known.
  void look_through(const YamlNode& node, const ObjectFields& fields, const std::string& path) {
    for (const YamlEntry& entry : node.entries) {
      if (entry.value.kind == YamlNode::Kind::null || contains(fields.used, entry.key) ||
          contains(fields.idle, entry.key)) {
        continue;
      }
      const bool missing = contains(fields.missing, entry.key);
      const bool empty = entry.value.kind != YamlNode::Kind::scalar && entry.value.items.empty() &&
                         entry.value.entries.empty();
      if (missing && empty) continue;
      warn(entry.place, fmt::format("has `{}{}`, which {}", path, entry.key,
                                    missing ? "is not simulated" : "is not known here"));
    }
  }

  /// By the CPU of the pods in per cent of their requests: autoscaling/v1, or v2 with that metric.
  void autoscaler(const YamlNode& object) {
    const YamlNode* spec = child(object, "spec");
    const YamlNode* target = spec != nullptr ? child(*spec, "scaleTargetRef") : nullptr;
    if (target == nullptr || text_at(*target, "kind") != "Deployment") {
      warn(object.place, "scales no Deployment and is left out");
      return;
    }
    const YamlNode* percent = child(*spec, "targetCPUUtilizationPercentage");
    const YamlNode* metrics = child(*spec, "metrics");
    if (metrics != nullptr && metrics->items.size() == 1) {
      const YamlNode* resource = child(metrics->items[0], "resource");
      const YamlNode* wanted = resource != nullptr ? child(*resource, "target") : nullptr;
      const bool cpu = wanted != nullptr && text_at(*resource, "name") == "cpu";
      if (cpu) percent = child(*wanted, "averageUtilization");
    }
    if (percent == nullptr || (metrics != nullptr && metrics->items.size() > 1)) {
      warn(object.place, "scales by metrics that are not simulated and is left out");
      return;
    }
    if (const YamlNode* behavior = child(*spec, "behavior")) {
      warn(behavior->place, "has `spec.behavior`, which is not simulated");
    }
    Autoscaler found{text_at(*target, "name"),
                     fmt::format("{}:{}: {}", file_, object.place.line, object_),
                     block_at(object.place)};
    copy(*spec, "minReplicas", found.block);
    copy(*spec, "maxReplicas", found.block);
    put(found.block, "targetCPUUtilizationPercentage", *percent);
    autoscalers_.push_back(std::move(found));
  }

  void deployment(const YamlNode& object, const YamlNode* metadata) {
    const YamlNode* spec = child(object, "spec");
    const YamlNode* pod_template = spec != nullptr ? child(*spec, "template") : nullptr;
    const YamlNode* pod = pod_template != nullptr ? child(*pod_template, "spec") : nullptr;
    if (metadata == nullptr || child(*metadata, "name") == nullptr || pod == nullptr) {
      reader_.error("PS2002", object.place, "a Deployment lacks its name or its pod template",
                    {"", "it needs `metadata.name` and `spec.template.spec`", ""});
      return;
    }
    if (!reader_.is_mapping(*spec) || !reader_.is_mapping(*pod)) return;
    look_through(*spec, kDeploymentFields, "spec.");
    YamlNode workload = block_at(object.place);
    copy(*metadata, "name", workload);
    copy(object, "kind", workload);
    copy(*spec, "replicas", workload);
    copy(*spec, "minReadySeconds", workload);
    strategy(*spec, workload);
    pod_spec(*pod, workload);
    workloads_.push_back(std::move(workload));
  }

  void strategy(const YamlNode& spec, YamlNode& workload) {
    const YamlNode* given = child(spec, "strategy");
    if (given == nullptr) return;
    if (text_at(*given, "type") == "Recreate") {
      warn(given->place,
           "has strategy `Recreate`, which is not simulated: it rolls out by the "
           "defaults of RollingUpdate");
      return;
    }
    put(workload, "strategy", *given);
  }

  void pod_spec(const YamlNode& pod, YamlNode& workload) {
    const std::string path = "spec.template.spec.";
    YamlNode known = pod;
    known.entries.erase(std::remove_if(known.entries.begin(), known.entries.end(),
                                       [](const YamlEntry& entry) {
                                         return entry.key == "volumes" ||
                                                entry.key == "schedulerName";
                                       }),
                        known.entries.end());
    look_through(known, kPodFields, path);
    const std::string scheduler = text_at(pod, "schedulerName");
    if (!scheduler.empty() && scheduler != "default-scheduler") {
      warn(child(pod, "schedulerName")->place,
           fmt::format("has `{}schedulerName`, which is not simulated", path));
    }
    volumes(pod, path);
    containers(pod, "initContainers", kInitContainerFields, workload);
    containers(pod, "containers", kContainerFields, workload);
  }

  /// Attaching a volume takes time; what the kubelet writes itself does not matter here.
  void volumes(const YamlNode& pod, const std::string& path) {
    const YamlNode* list = child(pod, "volumes");
    if (list == nullptr || !reader_.is_list(*list)) return;
    for (const YamlNode& volume : list->items) {
      for (const char* attached : {"persistentVolumeClaim", "csi", "ephemeral", "nfs", "image"}) {
        if (volume.find(attached) == nullptr) continue;
        warn(volume.place, fmt::format("has a `{}` volume in `{}volumes`, whose attachment is not "
                                       "simulated",
                                       attached, path));
      }
    }
  }

  void containers(const YamlNode& pod, const char* key, const ObjectFields& fields,
                  YamlNode& workload) {
    const YamlNode* list = child(pod, key);
    if (list == nullptr || !reader_.is_list(*list)) return;
    YamlNode out;
    out.kind = YamlNode::Kind::sequence;
    out.place = list->place;
    for (const YamlNode& item : list->items) {
      if (reader_.is_mapping(item)) out.items.push_back(container(item, fields, key));
    }
    if (!out.items.empty()) put(workload, key, std::move(out));
  }

  YamlNode container(const YamlNode& item, const ObjectFields& fields, const std::string& list) {
    const std::string path = fmt::format("{}[{}].", list, text_at(item, "name"));
    YamlNode known = item;
    known.entries.erase(std::remove_if(known.entries.begin(), known.entries.end(),
                                       [](const YamlEntry& entry) {
                                         return entry.key == "ports" || entry.key == "lifecycle";
                                       }),
                        known.entries.end());
    look_through(known, fields, path);
    hooks_and_ports(item, path);
    YamlNode out = block_at(item.place);
    copy(item, "name", out);
    image(item, out);
    copy(item, "imagePullPolicy", out);
    copy(item, "restartPolicy", out);
    requests(item, out);
    probe(item, "startupProbe", kStartupProbeFields, path, out);
    probe(item, "readinessProbe", kReadinessProbeFields, path, out);
    return out;
  }

  void hooks_and_ports(const YamlNode& item, const std::string& path) {
    const YamlNode* lifecycle = child(item, "lifecycle");
    if (lifecycle != nullptr && child(*lifecycle, "postStart") != nullptr) {
      warn(lifecycle->place,
           fmt::format("has `{}lifecycle.postStart`, which is not simulated", path));
    }
    const YamlNode* ports = child(item, "ports");
    if (ports == nullptr || !reader_.is_list(*ports)) return;
    for (const YamlNode& port : ports->items) {
      if (child(port, "hostPort") == nullptr) continue;
      warn(port.place, fmt::format("has `{}ports.hostPort`, which is not simulated", path));
    }
  }

  void image(const YamlNode& item, YamlNode& out) {
    const YamlEntry* written = item.find("image");
    if (written == nullptr) return;
    const auto found = images_.find(normal_image_ref(written->value.text));
    if (found == images_.end()) {
      std::vector<std::string> refs;
      for (const auto& [ref, name] : images_) refs.push_back(ref);
      reader_.error(
          "PS3001", written->value.place,
          fmt::format("no image of the scenario has the reference `{}`", written->value.text),
          {"",
           fmt::format("add it to `images`: `NAME: {{ref: \"{}\", manifest: FILE}}`",
                       written->value.text),
           refs.empty() ? "" : "known references are " + name_list(refs)});
      return;
    }
    YamlEntry named = *written;
    named.value.text = found->second;
    out.entries.push_back(std::move(named));
  }

  /// Kubernetes takes a limit as the request where only the limit is given.
  void requests(const YamlNode& item, YamlNode& out) {
    const YamlNode* resources = child(item, "resources");
    if (resources == nullptr) return;
    const YamlNode* given = child(*resources, "requests");
    const YamlNode* limits = child(*resources, "limits");
    YamlNode block = block_at(given != nullptr ? given->place : resources->place);
    for (const char* key : {"cpu", "memory", "ephemeral-storage"}) {
      const YamlNode* from = given != nullptr && child(*given, key) != nullptr ? given : limits;
      if (from != nullptr) copy(*from, key, block);
    }
    for (const YamlNode* from : {given, limits}) {
      if (from == nullptr) continue;
      for (const YamlEntry& entry : from->entries) {
        if (entry.key == "cpu" || entry.key == "memory" || entry.key == "ephemeral-storage") {
          continue;
        }
        warn(entry.place, fmt::format("asks for `{}`, which is not simulated", entry.key));
      }
      break;  // what is requested is limited, too
    }
    if (!block.entries.empty()) put(out, "requests", std::move(block));
  }

  void probe(const YamlNode& item, const char* key, const ObjectFields& fields,
             const std::string& path, YamlNode& out) {
    const YamlNode* given = child(item, key);
    if (given == nullptr || !reader_.is_mapping(*given)) return;
    look_through(*given, fields, path + key + ".");
    YamlNode block = block_at(given->place);
    for (const std::string_view used : fields.used) copy(*given, std::string(used).c_str(), block);
    put(out, key, std::move(block));
  }

  Reader& reader_;
  const ImageRefs& images_;
  std::string file_;
  std::vector<std::string>& warnings_;
  std::string object_;  // the one that is read: "Deployment web"
  std::vector<YamlNode> workloads_;
  std::vector<Autoscaler> autoscalers_;
};

}  // namespace

KubernetesObjects read_kubernetes_objects(Reader& reader, const std::vector<YamlNode>& documents,
                                          const ImageRefs& images, const std::string& file,
                                          std::vector<std::string>& warnings) {
  Objects objects(reader, images, file, warnings);
  for (const YamlNode& document : documents) objects.take(document);
  return {objects.workloads(), objects.autoscalers()};
}

std::string normal_image_ref(const std::string& ref) {
  const std::size_t slash = ref.find('/');
  const std::string first = ref.substr(0, slash);
  const bool host = slash != std::string::npos &&
                    (first.find_first_of(".:") != std::string::npos || first == "localhost");
  std::string normal = host ? ref : std::string(kHub) + ref;
  if (normal.rfind("index.docker.io/", 0) == 0) normal = std::string(kHub) + normal.substr(16);
  if (normal.rfind(kHub, 0) == 0 && normal.find('/', kHub.size()) == std::string::npos) {
    normal.insert(kHub.size(), "library/");
  }
  const std::size_t colon = normal.rfind(':');
  const bool tagged = colon != std::string::npos && colon > normal.rfind('/');
  const bool fixed = normal.find('@') != std::string::npos;
  return tagged || fixed ? normal : normal + ":latest";
}

}  // namespace pullsim
