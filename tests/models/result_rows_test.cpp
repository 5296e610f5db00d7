// Rows of results are kept small: what goes in comes out, whatever way it is kept.
#include <pullsim/random.hpp>
#include <pullsim/result.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

using namespace pullsim;

namespace {

auto all_of(const TimelineRow& row) { return std::tuple(row.time, row.series, row.value); }

}  // namespace

TEST_CASE("A part of a row that is made on demand reads as if it had always been there") {
  OnDemand<PullRetries> retries;
  CHECK(retries->attempts == 1);
  CHECK((*retries).fetched_before->empty());
  const OnDemand<PullRetries> untouched = retries;
  retries.edit().attempts = 3;
  retries.edit().fetched_before.edit().push_back(7);
  CHECK(retries->attempts == 3);
  CHECK(untouched->attempts == 1);
  OnDemand<PullRetries> copy = retries;
  copy.edit().attempts = 4;
  CHECK(retries->attempts == 3);
  CHECK(copy->fetched_before->size() == 1);
  copy = untouched;
  CHECK(copy->attempts == 1);
  copy = std::move(retries);
  CHECK(copy->attempts == 3);
}

TEST_CASE("A timeline gives its rows back, edited, thinned out and in order") {
  RandomStream chance(1, 0, "timeline", "rows");
  const auto below = [&chance](int count) { return static_cast<int>(chance.next() * count); };
  Timeline timeline;
  std::vector<TimelineRow> plain;
  CHECK(timeline.empty());
  for (int i = 0; i < 3000; ++i) {
    const TimelineRow row{SimTime{Duration{below(500)}}, static_cast<std::uint16_t>(below(9)),
                          chance.next()};
    timeline.push_back(row);
    plain.push_back(row);
    REQUIRE(all_of(timeline.back()) == all_of(row));
    if (below(5) > 0) continue;
    const auto place = static_cast<std::size_t>(below(i + 1));
    timeline.set_value(place, -1);
    plain[place].value = -1;
  }
  const auto unwanted = [](const TimelineRow& row) { return row.series == 4 || row.value < 0; };
  timeline.erase_if(unwanted);
  std::erase_if(plain, unwanted);
  timeline.sort();
  std::stable_sort(plain.begin(), plain.end(),
                   [](const TimelineRow& a, const TimelineRow& b) { return a.time < b.time; });
  REQUIRE(timeline.size() == plain.size());
  std::size_t i = 0;
  for (const TimelineRow& row : timeline) REQUIRE(all_of(row) == all_of(plain[i++]));
}

TEST_CASE("Rows take the room that docs/performance.md counts with") {
  CHECK(sizeof(PodRow) <= 104);
  CHECK(sizeof(PullRow) <= 64);
}
