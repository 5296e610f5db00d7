// The HorizontalPodAutoscaler of one workload: a pass every 15 s over the CPU of its pods as
// metrics-server serves it, and the size that follows (decisions/hpa_pass.hpp). One CPU target, no
// `behavior`. Leaves out the time of a pass and of the API, and other metrics, which the decisions
// know.
#pragma once

#include "models/context.hpp"
#include "models/decisions/hpa_pass.hpp"
#include "models/pod.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace pullsim {

inline constexpr Duration kHpaSyncPeriod = std::chrono::seconds(15);

struct HpaHooks {
  std::function<std::vector<PodId>()> pods;  ///< of the workload, those being deleted left out
  std::function<const Pod&(PodId)> pod;
  std::function<std::optional<MetricSample>(PodId)> sample;
  std::function<std::int64_t()> replicas;  ///< spec.replicas
  std::function<void(std::int64_t)> scale;
};

/// CPU requests of a pod's containers, sidecars included; none: one of them requests nothing.
std::optional<std::int64_t> measured_cpu_request(const WorkloadSpec& workload);

class HorizontalPodAutoscaler {
 public:
  HorizontalPodAutoscaler(Context& context, std::size_t workload, HpaHooks hooks);
  /// It has been running: the pass before the start recommended the initial size.
  void start();

 private:
  void pass();
  void next_pass();
  HpaPod view_of(PodId id) const;

  Context& context_;
  const WorkloadSpec& spec_;
  HpaHooks hooks_;
  HpaSettings settings_;
  HpaMemory memory_;
  Duration phase_;
  std::uint16_t utilization_series_;
};

}  // namespace pullsim
