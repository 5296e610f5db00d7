// The time from a rise of demand until the pods can serve it, taken apart by hand.
#include "tools/run/load_answer.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/result_builder.hpp"

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

AutoscalerPass pass(double at, double measured, std::int64_t before, std::int64_t after,
                    PassReason reason = PassReason::desired_within_range) {
  return {0, moment(at), before, after, after, reason, moment(measured)};
}

LoadAnswer parts(double lag, double decision, double scheduling, double provisioning, double pull,
                 double start, double routing, double warm_up = 0) {
  return {seconds(lag),  seconds(decision), seconds(scheduling), seconds(provisioning),
          seconds(pull), seconds(start),    seconds(routing),    seconds(warm_up)};
}

}  // namespace

TEST_CASE("the pod that restores service counts from its creation on") {
  RunResult result;
  // 60: demand. 72: a scrape; 80: the pass that sees it makes a pod, which waits for a node until
  // 110, pulls until 130, is ready at 140 and served at 150.
  PodRow row = pod(80, 113, 114, 130, 140, 150);
  row.node_wait = seconds(30);
  result.pods = {row};
  result.passes = {pass(50, 42, 5, 5), pass(65, 57, 5, 5), pass(80, 72, 5, 6)};
  result.gaps = {{0, moment(60), moment(150), 0}};
  const auto answer = load_answer(result);
  REQUIRE(answer);
  CHECK(*answer == parts(12, 8, 3, 30, 17, 10, 10));
  CHECK(total(*answer) == seconds(90));
}

TEST_CASE("earlier pods that pull hold the autoscaler back until they are ready") {
  RunResult result;
  // The first pod pulls from 81 to 95 and is ready at 100; the next metrics are those of 110, the
  // pass of 115 makes the second one, which a node with the image has served at 125.
  result.pods = {pod(80, 80.5, 81, 95, 100, 105), pod(115, 116, 117, 0, 120, 125)};
  result.passes = {pass(80, 72, 5, 6), pass(95, 87, 6, 6), pass(115, 110, 6, 7)};
  result.gaps = {{0, moment(60), moment(125), 1}};
  const auto answer = load_answer(result);
  REQUIRE(answer);
  CHECK(*answer == parts(12 + 10, 8 + 5, 0.5 + 1, 0, 14.5 + 1, 5 + 3, 5));
}

TEST_CASE("a pass that a limit cut short waits for the next one, whatever pulls") {
  RunResult result;
  result.pods = {pod(80, 80, 81, 85, 90, 91), pod(95, 96, 97, 0, 98, 99)};
  result.passes = {pass(80, 72, 5, 6, PassReason::scale_up_limit), pass(95, 87, 6, 7)};
  result.gaps = {{0, moment(60), moment(99), 1}};
  const auto answer = load_answer(result);
  REQUIRE(answer);
  CHECK(*answer == parts(12, 8 + 15, 1, 0, 1, 1, 1));
}

TEST_CASE("a pod that serves but is cold warms up until service is restored") {
  RunResult result;
  result.pods = {pod(80, 80, 81, 85, 90, 91)};
  result.passes = {pass(80, 72, 5, 6)};
  result.gaps = {{0, moment(60), moment(121), 0}};
  const auto answer = load_answer(result);
  REQUIRE(answer);
  CHECK(*answer == parts(12, 8, 0, 0, 5, 5, 1, 30));
}

TEST_CASE("without a pod that restored service there is nothing to take apart") {
  RunResult result;
  CHECK_FALSE(load_answer(result));
  CHECK_FALSE(outgrown(result));
  result.gaps = {{0, moment(60), std::nullopt, std::nullopt}};
  CHECK_FALSE(load_answer(result));
  CHECK(outgrown(result));
  result.gaps = {{0, moment(60), moment(80), std::nullopt}};  // the demand fell
  CHECK_FALSE(load_answer(result));
}

}  // namespace pullsim
