// How nodes come and go, and what pods need on them before their images: startup taints, requests
// that fail, disruption budgets, volumes and addresses. Part of scenario.hpp.
#pragma once

#include <pullsim/random.hpp>
#include <pullsim/scheduling.hpp>
#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// A count or a share of the replicas, as Kubernetes' IntOrString.
struct IntOrPercent {
  std::int64_t value = 0;
  bool percent = false;
  friend bool operator==(const IntOrPercent&, const IntOrPercent&) = default;
};

/// A taint of new nodes that goes when the pod of a DaemonSet is ready there: `removed_by`, or any
/// workload that says it removes the taint's key.
struct StartupTaint {
  Taint taint;
  std::optional<std::size_t> removed_by;  ///< index of a workload
};

/// Cloud requests for nodes that come to nothing.
struct ProvisioningFailureSpec {
  double probability = 0;
  /// From the request until the cloud says so, seconds. Assumed.
  Distribution after = Distribution::constant(30.0);
};

/// A time in which the cloud has no machine for a pool: every request of it fails.
struct StockOut {
  Duration at{0};
  Duration length{0};
};

/// Addresses of pods on a node, as network plug-ins of clouds give them.
struct PodIpSpec {
  /// Attaching one more address, seconds; before the sandbox's own time.
  Distribution attach = Distribution::constant(0);
  std::int64_t warm = 0;  ///< attached before anybody asks
};

/// A volume that is attached to the node before the pod's sandbox is made.
struct VolumeSpec {
  std::string name;
  /// From the binding of the pod until it is attached and mounted, seconds. Assumed.
  Distribution attach = Distribution::constant(10.0);
};

/// A PodDisruptionBudget over the pods of workloads. One of both numbers is given.
struct DisruptionBudgetSpec {
  std::string name;
  std::optional<IntOrPercent> min_available;
  std::optional<IntOrPercent> max_unavailable;
  bool always_allow_unhealthy = false;  ///< unhealthyPodEvictionPolicy: AlwaysAllow
  std::vector<std::size_t> workloads;   ///< indices
};

/// kube-proxy in its iptables mode. Default: Kubernetes'.
struct KubeProxySpec {
  Duration min_sync_period = std::chrono::seconds(1);
};

}  // namespace pullsim
