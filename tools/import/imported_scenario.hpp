// A first scenario of a cluster: its parts with the figures of the dump, and by name everything of
// the dump that could not be used. Plain data between the dump and the text of the scenario.
#pragma once

#include "tools/import/cluster_dump.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ImportedPool {
  std::string name;
  std::string machine_type;   ///< of the catalogue; empty: not there
  std::string instance_type;  ///< as the cluster says; may be empty
  std::vector<std::string> zones;
  std::int64_t nodes = 0;
  MilliCpu cpu;
  Bytes memory;
  MilliCpu allocatable_cpu;  ///< of the least node, less what DaemonSet pods request
  Bytes allocatable_memory;
  MilliCpu daemon_cpu;
  Bytes daemon_memory;
  std::int64_t max_pods = 110;
  std::optional<Bytes> disk;
  std::string runtime_name;     ///< empty: one that pullsim does not know
  std::string runtime_version;  ///< of the pipeline; empty: the default
  std::string runtime_said;     ///< as the nodes say
  std::string kubelet;
  std::map<std::string, std::int64_t> nodes_with;  ///< number of nodes that tell an image, by name
  std::int64_t nodes_added = 0;                    ///< so that all pods of the dump find a place
  std::vector<std::string> cached;  ///< names of images that every node of the pool has
};

struct ImportedImage {
  std::string name;
  std::string ref;
  std::string platform = "linux/amd64";
  std::optional<std::int64_t> bytes;  ///< compressed; none: no node tells
  bool from_unpacked = false;         ///< `bytes` was worked out from a size on disk
};

struct ImportedContainer {
  std::string name;
  std::string image;  ///< name of an ImportedImage
  DumpContainer figures;
};

struct ImportedWorkload {
  std::string name;
  std::string origin;  ///< "Deployment default/web"
  std::int64_t replicas = 0;
  std::vector<ImportedContainer> containers;
  std::vector<ImportedContainer> init_containers;
  std::string max_surge;
  std::string max_unavailable;
  std::int64_t min_ready_seconds = 0;
  std::vector<std::string> notes;

  bool uses(const std::string& image) const;
};

struct ImportedAutoscaler {
  std::string origin;    ///< "HorizontalPodAutoscaler default/web"
  std::string workload;  ///< name of an ImportedWorkload
  std::int64_t min = 1;
  std::int64_t max = 1;
};

struct ImportedRegistry {
  std::string name;
  std::string host;
};

struct ImportedScenario {
  std::string name;
  std::vector<ImportedPool> pools;
  std::vector<std::string> zones;
  std::vector<ImportedRegistry> registries;
  std::vector<ImportedImage> images;
  std::vector<ImportedWorkload> workloads;
  std::vector<ImportedAutoscaler> autoscalers;
  std::vector<std::string> left_out;  ///< one line each, with the name
};

ImportedScenario import_cluster(const ClusterDump& dump, const std::string& name);

/// The scenario file. What cannot be said in keys is a comment beside what it belongs to.
std::string scenario_text(const ImportedScenario& scenario);

/// `text` made a name that scenarios take and that is not in `taken`, to which it is added.
std::string free_name(const std::string& text, std::vector<std::string>& taken);

}  // namespace pullsim
