// Claims about pods that wait for their image.
#include "tools/claims/claim.hpp"
#include "tools/claims/evidence.hpp"
#include "tools/output/number_text.hpp"
#include "tools/run/lost_requests.hpp"
#include "tools/whatif/levers.hpp"
#include "tools/whatif/solve.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace pullsim {
namespace {

constexpr double kMega = 1e6;

std::string seconds(double value) { return quantity_text(value, "s"); }
std::string percent(double share) { return fmt::format("{:.0f} %", share * 100); }

/// As transferred, of the variant's first image.
double megabytes_of(const Study& study, const std::string& name) {
  for (const Variant& variant : study.variants) {
    if (variant.name != name) continue;
    return static_cast<double>(transferred(variant.scenario.images.front()).count) / kMega;
  }
  throw std::runtime_error("no variant `" + name + "`");
}

Claim large_against_slim(const Evaluated& study) {
  const StudyResult& result = study.result;
  const auto warm = paired_difference(p95_of(result, "slim-warm"), p95_of(result, "large-warm"));
  const double fresh = value_of_runs(p95_of(result, "large-new-nodes")) -
                       value_of_runs(p95_of(result, "slim-new-nodes"));
  Claim claim;
  claim.id = "large-against-slim";
  claim.claim = "An image of 47 MB instead of 2.1 GB makes deploys fast.";
  claim.scenario = study.study.file;
  claim.what = "seconds that the slowest twentieth of ten new pods is ready sooner (p95)";
  claim.computed = warm.difference.value.value();
  claim.unit = "s";
  claim.interval = warm.difference.interval;
  const bool sooner = !claim.interval || claim.interval->low > 0;
  claim.holds = sooner ? Holds::yes : Holds::no;
  claim.when = fmt::format(
      "On nodes that are there {} becomes {}. On nodes that have to start {} becomes {}, {} "
      "sooner: the node's start is most of both. Transferred are {:.0f} MB, the 2.1 GB being those "
      "on disk, against {:.0f} MB.",
      seconds(value_of_runs(p95_of(result, "large-warm"))),
      seconds(value_of_runs(p95_of(result, "slim-warm"))),
      seconds(value_of_runs(p95_of(result, "large-new-nodes"))),
      seconds(value_of_runs(p95_of(result, "slim-new-nodes"))), seconds(fresh),
      megabytes_of(study.study, "large-warm"), megabytes_of(study.study, "slim-warm"));
  claim.command = "pullsim run " + claim.scenario;
  return claim;
}

Claim ten_pods(const Evaluated& study) {
  const StudyResult& result = study.result;
  const auto last = [&](const char* variant) {
    return per_run(variant_of(result, variant), Metric::pod_ready, SummaryAggregate::max);
  };
  const Estimate warm = estimate(share_saved(last("large-warm"), last("slim-warm")));
  const double fresh = value_of_runs(share_saved(last("large-new-nodes"), last("slim-new-nodes")));
  constexpr double kMost = 0.5;
  Claim claim;
  claim.id = "ten-pods-in-a-hurry";
  claim.claim = "When ten more pods are needed in a hurry, the size of the image decides.";
  claim.scenario = study.study.file;
  claim.what = "share of the time to the last of ten pods that goes with the slim image";
  claim.computed = warm.value.value();
  claim.unit = "share";
  claim.interval = warm.interval;
  claim.holds = claim.computed < kMost ? Holds::no : fresh < kMost ? Holds::depends : Holds::yes;
  claim.when = fmt::format(
      "It decides where nodes are there ({} of the time). Where the ten pods need ten new nodes it "
      "is {}: starting a node takes longer than either pull.",
      percent(claim.computed), percent(fresh));
  claim.command = "pullsim run " + claim.scenario;
  return claim;
}

Claim full_against_alpine(const Evaluated& study) {
  const StudyResult& result = study.result;
  const auto alpine = paired_difference(p95_of(result, "alpine"), p95_of(result, "full"));
  const double slim = value_of_runs(p95_of(result, "full")) - value_of_runs(p95_of(result, "slim"));
  Claim claim;
  claim.id = "full-base-against-alpine";
  claim.claim = "node:20 weighs 1.1 GB and node:20-alpine 170 MB: change the base image first.";
  claim.scenario = study.study.file;
  claim.what = "seconds that ten new pods are ready sooner at p95 on the alpine base";
  claim.computed = alpine.difference.value.value();
  claim.unit = "s";
  claim.interval = alpine.difference.interval;
  claim.holds = !claim.interval || claim.interval->low > 0 ? Holds::yes : Holds::no;
  claim.when = fmt::format(
      "With the same application of 25.5 MB on real layers of node:18 (January 2023): {} becomes "
      "{}. The slim variant on glibc brings {} of it, so alpine's C library is not what one has to "
      "take for it. Both sizes of the article are on disk; the full one transfers {:.0f} MB.",
      seconds(value_of_runs(p95_of(result, "full"))),
      seconds(value_of_runs(p95_of(result, "alpine"))), percent(slim / claim.computed),
      megabytes_of(study.study, "full"));
  claim.command = "pullsim run " + claim.scenario;
  return claim;
}

Claim over_500_mb(int threads) {
  Question question;
  question.scenario = "scenarios/break-even.yaml";
  question.execution.threads = threads;
  const auto found_at = [&](const char* until, const char* set) {
    Question one = question;
    one.options.until = until;
    if (*set != '\0') one.options.sets = {set};
    Diagnostics findings;
    auto found = solve(one, read_vary("images.now.scaledTo=20MB..4GB"), {}, findings, {});
    if (!found || !found->value) throw std::runtime_error("no break-even: " + findings.render());
    return *found;
  };
  const Solution ten = found_at("", "");
  const Solution thirty = found_at("slim: pod_ready p(95) <= now - 30s", "");
  const Solution narrow = found_at("", "registries.main.egress=1Gbit/s");
  constexpr double kRule = 500 * kMega;
  Claim claim;
  claim.id = "over-500-mb";
  claim.claim = "An image of over 500 MB is low-hanging fruit.";
  claim.scenario = question.scenario;
  claim.what = "size as transferred from which on slimming to 47 MB buys ten seconds at p95";
  claim.computed = *ten.value;
  claim.unit = "bytes";
  claim.interval = ten.interval;
  const bool all = *ten.value <= kRule && *thirty.value <= kRule && *narrow.value <= kRule;
  claim.holds = all ? Holds::yes : *ten.value > kRule ? Holds::no : Holds::depends;
  claim.when = fmt::format(
      "About right where ten seconds are worth the work ({:.0f} MB). For thirty seconds it takes "
      "{:.0f} MB; behind 1 Gbit/s of egress ten seconds are there from {:.0f} MB on.",
      *ten.value / kMega, *thirty.value / kMega, *narrow.value / kMega);
  claim.command = "pullsim solve " + claim.scenario + " --vary images.now.scaledTo=20MB..4GB";
  return claim;
}

Claim incident(int threads) {
  const Evaluated study = evaluated("scenarios/lost-requests.yaml", threads);
  const auto lost = [&](const char* variant, LossFigure figure) {
    return losses(variant_of(study.result, variant), 0, figure);
  };
  const Estimate saved =
      estimate(share_saved(lost("large", LossFigure::lost), lost("slim", LossFigure::lost)));
  const auto count = [&](const char* variant) {
    return value_of_runs(lost(variant, LossFigure::lost));
  };
  constexpr double kMost = 0.5;
  Claim claim;
  claim.id = "incident-at-2-am";
  claim.claim = "In the incident at 2 am the slim image would have saved the service.";
  claim.scenario = study.study.file;
  claim.what = "share of the lost requests that the slim image would have served";
  claim.computed = saved.value.value();
  claim.unit = "share";
  claim.interval = saved.interval;
  claim.holds = claim.computed >= kMost ? Holds::yes : Holds::depends;
  claim.when = fmt::format(
      "Four times the load within a second, nodes there: {:.0f} requests are lost with the large "
      "image, {:.0f} with the slim one, {:.0f} without any pull. The rest is metrics, autoscaler, "
      "probes and load balancer, which no image changes; at 0.02 USD a request the image is worth "
      "{:.0f} USD of that night.",
      count("large"), count("slim"), count("no-pull"),
      value_of_runs(lost("large", LossFigure::money)) -
          value_of_runs(lost("slim", LossFigure::money)));
  claim.command = "pullsim run " + claim.scenario;
  return claim;
}

}  // namespace

std::vector<Claim> claims_of_pulls(int threads) {
  const Evaluated sizes = evaluated("scenarios/large-vs-slim.yaml", threads);
  const Evaluated bases = evaluated("scenarios/base-image.yaml", threads);
  return {large_against_slim(sizes), full_against_alpine(bases), ten_pods(sizes), incident(threads),
          over_500_mb(threads)};
}

}  // namespace pullsim
