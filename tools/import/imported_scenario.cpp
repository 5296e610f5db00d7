// From objects to the parts of a scenario; see the header.
#include "tools/import/imported_scenario.hpp"

#include "tools/images/image_reader.hpp"
#include "tools/import/imported_pools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace pullsim {

namespace {

std::string host_of(const std::string& ref) {
  const std::size_t slash = ref.find('/');
  const std::string host = slash == std::string::npos ? "" : ref.substr(0, slash);
  const bool is_host = host == "localhost" || host.find_first_of(".:") != std::string::npos;
  return is_host ? host : "docker.io";
}

/// "registry.example/team/web:1.0" -> "web".
std::string short_name(const std::string& ref) {
  const std::string last = ref.substr(ref.rfind('/') + 1);
  return last.substr(0, last.find_first_of(":@"));
}

class Importer {
 public:
  Importer(const ClusterDump& dump, const std::string& name) : dump_(dump) {
    std::vector<std::string> none;
    out_.name = free_name(name, none);
  }

  ImportedScenario import() {
    const std::set<std::string> nodes = usable_nodes(dump_);
    for (const DumpPod& pod : dump_.pods) {
      const bool runs = pod.phase == "Running" && nodes.count(pod.node) > 0;
      if (runs) ++running_[{pod.space, pod.owner_kind, pod.owner}];
    }
    out_.pools = import_pools(dump_, out_.left_out);
    for (const ImportedPool& pool : out_.pools) {
      for (const std::string& zone : pool.zones) {
        const bool known =
            std::find(out_.zones.begin(), out_.zones.end(), zone) != out_.zones.end();
        if (!known) out_.zones.push_back(zone);
      }
    }
    learn_images();
    add_deployments();
    add_other_owners();
    add_autoscalers();
    add_cached();
    for (const auto& [kind, count] : dump_.other_kinds) {
      out_.left_out.push_back(fmt::format("{} {} object{}", count, kind, count == 1 ? "" : "s"));
    }
    return std::move(out_);
  }

 private:
  void learn_images() {
    for (const DumpNode& node : dump_.nodes) {
      const bool unpacked = node.runtime.rfind("containerd", 0) != 0;
      for (const DumpImage& image : node.images) {
        for (const std::string& ref : image.names) {
          sizes_.emplace(full_name(ref), std::make_pair(image.bytes, unpacked));
        }
      }
    }
  }

  /// Nodes name images in full; pods may leave out host and tag.
  static std::string full_name(const std::string& ref) {
    std::string out = ref;
    if (host_of(ref) == "docker.io" && ref.rfind("docker.io/", 0) != 0) {
      out = (ref.find('/') == std::string::npos ? "docker.io/library/" : "docker.io/") + ref;
    }
    const std::size_t last = out.rfind('/');
    if (out.find_first_of(":@", last) == std::string::npos) out += ":latest";
    return out;
  }

  std::string image_named(const std::string& ref) {
    const std::string full = full_name(ref);
    const auto known = image_names_.find(full);
    if (known != image_names_.end()) return known->second;
    ImportedImage& image = out_.images.emplace_back();
    image.name = free_name(short_name(ref), taken_images_);
    image.ref = ref;
    if (!dump_.nodes.empty()) image.platform = "linux/" + dump_.nodes.front().architecture;
    const auto size = sizes_.find(full);
    if (size != sizes_.end() && size->second.first > 0) {
      image.bytes = size->second.first;
      image.from_unpacked = size->second.second;
      if (image.from_unpacked) {
        const double ratio = ImageReadOptions{}.unpacked_ratio;
        image.bytes = std::llround(static_cast<double>(size->second.first) / ratio);
      }
    }
    image_names_.emplace(full, image.name);
    add_registry(host_of(ref));
    return image.name;
  }

  void add_registry(const std::string& host) {
    for (const ImportedRegistry& registry : out_.registries) {
      if (registry.host == host) return;
    }
    out_.registries.push_back({free_name(host, taken_registries_), host});
  }

  /// Pods of an owner that run on nodes of the scenario; none where no pods were given.
  std::optional<std::int64_t> running(const std::string& space, const std::string& kind,
                                      const std::string& owner) const {
    if (dump_.pods.empty()) return std::nullopt;
    const auto found = running_.find({space, kind, owner});
    return found == running_.end() ? 0 : found->second;
  }

  ImportedWorkload& add_workload(const std::string& origin, const std::string& space,
                                 const std::string& name, const DumpPodSpec& spec) {
    ImportedWorkload& out = out_.workloads.emplace_back();
    out.origin = fmt::format("{} {}/{}", origin, space, name);
    const bool twice =
        std::find(taken_workloads_.begin(), taken_workloads_.end(), name) != taken_workloads_.end();
    out.name = free_name(twice ? name + "-" + space : name, taken_workloads_);
    workload_names_[{space, origin, name}] = out.name;
    std::vector<std::string> taken;
    for (const DumpContainer& one : spec.containers) {
      out.containers.push_back({free_name(one.name, taken), image_named(one.image), one});
    }
    for (const DumpContainer& one : spec.init_containers) {
      out.init_containers.push_back({free_name(one.name, taken), image_named(one.image), one});
    }
    for (const std::string& part : spec.not_used) {
      out.notes.push_back(part + " is left out: pods go to any node with room");
    }
    return out;
  }

