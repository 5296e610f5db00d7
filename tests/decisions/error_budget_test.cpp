// Error budgets by hand.
#include <pullsim/scenario_objective.hpp>

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

constexpr Duration kDay = std::chrono::hours(24);

struct Case {
  const char* what;
  ErrorBudget budget;
  double lost;
  double budget_requests;
  double budget_seconds;
  double spent_share;
  double spent_seconds;
};

const Case kCases[] = {
    {"nothing is lost", {0.999, 30 * kDay, 250}, 0, 648'000, 2592, 0, 0},
    {"three nines a month: 43.2 minutes; a sixth of it",
     {0.999, 30 * kDay, 250},
     108'000,
     648'000,
     2592,
     1.0 / 6,
     432},
    {"two nines a day: 14.4 minutes; exactly all of it", {0.99, kDay, 10}, 8640, 8640, 864, 1, 864},
    {"four nines in four weeks: four minutes and two seconds, missed three times over",
     {0.9999, 28 * kDay, 1000},
     725'760,
     241'920,
     241.92,
     3,
     725.76},
    {"half an hour, half of the requests",
     {0.5, std::chrono::minutes(30), 2},
     90,
     1800,
     900,
     0.05,
     45},
    {"a request in an hour, and that one lost",
     {0.9, 10 * kDay, 1.0 / 3600},
     1,
     24,
     86'400,
     1.0 / 24,
     3600},
};

}  // namespace

TEST_CASE("Budget and what an incident takes of it, by requests and as time without service") {
  for (const Case& each : kCases) {
    INFO(each.what);
    CHECK(budget_requests(each.budget) == Approx(each.budget_requests).epsilon(1e-9));
    CHECK(budget_seconds(each.budget) == Approx(each.budget_seconds).epsilon(1e-9));
    const SpentBudget spent = spend(each.budget, each.lost);
    CHECK(spent.share == Approx(each.spent_share).epsilon(1e-9));
    CHECK(spent.seconds == Approx(each.spent_seconds).epsilon(1e-9));
    // The two ways to count are one.
    CHECK(spent.share * each.budget_seconds == Approx(spent.seconds).epsilon(1e-9));
  }
}

TEST_CASE("The share of all requests, nobody asked, nobody is lost") {
  CHECK(lost_share(1000, 250) == 0.25);
  CHECK(lost_share(1000, 0) == 0);
  CHECK(lost_share(0, 0) == 0);
}

TEST_CASE(
    "What is lost while load and capacity stay: first the queue fills, then the excess goes") {
  // 1000 can wait for 10 s behind 100/s; 150/s more come, 400 are there: full after 4 s.
  const SteadyLoad load{400, 250, 100, 10};
  CHECK(lost_within(load, 4) == Approx(0).margin(1e-9));
  CHECK(lost_within(load, 10) == Approx(900));
  CHECK(lost_within({0, 100, 250, 10}, 60) == 0);
}
