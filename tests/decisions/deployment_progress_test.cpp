// Availability, progress and the deadline of a Deployment; batches of a ReplicaSet.
#include "models/decisions/deployment_progress.hpp"

#include "models/decisions/slow_start.hpp"
#include "tests/support/catch.hpp"

#include <numeric>

using namespace pullsim;

namespace {
constexpr Duration seconds(std::int64_t count) { return std::chrono::seconds(count); }
constexpr SimTime at(std::int64_t count) { return SimTime{seconds(count)}; }
}  // namespace

TEST_CASE("available is ready for longer than minReadySeconds") {
  CHECK_FALSE(is_available(std::nullopt, seconds(0), at(100)));
  CHECK(is_available(at(100), seconds(0), at(100)));
  CHECK_FALSE(is_available(at(100), seconds(10), at(110)));
  CHECK(is_available(at(100), seconds(10), at(110) + Duration{1}));
}

TEST_CASE("what counts as progress") {
  const DeploymentStatus before{12, 4, 9, 9};
  CHECK_FALSE(has_progressed(before, before));
  CHECK(has_progressed(before, {13, 5, 9, 9}));        // a new pod
  CHECK(has_progressed(before, {11, 4, 9, 9}));        // one old pod less
  CHECK(has_progressed(before, {12, 4, 10, 9}));       // one more ready
  CHECK(has_progressed(before, {12, 4, 9, 10}));       // one more available
  CHECK_FALSE(has_progressed(before, {13, 4, 8, 8}));  // an old pod more, and worse
}

TEST_CASE("a pull longer than the deadline marks the roll-out failed, progress takes it back") {
  const DeploymentStatus waiting{13, 5, 8, 8};
  const Duration deadline = seconds(600);
  Progress progress{at(0), false, false};
  progress = next_progress(progress, 10, {10, 0, 10, 10}, waiting, deadline, at(2));
  CHECK(progress.updated == at(2));
  progress = next_progress(progress, 10, waiting, waiting, deadline, at(602));
  CHECK_FALSE(progress.timed_out);  // exactly the deadline
  progress = next_progress(progress, 10, waiting, waiting, deadline, at(603));
  CHECK(progress.timed_out);
  progress = next_progress(progress, 10, waiting, {13, 5, 9, 9}, deadline, at(700));
  CHECK_FALSE(progress.timed_out);
  CHECK(progress.updated == at(700));
  progress = next_progress(progress, 10, {13, 5, 9, 9}, {10, 10, 10, 10}, deadline, at(900));
  CHECK(progress.complete);
  // Complete: lost pods and scaling start no deadline, a new roll-out does.
  progress = next_progress(progress, 20, {10, 10, 10, 10}, {20, 20, 10, 10}, deadline, at(5000));
  CHECK(progress.complete);
  progress = {at(6000), false, false};
  progress = next_progress(progress, 20, {25, 5, 20, 20}, {25, 6, 20, 20}, deadline, at(6001));
  CHECK(progress.updated == at(6001));
}

TEST_CASE("batches of creations double until a call fails") {
  using Batches = std::vector<std::int64_t>;
  CHECK(slow_start_batches(10) == Batches{1, 2, 4, 3});
  CHECK(slow_start_batches(7) == Batches{1, 2, 4});
  CHECK(slow_start_batches(0).empty());
  CHECK(slow_start_batches(5, 20) == Batches{5});
  CHECK(slow_start(10, 1, 10) == SlowStart{10, 10, false});
  CHECK(slow_start(10, 1, 0) == SlowStart{0, 1, true});
  CHECK(slow_start(10, 1, 5) == SlowStart{5, 7, true});
  CHECK(slow_start(10, 1, 7) == SlowStart{7, 10, true});
  CHECK(slow_start(0, 1, 0) == SlowStart{0, 0, false});
  CHECK(slow_start(10, 1, 1'000'000) == SlowStart{10, 10, false});
}
