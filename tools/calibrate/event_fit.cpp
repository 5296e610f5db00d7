// The fit of events; see the header.
#include "tools/calibrate/event_fit.hpp"

#include "sim/check.hpp"
#include "tools/calibrate/least_squares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace pullsim {

namespace {

// Cores of clouds differ by half, ways to a registry by several times. Assumed.
constexpr double kCostDeviation = 0.5;
constexpr double kNetworkDeviation = 1.0;
// Pulls of a cluster repeat within a tenth at best; the fit finds out how well. Assumed to begin
// with.
constexpr double kFirstDeviation = 0.15;
constexpr double kLeastDeviation = 0.02;
// Two standard errors above this and the interval is wider than the value, as in fit.cpp.
constexpr double kWidestLogInterval = 0.6931471805599453;
constexpr double kNormal95 = 1.959963984540054;
// Kinds of pulls that a fit looks at; more say the same again. Assumed.
constexpr std::size_t kKindsMost = 120;
constexpr double kNeverSeconds = 1e6;  // of a pull that does not end
// Starts of a connection's rate as factors: which of network and cores limits is not smooth.
constexpr std::array kConnectionStarts = {1.0, 0.15, 4.0};

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Cases that the simulator cannot tell apart, as one: a pull alone of one image on one pool with
/// the same images there.
struct Kind {
  PreparedCase prepared;
  std::vector<double> seconds;    ///< by pull of the case: the middle of its members
  std::vector<double> deviation;  ///< of its logarithm, from clocks
  std::size_t members = 0;
};

struct Members {
  const EventCase* first = nullptr;
  std::vector<double> seconds;
  double deviation = 0;
};

std::string kind_of(const EventCase& one) {
  if (one.pulls.size() > 1) return one.id;
  std::string out = fmt::format("{} {}", one.nodes[0].pool, one.pulls[0].image);
  for (const std::size_t image : one.nodes[0].held) out += fmt::format(" {}", image);
  return out;
}

std::vector<Kind> kinds_of(const EventCases& all, const std::vector<const EventCase*>& cases) {
  std::map<std::string, std::size_t> index;
  std::vector<Members> groups;
  for (const EventCase* one : cases) {
    const auto [at, fresh] = index.emplace(kind_of(*one), groups.size());
    if (fresh) groups.push_back({one, {}, 0});
    Members& members = groups[at->second];
    if (one->pulls.size() > 1) continue;
    members.seconds.push_back(one->pulls[0].measured_seconds);
    members.deviation = std::max(members.deviation, one->pulls[0].deviation);
  }
  // The kinds that are seen most often say most; a stable order keeps it deterministic.
  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return groups[a].seconds.size() > groups[b].seconds.size();
  });
  order.resize(std::min(order.size(), kKindsMost));
  std::vector<Kind> kinds;
  for (const std::size_t at : order) {
    const Members& members = groups[at];
    Kind kind{PreparedCase(all, *members.first), {}, {}, std::max<std::size_t>(1, members.seconds.size())};
    if (!members.seconds.empty()) {
      kind.seconds = {median_of(members.seconds)};
      kind.deviation = {members.deviation / kind.seconds[0]};
    }
    for (const EventPull& pull : members.first->pulls) {
      if (!members.seconds.empty()) break;
      kind.seconds.push_back(pull.measured_seconds);
      kind.deviation.push_back(pull.deviation / pull.measured_seconds);
    }
    kinds.push_back(std::move(kind));
  }
  return kinds;
}

double log_error(double predicted, double measured) { return std::log(predicted / measured); }

/// Squares for small errors, straight lines for large ones, as in fit.cpp.
double robust(double error) {
  const double cost = 2 * (std::sqrt(1 + error * error) - 1);
  return std::copysign(std::sqrt(cost), error);
}

class EventFit {
 public:
  EventFit(const EventCases& all, const std::vector<const EventCase*>& cases)
      : kinds_(kinds_of(all, cases)) {
    const auto& registries = all.world.base.registries;
    fits_connection_ = std::any_of(registries.begin(), registries.end(),
                                   [](const RegistrySpec& one) { return !one.per_connection; });
  }

  bool fits_connection() const { return fits_connection_; }

  EventValues values_at(const std::vector<double>& x) const {
    const EventValues start;
    EventValues out;
    out.cost_factor = std::exp(std::clamp(x[0], -4.0, 4.0));
    out.request_latency = start.request_latency * std::exp(std::clamp(x[1], -6.0, 6.0));
    if (fits_connection_) {
      out.per_connection = start.per_connection * std::exp(std::clamp(x[2], -6.0, 6.0));
    }
    return out;
  }

  LeastSquaresFit run() {
    LeastSquaresFit best = search(kFirstDeviation);
    return search(std::clamp(spread_at(best.x), kLeastDeviation, 1.0));
  }

