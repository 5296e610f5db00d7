// Pulls that fail in the middle: what stays on the node, who goes on with the work of others, and
// that no byte and no nanosecond gets lost.
#include "models/image_pull.hpp"
#include "models/node.hpp"
#include "models/recorder.hpp"
#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <random>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// One node's runtime without a kubelet: attempts that a test begins and ends when it likes.
class Bench {
 public:
  explicit Bench(const Scenario& scenario)
      : scenario_(scenario),
        network_(engine_, FlowNetworkOptions{true}),
        recorder_(result_, network_.network()),
        images_(scenario_),
        layers_(engine_, images_, pull_pipeline(pool().runtime)),
        site_(context_.stream("general-0", "request")) {
    registries_.emplace_back(context_, 0, images_);
    FlowNetwork& network = network_.network();
    site_.host =
        network.add_host(network.add_zone(kUnlimited), network.add_host_kind(host_kind(pool(), 0)));
    site_.set_runtime(engine_, pool());
    site_.images = &images_;
    site_.registries = &registries_;
    site_.store = &layers_;
  }

  /// An attempt on `row`, which is a new one if it has no row yet.
  void pull(Duration at, std::size_t row, std::size_t image = 0) {
    engine_.at(kSimStart + at, "test pulls", [this, row, image] {
      if (row == result_.pulls.size()) {
        result_.pulls.emplace_back().requested = engine_.now();
        result_.pulls.back().image = static_cast<RowIndex>(image);
      } else {
        PullRow& again = result_.pulls[row];
        again.retries.edit().back_off = engine_.now() - again.requested - again.retries->failed;
      }
      attempts_.push_back(std::make_unique<ImagePull>(context_, site_, row, image));
      attempts_.back()->start([this] { ++ended_; });
    });
  }
  void fail(Duration at, std::size_t attempt, PullFailure why) {
    engine_.at(kSimStart + at, "test fails a pull",
               [this, attempt, why] { attempts_[attempt]->fail(why); });
  }
  const RunResult& run(Duration until = std::chrono::hours(1)) {
    engine_.run(kSimStart + until);
    return result_;
  }

  const ImagePull& attempt(std::size_t i) const { return *attempts_[i]; }
  std::size_t ended() const { return ended_; }
  LayerStore& layers() { return layers_; }
  double received() {
    network_.catch_up();
    return network_.network().host_bytes(site_.host);
  }
  /// What received bytes must add up to.
  double accounted() {
    double bytes = layers_.partial_bytes();
    for (const auto& attempt : attempts_) bytes += attempt->bytes_under_way();
    for (const PullRow& row : result_.pulls) {
      bytes += static_cast<double>(row.work->bytes_fetched.count) + row.retries->bytes_lost;
    }
    return bytes;
  }

 private:
  const NodePoolSpec& pool() const { return scenario_.node_pools[0]; }

  Scenario scenario_;
  RunResult result_;
  Engine engine_;
  NetworkDriver network_;
  Recorder recorder_;
  Context context_{scenario_, 0, engine_, network_, recorder_, false};
  ImageTable images_;
  std::deque<Registry> registries_;
  LayerStore layers_;
  PullSite site_;
  std::vector<std::unique_ptr<ImagePull>> attempts_;
  std::size_t ended_ = 0;
};

}  // namespace

TEST_CASE("a failed pull keeps complete blobs and goes on in the middle of a layer") {
  // a: 0..1 s, unpacked 1..2; b is cut off at 3 s with 30 of 50 MB.
  Bench bench(runtime_scenario("1.7", {image("web", {layer("a", 10), layer("b", 50)})}));
  bench.pull(seconds(0), 0);
  bench.fail(seconds(3), 0, PullFailure::registry);
  bench.pull(seconds(13), 0);
  const RunResult& result = bench.run();
  CHECK(bench.attempt(0).failure() == PullFailure::registry);
  CHECK_FALSE(bench.attempt(1).failure());
  CHECK(bench.ended() == 2);
  const PullRow& pull = result.pulls[0];
  // Attempt 2: 20 MB are left of b, then 1 s of unpacking. a is there by its chain.
  CHECK(*pull.started == at_seconds(13));
  CHECK(*pull.finished == at_seconds(16));
  CHECK(pull.work->download == seconds(2));
  CHECK(pull.retries->failed == seconds(3));
  CHECK(pull.retries->back_off == seconds(10));
  CHECK(pull.work->bytes_fetched.count == 60 * kMB);
  CHECK(pull.work->layers_fetched == 2);
  CHECK(pull.work->layers_reused == 0);
  CHECK(pull.retries->bytes_lost == 0);
  CHECK(sum_of_causes(pull) == seconds(16));
  CHECK(held_up(pull, Bottleneck::connection) == seconds(5));  // 3 s before, 2 s after
  CHECK(held_up(pull, Bottleneck::cpu) == seconds(1));
  CHECK(held_up(pull, Bottleneck::back_off) == seconds(10));
  CHECK(bench.received() == Approx(60e6));
  // Two rows of b: cut off, and the rest. One of a for each attempt.
  REQUIRE(result.layers.size() == 4);
  CHECK_FALSE(result.layers[1].committed);
  CHECK(result.layers[2].source == LayerRow::Source::chain);
  CHECK(*result.layers[3].committed == at_seconds(15));
}

