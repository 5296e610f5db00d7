// KEDA's own part: from and to zero.
#include "models/decisions/keda_activation.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace pullsim;

namespace {
constexpr SimTime at(std::int64_t count) { return SimTime{std::chrono::seconds(count)}; }
}  // namespace

TEST_CASE("a trigger is active above its activation value") {
  CHECK_FALSE(is_active({}));
  CHECK_FALSE(is_active(std::vector<KedaTrigger>{{5, 5}}));
  CHECK(is_active(std::vector<KedaTrigger>{{0, 5}, {5.1, 5}}));
}

TEST_CASE("one poll of KEDA") {
  struct Case {
    const char* name;
    std::int32_t min;
    std::optional<std::int32_t> idle;
    std::int32_t replicas;
    std::optional<SimTime> last_active;
    bool active;
    KedaPoll want;  // at 1000 s
  };
  const Case cases[] = {
      {"from zero to one", 0, {}, 0, {}, true, {1, at(1000)}},
      {"from zero to the minimum", 3, {}, 0, {}, true, {3, at(1000)}},
      {"from idle to the minimum", 3, 1, 1, {}, true, {3, at(1000)}},
      {"above zero the autoscaler decides", 0, {}, 7, at(900), true, {7, at(1000)}},
      {"still cooling", 0, {}, 7, at(700), false, {7, at(700)}},
      {"cooled", 0, {}, 7, at(699), false, {0, at(699)}},
      {"never active: only the initial cooldown counts", 0, {}, 7, {}, false, {0, {}}},
      {"to idle", 3, 1, 7, at(1), false, {1, at(1)}},
      {"to no less than the minimum", 2, {}, 7, at(1), false, {7, at(1)}},
      {"up to the minimum without a trigger", 2, {}, 1, at(1), false, {2, at(1)}},
      {"idle below the minimum stays", 3, 1, 1, at(1), false, {1, at(1)}},
      {"zero stays zero", 0, {}, 0, at(1), false, {0, at(1)}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      KedaSettings settings;
      settings.min_replicas = c.min;
      settings.idle_replicas = c.idle;
      CHECK(keda_poll(settings, c.replicas, c.last_active, c.active, at(1000)) == c.want);
    }
  }
  KedaSettings young;
  young.initial_cooldown = std::chrono::seconds(120);
  young.created = at(900);
  CHECK(keda_poll(young, 7, std::nullopt, false, at(1000)).replicas == 7);
  CHECK(keda_poll(young, 7, std::nullopt, false, at(1021)).replicas == 0);
}
