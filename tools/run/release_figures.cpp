// Sums, quantiles and shares over the rows of release trains; see the header.
#include "tools/run/release_figures.hpp"

#include "tools/run/metrics.hpp"

#include <pullsim/statistics.hpp>

#include <algorithm>

namespace pullsim {

namespace {

constexpr double kP50 = 0.5;
constexpr double kP95 = 0.95;

double number(Bytes bytes) { return static_cast<double>(bytes.count); }
double number(std::int64_t count) { return static_cast<double>(count); }

/// The sum of a member over trains.
template <class Member>
double sum(const ReleaseRun& run, Member member) {
  double total = 0;
  for (const ReleaseTrainResult& train : run.trains) total += number(train.*member);
  return total;
}

/// One number for each roll-out of all trains, sorted.
template <class Get>
std::vector<double> of_rollouts(const ReleaseRun& run, Get get) {
  std::vector<double> values;
  for (const ReleaseTrainResult& train : run.trains) {
    for (const RolloutRow& row : train.rollouts) values.push_back(get(row));
  }
  std::sort(values.begin(), values.end());
  return values;
}

template <class Get>
std::vector<double> of_nodes(const ReleaseRun& run, Get get) {
  std::vector<double> values;
  for (const ReleaseTrainResult& train : run.trains) {
    for (const ReleaseNodeRow& row : train.nodes) values.push_back(get(row));
  }
  std::sort(values.begin(), values.end());
  return values;
}

double mean_of(const std::vector<double>& values) { return values.empty() ? 0 : mean(values); }

double quantile_of(const std::vector<double>& sorted, double share) {
  return sorted.empty() ? 0 : quantile_sorted(sorted, share);
}

/// What nodes found of what they needed for roll-outs; 1 where they needed nothing.
double hits(double fetched, double needed) { return needed > 0 ? 1 - fetched / needed : 1; }

double stored_mean(const ReleaseRun& run) {
  double total = 0;
  for (const ReleaseTrainResult& train : run.trains) {
    total += train.stored_byte_seconds / to_seconds(train.length);
  }
  return total;
}

std::vector<double> stored_days(const ReleaseRun& run) {
  std::vector<double> days;
  for (const ReleaseTrainResult& train : run.trains) {
    if (days.size() < train.days.size()) days.resize(train.days.size(), 0);
    for (std::size_t i = 0; i < train.days.size(); ++i) days[i] += number(train.days[i].stored);
  }
  std::sort(days.begin(), days.end());
  return days;
}

double all_rollouts(const ReleaseRun& run, double (*get)(const RolloutRow&)) {
  double total = 0;
  for (const double value : of_rollouts(run, get)) total += value;
  return total;
}

double hits_of_bytes(const ReleaseRun& run) {
  return hits(all_rollouts(run, [](const RolloutRow& row) { return number(row.pulled); }),
              all_rollouts(run, [](const RolloutRow& row) { return number(row.needed); }));
}

double hits_of_layers(const ReleaseRun& run) {
  return hits(all_rollouts(run, [](const RolloutRow& row) { return number(row.layers_pulled); }),
              all_rollouts(run, [](const RolloutRow& row) { return number(row.layers_needed); }));
}

std::vector<double> disk_shares(const Variant& variant, const ReleaseRun& run) {
  std::vector<double> shares;
  for (std::size_t t = 0; t < run.trains.size(); ++t) {
    const auto& disk = variant.releases.at(t).nodes.disk;
    if (!disk) continue;
    for (const ReleaseNodeRow& row : run.trains[t].nodes) {
      shares.push_back(number(row.disk_most) / number(*disk));
    }
  }
  std::sort(shares.begin(), shares.end());
  return shares;
}

std::vector<double> samples_of(Metric metric, const Variant& variant, const ReleaseRun& run) {
  if (metric == Metric::release_pulled) {
    return of_rollouts(run, [](const RolloutRow& row) { return number(row.pulled); });
  }
  if (metric == Metric::release_cache_hits) {
    return of_rollouts(
        run, [](const RolloutRow& row) { return hits(number(row.pulled), number(row.needed)); });
  }
  if (metric == Metric::release_stored) return stored_days(run);
  if (metric == Metric::release_disk_use) return disk_shares(variant, run);
  if (metric == Metric::release_pulls_failed) {
    return {sum(run, &ReleaseTrainResult::pulls_failed)};
  }
  const auto total = bill_total(release_bill(variant, run));
  return total ? std::vector<double>{*total} : std::vector<double>{};
}

}  // namespace

std::vector<double> release_figures(const ReleaseRun& run) {
  using R = ReleaseTrainResult;
  const auto pulled = of_rollouts(run, [](const RolloutRow& row) { return number(row.pulled); });
  const auto disks = of_nodes(run, [](const ReleaseNodeRow& row) { return number(row.disk_most); });
  const auto means = of_nodes(run, [](const ReleaseNodeRow& row) { return row.disk_mean; });
  const auto pressed =
      of_nodes(run, [](const ReleaseNodeRow& row) { return row.pressure_left ? 1.0 : 0.0; });
  double under_pressure = 0;
  for (const double one : pressed) under_pressure += one;
  return {sum(run, &R::pushed),
          sum(run, &R::stored),
          stored_mean(run),
          sum(run, &R::stored_most),
          sum(run, &R::deleted),
          sum(run, &R::pulled),
          sum(run, &R::pulled_replaced),
          mean_of(pulled),
          quantile_of(pulled, kP50),
          quantile_of(pulled, kP95),
          pulled.empty() ? 0 : pulled.back(),
          hits_of_bytes(run),
          hits_of_layers(run),
          mean_of(means),
          quantile_of(disks, kP95),
          disks.empty() ? 0 : disks.back(),
          sum(run, &R::collections),
          sum(run, &R::images_collected),
          sum(run, &R::pulls),
          sum(run, &R::pulls_failed),
          under_pressure,
          sum(run, &R::nodes_replaced),
          sum(run, &R::images_deleted)};
}

BillQuantities release_quantities(const Variant& variant, const ReleaseRun& run) {
  BillQuantities all;
  for (std::size_t t = 0; t < run.trains.size(); ++t) {
    const BilledShares& shares = variant.releases.at(t).billed;
    const double pulled = number(run.trains[t].pulled);
    all.stored_byte_seconds += run.trains[t].stored_byte_seconds;
    all.transfer_bytes += pulled * shares.registry_transfer;
    all.nat_bytes += pulled * shares.nat_gateway;
    all.cross_zone_bytes += pulled * shares.cross_zone;
  }
  return all;
}

std::vector<BillLine> release_bill(const Variant& variant, const ReleaseRun& run) {
  if (!variant.prices) return {};
  std::vector<BillLine> lines = bill(release_quantities(variant, run), variant.prices->for_bill());
  // A train has no time in which nodes wait for pulls.
  std::erase_if(lines, [](const BillLine& line) { return line.item == BillItem::node_time; });
  return lines;
}

std::optional<double> measure_releases(Metric metric, const Aggregate& how, const Variant& variant,
                                       const ReleaseRun& run) {
  using Kind = Aggregate::Kind;
  const bool most = how.kind == Kind::max || how.kind == Kind::peak;
  if (metric == Metric::release_stored && most) return sum(run, &ReleaseTrainResult::stored_most);
  if (metric == Metric::release_stored && how.kind == Kind::mean) return stored_mean(run);
  if (metric == Metric::release_cache_hits && how.kind == Kind::mean) return hits_of_bytes(run);
  return aggregate(how, samples_of(metric, variant, run));
}

}  // namespace pullsim
