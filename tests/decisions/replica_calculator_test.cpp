// One metric of a HorizontalPodAutoscaler: what pods count as, each kind of target, edges of the
// arithmetic, and that more load never asks for fewer replicas.
#include "models/decisions/replica_calculator.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <limits>

using namespace pullsim;
using Phase = HpaPod::Phase;
using Ready = HpaPod::Ready;

namespace {

constexpr SimTime at(double seconds) {
  return SimTime{Duration{static_cast<std::int64_t>(seconds * 1e9)}};
}
constexpr SimTime kNow = at(1000);

/// Ready for a long time, 1000 m requested, measured a moment ago.
HpaPod busy(std::int64_t usage, std::int64_t request = 1000) {
  HpaPod pod;
  pod.start = at(0);
  pod.ready_transition = at(10);
  pod.request = request;
  pod.sample = MetricSample{usage, at(995), std::chrono::seconds(15)};
  return pod;
}

HpaPod without_sample() {
  HpaPod pod = busy(0);
  pod.sample.reset();
  return pod;
}

HpaPod pending() {
  HpaPod pod = without_sample();
  pod.phase = Phase::pending;
  pod.ready = Ready::no;
  return pod;
}

HpaPod failed() {
  HpaPod pod = busy(9000);
  pod.phase = Phase::failed;
  return pod;
}

HpaPod leaving() {
  HpaPod pod = busy(9000);
  pod.deleted = true;
  return pod;
}

HpaView view_of(const std::vector<HpaPod>& pods, std::int32_t replicas) {
  HpaView view;
  view.pods = pods;
  view.replicas = replicas;
  view.now = kNow;
  return view;
}

std::int32_t by_utilization(const std::vector<HpaPod>& pods, std::int32_t replicas,
                            std::int32_t percent) {
  const auto proposal = propose_by_utilization(view_of(pods, replicas), HpaMetric::cpu, percent);
  return proposal ? proposal->replicas : -1;
}

}  // namespace

TEST_CASE("which pods count for CPU") {
  struct Case {
    const char* name;
    HpaPod pod;
    char group;  // r ready, u unready, m missing, i ignored
  };
  const auto starting = [](double start, Ready ready, double since, double sample) {
    HpaPod pod = busy(500);
    pod.start = at(start);
    pod.ready = ready;
    pod.ready_transition = at(since);
    pod.sample->at = at(sample);
    return pod;
  };
  HpaPod no_condition = busy(500);
  no_condition.ready = Ready::absent;
  HpaPod no_start = busy(500);
  no_start.start.reset();
  const Case cases[] = {
      {"old and ready", busy(500), 'r'},
      {"failed", failed(), 'i'},
      {"being deleted", leaving(), 'i'},
      {"pending", pending(), 'u'},
      {"no sample", without_sample(), 'm'},
      {"no Ready condition", no_condition, 'u'},
      {"no start time", no_start, 'u'},
      {"young, sample of one whole window since ready", starting(900, Ready::yes, 980, 995), 'r'},
      {"young, sample reaches back before ready", starting(900, Ready::yes, 980, 994.999), 'u'},
      {"young and not ready", starting(900, Ready::no, 905, 995), 'u'},
      {"at the end of the initialization period", starting(700, Ready::yes, 999, 999), 'r'},
      {"just inside it", starting(700.001, Ready::yes, 999, 999), 'u'},
      {"old, not ready since its start", starting(100, Ready::no, 120, 995), 'u'},
      {"old, not ready for as long as the delay", starting(100, Ready::no, 130, 995), 'r'},
      {"old, was ready once", starting(100, Ready::no, 600, 995), 'r'},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      const PodGroups groups = group_pods(std::vector{c.pod}, HpaMetric::cpu, {}, kNow);
      CHECK(groups.ready == (c.group == 'r' ? 1 : 0));
      CHECK(groups.unready.size() == (c.group == 'u' ? 1 : 0));
      CHECK(groups.missing.size() == (c.group == 'm' ? 1 : 0));
      CHECK(groups.ignored.size() == (c.group == 'i' ? 1 : 0));
    }
  }
  CHECK(group_pods(std::vector{no_condition}, HpaMetric::other, {}, kNow).ready == 1);
}

TEST_CASE("replicas by utilization") {
  struct Case {
    const char* name;
    std::vector<HpaPod> pods;
    std::int32_t replicas, percent, want;
  };
  HpaPod no_request = busy(900);
  no_request.request.reset();
  const Case cases[] = {
      {"twice the target doubles", {busy(1000), busy(1000)}, 2, 50, 4},
      {"half the target halves", {busy(400), busy(400)}, 2, 80, 1},
      {"10 % above is within tolerance", {busy(550), busy(550)}, 2, 50, 2},
      {"12 % above is not", {busy(560), busy(560)}, 2, 50, 3},
      {"per cent are cut: 55.9 counts as 55", {busy(559), busy(559)}, 2, 50, 2},
      {"a pending pod counts as idle when load is high", {busy(1000), pending()}, 2, 50, 2},
      {"and not at all when it is low", {busy(100), busy(100), pending()}, 3, 80, 1},
      {"pods that start never turn growth into shrinking",
       {busy(600), pending(), pending(), pending()},
       4,
       50,
       4},
      {"no sample counts as idle when load is high", {busy(1800), without_sample()}, 2, 50, 4},
      {"no sample counts as all of the request when low", {busy(100), without_sample()}, 2, 50, 2},
      {"a target above 100 % is what it counts as then",
       {busy(100), without_sample(), without_sample()},
       3,
       300,
       3},
      {"ready pods are multiplied, not replicas: fewer pods than wanted, and it shrinks",
       {busy(1000), busy(1000)},
       10,
       50,
       4},
      {"failed and leaving pods are as if they were not there",
       {busy(1000), busy(1000), failed(), leaving()},
       2,
       50,
       4},
      {"none ready", {pending()}, 1, 50, -1},
      {"no pod", {}, 1, 50, -1},
      {"a container without a request", {busy(900), no_request}, 2, 50, -1},
      {"nothing is requested at all", {busy(900, 0)}, 1, 50, -1},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(by_utilization(c.pods, c.replicas, c.percent) == c.want); }
  }
}

