// The answer to a rise of load, taken apart.
#include "tools/run/load_answer.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/result_builder.hpp"

#include <numeric>

namespace pullsim {
namespace {

using test::moment;
using test::seconds;

PodRow pod(double created, double scheduled, double sandbox, double pulled, double ready,
           double served) {
  PodRow row;
  row.created = moment(created);
  row.scheduled = moment(scheduled);
  row.sandbox = moment(sandbox);
  if (pulled > 0) row.pull_finished = moment(pulled);
  row.started = row.ready = moment(ready);
  row.served = moment(served);
  return row;
}

TEST_CASE("every second between a rise of load and service belongs to one part") {
  Scenario scenario = test::one_pool_scenario();
  scenario.workloads[0].autoscaler = HorizontalPodAutoscalerSpec{1, 9, 50};
  RunResult result;
  // 60: load. 80: two pods; the first is ready at 100, the second waits for a node until 110 and is
  // ready at 140. 155: one more, on a node that has the image, ready at 160, served at 175.
  result.pods = {pod(80, 80, 81, 95, 100, 110), pod(80, 110, 111, 130, 140, 150),
                 pod(155, 156, 157, 0, 160, 175)};
  result.scale_outs = {{0, moment(60), moment(160), 3}};
  const auto answer = load_answer(scenario, result);
  REQUIRE(answer);
  CHECK((*answer)[0] == seconds(20 + 15));
  CHECK((*answer)[1] == seconds(30 + 1));
  CHECK((*answer)[2] == seconds(20 + 1));
  CHECK((*answer)[3] == seconds(10 + 3));
  CHECK((*answer)[4] == seconds(15));
  CHECK(std::accumulate(answer->begin(), answer->end(), Duration{0}) == seconds(115));

  result.scale_outs[0].done.reset();
  CHECK_FALSE(load_answer(scenario, result));
  result.scale_outs[0].done = moment(160);
  scenario.workloads[0].autoscaler.reset();
  CHECK_FALSE(load_answer(scenario, result));
}

TEST_CASE("a later pod that is ready later takes over when it is created") {
  Scenario scenario = test::one_pool_scenario();
  scenario.workloads[0].autoscaler = HorizontalPodAutoscalerSpec{1, 9, 50};
  RunResult result;
  result.pods = {pod(10, 10, 11, 40, 50, 51), pod(20, 30, 31, 60, 70, 71)};
  result.scale_outs = {{0, moment(0), moment(70), 2}};
  const auto answer = load_answer(scenario, result);
  REQUIRE(answer);
  // 0..10 nobody, 10..20 the first pulls, 20..30 the second waits, 30..60 pulls, 60..70 starts.
  CHECK(*answer == LoadAnswer{seconds(10), seconds(10), seconds(40), seconds(10), seconds(1)});
}

}  // namespace
}  // namespace pullsim
