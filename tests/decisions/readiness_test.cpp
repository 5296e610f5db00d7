// Relist and probe ticks, from tables.
#include "models/decisions/readiness.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {
SimTime ms(std::int64_t milliseconds) {
  return kSimStart + std::chrono::milliseconds(milliseconds);
}
}  // namespace

TEST_CASE("the next tick is never before the time and never a period after it") {
  const Duration phase = std::chrono::milliseconds(300);
  const Duration period = std::chrono::seconds(1);
  struct Case {
    std::int64_t time, tick;
  };
  for (const Case& c : {Case{0, 300}, Case{299, 300}, Case{300, 300}, Case{301, 1300},
                        Case{1300, 1300}, Case{5299, 5300}}) {
    CHECK(next_tick(ms(c.time), phase, period) == ms(c.tick));
  }
  CHECK(next_tick(ms(0), std::chrono::milliseconds(1700), period) == ms(700));
}

TEST_CASE("a pod is ready at the relist, or at the probe that makes it so") {
  struct Case {
    const char* name;
    std::int64_t started, answers, delay, period;  // ms
    std::int64_t threshold;                        // 0: no probe
    std::int64_t ready;
  };
  // Relists at 300, 1300, 2300 ...
  const Case cases[] = {
      {"no probe: the relist, whether it answers or not", 1000, 60'000, 0, 0, 0, 1300},
      {"started on a relist", 1300, 1300, 0, 0, 0, 1300},
      {"answers before the relist: the first probe", 1000, 1200, 0, 10'000, 1, 1300},
      {"answers later: the next tick from the relist on", 1000, 1301, 0, 10'000, 1, 11'300},
      {"answers on a tick", 1000, 11'300, 0, 10'000, 1, 11'300},
      {"initial delay holds a probe back", 1000, 1000, 5'000, 2'000, 1, 7'300},
      {"three successes in a row", 1000, 1200, 0, 5'000, 3, 11'300},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      ReadinessInput input;
      input.started = ms(c.started);
      input.able_to_answer = ms(c.answers);
      input.relist_phase = std::chrono::milliseconds(300);
      if (c.threshold > 0) {
        ReadinessProbeSpec probe;
        probe.initial_delay = std::chrono::milliseconds(c.delay);
        probe.period = std::chrono::milliseconds(c.period);
        probe.success_threshold = c.threshold;
        input.probe = probe;
      }
      CHECK(ready_time(input) == ms(c.ready));
    }
  }
}

TEST_CASE("a startup probe runs at its worker's ticks, and gives up after its budget") {
  // Ticks at 2, 12, 22, ... s; started at 5.0 s, seen at 5.4 s.
  struct Case {
    const char* name;
    std::int64_t answers, delay, failures;  // s
    std::int64_t at;                        // s
    bool started;
  };
  for (const Case& c : {Case{"the first tick after the status update", 5, 0, 3, 12, true},
                        Case{"answers between ticks", 13, 0, 3, 22, true},
                        Case{"the last probe of the budget", 32, 0, 3, 32, true},
                        Case{"too late: killed by the last one", 33, 0, 3, 32, false},
                        Case{"the delay puts the first probe off", 5, 8, 3, 22, true},
                        Case{"and the budget with it", 43, 8, 3, 42, false},
                        Case{"one failure is enough", 20, 0, 1, 12, false}}) {
    INFO(c.name);
    StartupInput input;
    input.started = ms(5000);
    input.seen = ms(5400);
    input.able_to_answer = ms(c.answers * 1000);
    input.ticker = ms(2000);
    input.probe.initial_delay = std::chrono::seconds(c.delay);
    input.probe.failure_threshold = c.failures;
    CHECK(startup_outcome(input) == StartupOutcome{ms(c.at * 1000), c.started});
  }
}

TEST_CASE("probe workers of a fresh kubelet begin at a random time, others at once") {
  const Duration period = std::chrono::seconds(10);
  CHECK(first_probe_tick(ms(3000), std::nullopt, period, 0.5) == ms(3000));
  CHECK(first_probe_tick(ms(3000), ms(0), period, 0.5) == ms(8000));
  CHECK(first_probe_tick(ms(9999), ms(0), period, 0.25) == ms(12499));
  CHECK(first_probe_tick(ms(10000), ms(0), period, 0.5) == ms(10000));
}

TEST_CASE("with a startup probe the readiness clock begins at its success") {
  ReadinessInput input;
  input.started = ms(5000);
  input.able_to_answer = ms(5000);
  input.seen = ms(22000);
  CHECK(ready_time(input) == ms(22000));
  ReadinessProbeSpec probe;
  probe.success_threshold = 2;
  input.probe = probe;
  CHECK(ready_time(input) == ms(32000));
}

TEST_CASE("a resync of the pod triggers a readiness probe and moves its ticks") {
  struct Case {
    const char* name;
    std::int64_t answers, threshold;  // s
    std::vector<std::int64_t> syncs;  // s
    std::int64_t ready;               // s
  };
  // Seen at 1 s, probes every 50 s: 1, 51, 101, ...
  for (const Case& c : {Case{"before it", 40, 1, {70}, 51}, Case{"at it", 60, 1, {70}, 70},
                        Case{"after it, on its ticks", 75, 1, {70}, 120},
                        Case{"at the second", 100, 1, {70, 110}, 110},
                        Case{"successes before and at it add up", 40, 2, {70}, 70},
                        Case{"and go on after it", 40, 3, {70}, 120},
                        Case{"two before it are enough", 40, 2, {160}, 101},
                        Case{"one at the same instant counts once", 100, 2, {101}, 151},
                        Case{"no sync", 60, 1, {}, 101}}) {
    INFO(c.name);
    ReadinessInput input;
    input.started = ms(500);
    input.seen = ms(1000);
    input.able_to_answer = ms(c.answers * 1000);
    ReadinessProbeSpec probe;
    probe.period = std::chrono::seconds(50);
    probe.success_threshold = c.threshold;
    input.probe = probe;
    for (const std::int64_t sync : c.syncs) input.syncs.push_back(ms(sync * 1000));
    CHECK(ready_time(input) == ms(c.ready * 1000));
  }
  CHECK(resync_wait(0) == std::chrono::seconds(60));
  CHECK(resync_wait(0.5) == std::chrono::seconds(75));
}
