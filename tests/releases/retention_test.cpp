// Which images a registry keeps, from tables.
#include "models/decisions/registry_retention.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

SimTime hour(std::int64_t hours) { return kSimStart + std::chrono::hours(hours); }
using Count = std::optional<std::int64_t>;
using Time = std::optional<Duration>;
constexpr Duration kDay = std::chrono::hours(24);

}  // namespace

TEST_CASE("an image goes when neither its place nor its age keeps it") {
  const std::vector<SimTime> five = {hour(0), hour(10), hour(20), hour(30), hour(40)};
  struct Case {
    const char* name;
    Count keep_last;
    Time keep_for;
    std::int64_t now;
    std::size_t gone;
  };
  for (const Case& c : std::vector<Case>{{"without a rule nothing goes", {}, {}, 1000, 0},
                                         {"three newest stay", 3, {}, 40, 2},
                                         {"more than there are", 9, {}, 40, 0},
                                         {"the newest stays, whatever is asked for", 0, {}, 40, 4},
                                         {"none is a day old", {}, kDay, 23, 0},
                                         {"one is exactly a day old", {}, kDay, 24, 1},
                                         {"two are a day old", {}, kDay, 34, 2},
                                         {"all are old and the newest stays", {}, kDay, 1000, 4},
                                         {"old ones among the newest stay", 4, kDay, 1000, 1},
                                         {"beyond the newest but young stay", 1, kDay, 44, 3},
                                         {"one hour earlier", 1, kDay, 43, 2}}) {
    INFO(c.name);
    CHECK(images_to_delete(five, c.keep_last, c.keep_for, hour(c.now)) == c.gone);
  }
  CHECK(images_to_delete({}, 1, kDay, hour(5)) == 0);
}

TEST_CASE("the next deletion is that of the oldest image, once its place does not keep it") {
  const std::vector<SimTime> two = {hour(1), hour(2)};
  CHECK(next_deletion(two, {}, kDay) == hour(25));
  CHECK(next_deletion(two, 1, kDay) == hour(25));
  CHECK_FALSE(next_deletion(two, 2, kDay));
  CHECK_FALSE(next_deletion(two, 1, {}));
  CHECK_FALSE(next_deletion(std::span(two).subspan(1), {}, kDay));
  CHECK_FALSE(next_deletion({}, {}, kDay));
}
