// What `kubectl get nodes,pods,deployments,hpa -A -o json` tells, as far as a scenario can use it.
// Plain data; quantities are read, names stay as they are. Leaves out what a scenario is made of.
#pragma once

#include <pullsim/units.hpp>

#include "tools/input/diagnostic.hpp"
#include "tools/input/json_document.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct DumpImage {
  std::vector<std::string> names;
  std::int64_t bytes = 0;
};

struct DumpNode {
  std::string name;
  std::string group;          ///< node pool, node group or NodePool by its label; may be empty
  std::string instance_type;  ///< may be empty
  std::string zone;           ///< may be empty
  std::string runtime;        ///< "containerd://1.7.22"
  std::string kubelet;        ///< "v1.31.2"
  std::string architecture = "amd64";
  MilliCpu cpu;
  Bytes memory;
  MilliCpu allocatable_cpu;
  Bytes allocatable_memory;
  std::int64_t max_pods = 110;
  std::optional<Bytes> disk;
  std::vector<DumpImage> images;  ///< at most 50, the largest, as the kubelet tells them
  bool ready = true;
  bool cordoned = false;
  std::string taint;  ///< key of the first NoSchedule or NoExecute taint; empty: none
};

struct DumpProbe {
  std::int64_t initial_delay_seconds = 0;
  std::int64_t period_seconds = 10;
  std::int64_t success_threshold = 1;
  std::int64_t failure_threshold = 3;
};

struct DumpContainer {
  std::string name;
  std::string image;
  std::string pull_policy;
  MilliCpu cpu;
  Bytes memory;
  std::optional<DumpProbe> startup_probe;
  std::optional<DumpProbe> readiness_probe;
  bool sidecar = false;  ///< an init container with `restartPolicy: Always`
};

struct DumpPodSpec {
  std::vector<DumpContainer> containers;
  std::vector<DumpContainer> init_containers;
  std::vector<std::string> not_used;  ///< parts that a scenario cannot hold

  /// What the scheduler counts: the sum of the containers, or one init container if that is more.
  MilliCpu cpu_request() const;
  Bytes memory_request() const;
};

struct DumpPod {
  std::string space;
  std::string name;
  std::string node;
  std::string phase;
  std::string owner_kind;  ///< "ReplicaSet", "DaemonSet"; empty: none
  std::string owner;       ///< a ReplicaSet's without the hash of its pods
  DumpPodSpec spec;
};

struct DumpDeployment {
  std::string space;
  std::string name;
  std::int64_t replicas = 1;
  std::optional<std::int64_t> ready;
  std::string strategy;   ///< "RollingUpdate", "Recreate"
  std::string max_surge;  ///< "25%", "1"; empty: not said
  std::string max_unavailable;
  std::int64_t min_ready_seconds = 0;
  DumpPodSpec spec;
};

struct DumpAutoscaler {
  std::string space;
  std::string name;
  std::string target_kind;
  std::string target;
  std::int64_t min = 1;
  std::int64_t max = 1;
};

struct ClusterDump {
  std::vector<DumpNode> nodes;
  std::vector<DumpPod> pods;
  std::vector<DumpDeployment> deployments;
  std::vector<DumpAutoscaler> autoscalers;
  std::map<std::string, std::int64_t> other_kinds;  ///< number of objects that are not used
};

/// Adds the objects of a file: a List, single objects, or one after the other. All findings placed.
void read_cluster(const JsonDocument& document, ClusterDump& dump, Diagnostics& diagnostics);

}  // namespace pullsim
