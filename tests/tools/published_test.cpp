// Published cases: how they are read, what becomes of each figure and of each missing one, and how
// far predictions may be off.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tools/calibrate/calibration.hpp"
#include "tools/validation/other_pull.hpp"
#include "tools/validation/published_prediction.hpp"
#include "tools/validation/stated_range.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

using namespace pullsim;  // NOLINT: tests read better without the prefix
using pullsim::test::Folder;
using pullsim::test::text_of;

namespace {

const std::string kData = std::string(PULLSIM_SOURCE_DIR) + "/tests/data";
const std::string kPublished = kData + "/published/pull-measurements.json";

const std::vector<PublishedCase>& cases() {
  static const std::vector<PublishedCase> read = [] {
    Diagnostics diagnostics;
    auto out = read_published_cases(kPublished, diagnostics);
    REQUIRE_FALSE(diagnostics.has_errors());
    return out;
  }();
  return read;
}

const PublishedCase& named(const std::string& id) {
  const auto at = std::find_if(cases().begin(), cases().end(),
                               [&](const PublishedCase& one) { return one.id == id; });
  REQUIRE(at != cases().end());
  return *at;
}

/// The one set of parameters of the page.
const PublishedParameters& parameters() {
  static const PublishedParameters fitted = [] {
    Diagnostics diagnostics;
    const auto lab = read_measured_cases(kData + "/lab/containerd-lab.json", diagnostics);
    return fit_public_registry(cases(), fit_parameters(lab).values);
  }();
  return fitted;
}

PublishedParameters plain() {
  PublishedParameters plain;
  plain.laboratory = starting_values();
  return plain;
}

double error_of(const std::string& id, const char* what = nullptr) {
  const PublishedResult result = predict_published(named(id), parameters());
  for (const PublishedFigure& figure : result.figures) {
    if (what == nullptr || figure.what == what) return figure.relative_error();
  }
  FAIL("no figure " << what);
  return 0;
}

bool assumes(const PublishedSetup& setup, const char* words) {
  return std::any_of(setup.assumptions.begin(), setup.assumptions.end(),
                     [&](const std::string& one) { return one.find(words) != std::string::npos; });
}

/// The first case, changed; findings of reading it.
std::string findings(const std::function<void(nlohmann::json&)>& change) {
  nlohmann::json first = nlohmann::json::parse(text_of(kPublished))["cases"][0];
  change(first);
  const Folder folder;
  Diagnostics diagnostics;
  const auto read = read_published_cases(
      folder.write("a.json", nlohmann::json{{"cases", {first}}}.dump()), diagnostics);
  CHECK(read.empty() == diagnostics.has_errors());
  return diagnostics.render();
}

}  // namespace

TEST_CASE("published cases are read with their figures, and null is not zero") {
  REQUIRE(cases().size() == 40);
  const PublishedCase& create = named("spegel-2024-baseline-10MB-4-create");
  CHECK(create.nodes == 50);
  CHECK(create.layer_bytes.size() == 4);
  CHECK(*create.node_bits_per_second == 12.5e9);
  CHECK_FALSE(create.registry_bits_per_second);
  CHECK(create.measured.front().key == "pull_seconds_p50");
  CHECK(create.measured.front().seconds == 1.317);
  CHECK(named("spegel-2025-baseline-10MB-1-update").nodes_at_once == 2);
  CHECK(named("spegel-2024-baseline-1GB-1-update").in_start_order.size() == 12);
  const PublishedCase& soci = named("soci-2025-vllm-soci-al2023");
  CHECK(*soci.concurrent_unpacks == 10);
  CHECK(*soci.disk_bytes_per_second == 629145600);
  CHECK_FALSE(soci.unpacked_bytes);
  CHECK(soci.apply_log.empty());
  const PublishedCase& old = named("containerd-2886-n1-containerd-pigz");
  REQUIRE(old.apply_log.size() == 3);
  CHECK(old.apply_log[0].compressed_bytes == 45'319'224);
  CHECK(old.apply_log[0].seconds == 1.642);
  CHECK(old.mount_seconds == std::vector<double>{1, 2});
  CHECK(named("containerd-2886-n1-docker-pigz").mount_seconds.empty());
}

