// Names and units of metrics and aggregates, as thresholds and result files spell them.
#include "tools/run/metrics.hpp"

#include <fmt/format.h>

namespace pullsim {

std::string_view metric_name(Metric metric) {
  switch (metric) {
    case Metric::pod_ready:
      return "pod_ready";
    case Metric::pod_started:
      return "pod_started";
    case Metric::pod_served:
      return "pod_served";
    case Metric::pull_time:
      return "pull_time";
    case Metric::pull_wait:
      return "pull_wait";
    case Metric::unpack_time:
      return "unpack_time";
    case Metric::node_ready:
      return "node_ready";
    case Metric::scaleout_done:
      return "scaleout_done";
    case Metric::registry_egress:
      return "registry_egress";
    case Metric::registry_throttled:
      return "registry_throttled";
    case Metric::nic_use:
      return "nic_use";
    case Metric::disk_use:
      return "disk_use";
    case Metric::cache_hits:
      return "cache_hits";
    case Metric::unserved:
      return "unserved";
    case Metric::cost:
      return "cost";
    case Metric::release_pulled:
      return "release_pulled";
    case Metric::release_cache_hits:
      return "release_cache_hits";
    case Metric::release_stored:
      return "release_stored";
    case Metric::release_disk_use:
      return "release_disk_use";
    case Metric::release_pulls_failed:
      return "release_pulls_failed";
    case Metric::release_bill:
      return "release_bill";
    case Metric::build_time:
      return "build_time";
    case Metric::build_pushed:
      return "build_pushed";
  }
  return "";
}

std::string_view metric_unit(Metric metric) {
  switch (metric) {
    case Metric::registry_egress:
    case Metric::release_pulled:
    case Metric::release_stored:
    case Metric::build_pushed:
      return "bytes";
    case Metric::nic_use:
    case Metric::disk_use:
    case Metric::cache_hits:
    case Metric::release_cache_hits:
    case Metric::release_disk_use:
      return "share";
    case Metric::registry_throttled:
    case Metric::release_pulls_failed:
      return "count";
    case Metric::cost:
    case Metric::release_bill:
      return "currency";
    default:
      return "s";
  }
}

std::string_view aggregate_unit(Metric metric, const Aggregate& aggregate) {
  if (aggregate.kind == Aggregate::Kind::fraction) return "share";
  if (aggregate.kind == Aggregate::Kind::count) return "count";
  if (metric == Metric::registry_egress && aggregate.kind == Aggregate::Kind::peak) {
    return "bytes/s";
  }
  return metric_unit(metric);
}

std::string aggregate_text(const Aggregate& aggregate) {
  switch (aggregate.kind) {
    case Aggregate::Kind::mean:
      return "mean";
    case Aggregate::Kind::min:
      return "min";
    case Aggregate::Kind::max:
      return "max";
    case Aggregate::Kind::percentile:
      return fmt::format("p({})", aggregate.parameter);
    case Aggregate::Kind::count:
      return "count";
    case Aggregate::Kind::total:
      return "total";
    case Aggregate::Kind::peak:
      return "peak";
    case Aggregate::Kind::fraction:
      return fmt::format("fraction({} {})", aggregate.fraction_operator, aggregate.parameter);
    case Aggregate::Kind::at:
      return fmt::format("at({})", aggregate.parameter);
  }
  return "";
}

}  // namespace pullsim
