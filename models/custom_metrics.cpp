// See the header.
#include "models/custom_metrics.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

std::int64_t milli(double value) { return std::llround(value * 1e3); }

}  // namespace

std::optional<std::int64_t> value_at(const MetricSeriesSpec& series, Duration since_start) {
  std::optional<std::int64_t> value;
  for (const MetricStep& step : series.values) {
    if (step.at > since_start) break;
    value = step.value;
  }
  return value;
}

std::optional<std::int64_t> CustomMetrics::value(const std::string& name) const {
  const SimTime now = context_.engine.now();
  for (const MetricSeriesSpec& series : context_.scenario.metrics) {
    if (series.name == name) return value_at(series, now - kSimStart);
  }
  if (traffic_ == nullptr) return std::nullopt;
  if (name == kRequestsPerSecond) return milli(traffic_->demand());
  if (name == kQueueLength) return milli(traffic_->waiting(now));
  return std::nullopt;
}

SimTime CustomMetrics::last_rise(const std::vector<std::string>& names) const {
  SimTime last = traffic_ != nullptr ? traffic_->last_rise() : kSimStart;
  for (const MetricSeriesSpec& series : context_.scenario.metrics) {
    if (std::find(names.begin(), names.end(), series.name) == names.end()) continue;
    std::int64_t before = 0;
    for (const MetricStep& step : series.values) {
      const SimTime at = kSimStart + step.at;
      if (at <= context_.engine.now() && step.value > before) last = std::max(last, at);
      before = step.value;
    }
  }
  return last;
}

std::optional<MetricSample> CustomMetrics::of_pod(const std::string& name, PodId pod) const {
  const auto& series = context_.scenario.metrics;
  const bool given = std::any_of(series.begin(), series.end(),
                                 [&](const MetricSeriesSpec& one) { return one.name == name; });
  if (given) {
    const std::optional<std::int64_t> known = value(name);
    if (!known) return std::nullopt;
    return MetricSample{*known, context_.engine.now(), kMetricResolution};
  }
  if (traffic_ == nullptr || server_ == nullptr) return std::nullopt;
  if (name == kRequestsPerSecond) return server_->requests(pod);
  if (name == kQueueLength && traffic_->pods() > 0) {
    const double each =
        traffic_->waiting(context_.engine.now()) / static_cast<double>(traffic_->pods());
    return MetricSample{milli(each), context_.engine.now(), kMetricResolution};
  }
  return std::nullopt;
}

}  // namespace pullsim
