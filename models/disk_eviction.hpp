// The part of a node's kubelet that watches the disk: every 10 s it compares what is available with
// the hard thresholds; below them it sets DiskPressure, removes unused images, and if that is not
// enough evicts one pod and looks again as soon as that pod is gone (node-and-registry facts 2.4).
// Looks that would find nothing changed are not events. Leaves out soft thresholds, inodes, memory
// pressure and static pods.
#pragma once

#include "models/context.hpp"
#include "models/decisions/disk_eviction.hpp"
#include "models/image_gc.hpp"
#include "models/node_disk.hpp"
#include "models/pod.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct EvictionCandidate {
  PodId pod = 0;
  PodDiskUse disk;
};

struct DiskEvictionHooks {
  std::function<std::vector<EvictionCandidate>()> pods;  ///< on the node, in order of arrival
  /// Ends the pod; gives the time until its containers are gone.
  std::function<Duration(PodId)> evict;
  std::function<void()> pressure_changed;
};

class DiskEviction {
 public:
  DiskEviction(Context& context, NodeDisk& disk, ImageGc& images, const DiskPolicySpec& policy,
               const std::string& node, DiskEvictionHooks hooks);

  /// The condition DiskPressure, as the kubelet itself sees it: it then admits no pod.
  bool pressure() const { return pressure_; }
  /// The node is gone: no further look.
  void stop();
  /// The disk, its images or its pods changed.
  void look();

 private:
  bool threshold_met() const;
  void note_threshold();
  void schedule(SimTime when);
  void check();
  void set_pressure(bool pressure);

  Context& context_;
  NodeDisk& disk_;
  ImageGc& images_;
  const DiskPolicySpec& policy_;
  DiskEvictionHooks hooks_;
  Duration phase_;  // of the looks; moves on with each eviction
  bool pressure_ = false;
  bool stopped_ = false;
  std::optional<SimTime> met_since_;  // a threshold
  std::optional<SimTime> last_met_;
  std::optional<SimTime> check_at_;
  EventHandle check_;
};

/// Time between two looks, and between looks for the end of an evicted pod: Kubernetes'
/// evictionMonitoringPeriod and podCleanupPollFreq.
inline constexpr Duration kEvictionPeriod = std::chrono::seconds(10);
inline constexpr Duration kCleanupPoll = std::chrono::seconds(1);
/// What a pod gets to end itself after a hard threshold (immediateEvictionGracePeriodSeconds).
inline constexpr Duration kEvictionGrace = std::chrono::seconds(1);

}  // namespace pullsim
