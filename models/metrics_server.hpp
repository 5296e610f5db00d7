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

struct MetricsHooks {
  std::function<std::vector<PodId>()> pods;  ///< with a running container
  /// When the container started; none: before the start of the run.
  std::function<std::optional<SimTime>(PodId)> started;
  std::function<double(PodId, SimTime)> cpu_seconds;
  std::function<void()> scraped;
};

class MetricsServer {
 public:
  MetricsServer(Context& context, MetricsHooks hooks);
  /// The scrapes before the start have happened: initial pods have values at once.
  void start();
  /// Absent: not looked at twice yet.
  std::optional<MetricSample> sample(PodId pod) const;

 private:
  struct Point {
    SimTime at{};
    double cpu_seconds = 0;
  };
  struct Points {
    std::optional<Point> before;
    Point last;
  };
  void look(SimTime at);
  void scrape();
  void next_scrape();

  Context& context_;
  MetricsHooks hooks_;
  Duration phase_;
  std::unordered_map<PodId, Points> points_;
};

}  // namespace pullsim
