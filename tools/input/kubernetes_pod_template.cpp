// Pod templates; see the header.
#include "tools/input/kubernetes_pod_template.hpp"

#include <pullsim/random.hpp>
#include <pullsim/scenario.hpp>

#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {

namespace {

constexpr std::string_view kHub = "docker.io/";

/// Adds a volume whose attachment is assumed to take its time.
void attach(ObjectContext& from, const YamlNode& volume, const YamlNode& named,
            const std::string& what, YamlNode& workload) {
  from.warn(volume.place, fmt::format("has {}, whose attachment is assumed to take {:g} s", what,
                                      mean(VolumeSpec{}.attach)));
  YamlEntry* list = workload.find("volumes");
  if (list == nullptr) {
    YamlNode attached;
    attached.kind = YamlNode::Kind::sequence;
    attached.place = volume.place;
    put(workload, "volumes", std::move(attached));
    list = workload.find("volumes");
  }
  list->value.items.push_back(block_at(volume.place));
  copy_key(named, "name", list->value.items.back());
}

/// Attaching a volume takes time; what the kubelet writes itself does not matter here.
void volumes(ObjectContext& from, const YamlNode& pod, const std::string& path,
             YamlNode& workload) {
  const YamlNode* list = child(pod, "volumes");
  if (list == nullptr || !from.reader.is_list(*list)) return;
  for (const YamlNode& volume : list->items) {
    for (const char* kind : {"persistentVolumeClaim", "csi", "ephemeral"}) {
      if (volume.find(kind) == nullptr) continue;
      attach(from, volume, volume, fmt::format("a `{}` volume in `{}volumes`", kind, path),
             workload);
    }
    for (const char* kind : {"nfs", "image"}) {
      if (volume.find(kind) == nullptr) continue;
      from.warn(volume.place,
                fmt::format("has a `{}` volume in `{}volumes`, whose attachment is not "
                            "simulated",
                            kind, path));
    }
  }
}

/// Those of the load balancer controllers of clouds are the scenario's load balancer.
void readiness_gates(ObjectContext& from, const YamlNode& pod, const std::string& path,
                     YamlNode& workload) {
  const YamlNode* list = child(pod, "readinessGates");
  if (list == nullptr || !from.reader.is_list(*list)) return;
  for (const YamlNode& gate : list->items) {
    const std::string type = text_at(gate, "conditionType");
    const bool target = type.rfind("target-health.", 0) == 0 ||
                        type.rfind("cloud.google.com/load-balancer-", 0) == 0;
    if (!target) {
      from.warn(gate.place,
                fmt::format("has `{}readinessGates` `{}`, which is not simulated", path, type));
    } else if (workload.find("readinessGate") == nullptr) {
      YamlNode yes;
      yes.kind = YamlNode::Kind::scalar;
      yes.text = "true";
      yes.place = gate.place;
      put(workload, "readinessGate", std::move(yes));
    }
  }
}

void hooks_and_ports(ObjectContext& from, const YamlNode& item, const std::string& path,
                     YamlNode& out) {
  const YamlNode* lifecycle = child(item, "lifecycle");
  if (lifecycle != nullptr && child(*lifecycle, "postStart") != nullptr) {
    from.warn(lifecycle->place,
              fmt::format("has `{}lifecycle.postStart`, which is not simulated", path));
  }
  const YamlNode* ports = child(item, "ports");
  if (ports == nullptr || !from.reader.is_list(*ports)) return;
  const bool of_host = std::any_of(ports->items.begin(), ports->items.end(), [](const auto& port) {
    return child(port, "hostPort") != nullptr;
  });
  if (of_host) put(out, "ports", *ports);
}

void image(ObjectContext& from, const YamlNode& item, YamlNode& out) {
  const YamlEntry* written = item.find("image");
  if (written == nullptr) return;
  const auto found = from.images.find(normal_image_ref(written->value.text));
  if (found == from.images.end()) {
    std::vector<std::string> refs;
    for (const auto& [ref, name] : from.images) refs.push_back(ref);
    from.reader.error(
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
void requests(ObjectContext& from, const YamlNode& item, YamlNode& out) {
  const YamlNode* resources = child(item, "resources");
  if (resources == nullptr) return;
  const YamlNode* given = child(*resources, "requests");
  const YamlNode* limits = child(*resources, "limits");
  YamlNode block = block_at(given != nullptr ? given->place : resources->place);
  for (const char* key : {"cpu", "memory", "ephemeral-storage"}) {
    const YamlNode* source = given != nullptr && child(*given, key) != nullptr ? given : limits;
    if (source != nullptr) copy_key(*source, key, block);
  }
  YamlNode devices = block_at(block.place);
  for (const YamlNode* source : {given, limits}) {
    if (source == nullptr) continue;
    for (const YamlEntry& entry : source->entries) {
      if (entry.key == "cpu" || entry.key == "memory" || entry.key == "ephemeral-storage") {
        continue;
      }
      if (entry.key.find('/') != std::string::npos) {
        copy_key(*source, entry.key.c_str(), devices);
        devices.entries.back().value.quoted = false;  // as `kubectl get` prints quantities
        continue;
      }
      from.warn(entry.place, fmt::format("asks for `{}`, which is not simulated", entry.key));
    }
    break;  // what is requested is limited, too
  }
  if (!block.entries.empty()) put(out, "requests", std::move(block));
  if (!devices.entries.empty()) put(out, "extendedResources", std::move(devices));
}

void probe(ObjectContext& from, const YamlNode& item, const char* key, const ObjectFields& fields,
           const std::string& path, YamlNode& out) {
  const YamlNode* given = child(item, key);
  if (given == nullptr || !from.reader.is_mapping(*given)) return;
  from.look_through(*given, fields, path + key + ".");
  YamlNode block = block_at(given->place);
  for (const std::string_view used : fields.used)
    copy_key(*given, std::string(used).c_str(), block);
  put(out, key, std::move(block));
}

YamlNode container(ObjectContext& from, const YamlNode& item, const ObjectFields& fields,
                   const std::string& list) {
  const std::string path = fmt::format("{}[{}].", list, text_at(item, "name"));
  YamlNode known = item;
  known.entries.erase(std::remove_if(known.entries.begin(), known.entries.end(),
                                     [](const YamlEntry& entry) {
                                       return entry.key == "ports" || entry.key == "lifecycle";
                                     }),
                      known.entries.end());
  from.look_through(known, fields, path);
  YamlNode out = block_at(item.place);
  hooks_and_ports(from, item, path, out);
  copy_key(item, "name", out);
  image(from, item, out);
  copy_key(item, "imagePullPolicy", out);
  copy_key(item, "restartPolicy", out);
  requests(from, item, out);
  probe(from, item, "startupProbe", kStartupProbeFields, path, out);
  probe(from, item, "readinessProbe", kReadinessProbeFields, path, out);
  return out;
}

void containers(ObjectContext& from, const YamlNode& pod, const char* key,
                const ObjectFields& fields, YamlNode& workload) {
  const YamlNode* list = child(pod, key);
  if (list == nullptr || !from.reader.is_list(*list)) return;
  YamlNode out;
  out.kind = YamlNode::Kind::sequence;
  out.place = list->place;
  for (const YamlNode& item : list->items) {
    if (from.reader.is_mapping(item)) out.items.push_back(container(from, item, fields, key));
  }
  if (!out.items.empty()) put(workload, key, std::move(out));
}

}  // namespace

void read_volume_claims(ObjectContext& from, const YamlNode& spec, YamlNode& workload) {
  const YamlNode* list = child(spec, "volumeClaimTemplates");
  if (list == nullptr || !from.reader.is_list(*list)) return;
  for (const YamlNode& claim : list->items) {
    const YamlNode* metadata = child(claim, "metadata");
    attach(from, claim, metadata != nullptr ? *metadata : claim,
           "a volume by `spec.volumeClaimTemplates`", workload);
  }
}

void read_pod_template(ObjectContext& from, const YamlNode& pod, YamlNode& workload) {
  const std::string path = "spec.template.spec.";
  YamlNode known = pod;
  known.entries.erase(std::remove_if(known.entries.begin(), known.entries.end(),
                                     [](const YamlEntry& entry) {
                                       return entry.key == "volumes" ||
                                              entry.key == "schedulerName";
                                     }),
                      known.entries.end());
  from.look_through(known, kPodFields, path);
  const std::string scheduler = text_at(pod, "schedulerName");
  if (!scheduler.empty() && scheduler != "default-scheduler") {
    from.warn(child(pod, "schedulerName")->place,
              fmt::format("has `{}schedulerName`, which is not simulated", path));
  }
  volumes(from, pod, path, workload);
  readiness_gates(from, pod, path, workload);
  copy_key(pod, "hostNetwork", workload);
  for (const char* key : {"nodeSelector", "affinity", "tolerations", "topologySpreadConstraints",
                          "priorityClassName"}) {
    copy_key(pod, key, workload);
  }
  containers(from, pod, "initContainers", kInitContainerFields, workload);
  containers(from, pod, "containers", kContainerFields, workload);
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