 private:
  LeastSquaresFit search(double deviation) {
    LeastSquares problem;
    problem.parameters = fits_connection_ ? 3 : 2;
    problem.prior_deviation = {kCostDeviation, kNetworkDeviation};
    if (fits_connection_) problem.prior_deviation.push_back(kNetworkDeviation);
    problem.residuals = [this, deviation](const std::vector<double>& x) {
      return residuals(x, deviation);
    };
    std::optional<LeastSquaresFit> best;
    for (const double factor : kConnectionStarts) {
      problem.start.assign(problem.parameters, 0.0);
      if (fits_connection_) problem.start[2] = std::log(factor);
      LeastSquaresFit found = solve(problem);
      if (!best || found.cost < best->cost) best = std::move(found);
      if (!fits_connection_) break;
    }
    return *best;
  }

  std::vector<double> residuals(const std::vector<double>& x, double deviation) const {
    const EventValues values = values_at(x);
    std::vector<double> out;
    for (const Kind& kind : kinds_) {
      const EventPrediction told = kind.prepared.predict(values);
      const double share = std::sqrt(static_cast<double>(kind.members) /
                                     static_cast<double>(kind.seconds.size()));
      for (std::size_t p = 0; p < kind.seconds.size(); ++p) {
        // Repeats make the middle surer, but not surer than the model is.
        const double own = std::max(std::hypot(deviation, kind.deviation[p]) / share,
                                    kLeastDeviation);
        out.push_back(robust(log_error(told.pull_seconds[p], kind.seconds[p]) / own));
      }
    }
    return out;
  }

  /// Of the logarithms of predicted over measured times, by the median: outliers do not count.
  double spread_at(const std::vector<double>& x) const {
    const EventValues values = values_at(x);
    std::vector<double> errors;
    for (const Kind& kind : kinds_) {
      const EventPrediction told = kind.prepared.predict(values);
      for (std::size_t p = 0; p < kind.seconds.size(); ++p) {
        errors.push_back(std::abs(log_error(told.pull_seconds[p], kind.seconds[p])));
      }
    }
    return 1.4826 * median_of(errors);
  }

  std::vector<Kind> kinds_;
  bool fits_connection_ = false;
};

struct Key {
  const char* name;
  const char* unit;
  double start;
  std::size_t parameter;
};

/// The keys of a scenario that the fitted numbers stand for; costs move together.
std::vector<Key> keys_of(bool connection) {
  const UnpackCost cost;
  std::vector<Key> keys = {
      {"runtime.unpack.gzip.perCompressedByte", "s/byte", cost.gzip_per_compressed_byte, 0},
      {"runtime.unpack.gzip.perByte", "s/byte", cost.gzip_per_byte, 0},
      {"runtime.unpack.zstd.perByte", "s/byte", cost.zstd_per_byte, 0},
      {"runtime.unpack.perFile", "s", cost.per_file, 0},
      {"runtime.unpack.perLayer", "s", cost.per_layer, 0},
      {"runtime.download.perByte", "s/byte", RuntimeSpec{}.download_cpu_per_byte, 0},
      {"registry.requestLatency", "s", EventValues{}.request_latency, 1}};
  if (connection) {
    keys.push_back({"registry.perConnection", "bytes/s", EventValues{}.per_connection, 2});
  }
  return keys;
}

void report(const EventFit& fit, const LeastSquaresFit& found, Calibration& out) {
  const std::vector<Key> keys = keys_of(fit.fits_connection());
  for (const Key& key : keys) {
    ReportedParameter one;
    one.name = key.name;
    one.unit = key.unit;
    one.value = key.start * std::exp(found.x[key.parameter]);
    const double reach = kNormal95 * found.deviation[key.parameter];
    one.identifiable = reach < kWidestLogInterval;
    one.low = one.value * std::exp(-std::min(reach, 20.0));
    one.high = one.value * std::exp(std::min(reach, 20.0));
    out.parameters.push_back(std::move(one));
    std::vector<double>& row = out.log_covariance.emplace_back();
    for (const Key& other : keys) row.push_back(found.covariance[key.parameter][other.parameter]);
  }
}

CaseSet predict_events(const EventCases& all, const std::vector<const EventCase*>& cases,
                       const EventValues& values) {
  CaseSet set;
  std::map<std::string, EventPrediction> known;  // pulls alone, by kind
  std::vector<double> errors;
  std::map<std::string, std::vector<double>> groups;
  for (const EventCase* one : cases) {
    const std::string kind = kind_of(*one);
    auto told = known.find(kind);
    if (told == known.end()) {
      told = known.emplace(kind, PreparedCase(all, *one).predict(values)).first;
    }
    CaseResult& result = set.cases.emplace_back();
    result.id = one->id;
    result.experiment = one->pulls.size() > 1 ? "together" : "alone";
    result.predicted_seconds = told->second.makespan_seconds;
    result.measured_seconds = one->makespan_seconds();
    for (std::size_t p = 0; p < one->pulls.size(); ++p) {
      result.pulls.push_back({told->second.pull_seconds[p], one->pulls[p].measured_seconds});
    }
    if (one->pulls.size() > 1) known.erase(told);
    errors.push_back(*result.relative_error());
    groups[result.experiment].push_back(errors.back());
  }
  set.error = summarise(std::move(errors));
  for (auto& [name, of_group] : groups) {
    set.by_experiment.emplace_back(name, summarise(std::move(of_group)));
  }
  return set;
}

