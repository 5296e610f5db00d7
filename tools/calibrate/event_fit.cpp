// The fit of events; see the header.
#include "tools/calibrate/event_fit.hpp"

#include "sim/check.hpp"
#include "tools/calibrate/event_images.hpp"
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
constexpr double kStep = 1e-2;  // of numeric derivatives
constexpr std::size_t kFolds = 3;
constexpr std::int64_t kPlainBytes = 100'000'000;
constexpr double kNormal95 = 1.959963984540054;
// Kinds of pulls that a fit looks at; more say the same again. Assumed.
constexpr std::size_t kKindsMost = 120;
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
    Kind kind{PreparedCase(all, *members.first),
              {},
              {},
              std::max<std::size_t>(1, members.seconds.size())};
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
    std::vector<double> deviations = {kCostDeviation, kNetworkDeviation};
    if (fits_connection_) deviations.push_back(kNetworkDeviation);
    problem.prior = independent_prior(deviations);
    problem.step.assign(problem.parameters, kStep);
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
      const double share =
          std::sqrt(static_cast<double>(kind.members) / static_cast<double>(kind.seconds.size()));
      for (std::size_t p = 0; p < kind.seconds.size(); ++p) {
        // Repeats make the middle surer, but not surer than the model is.
        const double own =
            std::max(std::hypot(deviation, kind.deviation[p]) / share, kLeastDeviation);
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

/// What durations do tell, however the parts of it are shared out: the time of one plain pull.
std::string plain_pull(const EventFit& fit, const LeastSquaresFit& found, const EventWorld& world) {
  EventCases plain;
  plain.world = world;
  plain.images = {assumed_image("plain", kPlainBytes)};
  EventCase one;
  one.nodes = {{0, {}}};
  one.pulls = {{0, 0, 0, 0, 0}};
  const PreparedCase pull(plain, one);
  const auto seconds = [&](const std::vector<double>& x) {
    return pull.predict(fit.values_at(x)).makespan_seconds;
  };
  const double told = seconds(found.x);
  std::vector<double> slope;
  for (std::size_t i = 0; i < found.x.size(); ++i) {
    std::vector<double> up = found.x;
    std::vector<double> down = found.x;
    up[i] += kStep;
    down[i] -= kStep;
    slope.push_back(std::log(seconds(up) / seconds(down)) / (2 * kStep));
  }
  double variance = 0;
  for (std::size_t i = 0; i < slope.size(); ++i) {
    for (std::size_t j = 0; j < slope.size(); ++j) {
      variance += slope[i] * found.covariance[i][j] * slope[j];
    }
  }
  const double reach = kNormal95 * std::sqrt(std::max(0.0, variance));
  return fmt::format(
      "together they say: a pull of 100 MB in five layers, alone, takes {:.2f} s [{:.2f}, {:.2f}]",
      told, told * std::exp(-reach), told * std::exp(reach));
}

CaseSet predict_events(const EventCases& all, const std::vector<const EventCase*>& cases,
                       const EventValues& values) {
  CaseSet set;
  std::map<std::string, EventPrediction> known;  // pulls alone, by kind
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
  }
  return set;
}

/// Intervals as wide as nine of ten errors of `errors` are large, and the sums.
void close(CaseSet& set, const CaseSet& errors) {
  std::vector<double> sizes;
  for (const CaseResult& one : errors.cases) {
    sizes.push_back(std::abs(log_error(one.predicted_seconds, *one.measured_seconds)));
  }
  std::sort(sizes.begin(), sizes.end());
  constexpr double kShare = 0.9;
  const double place = std::ceil(kShare * static_cast<double>(sizes.size() + 1));
  const std::size_t at = std::min(sizes.size(), static_cast<std::size_t>(place));
  const double factor = std::exp(sizes.empty() ? 0 : sizes[at - 1]);
  for (CaseResult& one : set.cases) {
    one.interval90 = {one.predicted_seconds / factor, one.predicted_seconds * factor};
  }
  sum_up(set);
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

/// Each case predicted by a fit to those of the other parts; by a hash of its id.
CaseSet held_back(const EventCases& observed, const std::vector<const EventCase*>& all) {
  const auto part_of = [](const std::string& id) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
    for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return static_cast<std::size_t>((hash >> 32) % kFolds);
  };
  CaseSet set;
  for (std::size_t part = 0; part < kFolds; ++part) {
    std::vector<const EventCase*> kept;
    std::vector<const EventCase*> back;
    for (const EventCase* one : all) (part_of(one->id) == part ? back : kept).push_back(one);
    if (kept.empty()) return {};
    EventFit fit(observed, kept);
    CaseSet told = predict_events(observed, back, fit.values_at(fit.run().x));
    for (CaseResult& one : told.cases) set.cases.push_back(std::move(one));
  }
  return set;
}

}  // namespace

Calibration calibrate_events(const EventCases& observed, const std::optional<EventCases>& test) {
  PULLSIM_CHECK(!observed.cases.empty(), "a fit needs a pull");
  Calibration out;
  out.runtime = observed.world.base.node_pools.front().runtime.name;
  const std::vector<const EventCase*> all = pointers(observed);
  EventFit fit(observed, all);
  const LeastSquaresFit found = fit.run();
  const EventValues values = fit.values_at(found.x);
  report(fit, found, out);
  out.observed = predict_set(observed, values);
  out.observed.notes.push_back(
      "the costs of the runtime were fitted as one factor on their defaults: durations cannot tell "
      "them apart");
  out.observed.notes.push_back(plain_pull(fit, found, observed.world));
  out.held_back = held_back(observed, all);
  out.folds = out.held_back.cases.empty() ? 0 : kFolds;
  const CaseSet errors = out.held_back.cases.empty() ? out.observed : out.held_back;
  close(out.observed, errors);
  if (out.folds > 0) close(out.held_back, errors);
  if (test) {
    out.test = predict_set(*test, values);
    close(*out.test, errors);
  }
  return out;
}

}  // namespace pullsim
