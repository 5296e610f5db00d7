// A node: its room for pods, its place in the network, what its pods leave of its cores, its
// layers, its taints, and its way from the cloud request to Ready and to its removal. Leaves out
// conditions other than Ready and disk pressure.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include "models/context.hpp"
#include "models/decisions/pod_requests.hpp"
#include "models/image_gc.hpp"
#include "models/image_pull.hpp"
#include "models/kubelet.hpp"
#include "models/layer_store.hpp"
#include "models/node_disk.hpp"
#include "models/node_status.hpp"
#include "models/pod.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pullsim {

/// What the pods of a node request, for the autoscaler.
struct NodeUse {
  Resources requested;
  std::int64_t pods = 0;

  void take(Resources request);
  void give_back(Resources request);  ///< only what was taken (checked)
};

struct NodeIdentity {
  NodeId id = 0;
  std::size_t pool = 0;
  std::int64_t ordinal = 0;  ///< within its pool
};

class HostKinds;

// Taints that say what a node's condition is; well-known names of Kubernetes.
inline constexpr const char* kNotReadyTaint = "node.kubernetes.io/not-ready";
inline constexpr const char* kUnreachableTaint = "node.kubernetes.io/unreachable";
inline constexpr const char* kUnschedulableTaint = "node.kubernetes.io/unschedulable";
inline constexpr const char* kDiskPressureTaint = "node.kubernetes.io/disk-pressure";

class Node {
 public:
  Node(Context& context, const NodeIdentity& identity, const ImageTable& images,
       std::deque<Registry>& registries, ZoneId zone, HostKinds& kinds, const KubeletHooks& hooks);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  NodeId id() const { return identity_.id; }
  std::size_t pool() const { return identity_.pool; }
  const NodePoolSpec& pool_spec() const { return pool_; }
  const std::string& name() const { return name_; }
  HostId host() const { return site_.host; }
  bool ready() const { return ready_; }
  /// Its kubelet has made itself known. `fresh`: it has just started.
  void set_registered(bool fresh);
  /// Its status says Ready.
  void set_ready();
  /// Those that keep pods off, in the order in which they came.
  const std::vector<Taint>& taints() const { return taints_; }
  bool has_taint(std::string_view key) const;
  void add_taint(const Taint& taint);  ///< nothing if it has one of that key
  void remove_taint(std::string_view key);
  /// Pods that tolerate nothing may be bound to it, once it is registered.
  bool schedulable() const { return taints_.empty(); }
  /// The same, now or when it has started up.
  bool usable() const;
  /// The machine is there, or on its way.
  bool exists() const { return exists_; }
  /// It is gone, with all that ran and was pulled there.
  void machine_gone();

  /// Room of a pod that was chosen for it, on its way included, until its containers are gone.
  void take_room(Resources request, bool daemon);
  void give_room_back(Resources request, bool daemon);
  /// The part of its use that is of DaemonSets.
  const NodeUse& daemon_use() const { return daemon_use_; }
  const NodeUse& use() const { return use_; }
  NodeDisk& disk() { return disk_; }
  NodeStatus& status() { return status_; }
  /// Called when a change of the images in its status lies ahead, with its time.
  void on_image_report(std::function<void(SimTime)> listener) { on_report_ = std::move(listener); }
  LayerStore& layers() { return layers_; }
  const LayerStore& layers() const { return layers_; }
  /// Its status gives images the size they have on disk, not the one they were fetched with.
  bool reports_unpacked_size() const { return site_.pipeline.reports_unpacked_size; }
  Kubelet& kubelet() { return kubelet_; }
  PullSite& pulls() { return site_; }

  /// A pod that uses so much of the cores runs from now on, or no longer.
  void pod_runs(MilliCpu usage);
  void pod_ends(MilliCpu usage);

 private:
  void cores_used_changed();

  Context& context_;
  HostKinds& kinds_;
  NodeIdentity identity_;
  const NodePoolSpec& pool_;
  MilliCpu cpu_used_{0};
  std::string name_;
  bool ready_ = false;
  bool exists_ = true;
  std::vector<Taint> taints_;
  NodeUse use_;
  NodeUse daemon_use_;
  NodeDisk disk_;
  LayerStore layers_;
  NodeStatus status_;
  ImageGc image_gc_;
  PullSite site_;
  std::function<void(SimTime)> on_report_;
  Kubelet kubelet_;
};

/// What a pod of the workload requests.
Resources requests_of(const WorkloadSpec& workload);

/// Kinds of hosts by pool and by what running pods use of the cores; each made when first needed.
class HostKinds {
 public:
  HostKindId of(FlowNetwork& network, const Scenario& scenario, std::size_t pool, MilliCpu used);

 private:
  std::map<std::pair<std::size_t, std::int64_t>, HostKindId> made_;
};

/// Name of a node: pool and ordinal, "general-3".
std::string node_name(const NodePoolSpec& pool, std::int64_t ordinal);

/// A pool's nodes as hosts of the network: payload rate, cores that running pods leave, disk, page
/// cache, CPU of receiving.
HostKind host_kind(const NodePoolSpec& pool, std::size_t pool_index, MilliCpu used = {});

}  // namespace pullsim
