// What a calibration may change, and how a measured case becomes a scenario under given values.
// Every prediction is a run of the simulator; there is no formula of its own here.
#pragma once

#include "tools/calibrate/measured_case.hpp"

#include <pullsim/simulate.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace pullsim {

enum class Parameter : std::uint8_t {
  gzip_per_compressed_byte,
  gzip_per_byte,
  unpigz_per_compressed_byte,
  zstd_per_byte,
  per_file,
  per_layer,
  download_per_byte,
  fetch_only_per_byte,
  request_latency,
  pull_overhead,
  commit_per_blob,
  flush_per_byte,
  connection_burst,
  sharing_spread,
  transaction,
  lost_cores,
  core_drift,
  delay_line,
};
inline constexpr std::size_t kParameterCount = 18;

struct ParameterInfo {
  std::string_view name;  ///< path below a node pool's `runtime` or a registry
  std::string_view unit;
  double start = 0;  ///< where the search begins, and what stays if the data say nothing
  /// Standard deviation of its logarithm before the fit; of a cost in CPU time that of its distance
  /// from the other such costs.
  double deviation = 1;
};
const ParameterInfo& info(Parameter parameter);

/// Values by Parameter.
using ParameterValues = std::array<double, kParameterCount>;
ParameterValues starting_values();

struct PullPrediction {
  double seconds = 0;
  double resolve = 0;   ///< start to the first request of a layer
  double download = 0;  ///< start to the last commit
  double unpack = 0;    ///< sum over layers
};

struct Prediction {
  double makespan_seconds = 0;
  std::vector<PullPrediction> pulls;  ///< by MeasuredCase::pulls
};

/// What differs from one repeat of a case to the next and is not the model's.
struct Circumstances {
  double core_slowness = 1;     ///< time of the core probe over its mean
  double storage_slowness = 1;  ///< of commits and transactions
};

/// The set-up of a case as a scenario: one pool of equal nodes, one registry or proxy.
Scenario scenario_of(const MeasuredCase& measured, const ParameterValues& values,
                     const Circumstances& circumstances = {});
/// Simulates the case; one of several pulls more than once, with other draws: medians.
Prediction predict(const MeasuredCase& measured, const ParameterValues& values,
                   const Circumstances& circumstances = {});
/// The makespan of one run in which streams share unevenly, whatever the number of pulls.
double predict_repeat(const MeasuredCase& measured, const ParameterValues& values,
                      const Circumstances& circumstances, std::uint32_t run);

}  // namespace pullsim
