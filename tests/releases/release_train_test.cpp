// Release trains small enough to be worked out by hand: layers, registry, nodes, collections.
#include <pullsim/release_train.hpp>

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

constexpr std::int64_t kHourSeconds = 3600;
constexpr Duration kDay = std::chrono::hours(24);

ChangingLayer layer(const char* name, std::int64_t size, double share, Duration every = {}) {
  return {name, Bytes{size}, Bytes{2 * size}, every, share, false};
}

/// A base of 100 bytes that stays and 10 bytes that always change, each twice that on disk.
ReleaseTrainSpec small() {
  ReleaseTrainSpec spec;
  spec.name = "web";
  spec.per_day = 2;
  spec.days = 2;
  spec.layers = {layer("base", 100, 0), layer("app", 10, 1)};
  spec.nodes.count = 3;
  spec.nodes.other_use = Bytes{50};
  return spec;
}

std::vector<std::uint32_t> contents(const Release& release) {
  std::vector<std::uint32_t> out;
  for (const ReleaseLayer& one : release.layers) out.push_back(one.content);
  return out;
}

using Contents = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("releases are in the middle of equal parts of the day, the first at the start") {
  const auto releases = releases_of(small(), 1, 0);
  REQUIRE(releases.size() == 5);
  CHECK(releases[0].at == kSimStart);
  CHECK(releases[1].at == kSimStart + std::chrono::hours(6));
  CHECK(releases[2].at == kSimStart + std::chrono::hours(18));
  CHECK(releases[4].at == kSimStart + std::chrono::hours(42));
}

TEST_CASE("a change of a layer changes those above it, but for an independent one") {
  ReleaseTrainSpec spec = small();
  spec.layers = {layer("base", 1, 0, kDay), layer("deps", 1, 0), layer("link", 1, 0),
                 layer("app", 1, 0)};
  spec.layers[2].independent = true;
  const auto releases = releases_of(spec, 1, 0);
  CHECK(contents(releases[0]) == Contents{0, 1, 2, 3});
  CHECK(contents(releases[2]) == Contents{0, 1, 2, 3});  // 18:00, before the first day ends
  CHECK(contents(releases[3]) == Contents{4, 5, 2, 6});  // the first release of day two
  CHECK(contents(releases[4]) == Contents{4, 5, 2, 6});

  spec.layers[0].every = Duration{0};
  spec.layers[2].share = 1;
  const auto links = releases_of(spec, 1, 0);
  CHECK(contents(links[1]) == Contents{0, 1, 4, 5});
}

TEST_CASE(
    "a share of releases changes a layer, by the same chance whatever other layers there are") {
  ReleaseTrainSpec spec = small();
  spec.per_day = 100;
  spec.days = 20;
  spec.layers = {layer("deps", 1, 0.1)};
  const auto changes = [](const ReleaseTrainSpec& one, std::size_t index) {
    const auto releases = releases_of(one, 7, 3);
    std::vector<std::size_t> changed;
    for (std::size_t r = 1; r < releases.size(); ++r) {
      if (releases[r].layers[index].content != releases[r - 1].layers[index].content) {
        changed.push_back(r);
      }
    }
    return changed;
  };
  const auto alone = changes(spec, 0);
  CHECK(alone.size() > 150);
  CHECK(alone.size() < 250);
  spec.layers.insert(spec.layers.begin(), layer("base", 1, 0));
  spec.layers.push_back(layer("app", 1, 1));
  CHECK(changes(spec, 1) == alone);
}

TEST_CASE("images are released in their order, and again where that is asked for") {
  ReleaseTrainSpec spec = small();
  spec.layers.clear();
  ImageSpec image;
  image.layers = {{"sha256:a", Bytes{5}, Bytes{9}}};
  spec.images = {image, image};
  spec.images[1].layers.push_back({"sha256:b", Bytes{7}, Bytes{8}});
  CHECK(releases_of(spec, 1, 0).size() == 2);
  spec.repeat = true;
  const auto releases = releases_of(spec, 1, 0);
  REQUIRE(releases.size() == 5);
  CHECK(contents(releases[3]) == Contents{0, 1});
  CHECK(contents(releases[4]) == Contents{0});
  CHECK(releases[3].layers[1].size == Bytes{7});
}