std::vector<const EventCase*> pointers(const EventCases& all) {
  std::vector<const EventCase*> out;
  for (const EventCase& one : all.cases) out.push_back(&one);
  return out;
}

CaseSet predict_set(const EventCases& all, const EventValues& values) {
  CaseSet set = predict_events(all, pointers(all), values);
  set.unused = all.unused;
  set.notes = all.notes;
  return set;
}

Scenario scenario_for(const EventCases& all, const EventCase& one,
                      std::map<std::size_t, std::size_t>& image_index) {
  const Scenario& base = all.world.base;
  Scenario scenario;
  scenario.name = "calibration";
  scenario.registries = base.registries;
  scenario.zones = base.zones;
  const auto index_of = [&](std::size_t image) {
    const auto [at, fresh] = image_index.emplace(image, scenario.images.size());
    if (fresh) scenario.images.push_back(all.images[image]);
    return at->second;
  };
  for (const EventPull& pull : one.pulls) index_of(pull.image);
  for (std::size_t n = 0; n < one.nodes.size(); ++n) {
    NodePoolSpec pool = base.node_pools[one.nodes[n].pool];
    pool.name = fmt::format("node-{}", n);
    pool.nodes_initial = pool.nodes_min = pool.nodes_max = 1;
    pool.cached.clear();
    pool.cached_initially.clear();
    for (const std::size_t image : one.nodes[n].held) pool.cached.push_back(index_of(image));
    scenario.node_pools.push_back(std::move(pool));
  }
  return scenario;
}

}  // namespace

PreparedCase::PreparedCase(const EventCases& all, const EventCase& one) {
  std::map<std::size_t, std::size_t> image_index;
  scenario_ = scenario_for(all, one, image_index);
  for (const EventPull& pull : one.pulls) {
    requests_.push_back(
        {pull.node, 0, image_index.at(pull.image), duration_up(pull.start_seconds)});
  }
}

EventPrediction PreparedCase::predict(const EventValues& values) const {
  Scenario scenario = scenario_;
  for (NodePoolSpec& pool : scenario.node_pools) {
    UnpackCost& cost = pool.runtime.unpack;
    const UnpackCost fresh;
    cost.gzip_per_compressed_byte = fresh.gzip_per_compressed_byte * values.cost_factor;
    cost.gzip_per_byte = fresh.gzip_per_byte * values.cost_factor;
    cost.zstd_per_byte = fresh.zstd_per_byte * values.cost_factor;
    cost.per_file = fresh.per_file * values.cost_factor;
    cost.per_layer = fresh.per_layer * values.cost_factor;
    pool.runtime.download_cpu_per_byte = RuntimeSpec{}.download_cpu_per_byte * values.cost_factor;
  }
  for (RegistrySpec& registry : scenario.registries) {
    registry.request_latency = Distribution::constant(values.request_latency);
    registry.sharing_spread = 0;
    if (!registry.per_connection) registry.per_connection = Bandwidth{values.per_connection};
  }
  const RunResult result = simulate_pulls(scenario, requests_, 0);
  EventPrediction out;
  for (std::size_t p = 0; p < requests_.size(); ++p) {
    const PullRow& pull = result.pulls[p];
    const double start = to_seconds(requests_[p].start);
    const double end = pull.finished ? to_seconds(*pull.finished) : start + kNeverSeconds;
    out.pull_seconds.push_back(end - start);
    out.makespan_seconds = std::max(out.makespan_seconds, end);
  }
  return out;
}

Calibration calibrate_events(const EventCases& observed, const std::optional<EventCases>& test) {
  PULLSIM_CHECK(!observed.cases.empty(), "a fit needs a pull");
  Calibration out;
  out.runtime = observed.world.crio ? "cri-o" : "containerd";
  const std::vector<const EventCase*> all = pointers(observed);
  EventFit fit(observed, all);
  const LeastSquaresFit found = fit.run();
  const EventValues values = fit.values_at(found.x);
  report(fit, found, out);
  out.observed = predict_set(observed, values);
  out.observed.notes.push_back(
      "the costs of the runtime were fitted as one factor on their defaults: durations cannot tell "
      "them apart");
  if (test) out.test = predict_set(*test, values);
  std::vector<const EventCase*> kept;
  std::vector<const EventCase*> back;
  for (const EventCase* one : all) (held_back(one->id) ? back : kept).push_back(one);
  if (!kept.empty() && !back.empty()) {
    EventFit part(observed, kept);
    const LeastSquaresFit of_part = part.run();
    out.held_back = predict_events(observed, back, part.values_at(of_part.x));
    out.held_back_fitted_on = kept.size();
  }
  return out;
}

}  // namespace pullsim
