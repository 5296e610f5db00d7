// Claims about weeks of releases: bills and disks.
#include "tools/claims/claim.hpp"
#include "tools/claims/evidence.hpp"
#include "tools/run/release_study.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace pullsim {
namespace {

struct Trains {
  Study study;
  ReleaseStudy result;
};

Trains trains_of(const char* scenario, int threads) {
  Trains trains{study_of(scenario, StudyPurpose::releases), {}};
  trains.result = run_releases(trains.study, {threads, false});
  return trains;
}

/// One aggregate of a metric, run by run.
Runs measured(const Trains& trains, const std::string& variant, Metric metric,
              Aggregate::Kind how) {
  for (std::size_t v = 0; v < trains.study.variants.size(); ++v) {
    if (trains.study.variants[v].name != variant) continue;
    Runs runs;
    for (const ReleaseRun& run : trains.result.variants[v].runs) {
      runs.push_back(measure_releases(metric, {how, 0, ""}, trains.study.variants[v], run));
    }
    return runs;
  }
  throw std::runtime_error("no variant `" + variant + "`");
}

Runs bills(const Trains& trains, const std::string& variant) {
  return measured(trains, variant, Metric::release_bill, Aggregate::Kind::total);
}

std::string percent(double share) { return fmt::format("{:.0f} %", share * 100); }

Claim registry_bill(const Trains& trains) {
  const Runs large = bills(trains, "large");
  const auto saved = [&](const char* variant) {
    return value_of_runs(share_saved(large, bills(trains, variant)));
  };
  const Estimate slim = estimate(share_saved(large, bills(trains, "slim")));
  constexpr double kClaimed = 0.4;
  Claim claim;
  claim.id = "registry-bill-40-percent";
  claim.claim = "The registry's bill falls by 40 %.";
  claim.scenario = trains.study.file;
  claim.what = "share of storage and transfer of ninety days that the slim image saves";
  claim.computed = slim.value.value();
  claim.unit = "share";
  claim.interval = slim.interval;
  const bool others = saved("slim-base") >= kClaimed && saved("deps-first") >= kClaimed;
  claim.holds = claim.computed < kClaimed ? Holds::no : others ? Holds::yes : Holds::depends;
  claim.when = fmt::format(
      "Ten releases a day to 200 nodes, {:.0f} USD become {:.0f} USD: a bill follows the layers "
      "that change with each release, not the size of the image. A slim base under the same layers "
      "saves {}; dependencies before the source save {} with the large image.",
      value_of_runs(large), value_of_runs(bills(trains, "slim")), percent(saved("slim-base")),
      percent(saved("deps-first")));
  claim.command = "pullsim releases " + claim.scenario;
  return claim;
}

Claim afternoon(const Trains& trains) {
  constexpr double kAfternoon = 4 * 100;  // four hours at 100 USD; assumed
  constexpr double kDays = 90;            // of the scenario
  constexpr double kYear = 365;
  Runs days;
  const Runs large = bills(trains, "large");
  const Runs slim = bills(trains, "slim");
  for (std::size_t i = 0; i < large.size(); ++i) {
    const bool both = large[i].has_value() && slim[i].has_value();
    days.push_back(both && *large[i] > *slim[i]
                       ? std::optional<double>(kAfternoon * kDays / (*large[i] - *slim[i]))
                       : std::nullopt);
  }
  const Estimate paid = estimate(days);
  Claim claim;
  claim.id = "one-afternoon-pays-off";
  claim.claim = "One afternoon of work pays off.";
  claim.scenario = trains.study.file;
  claim.what = "days until the registry's bill alone has paid for four hours at 100 USD";
  claim.computed = paid.value.value();
  claim.unit = "days";
  claim.interval = paid.interval;
  claim.holds = claim.computed <= kYear ? Holds::yes : Holds::depends;
  claim.when = fmt::format(
      "With ten releases a day on 200 nodes behind a NAT gateway, {:.0f} USD in ninety days "
      "against {:.0f}. The bill is in proportion to releases and nodes, and inside one region "
      "without NAT only storage is left of it: then seconds and lost requests have to pay. The "
      "hours and their price are assumed.",
      value_of_runs(large), value_of_runs(slim));
  claim.command = "pullsim releases " + claim.scenario;
  return claim;
}

Claim disk_full(int threads) {
  const Trains trains = trains_of("scenarios/disk-full.yaml", threads);
  const auto failed = [&](const char* variant) {
    return measured(trains, variant, Metric::release_pulls_failed, Aggregate::Kind::total);
  };
  const Estimate large = estimate(failed("large"));
  const double slim = value_of_runs(failed("slim"));
  const double roomy = value_of_runs(failed("large-50gb"));
  Claim claim;
  claim.id = "disk-full";
  claim.claim = "Nodes no longer run out of disk.";
  claim.scenario = trains.study.file;
  claim.what = "pulls that found no room in thirty days, with the large image on 20 GB";
  claim.computed = large.value.value();
  claim.unit = "count";
  claim.interval = large.interval;
  claim.holds = slim > 0                            ? Holds::no
                : roomy == 0 || claim.computed == 0 ? Holds::depends
                                                    : Holds::yes;
  claim.when = fmt::format(
      "On disks of 20 GB with 14.5 GB in use: {:.0f} pulls of the slim image found no room. With "
      "50 GB the large image has {:.0f} such pulls, too: the kubelet's garbage collection copes. A "
      "larger disk is the other way.",
      slim, roomy);
  claim.command = "pullsim releases " + claim.scenario;
  return claim;
}

}  // namespace

std::vector<Claim> claims_of_releases(int threads) {
  const Trains trains = trains_of("scenarios/registry-bill.yaml", threads);
  return {registry_bill(trains), disk_full(threads), afternoon(trains)};
}

}  // namespace pullsim
