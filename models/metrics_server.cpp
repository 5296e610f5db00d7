// See the header.
#include "models/metrics_server.hpp"

#include "models/decisions/readiness.hpp"

#include <cmath>
#include <utility>

namespace pullsim {

namespace {

/// A container that has run for at least this long at its first look has a value at once: its start
/// counts as the look before.
constexpr Duration kFreshMin = std::chrono::seconds(10);

/// A rate in whole nanocores, as it is served, read in milli-units, which round up.
std::int64_t milli_cores(double cores) {
  return static_cast<std::int64_t>(std::ceil(std::floor(cores * 1e9) / 1e6));
}

std::int64_t milli_requests(double per_second) { return std::llround(per_second * 1e3); }

}  // namespace

MetricsServer::MetricsServer(Context& context, MetricsHooks hooks)
    : context_(context),
      hooks_(std::move(hooks)),
      phase_(duration_up(context.stream("metrics-server", "scrape").at(0) *
                         to_seconds(kMetricResolution))) {}

void MetricsServer::start() {
  const SimTime first = next_tick(kSimStart + Duration{1}, phase_, kMetricResolution);
  look(first - 2 * kMetricResolution);
  look(first - kMetricResolution);
  next_scrape();
}

void MetricsServer::look(SimTime at) {
  std::unordered_map<PodId, Points> now;
  for (const PodId id : hooks_.pods()) {
    Points points;
    points.last = {at, hooks_.use(id, at)};
    const auto known = points_.find(id);
    const std::optional<SimTime> started = hooks_.started(id);
    if (known != points_.end()) {
      points.before = known->second.last;
    } else if (started && at - *started >= kFreshMin && at - *started < kMetricResolution) {
      points.before = Point{*started, {}};
    }
    now.emplace(id, points);
  }
  points_ = std::move(now);
}

void MetricsServer::scrape() {
  look(context_.engine.now());
  hooks_.scraped();
  next_scrape();
}

void MetricsServer::next_scrape() {
  const SimTime next = next_tick(context_.engine.now() + Duration{1}, phase_, kMetricResolution);
  if (next > kSimStart + context_.scenario.duration) return;
  context_.engine.at(next, "metrics scraped", [this] { scrape(); });
}

std::optional<MetricSample> MetricsServer::rate(PodId pod, double PodUse::*what,
                                                std::int64_t (*in_milli)(double)) const {
  const auto found = points_.find(pod);
  if (found == points_.end() || !found->second.before) return std::nullopt;
  const Points& points = found->second;
  const Duration window = points.last.at - points.before->at;
  const double grown = points.last.use.*what - points.before->use.*what;
  return MetricSample{in_milli(grown / to_seconds(window)), points.last.at, window};
}

std::optional<MetricSample> MetricsServer::cpu(PodId pod) const {
  return rate(pod, &PodUse::cpu_seconds, milli_cores);
}

std::optional<MetricSample> MetricsServer::requests(PodId pod) const {
  return rate(pod, &PodUse::requests, milli_requests);
}

}  // namespace pullsim
