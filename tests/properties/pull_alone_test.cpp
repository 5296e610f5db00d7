// A second, naive implementation of one pull without contention against simulate(), on random
// images, and the lower bounds that no pull can beat (node-and-registry facts 8.3).
#include "models/decisions/unpack_cost.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/list_scheduling.hpp"
#include "tests/support/random_scenario.hpp"
#include "tests/support/scenario_builder.hpp"

#include <set>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr std::uint64_t kImages = 1000;
constexpr double kConnection = 10e6;

struct Case {
  Scenario scenario;
  std::vector<NaiveLayer> layers;
  std::size_t slots = 1;
};

/// One pod on one node with as many cores as it can use and no limit but the connection's cap.
Case random_case(std::uint64_t number) {
  Dice dice(number + 77);
  std::vector<LayerSpec> specs;
  for (std::int64_t i = dice.within(0, 12); i > 0; --i) {
    LayerSpec spec = layer(std::to_string(i), 0);
    spec.size = Bytes{dice.percent(10) ? 0 : dice.within(1, 50'000'000)};
    spec.unpacked = Bytes{spec.size.count * dice.within(1, 4)};
    spec.files = dice.within(0, 5000);
    spec.compression = dice.one_of({Compression::gzip, Compression::zstd, Compression::none});
    if (!specs.empty() && dice.percent(15)) spec = specs[dice.index(specs.size())];
    specs.push_back(spec);
  }
  Case result;
  result.scenario = small_scenario({image("web", specs)}, 1, 1);
  RegistrySpec& registry = result.scenario.registries[0];
  registry.per_connection = Bandwidth{kConnection};
  registry.round_trip = std::chrono::milliseconds(dice.within(0, 30));
  NodePoolSpec& pool = result.scenario.node_pools[0];
  pool.cpu = MilliCpu{64'000};
  pool.runtime = RuntimeSpec{};
  const std::int64_t slots = dice.within(1, 5);
  pool.runtime.max_concurrent_downloads = slots;
  result.slots = static_cast<std::size_t>(slots);
  for (const LayerSpec& spec : specs) {
    result.layers.push_back({spec.digest, to_seconds(registry.round_trip),
                             static_cast<double>(spec.size.count) / kConnection,
                             unpack_cpu_seconds(spec, pool.runtime.unpack)});
  }
  return result;
}

}  // namespace

TEST_CASE("one pull without contention is list scheduling and serial unpacking") {
  for (std::uint64_t number = 0; number < kImages; ++number) {
    const Case random = random_case(number);
    const RunResult result = simulate(random.scenario, 0);
    INFO("case " << number);
    REQUIRE(result.pulls.size() == 1);
    const double before = 3 * to_seconds(random.scenario.registries[0].round_trip);
    const double expected = before + naive_pull(random.layers, random.slots);
    // Every download and unpack ends at a whole nanosecond, rounded up.
    const double rounding = 1e-9 * (2 * static_cast<double>(random.layers.size()) + 1);
    const double taken = to_seconds(*result.pulls[0].finished - *result.pulls[0].started);
    CHECK(taken >= expected - 1e-9);
    CHECK(taken <= expected + rounding);
    const SinglePull alone = pull_alone(random.scenario, 0, 0);
    CHECK(to_seconds(alone.total) == Approx(taken).margin(1e-9));
    CHECK(alone.resolve + alone.download + alone.unpack == alone.total);
  }
}

TEST_CASE("no pull beats its lower bounds") {
  for (std::uint64_t number = 0; number < kImages; ++number) {
    Case random = random_case(number);
    Dice dice(number);
    NodePoolSpec& pool = random.scenario.node_pools[0];
    pool.cpu = MilliCpu{1000 * dice.within(1, 4)};
    pool.network = Bandwidth{dice.one_of({5e6, 25e6, 1e9})};
    pool.disk_write = Bandwidth{dice.one_of({10e6, 100e6, 1e9})};
    const RunResult result = simulate(random.scenario, 0);
    INFO("case " << number);
    const double taken = to_seconds(*result.pulls[0].finished - *result.pulls[0].started);
    double bytes = 0;
    double written = 0;
    double longest = 0;
    double unpacks = 0;
    std::set<std::string> known;
    for (std::size_t i = 0; i < random.layers.size(); ++i) {
      const LayerSpec& spec = random.scenario.images[0].layers[i];
      written += static_cast<double>(spec.unpacked.count);
      unpacks += random.layers[i].unpack;
      if (!known.insert(spec.digest).second) continue;
      bytes += static_cast<double>(spec.size.count);
      longest = std::max(longest, static_cast<double>(spec.size.count) / kConnection);
    }
    const double slots = static_cast<double>(random.slots);
    const double network = payload_of(*pool.network).bytes_per_second;
    CHECK(taken >= bytes / std::min(network, slots * kConnection) * (1 - 1e-9));
    CHECK(taken >= longest * (1 - 1e-9));
    CHECK(taken >= (bytes + written) / pool.disk_write->bytes_per_second * (1 - 1e-9));
    if (random.layers.empty()) continue;
    const double first = random.layers[0].transfer;
    CHECK(taken >= (first + unpacks) * (1 - 1e-9));
    const double naive = naive_pull(random.layers, random.slots);
    CHECK(taken >= naive * (1 - 1e-9));
  }
}
