// What is said of release trains: figures of one run, samples and aggregates of the metrics that
// thresholds name, the bill. All trains of a variant together.
#pragma once

#include <pullsim/bill.hpp>

#include "tools/input/study.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace pullsim {

/// The trains of a variant in one run, in its order.
struct ReleaseRun {
  std::vector<ReleaseTrainResult> trains;
};

struct ReleaseFigure {
  std::string_view key;    ///< in result files, unit last
  std::string_view label;  ///< for people
  std::string_view unit;   ///< "bytes", "share", "count"
};

inline constexpr std::array<ReleaseFigure, 23> kReleaseFigures = {
    ReleaseFigure{"pushed_bytes", "pushed to the registry", "bytes"},
    {"stored_end_bytes", "stored at the end", "bytes"},
    {"stored_mean_bytes", "stored, mean over time", "bytes"},
    {"stored_most_bytes", "stored, most", "bytes"},
    {"deleted_bytes", "deleted by the policy", "bytes"},
    {"pulled_bytes", "pulled by nodes", "bytes"},
    {"pulled_replaced_bytes", "  of it by replaced nodes", "bytes"},
    {"rollout_pulled_mean_bytes", "pulled by a roll-out, mean", "bytes"},
    {"rollout_pulled_p50_bytes", "  p50", "bytes"},
    {"rollout_pulled_p95_bytes", "  p95", "bytes"},
    {"rollout_pulled_max_bytes", "  most", "bytes"},
    {"cache_hits_bytes_share", "found on nodes, of bytes", "share"},
    {"cache_hits_layers_share", "  of layers", "share"},
    {"disk_mean_bytes", "disk in use, mean", "bytes"},
    {"disk_most_p95_bytes", "  most, p95 of nodes", "bytes"},
    {"disk_most_bytes", "  most of any node", "bytes"},
    {"collections_count", "collections by kubelets", "count"},
    {"images_collected_count", "  images removed", "count"},
    {"pulls_count", "pulls", "count"},
    {"pulls_failed_count", "  no room on the disk", "count"},
    {"nodes_pressure_left_count", "nodes left under pressure", "count"},
    {"nodes_replaced_count", "nodes replaced", "count"},
    {"images_deleted_count", "images deleted by the policy", "count"},
};

/// By kReleaseFigures.
std::vector<double> release_figures(const ReleaseRun& run);

/// Bytes that the trains had stored, moved and paid for in one run.
BillQuantities release_quantities(const Variant& variant, const ReleaseRun& run);
/// Lines of the bill; none without prices.
std::vector<BillLine> release_bill(const Variant& variant, const ReleaseRun& run);

/// The aggregate of a metric of release trains in one run.
///  release_pulled: bytes, a sample for each roll-out;
///  release_cache_hits: share of needed bytes found on nodes, for each roll-out; the mean is that
///    of all roll-outs together;
///  release_stored: bytes in the registry at the end of each day; mean over time, max and peak of
///    any moment;
///  release_disk_use: the most in use of each node's disk, as a share; none without disks;
///  release_pulls_failed: one sample; release_bill: one sample, none without prices.
std::optional<double> measure_releases(Metric metric, const Aggregate& how, const Variant& variant,
                                       const ReleaseRun& run);

}  // namespace pullsim