TEST_CASE("faults of a file of published cases are findings with a place") {
  using nlohmann::json;
  const struct {
    std::function<void(json&)> change;
    const char* code;
  } faults[] = {
      {[](json& c) { c.erase("setup"); }, "PS2002"},
      {[](json& c) { c.erase("measured"); }, "PS2002"},
      {[](json& c) { c["measured"] = json::object(); }, "PS2002"},
      {[](json& c) { c["setup"]["registry"] = 5; }, "PS2003"},
      {[](json& c) { c["setup"]["scenario"] = "by post"; }, "PS2007"},
      {[](json& c) { c["setup"]["nodes"] = 0; }, "PS2006"},
      {[](json& c) { c["setup"]["nodes"] = 2.5; }, "PS2006"},
      {[](json& c) { c["setup"]["image_compressed_bytes"] = -1; }, "PS2006"},
      {[](json& c) { c["setup"]["layer_compressed_bytes"] = {"a"}; }, "PS2006"},
      {[](json& c) { c["setup"]["node_network_bits_per_s"] = "fast"; }, "PS2006"},
      {[](json& c) { c["measured"]["pull_seconds_p50"] = -3; }, "PS2006"},
      {[](json& c) {
         c["setup"]["apply_log"] = {{{"seconds", 1}}};
       },
       "PS2002"},
      {[](json& c) {
         c["setup"]["apply_log"] = {{{"compressed_bytes", 5}, {"seconds", 0}}};
       },
       "PS2006"},
      {[](json& c) {
         c["setup"]["mount_seconds_large_layer"] = {2, 1};
       },
       "PS2006"},
  };
  CHECK(findings([](json&) {}).empty());
  for (const auto& fault : faults) {
    INFO(fault.code);
    const std::string text = findings(fault.change);
    CHECK(text.find(fault.code) != std::string::npos);
    CHECK(text.find("a.json:") != std::string::npos);
  }
}