  void add_deployments() {
    for (const DumpDeployment& one : dump_.deployments) {
      if (one.spec.containers.empty()) continue;
      ImportedWorkload& out = add_workload("Deployment", one.space, one.name, one.spec);
      const auto seen = running(one.space, "ReplicaSet", one.name);
      out.replicas = std::min(one.replicas, seen.value_or(one.replicas));
      if (out.replicas < one.replicas) {
        out.notes.push_back(
            fmt::format("{} replicas are wanted; those that run on nodes of this "
                        "scenario are taken",
                        one.replicas));
      }
      out.max_surge = one.max_surge;
      out.max_unavailable = one.max_unavailable;
      out.min_ready_seconds = one.min_ready_seconds;
      if (one.strategy != "RollingUpdate") {
        out.notes.push_back(
            fmt::format("strategy {} is left out: roll-outs are rolling updates", one.strategy));
      }
    }
  }

  /// Pods without a Deployment of the dump: those of a StatefulSet or a ReplicaSet become a
  /// workload, since they take room and pull images; others end or belong to nodes.
  void add_other_owners() {
    std::map<std::tuple<std::string, std::string, std::string>, const DumpPod*> owners;
    std::map<std::pair<std::string, std::string>, std::int64_t> left;
    for (const DumpPod& pod : dump_.pods) {
      if (pod.owner_kind == "DaemonSet" || pod.spec.containers.empty()) continue;
      const bool kept = pod.owner_kind == "StatefulSet" || pod.owner_kind == "ReplicaSet";
      if (kept && workload_names_.count({pod.space, "Deployment", pod.owner}) > 0 &&
          pod.owner_kind == "ReplicaSet") {
        continue;
      }
      if (kept) {
        owners.emplace(std::make_tuple(pod.space, pod.owner_kind, pod.owner), &pod);
      } else {
        const std::string owner = pod.owner.empty() ? "" : pod.owner_kind + " " + pod.owner;
        ++left[{pod.space, owner.empty() ? "pod " + pod.name : "pods of " + owner}];
      }
    }
    for (const auto& [key, pod] : owners) {
      const auto& [space, kind, owner] = key;
      const std::int64_t count = running(space, kind, owner).value_or(0);
      if (count == 0) continue;
      ImportedWorkload& out = add_workload(kind, space, owner, pod->spec);
      out.replicas = count;
      out.notes.push_back(fmt::format("a {} is taken as a Deployment", kind));
    }
    for (const auto& [key, count] : left) {
      out_.left_out.push_back(
          fmt::format("{} in {} ({} pod{})", key.second, key.first, count, count == 1 ? "" : "s"));
    }
  }

  void add_autoscalers() {
    for (const DumpAutoscaler& one : dump_.autoscalers) {
      const auto found = workload_names_.find({one.space, one.target_kind, one.target});
      if (found == workload_names_.end()) {
        out_.left_out.push_back(
            fmt::format("HorizontalPodAutoscaler {}/{}: its target {} {} is not "
                        "in this scenario",
                        one.space, one.name, one.target_kind, one.target));
        continue;
      }
      out_.autoscalers.push_back({fmt::format("HorizontalPodAutoscaler {}/{}", one.space, one.name),
                                  found->second, one.min, one.max});
    }
  }

  void add_cached() {
    for (ImportedPool& pool : out_.pools) {
      for (const auto& [full, name] : image_names_) {
        const auto told = pool.nodes_with.find(full);
        if (told != pool.nodes_with.end() && told->second == pool.nodes) {
          pool.cached.push_back(name);
        }
      }
      std::sort(pool.cached.begin(), pool.cached.end());
    }
  }

  const ClusterDump& dump_;
  ImportedScenario out_;
  std::map<std::string, std::pair<std::int64_t, bool>> sizes_;  // by full name; unpacked
  std::map<std::string, std::string> image_names_;              // by full name
  std::map<std::tuple<std::string, std::string, std::string>, std::string> workload_names_;
  std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> running_;
  std::vector<std::string> taken_images_;
  std::vector<std::string> taken_registries_;
  std::vector<std::string> taken_workloads_;
};

}  // namespace

std::string free_name(const std::string& text, std::vector<std::string>& taken) {
  constexpr std::size_t kLongest = 55;  // leaves room for a number
  std::string name;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const char lower = upper ? static_cast<char>(c - 'A' + 'a') : fits ? c : '-';
    if (lower != '-' || (!name.empty() && name.back() != '-')) name += lower;
  }
  name.resize(std::min(name.size(), kLongest));
  while (!name.empty() && name.back() == '-') name.pop_back();
  if (name.empty()) name = "unnamed";
  std::string free = name;
  for (int i = 2; std::find(taken.begin(), taken.end(), free) != taken.end(); ++i) {
    free = fmt::format("{}-{}", name, i);
  }
  taken.push_back(free);
  return free;
}

bool ImportedWorkload::uses(const std::string& wanted) const {
  const auto has = [&](const ImportedContainer& one) { return one.image == wanted; };
  return std::any_of(containers.begin(), containers.end(), has) ||
         std::any_of(init_containers.begin(), init_containers.end(), has);
}

ImportedScenario import_cluster(const ClusterDump& dump, const std::string& name) {
  return Importer(dump, name).import();
}

}  // namespace pullsim
