// Random release trains: bytes are conserved in every one, and those without chance about nodes
// equal a slow twin that counts everything anew.
#include "tests/releases/naive_train.hpp"
#include "tests/support/catch.hpp"

#include <pullsim/random.hpp>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

/// Draws of one train, by number.
class Draws {
 public:
  explicit Draws(std::uint32_t number) : stream_(99, number, "tests", "release trains") {}
  std::int64_t count(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(stream_.next() * static_cast<double>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return count(1, n) == 1; }

 private:
  RandomStream stream_;
};

ReleaseTrainSpec random_train(std::uint32_t number) {
  Draws draw(number);
  ReleaseTrainSpec spec;
  spec.name = "train-" + std::to_string(number);
  spec.per_day = draw.one_in(4) ? draw.count(100, 400) : draw.count(1, 12);
  spec.days = spec.per_day > 12 ? 1 : draw.count(1, 4);
  const std::int64_t layers = draw.count(1, 5);
  std::int64_t image = 0;
  for (std::int64_t i = 0; i < layers; ++i) {
    ChangingLayer layer;
    layer.name = "layer-" + std::to_string(i);
    layer.size = Bytes{draw.count(0, 300)};
    layer.unpacked = Bytes{draw.count(0, 900)};
    if (draw.one_in(3)) layer.every = std::chrono::hours(draw.count(1, 40));
    if (!draw.one_in(3)) layer.share = static_cast<double>(draw.count(0, 4)) / 4;
    layer.independent = draw.one_in(3);
    image += layer.size.count + layer.unpacked.count;
    spec.layers.push_back(layer);
  }
  ReleaseNodesSpec& nodes = spec.nodes;
  nodes.count = draw.count(1, 6);
  nodes.other_use = Bytes{draw.count(0, 200)};
  if (!draw.one_in(4)) {
    nodes.disk = Bytes{nodes.other_use.count + 1 + image * draw.count(3, 20) / 4};
  }
  nodes.policy.image_gc_high_percent = draw.count(30, 100);
  nodes.policy.image_gc_low_percent = draw.count(0, nodes.policy.image_gc_high_percent);
  nodes.policy.image_minimum_gc_age =
      std::chrono::seconds(draw.one_in(2) ? 120 : draw.count(0, 50'000));
  if (draw.one_in(3))
    nodes.policy.image_maximum_gc_age = std::chrono::minutes(draw.count(1, 3'000));
  if (draw.one_in(2)) nodes.policy.imagefs_available.reset();
  nodes.discard_unpacked_layers = draw.one_in(3);
  if (draw.one_in(2)) spec.retention.keep_last = draw.count(1, 6);
  if (draw.one_in(2)) spec.retention.keep_for = std::chrono::minutes(draw.count(1, 3'000));
  return spec;
}

void check_conservation(const ReleaseTrainResult& result) {
  CHECK(result.pushed == result.stored + result.deleted);
  Bytes rollouts;
  for (const RolloutRow& row : result.rollouts) {
    rollouts += row.pulled;
    CHECK(row.pulled <= row.needed);
    CHECK(row.layers_pulled <= row.layers_needed);
  }
  Bytes nodes;
  Bytes held;
  for (const ReleaseNodeRow& row : result.nodes) {
    nodes += row.pulled;
    CHECK(row.disk_end <= row.disk_most);
    CHECK(row.disk_mean <= static_cast<double>(row.disk_most.count));
  }
  CHECK(result.pulled == rollouts + result.pulled_replaced);
  CHECK(result.pulled == nodes);
  CHECK(result.disk_start + result.disk_written ==
        result.disk_removed + result.disk_lost + result.disk_held);
  Bytes of_days;
  for (const ReleaseDay& day : result.days) of_days += day.pulled;
  CHECK(of_days == result.pulled);
  CHECK(result.days.back().stored == result.stored);
}

}  // namespace

TEST_CASE("random release trains conserve bytes") {
  for (std::uint32_t number = 0; number < 300; ++number) {
    INFO("train " << number);
    ReleaseTrainSpec spec = random_train(number);
    Draws more(number + 1'000'000);
    if (more.one_in(2)) spec.nodes.per_release = more.count(1, spec.nodes.count);
    if (more.one_in(2)) spec.nodes.replaced_per_day = static_cast<double>(more.count(1, 30)) / 4;
    const auto result = simulate_releases(spec, 5, number);
    check_conservation(result);
    if (spec.nodes.disk) {
      for (const ReleaseNodeRow& row : result.nodes) CHECK(row.disk_most <= *spec.nodes.disk);
    }
  }
}

TEST_CASE("random release trains equal their slow twin") {
  std::int64_t collected = 0;
  std::int64_t failed = 0;
  for (std::uint32_t number = 0; number < 150; ++number) {
    INFO("train " << number);
    const ReleaseTrainSpec spec = random_train(number);
    const auto releases = releases_of(spec, 5, number);
    const auto result = simulate_releases(spec, 5, number);
    const SimTime end = kSimStart + std::chrono::hours(24) * spec.days;

    test::NaiveNode node(spec.nodes, releases);
    const std::int64_t first =
        test::total(test::naive_chains(releases[0])) +
        (spec.nodes.discard_unpacked_layers ? 0 : test::total(test::naive_blobs(releases[0])));
    if (!spec.nodes.disk || first <= spec.nodes.disk->count - spec.nodes.other_use.count) {
      node.hold(0);
    }
    std::int64_t node_failed = 0;
    for (std::size_t r = 1; r < releases.size(); ++r) {
      node.tick_until(releases[r].at);
      if (!node.run(r, releases[r].at)) ++node_failed;
    }
    node.tick_until(end);
    for (const ReleaseNodeRow& row : result.nodes) {
      CHECK(row.pulled.count == node.pulled);
      CHECK(row.disk_end.count == node.used() + spec.nodes.other_use.count);
    }
    CHECK(result.images_collected == node.collected * spec.nodes.count);
    const std::int64_t at_start = result.disk_start == Bytes{} && first > 0 ? spec.nodes.count : 0;
    CHECK(result.pulls_failed == node_failed * spec.nodes.count + at_start);
    collected += result.images_collected;
    failed += result.pulls_failed;

    const auto registry = test::naive_registry(releases, spec.retention, end);
    CHECK(result.pushed.count == registry.pushed);
    CHECK(result.stored.count == registry.stored);
    CHECK(result.stored_byte_seconds == Approx(registry.byte_seconds).epsilon(1e-9));
  }
  // The trains are worth comparing.
  CHECK(collected > 1'000);
  CHECK(failed > 100);
}

TEST_CASE("a release train is a function of its seed and run") {
  const ReleaseTrainSpec spec = random_train(7);
  const auto one = simulate_releases(spec, 5, 1);
  const auto same = simulate_releases(spec, 5, 1);
  CHECK(one.pushed == same.pushed);
  CHECK(one.pulled == same.pulled);
  CHECK(one.stored_byte_seconds == same.stored_byte_seconds);
}