TEST_CASE("a registry stores a blob once and lets go what its policy no longer keeps") {
  ReleaseTrainSpec spec = small();
  spec.retention.keep_last = 2;
  const auto result = simulate_releases(spec, 1, 0);
  CHECK(result.pushed == Bytes{110 + 4 * 10});
  CHECK(result.stored == Bytes{120});
  CHECK(result.stored_most == Bytes{130});  // for the instant before the policy acts
  CHECK(result.deleted == Bytes{30});
  CHECK(result.images_deleted == 3);
  CHECK(result.stored_byte_seconds ==
        Approx(110.0 * 6 * kHourSeconds + 120.0 * (48 - 6) * kHourSeconds).epsilon(1e-12));
  REQUIRE(result.rollouts.size() == 4);
  CHECK(result.rollouts[0].pushed == Bytes{10});
  CHECK(result.rollouts[0].image == Bytes{110});

  spec.retention = {std::nullopt, std::chrono::hours(12)};
  // The first image goes at 12:00, the next at 18:00, where the third comes; and so on.
  const auto aged = simulate_releases(spec, 1, 0);
  CHECK(aged.stored == Bytes{110});
  CHECK(aged.stored_byte_seconds ==
        Approx((110.0 * 6 + 120.0 * 6 + 110.0 * (48 - 12)) * kHourSeconds).epsilon(1e-12));
  spec.retention = {};
  CHECK(simulate_releases(spec, 1, 0).deleted == Bytes{0});
}

TEST_CASE("nodes pull what they lack, and keep it where the disk has no end") {
  const auto result = simulate_releases(small(), 1, 0);
  for (const RolloutRow& row : result.rollouts) {
    CHECK(row.pulled == Bytes{30});
    CHECK(row.needed == Bytes{330});
    CHECK(row.layers_pulled == 3);
    CHECK(row.layers_needed == 6);
    CHECK(row.pulls == 3);
  }
  CHECK(result.pulled == Bytes{120});
  CHECK(result.pulls == 12);
  CHECK(result.disk_start == Bytes{3 * 330});
  CHECK(result.disk_written == Bytes{3 * 4 * 30});
  CHECK(result.disk_held == Bytes{3 * 450});
  CHECK(result.nodes[0].disk_end == Bytes{500});
  CHECK(result.nodes[0].disk_most == Bytes{500});
  // 380 bytes for six hours, 410 and 440 and 470 for twelve each, 500 for six.
  CHECK(result.nodes[0].disk_mean ==
        Approx((380 * 6 + 410 * 12 + 440 * 12 + 470 * 12 + 500 * 6) / 48.0).epsilon(1e-12));
  REQUIRE(result.days.size() == 2);
  CHECK(result.days[0].stored == Bytes{130});
  CHECK(result.days[0].pulled == Bytes{60});
  CHECK(result.days[1].disk_most == Bytes{500});
}

TEST_CASE("a blob above a changed layer is found by its digest, unless blobs are discarded") {
  ReleaseTrainSpec spec = small();
  spec.layers = {layer("base", 100, 1), layer("link", 10, 0)};
  spec.layers[1].independent = true;
  const auto kept = simulate_releases(spec, 1, 0);
  CHECK(kept.rollouts[0].pulled == Bytes{3 * 100});
  CHECK(kept.disk_written == Bytes{4 * 3 * (100 + 200 + 20)});  // unpacked again, all the same
  spec.nodes.discard_unpacked_layers = true;
  const auto discarded = simulate_releases(spec, 1, 0);
  CHECK(discarded.rollouts[0].pulled == Bytes{3 * 110});
  CHECK(discarded.disk_removed == Bytes{4 * 3 * 110});
  CHECK(discarded.nodes[0].disk_end == Bytes{50 + 5 * 220});
}

TEST_CASE("a release runs on as many nodes as are asked for, and others stop") {
  ReleaseTrainSpec spec = small();
  spec.nodes.per_release = 2;
  const auto result = simulate_releases(spec, 1, 0);
  for (const RolloutRow& row : result.rollouts) {
    CHECK(row.pulls == 2);
    CHECK(row.needed == Bytes{220});
  }
  CHECK(result.disk_start == Bytes{2 * 330});
}

TEST_CASE("nodes that are replaced come empty and pull the whole image") {
  ReleaseTrainSpec spec = small();
  spec.nodes.replaced_per_day = 5;
  const auto result = simulate_releases(spec, 1, 0);
  CHECK(result.nodes_replaced == 10);
  CHECK(result.pulled_replaced == Bytes{10 * 110});
  CHECK(result.pulled == Bytes{120 + 1100});
  CHECK(result.disk_start + result.disk_written ==
        result.disk_removed + result.disk_lost + result.disk_held);
  // Half a node a day is one every other day, by chance.
  spec.nodes.replaced_per_day = 0.5;
  spec.days = 400;
  const auto half = simulate_releases(spec, 1, 0).nodes_replaced;
  CHECK(half > 150);
  CHECK(half < 250);
}
