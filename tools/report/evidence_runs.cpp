// What the evidence of a variant takes from all of its runs: means and bounds over them.
#include "tools/report/evidence_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

nlohmann::ordered_json evidence_ready_curve(const VariantResult& variant) {
  Json curve = Json::array();
  for (std::size_t i = 0; i < kReadyShares && !variant.runs.empty(); ++i) {
    double sum = 0;
    double low = 0;
    double high = 0;
    for (const RunSummary& run : variant.runs) {
      if (run.ready_curve.size() <= i || std::isinf(run.ready_curve[i])) return curve;
      const double value = run.ready_curve[i];
      low = &run == &variant.runs.front() ? value : std::min(low, value);
      high = std::max(high, value);
      sum += value;
    }
    Json point;
    point["share"] = static_cast<double>(i + 1) / static_cast<double>(kReadyShares);
    point["seconds"] = sum / static_cast<double>(variant.runs.size());
    point["low"] = low;
    point["high"] = high;
    curve.push_back(std::move(point));
  }
  return curve;
}

nlohmann::ordered_json evidence_phases(const VariantResult& variant) {
  Json phases = Json::array();
  double runs = 0;
  double to_traffic = 0;
  bool served = true;
  std::array<double, kPodPhases> sums{};
  for (const RunSummary& run : variant.runs) {
    if (!run.pod_at_p95) continue;
    ++runs;
    for (std::size_t i = 0; i < kPodPhases; ++i) sums[i] += to_seconds(run.pod_at_p95->time[i]);
    served = served && run.to_traffic_at_p95.has_value();
    to_traffic += run.to_traffic_at_p95.value_or(0);
  }
  if (runs == 0) return phases;
  for (std::size_t i = 0; i < kPodPhases; ++i) {
    phases.push_back(
        {{"phase", phase_name(static_cast<PodStage>(i))}, {"seconds", sums[i] / runs}});
  }
  if (served) phases.push_back({{"phase", "to traffic"}, {"seconds", to_traffic / runs}});
  return phases;
}

}  // namespace pullsim