TEST_CASE("what is published is used, and what is not is assumed and said") {
  SECTION("a fleet that starts at once") {
    const auto setup = setup_of(named("spegel-2024-baseline-10MB-4-create"), plain());
    const NodePoolSpec& pool = setup.scenario.node_pools[0];
    CHECK(pool.nodes_initial == 50);
    CHECK(pool.cpu.count == 4000);
    CHECK(pool.network.has_value());
    CHECK_FALSE(pool.disk_write);
    CHECK(assumes(setup, "the disk's write rate is no limit"));
    CHECK(assumes(setup, "the registry's bandwidth is no limit"));
    CHECK(setup.scenario.images[0].layers.size() == 1 + 4);
    CHECK(setup.scenario.registries[0].cold_fetch->bytes_per_second == 38e6);
    CHECK(setup.scenario.events[0].kind == ScenarioEvent::Kind::scale);
  }
  SECTION("a rolling update") {
    const auto setup = setup_of(named("spegel-2025-baseline-10MB-1-update"), plain());
    CHECK(setup.scenario.workloads[0].max_surge == IntOrPercent{0, false});
    CHECK(setup.scenario.workloads[0].max_unavailable == IntOrPercent{2, false});
    CHECK(setup.scenario.events[0].kind == ScenarioEvent::Kind::set_image);
    CHECK(setup.scenario.node_pools[0].runtime.version == "2.0");
  }
  SECTION("programs of 2018") {
    const auto old = setup_of(named("containerd-2886-n1-containerd-pigz"), plain());
    CHECK(old.scenario.node_pools[0].runtime.version == "1.2");
    CHECK(old.scenario.images[0].layers.size() == 14);
    CHECK(old.scenario.images[0].layers[7].size.count == 184'000'000);
    CHECK(old.requests.size() == 1);
    CHECK_FALSE(old.scenario.node_pools[0].disk_write);
    CHECK_FALSE(old.scenario.node_pools[0].page_cache);
    const auto ssd = setup_of(named("containerd-2886-n1-containerd-pigz"), plain(),
                              {.volume = Reading::Volume::ssd, .unpack_costs = {}});
    CHECK(ssd.scenario.node_pools[0].disk_write->bytes_per_second == Approx(24e6));
    REQUIRE(ssd.scenario.node_pools[0].page_cache);
    CHECK(ssd.scenario.node_pools[0].page_cache->available.count == 3'750'000'000);
    const auto docker = setup_of(named("containerd-2886-n1-docker-pigz"), plain());
    CHECK(docker.scenario.node_pools[0].runtime.name == "docker");
  }
  SECTION("SOCI") {
    const auto setup = setup_of(named("soci-2025-vllm-soci-al2023"), plain());
    const RuntimeSpec& runtime = setup.scenario.node_pools[0].runtime;
    REQUIRE(runtime.soci.has_value());
    CHECK(*runtime.soci->max_concurrent_downloads_per_image == 10);
    CHECK(*runtime.soci->max_concurrent_unpacks_per_image == 10);
    CHECK(*runtime.soci->max_concurrent_downloads == 50);
    CHECK(runtime.soci->discard_unpacked_layers);
    CHECK(assumes(setup, "example in its documentation"));
    CHECK(setup.scenario.node_pools[0].disk_write->bytes_per_second == 629145600);
    CHECK(setup.scenario.registries[0].per_connection->bytes_per_second == 85e6);
    CHECK(assumes(setup, "unpacks to 2 times"));
    CHECK(assumes(setup, "32 cores"));
    const auto plain_pull = setup_of(named("soci-2025-vllm-containerd"), plain());
    CHECK_FALSE(plain_pull.scenario.node_pools[0].runtime.soci);
    CHECK(assumes(plain_pull, "unpigz"));
  }
  SECTION("sizes without a label") {
    const PublishedCase& one = named("containerd-8881-sequential-unpack");
    const auto compressed = setup_of(one, plain());
    const auto unpacked = setup_of(one, plain(), {.size_is_unpacked = true});
    const auto bytes = [](const PublishedSetup& setup) {
      double sum = 0;
      for (const LayerSpec& l : setup.scenario.images[0].layers) {
        sum += static_cast<double>(l.size.count);
      }
      return sum;
    };
    CHECK(bytes(compressed) == Approx(5.4e9));
    CHECK(bytes(unpacked) == Approx(2.7e9));
    CHECK(compressed.scenario.node_pools[0].disk_write->bytes_per_second == Approx(800e6));
  }
  SECTION("memory instead of a disk") {
    const auto setup = setup_of(named("acr-d64sv3-podman-tmpfs"), plain());
    CHECK_FALSE(setup.scenario.node_pools[0].disk_write);
    CHECK_FALSE(assumes(setup, "disk"));
    CHECK(setup.scenario.node_pools[0].runtime.name == "cri-o");
  }
  SECTION("peers") {
    CHECK_FALSE(setup_of(named("kraken-3gb-2layers-2600hosts"), plain()).not_replayed.empty());
    CHECK_FALSE(setup_of(named("spegel-v0.0.23-1GB-1-update"), plain()).not_replayed.empty());
    const auto create = setup_of(named("spegel-v0.0.23-1GB-1-create"), plain());
    CHECK(create.not_replayed.empty());
    CHECK(assumes(create, "peers have nothing to offer"));
    CHECK(create.scenario.node_pools[0].nodes_initial == 50);
    CHECK_FALSE(setup_of(named("liquid-8gb-7nodes-scp"), plain()).not_replayed.empty());
  }
}

TEST_CASE("a source's own log and mounts make a range of the prediction") {
  const PublishedCase& containerd = named("containerd-2886-n1-containerd-pigz");
  const auto ranges = stated_ranges(containerd, plain());
  REQUIRE(ranges.size() == 3);
  // One core unpacks 728 MB after all downloads: its ends differ by what the log's fastest and
  // slowest lines do for each byte, and by a second of mounts for each 184 MB.
  const double of_log = 728e6 * (1.642 / 45'319'224 - 0.091 / 4'336'270);
  CHECK(ranges[0].high - ranges[0].low == Approx(of_log + 728.0 / 184).epsilon(1e-6));
  // Docker mounts nothing; its last layer is the same, and earlier ones wait for their blobs.
  const PublishedCase& docker = named("containerd-2886-n1-docker-pigz");
  const auto without = stated_ranges(docker, plain());
  CHECK(without[0].high - without[0].low <= of_log * (1 + 1e-6));
  CHECK(without[0].high < ranges[0].high);
  // Blobs and files are on the volume, 24 or 6 MB/s, when containerd's last overlay is unmounted.
  CHECK(ranges[1].low > 2808.0 / 24);
  CHECK(ranges[2].low > 2808.0 / 6);
  CHECK(without[1].high < ranges[1].low);
  CHECK(stated_ranges(named("containerd-2886-desktop-docker-18.06"), plain()).size() == 1);
  CHECK(stated_ranges(named("soci-2025-vllm-containerd"), plain()).empty());
  const StatedRange all = range_of_all(ranges);
  CHECK(all.low == ranges[0].low);
  CHECK(all.high == ranges[2].high);
  CHECK(all.middle() == (all.low + all.high) / 2);
  CHECK(all.contains(all.high));
  CHECK_FALSE(all.contains(all.high + 1));
}

TEST_CASE("how slow a machine is, taken from one of its pulls, predicts the other") {
  // Cores alone hold these up: made three times as slow, one pull gives the factor back, and with
  // it the other's time.
  PublishedCase docker = named("containerd-2886-n1-docker-pigz");
  PublishedCase containerd = named("containerd-2886-n1-containerd-pigz");
  containerd.mount_seconds.clear();
  Reading slow;
  slow.core_slowness = 3;
  docker.measured.front().seconds = predict_reading(docker, plain(), slow).predicted;
  const double truth = predict_reading(containerd, plain(), slow).predicted;
  containerd.measured.front().seconds = 1;  // is not looked at
  const std::vector<PublishedCase> both = {containerd, docker};
  const auto from = from_other_pull(containerd, both, plain());
  REQUIRE(from);
  CHECK(from->other->id == docker.id);
  CHECK(from->slowness_low == Approx(3).epsilon(1e-3));
  CHECK(from->low == Approx(truth).epsilon(1e-3));
  CHECK(from->high == Approx(from->low).epsilon(1e-9));
  // One core: a second of mounts for each 184 MB is a second more.
  containerd.mount_seconds = {1, 2};
  const auto mounted = from_other_pull(containerd, {containerd, docker}, plain());
  CHECK(mounted->high - mounted->low == Approx(728.0 / 184).epsilon(1e-6));
  SECTION("none without another pull, with several, or with one that no core explains") {
    CHECK_FALSE(from_other_pull(containerd, {containerd}, plain()));
    PublishedCase third = docker;
    third.id = "third";
    CHECK_FALSE(from_other_pull(containerd, {containerd, docker, third}, plain()));
    docker.measured.front().seconds = 0.01;
    CHECK_FALSE(from_other_pull(containerd, {containerd, docker}, plain()));
    docker.measured.front().seconds = 1e6;
    CHECK_FALSE(from_other_pull(containerd, {containerd, docker}, plain()));
  }
  SECTION("another disk is another machine") {
    docker.disk = "tmpfs";
    CHECK_FALSE(from_other_pull(containerd, {containerd, docker}, plain()));
  }
}

TEST_CASE("every set-up that can be simulated is one that the simulator takes") {
  std::size_t replayed = 0;
  for (const PublishedCase& one : cases()) {
    const PublishedSetup setup = setup_of(one, plain());
    if (!setup.not_replayed.empty()) continue;
    ++replayed;
    INFO(one.id);
    if (setup.requests.empty()) CHECK(find_problems(setup.scenario).empty());
    CHECK_FALSE(setup.assumptions.empty());
  }
  CHECK(replayed == 32);
}

// One test, since the fit to the laboratory comes before all of them.
TEST_CASE("published cases with a complete set-up are predicted with one set of parameters") {
  SECTION("Spegel's baseline of 2024 is predicted within 20 %, create and update") {
    for (const PublishedCase& one : cases()) {
      if (!fitted_on(one)) continue;
      INFO(one.id);
      CHECK(std::abs(error_of(one.id)) < 0.2);
    }
    // Nobody told the model that the first node of an update is slow.
    for (const char* image : {"10MB-1", "100MB-1", "1GB-1"}) {
      INFO(image);
      const std::string update = "spegel-2024-baseline-" + std::string(image) + "-update";
      CHECK(std::abs(error_of(update, "first pull")) < 0.2);
      CHECK(std::abs(error_of(update, "slowest pull")) < 0.2);
    }
    const PublishedResult large =
        predict_published(named("spegel-2024-baseline-1GB-1-update"), parameters());
    CHECK(large.figures[1].predicted > 3 * large.figures[0].predicted);
  }

  SECTION("Spegel's other figures, which no parameter has seen, are predicted but for one") {
    CHECK(std::abs(error_of("spegel-2025-baseline-10MB-1-update")) < 0.2);
    CHECK(std::abs(error_of("spegel-2025-baseline-10MB-4-create")) < 0.2);
    CHECK(std::abs(error_of("spegel-2025-baseline-10MB-4-update")) < 0.2);
    CHECK(std::abs(error_of("spegel-v0.0.23-100MB-1-create")) < 0.2);
    CHECK(std::abs(error_of("spegel-v0.0.23-1GB-1-create")) < 0.2);
    // Two seconds that nothing in the set-up explains; when this becomes right, the page is wrong.
    CHECK(error_of("spegel-2025-baseline-10MB-1-create") < -0.4);
  }

  SECTION("the vLLM image is predicted within 20 %, by containerd and by SOCI") {
    CHECK(std::abs(error_of("soci-2025-vllm-containerd")) < 0.2);
    CHECK(std::abs(error_of("soci-2025-vllm-soci-al2023")) < 0.2);
  }

  SECTION("containerd issue 2886 is predicted within 20 % on cores as its other pull says") {
    for (const char* id :
         {"containerd-2886-n1-containerd-pigz", "containerd-2886-n1-docker-pigz",
          "containerd-2886-desktop-containerd-head", "containerd-2886-desktop-docker-18.06"}) {
      INFO(id);
      const auto from = from_other_pull(named(id), cases(), parameters());
      REQUIRE(from);
      CHECK(std::abs(from->middle() / named(id).measured.front().seconds - 1) < 0.2);
    }
  }

  SECTION("containerd issue 2886 lies between a volume that is no limit and an SSD of its size") {
    for (const char* id :
         {"containerd-2886-n1-containerd-pigz", "containerd-2886-n1-docker-pigz"}) {
      INFO(id);
      const PublishedResult result = predict_published(named(id), parameters());
      REQUIRE(result.other_readings.size() == 1);
      CHECK(result.figures[0].predicted < result.figures[0].measured);
      CHECK(result.other_readings[0].predicted > result.figures[0].measured);
      // Its own figures leave a range so wide that it proves nothing, as the page says.
      const StatedRange range = range_of_all(stated_ranges(named(id), parameters()));
      CHECK(range.contains(result.figures[0].measured));
      CHECK(range.high > 10 * range.low);
    }
  }
}

TEST_CASE("the fit of the public registry finds figures that it made itself") {
  PublishedParameters truth = parameters();
  truth.public_request_seconds = 0.18;
  truth.public_cold_bytes_per_second = 30e6;
  std::vector<PublishedCase> made;
  for (const PublishedCase& one : cases()) {
    if (!fitted_on(one)) continue;
    made.push_back(one);
    made.back().measured.front().seconds = predict_published(one, truth).figures.front().predicted;
  }
  const PublishedParameters found = fit_public_registry(made, truth.laboratory);
  CHECK(found.public_request_seconds == Approx(0.18).epsilon(0.02));
  CHECK(found.public_cold_bytes_per_second == Approx(30e6).epsilon(0.02));
}