TEST_CASE("CRI-O fetches again what it had not committed") {
  Bench bench(runtime_scenario("cri-o", {image("web", {layer("a", 50), layer("b", 10)})}));
  bench.pull(seconds(0), 0);
  bench.fail(seconds(3), 0, PullFailure::registry);
  bench.pull(seconds(10), 0);
  const RunResult& result = bench.run();
  const PullRow& pull = result.pulls[0];
  CHECK(*pull.finished == at_seconds(10 + 5 + 2));
  CHECK(pull.retries->bytes_lost == Approx(30e6));    // of a
  CHECK(pull.work->bytes_fetched.count == 70 * kMB);  // b twice
  CHECK(pull.work->layers_fetched == 3);
  CHECK(pull.work->layers_reused == 0);
  CHECK(bench.received() == Approx(100e6));
  CHECK(sum_of_causes(pull) == seconds(17));
}

TEST_CASE("another pull takes over what a failed one was doing") {
  // Both need a, fetched by the first. It fails at 2 s: the second asks for the rest of a.
  const Scenario scenario = runtime_scenario(
      "1.7", {image("one", {layer("a", 50)}), image("two", {layer("a", 50), layer("c", 5)})});
  SECTION("while it downloads") {
    Bench bench(scenario);
    bench.pull(seconds(0), 0);
    bench.pull(seconds(1), 1, 1);
    bench.fail(seconds(2), 0, PullFailure::no_space);
    const RunResult& result = bench.run();
    CHECK_FALSE(result.pulls[0].finished);
    CHECK(*result.pulls[1].finished == at_seconds(2 + 3 + 2));
    CHECK(bench.received() == Approx(55e6));
    CHECK(sum_of_causes(result.pulls[1]) == seconds(6));
  }
  SECTION("while it unpacks") {
    Bench bench(scenario);
    bench.pull(seconds(0), 0);
    bench.pull(seconds(1), 1, 1);
    bench.fail(seconds(5.5), 0, PullFailure::no_space);
    const RunResult& result = bench.run();
    CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(5));
    CHECK(held_up(result.pulls[0], Bottleneck::disk) == seconds(0.5));
    // The blob of a is there; c takes 0.5 s while a is unpacked from 5.5 to 6.5.
    CHECK(*result.pulls[1].finished == at_seconds(7.5));
    CHECK(bench.received() == Approx(55e6));
  }
}

TEST_CASE("CRI-O: pulls of one image that are one fail as one") {
  Bench bench(runtime_scenario("cri-o", {image("web", {layer("a", 50)})}));
  bench.pull(seconds(0), 0);
  bench.pull(seconds(1), 1);
  bench.fail(seconds(2), 0, PullFailure::no_progress);
  const RunResult& result = bench.run();
  CHECK(bench.attempt(1).failure() == PullFailure::registry);
  CHECK(result.pulls[1].retries->failed == seconds(1));
  CHECK(bench.ended() == 2);
}

TEST_CASE("a failed pull gives its slots back, and takes none that it still waited for") {
  Scenario scenario = runtime_scenario(
      "2.1", {image("one", {layer("a", 50), layer("b", 50)}), image("two", {layer("c", 10)})});
  scenario.node_pools[0].runtime.max_concurrent_downloads = 1;
  Bench bench(scenario);
  bench.pull(seconds(0), 0);
  bench.pull(seconds(1), 1, 1);
  bench.fail(seconds(2), 0, PullFailure::registry);
  const RunResult& result = bench.run();
  // The manifest of two waits behind a and b, which are gone at 2 s.
  CHECK(*result.pulls[1].finished == at_seconds(2 + 1 + 1));
  CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(1));
}

TEST_CASE("a failed pull gives back the slots of all parts that are under way") {
  // Three parts of a hold the three slots of the node when their pull fails at 1 s.
  Scenario scenario =
      runtime_scenario("2.1", {image("one", {layer("a", 60)}), image("two", {layer("b", 10)})});
  scenario.node_pools[0].runtime.concurrent_layer_fetch_buffer = Bytes{20 * kMB};
  Bench bench(scenario);
  bench.pull(seconds(0), 0);
  bench.pull(seconds(0.5), 1, 1);
  bench.fail(seconds(1), 0, PullFailure::registry);
  const RunResult& result = bench.run();
  CHECK(*result.pulls[1].finished == at_seconds(1 + 1 + 1));
}