TEST_CASE("the status shows the first look, cut to whole numbers") {
  const std::vector<HpaPod> pods = {busy(800, 2000), busy(190, 2000), without_sample()};
  const auto proposal = propose_by_utilization(view_of(pods, 4), HpaMetric::cpu, 100);
  REQUIRE(proposal);
  CHECK(proposal->utilization == 24);
  CHECK(proposal->usage == 495);
  CHECK(proposal->replicas == 2);  // (990 + 1000 filled in) of 5000: 39 %, of three pods
}

TEST_CASE("tolerance of each direction is its own") {
  const std::vector<HpaPod> pods = {busy(600), busy(600), busy(600), busy(600), busy(600)};
  HpaView view = view_of(pods, 5);
  view.tolerance = {0.5, 0.2};
  CHECK(propose_by_utilization(view, HpaMetric::cpu, 50)->replicas == 5);  // 1.2, still within
  view.tolerance = {0.5, 0.19};
  CHECK(propose_by_utilization(view, HpaMetric::cpu, 50)->replicas == 6);
  CHECK(propose_by_utilization(view, HpaMetric::cpu, 100)->replicas == 5);  // 0.6
  view.tolerance = {0.39, 0.19};
  CHECK(propose_by_utilization(view, HpaMetric::cpu, 100)->replicas == 3);
}

TEST_CASE("targets that are no utilization") {
  const std::vector<HpaPod> three = {busy(20000), busy(10000), busy(31000)};
  const HpaView view = view_of(three, 3);
  CHECK(propose_by_average(view, HpaMetric::other, 15000)->replicas == 5);  // 20333 of 15000
  CHECK(propose_by_average(view, HpaMetric::other, 15000)->usage == 20333);

  const std::vector<std::int64_t> values = {12000, 8000};
  CHECK(propose_by_value(view, values, 15000)->replicas == 4);  // 1.33 of three ready pods
  CHECK(propose_by_value(view, values, 19000)->replicas == 3);  // within tolerance
  CHECK_FALSE(propose_by_value(view, {}, 15000));
  const std::vector<HpaPod> pulling = {pending(), pending()};
  CHECK(propose_by_value(view_of(pulling, 2), values, 15000)->replicas == 0);  // none is ready
  CHECK_FALSE(propose_by_value(view_of({}, 2), values, 15000));
  CHECK(propose_by_value(view_of({}, 0), values, 15000)->replicas == 2);  // from zero
  CHECK(propose_by_value(view_of({}, 0), values, 20000)->replicas == 1);

  const HpaTolerance tolerance;
  CHECK(propose_by_value_per_replica(values, 5000, 3, tolerance)->replicas == 4);
  CHECK(propose_by_value_per_replica(values, 5000, 3, tolerance)->usage == 6667);  // rounded up
  CHECK(propose_by_value_per_replica(values, 5000, 4, tolerance)->replicas == 4);
  CHECK(propose_by_value_per_replica(values, 6500, 3, tolerance)->replicas == 3);  // 1.03
  CHECK(propose_by_value_per_replica(values, 5000, 0, tolerance)->replicas == 4);
  CHECK(propose_by_value_per_replica(std::vector<std::int64_t>{0}, 5000, 0, tolerance)->usage ==
        std::numeric_limits<std::int64_t>::min());  // 0 of 0, as Go converts it
}

TEST_CASE("samples of pods that are gone count where Kubernetes counts them") {
  const std::vector<HpaPod> pods = {busy(4000), busy(9500), busy(3000), busy(7000)};
  HpaView view = view_of(pods, 4);
  CHECK(propose_by_utilization(view, HpaMetric::cpu, 100)->replicas == 24);  // 587 % of four
  view.strange_samples = {3200, 2000};
  CHECK(propose_by_utilization(view, HpaMetric::cpu, 100)->replicas == 24);  // not in the ratio
  CHECK(propose_by_average(view, HpaMetric::other, 1000)->usage == 4783);    // but in a mean
}

TEST_CASE("more load never asks for fewer replicas, and load within tolerance changes nothing") {
  RandomStream chance(1, 0, "hpa", "monotone");
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(chance.next() * static_cast<double>(n + 1));
  };
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<HpaPod> pods;
    const auto replicas = static_cast<std::int32_t>(1 + up_to(20));
    for (std::int32_t i = 0; i < replicas; ++i) {
      const std::int64_t kind = i == 0 ? 3 : up_to(9);
      HpaPod pod = busy(0, 100 + up_to(2000));
      if (kind == 0) pod = pending();
      if (kind == 1) pod = without_sample();
      pods.push_back(pod);
    }
    const auto target = static_cast<std::int32_t>(10 + up_to(90));
    std::int32_t last = 0;
    for (std::int64_t percent = 0; percent <= 3 * target; ++percent) {
      for (HpaPod& pod : pods) {
        if (pod.sample) pod.sample->value = *pod.request * percent / 100;
      }
      const std::int32_t proposed = by_utilization(pods, replicas, target);
      CAPTURE(trial, percent, target, replicas);
      REQUIRE(proposed >= last);
      last = proposed;
      // Usage is cut to milli-units and the ratio to per cent: one per cent of room.
      if (percent >= target - target / 10 + 1 && percent <= target) REQUIRE(proposed == replicas);
    }
  }
}
