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