TEST_CASE("a blob that was not unpacked outlives a failed pull also where blobs are discarded") {
  Scenario scenario = runtime_scenario("1.7", {image("web", {layer("a", 50), layer("b", 10)})});
  scenario.node_pools[0].runtime.discard_unpacked_layers = true;
  Bench bench(scenario);
  bench.pull(seconds(0), 0);
  bench.fail(seconds(3), 0, PullFailure::registry);
  bench.pull(seconds(5), 0);
  const RunResult& result = bench.run();
  CHECK(*result.pulls[0].finished == at_seconds(5 + 2 + 2));
  CHECK(result.pulls[0].work->bytes_fetched.count == 60 * kMB);
  CHECK_FALSE(bench.layers().has_blob(0));  // after the second attempt they go
  CHECK_FALSE(bench.layers().has_blob(1));
}

TEST_CASE("of a layer in parts the bytes up to the first gap are kept") {
  // Three parts of 20 MB at a time, all cut off at 1.5 s: 15 MB of the first count.
  Scenario scenario = runtime_scenario("2.1", {image("web", {layer("a", 60)})});
  scenario.node_pools[0].runtime.concurrent_layer_fetch_buffer = Bytes{20 * kMB};
  Bench bench(scenario);
  bench.pull(seconds(0), 0);
  bench.fail(seconds(1.5), 0, PullFailure::registry);
  bench.run();
  CHECK(bench.layers().partial_bytes() == Approx(15e6));
  CHECK(bench.received() == Approx(45e6));
  CHECK(bench.accounted() == Approx(45e6));
}

TEST_CASE("failures at random moments lose no byte, no nanosecond and no lock") {
  std::mt19937 random(7);
  const auto number = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  std::size_t failed = 0;
  for (const char* version : {"1.2", "1.7", "2.1", "2.2", "cri-o", "docker", "soci"}) {
    for (int round = 0; round < 60; ++round) {
      INFO(version << ", round " << round);
      std::vector<ImageSpec> images;
      for (int i = 0; i < 3; ++i) {
        std::vector<LayerSpec> layers;
        for (int k = number(1, 5); k > 0; --k) {
          layers.push_back(layer("l" + std::to_string(number(0, 6)), number(1, 30)));
          layers.back().size = layers.back().unpacked =
              Bytes{4 * kMB * (layers.back().digest.back() - '0')};
        }
        images.push_back(image("i" + std::to_string(i), layers));
      }
      Scenario scenario = runtime_scenario(version, images);
      scenario.registries[0].egress = Bandwidth{25e6};
      scenario.registries[0].round_trip = std::chrono::milliseconds(number(0, 90));
      if (number(0, 1) == 1) scenario.registries[0].initial_window = Bytes{100'000};
      scenario.registries[0].cold_waits = number(0, 1) == 1;
      RuntimeSpec& runtime = scenario.node_pools[0].runtime;
      runtime.max_concurrent_unpacks = number(1, 3);
      runtime.commit_per_blob = 0.1 * number(0, 3);
      runtime.discard_unpacked_layers = number(0, 2) == 0;
      if (number(0, 1) == 1) runtime.concurrent_layer_fetch_buffer = Bytes{5 * kMB};
      if (version == std::string("soci")) {
        runtime.version = "2.2";
        runtime.soci = SociParallelPull{number(3, 5), 3, runtime.concurrent_layer_fetch_buffer,
                                        number(2, 3), 2, runtime.discard_unpacked_layers};
      }
      if (number(0, 1) == 1) {
        scenario.node_pools[0].disk_write = Bandwidth{20e6};
        scenario.node_pools[0].page_cache = PageCacheSpec{20, 10, Bytes{number(1, 9) * 50 * kMB}};
      }
      Bench bench(scenario);
      for (std::size_t row = 0; row < 3; ++row) {
        bench.pull(seconds(static_cast<double>(row)) + std::chrono::milliseconds(number(0, 900)),
                   row, row);
      }
      for (std::size_t row = 0; row < 3; ++row) {
        bench.fail(seconds(6) + std::chrono::milliseconds(number(0, 6000)), row,
                   number(0, 1) == 1 ? PullFailure::no_space : PullFailure::registry);
      }
      bench.run(seconds(12 + number(0, 3)));
      for (std::size_t row = 0; row < 3; ++row) {
        if (!bench.attempt(row).failure()) continue;
        ++failed;
        bench.pull(seconds(40 + 10 * static_cast<double>(row)), row, row);
      }
      const RunResult& result = bench.run();
      for (const PullRow& row : result.pulls) {
        REQUIRE(row.finished.has_value());
        CHECK(sum_of_causes(row) == *row.finished - row.requested);
      }
      CHECK(bench.received() == Approx(bench.accounted()));
      CHECK(bench.layers().partial_bytes() == 0);
    }
  }
  CHECK(failed > 100);
}
