// metrics-server: looks at the CPU time of containers at fixed intervals and serves the rate
// between the last two looks, so that what an autoscaler reads is up to one interval old and covers
// the interval before it. Leaves out the age of the kubelet's own sample, failed scrapes and
// memory.
//
// Facts: kubernetes-sigs/metrics-server pkg/storage/pod.go; deployed with --metric-resolution=15s.
#pragma once

#include "models/context.hpp"
#include "models/decisions/replica_calculator.hpp"
#include "models/pod.hpp"

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace pullsim {

inline constexpr Duration kMetricResolution = std::chrono::seconds(15);

/// What a pod has used since the start of the run.
struct PodUse {
  double cpu_seconds = 0;
  double requests = 0;  ///< answered
};

struct MetricsHooks {
  std::function<std::vector<PodId>()> pods;  ///< with a running container
  /// When the container started; none: before the start of the run.
  std::function<std::optional<SimTime>(PodId)> started;
  std::function<PodUse(PodId, SimTime)> use;
  std::function<void()> scraped;
};

class MetricsServer {
 public:
  MetricsServer(Context& context, MetricsHooks hooks);
  /// The scrapes before the start have happened: initial pods have values at once.
  void start();
  /// Absent: not looked at twice yet.
  std::optional<MetricSample> cpu(PodId pod) const;
  /// Requests per second over the same window, as an adapter for custom metrics would take them
  /// from the same scrapes.
  std::optional<MetricSample> requests(PodId pod) const;

 private:
  struct Point {
    SimTime at{};
    PodUse use;
  };
  struct Points {
    std::optional<Point> before;
    Point last;
  };
  std::optional<MetricSample> rate(PodId pod, double PodUse::*what,
                                   std::int64_t (*in_milli)(double)) const;
  void look(SimTime at);
  void scrape();
  void next_scrape();

  Context& context_;
  MetricsHooks hooks_;
  Duration phase_;
  std::unordered_map<PodId, Points> points_;
};

}  // namespace pullsim
