// Draws of parameters and circumstances; see the header.
#include "tools/calibrate/prediction_spread.hpp"

#include "tools/calibrate/quantile.hpp"

#include <pullsim/random.hpp>

#include <cmath>

namespace pullsim {
namespace {

constexpr std::uint32_t kDraws = 64;
// Repeats of one set-up on an undisturbed machine: the laboratory's noise floor.
constexpr double kRepeatDeviation = 0.012;
// Standard deviation of the logarithm of the time of a commit. Assumed: images of a few kilobytes,
// which are hardly anything but commits, repeat within 5 to 20 %.
constexpr double kStorageDeviation = 0.15;

double normal(double uniform) {
  return std::log(quantile({Distribution::Kind::lognormal, 0, 1, {}}, uniform));
}

}  // namespace

double spread_of_repeats(const MeasuredCase& measured, const Fit& fit) {
  std::vector<double> logs;
  for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
    RandomStream stream(0, draw, measured.id, "prediction interval");
    ParameterValues normals{};
    for (double& one : normals) one = normal(stream.next());
    ParameterValues values = fit.values;
    for (std::size_t i = 0; i < kParameterCount; ++i) {
      double deviation = 0;
      for (std::size_t j = 0; j <= i; ++j) deviation += fit.covariance_root[i][j] * normals[j];
      values[i] *= std::exp(deviation);
    }
    const auto some_case =
        static_cast<std::size_t>(stream.next() * static_cast<double>(fit.core_slowness.size()));
    Circumstances circumstances;
    circumstances.core_slowness = fit.core_slowness[some_case];
    circumstances.storage_slowness = std::exp(kStorageDeviation * normal(stream.next()));
    logs.push_back(std::log(predict_repeat(measured, values, circumstances, draw)));
  }
  std::sort(logs.begin(), logs.end());
  constexpr double kOneSigma = 0.1587;  // below minus one standard deviation of a normal
  const double drawn = (quantile_of(logs, 1 - kOneSigma) - quantile_of(logs, kOneSigma)) / 2;
  return std::hypot(drawn, kRepeatDeviation);
}

}  // namespace pullsim
