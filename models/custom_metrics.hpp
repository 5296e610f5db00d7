// What the APIs of custom and external metrics answer about a workload: its requests per second and
// the length of its queue, which follow from its traffic, and series that the scenario gives. Pods
// metrics are as old as metrics-server's, Object and External metrics as of now. Leaves out
// adapters' own caches, selectors, and metrics that disappear.
#pragma once

#include "models/context.hpp"
#include "models/decisions/replica_calculator.hpp"
#include "models/metrics_server.hpp"
#include "models/traffic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// The value of a series at a time after the start; none before its first.
std::optional<std::int64_t> value_at(const MetricSeriesSpec& series, Duration since_start);

class CustomMetrics {
 public:
  /// `traffic` may be null: then only series are known. `server` as well: no Pods metrics then.
  CustomMetrics(const Context& context, const Traffic* traffic, const MetricsServer* server)
      : context_(context), traffic_(traffic), server_(server) {}

  /// Object and External: milli-units, as of now.
  std::optional<std::int64_t> value(const std::string& name) const;
  /// When the load that these metrics tell of last rose; the start if it never did.
  SimTime last_rise(const std::vector<std::string>& names) const;
  /// Pods: of one pod. A series of the scenario is the same for every pod.
  std::optional<MetricSample> of_pod(const std::string& name, PodId pod) const;

 private:
  const Context& context_;
  const Traffic* traffic_;
  const MetricsServer* server_;
};

}  // namespace pullsim
