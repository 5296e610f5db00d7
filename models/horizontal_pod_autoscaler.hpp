// The HorizontalPodAutoscaler of one workload: a pass every 15 s over what its metrics say, and the
// size that follows (decisions/hpa_pass.hpp). CPU of pods and containers as metrics-server serves
// it, Pods, Object and External metrics as custom_metrics.hpp reports them, with and without
// `behavior`. Every pass is kept in the result with its reason. Leaves out the time of a pass and
// of the API, and memory, which nothing here uses.
#pragma once

#include "models/context.hpp"
#include "models/decisions/hpa_pass.hpp"
#include "models/pod.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

inline constexpr Duration kHpaSyncPeriod = std::chrono::seconds(15);

struct HpaHooks {
  std::function<std::vector<PodId>()> pods;  ///< of the workload, those being deleted left out
  std::function<const Pod&(PodId)> pod;
  std::function<std::optional<MetricSample>(PodId)> cpu;
  /// A Pods metric of one pod.
  std::function<std::optional<MetricSample>(const std::string&, PodId)> pod_value;
  /// An Object or External metric, in milli-units, as of now.
  std::function<std::optional<std::int64_t>(const std::string&)> value;
  std::function<std::int64_t()> replicas;  ///< spec.replicas
  std::function<void(std::int64_t)> scale;
};

/// CPU requests of a pod's containers, sidecars included; none: one of them requests nothing.
std::optional<std::int64_t> measured_cpu_request(const WorkloadSpec& workload);
/// Of the container of that name, "" for the first; none: it requests nothing, or is not there.
std::optional<std::int64_t> container_cpu_request(const WorkloadSpec& workload,
                                                  const std::string& name);

class HorizontalPodAutoscaler {
 public:
  HorizontalPodAutoscaler(Context& context, std::size_t workload,
                          const HorizontalPodAutoscalerSpec& spec, HpaHooks hooks);
  /// It has been running: the pass before the start recommended the initial size.
  void start();
  /// Some metric is one of its pods, by metrics-server.
  bool looks_at_pods() const;

 private:
  struct Proposals {
    std::vector<std::optional<std::int32_t>> replicas;  // by metric
    SimTime measured{};
  };
  void pass();
  void next_pass();
  HpaPod view_of(PodId pod) const;
  std::vector<HpaPod> pods_for(const HpaMetricSpec& metric, const std::vector<PodId>& ids) const;
  std::optional<ReplicaProposal> propose(const HpaMetricSpec& metric, const std::vector<PodId>& ids,
                                         Proposals* out) const;
  Proposals propose_all() const;

  Context& context_;
  std::size_t workload_;
  const WorkloadSpec& spec_;
  std::vector<HpaMetricSpec> metrics_;
  HpaHooks hooks_;
  HpaSettings settings_;
  HpaMemory memory_;
  Duration phase_;
  std::optional<std::uint16_t> utilization_series_;  // of a target of CPU utilization
};

}  // namespace pullsim
