// Successive releases of real tags: what a node pulls is, to the byte, what the digests of the
// manifests say. The expected bytes are differences of sets, from the files alone.
#include <pullsim/release_train.hpp>

#include "tests/support/catch.hpp"
#include "tools/images/image_reader.hpp"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

struct Layer {
  std::string digest;
  std::int64_t size = 0;
};
using Layers = std::vector<Layer>;

const std::map<std::string, std::vector<std::string>> kTags = {
    {"node-8", {"20171106", "20171108", "20171207", "20171209", "20171212", "20180107"}},
    {"nginx-latest", {"20171027", "20171104", "20171122", "20171212", "20171226"}},
    {"dotnet-aspnet-8.0-bookworm-slim",
     {"20260612", "20260625", "20260714", "20260724", "20260805", "20260810"}},
    {"postgres-10", {"20171010", "20171012", "20171104", "20171113", "20171116", "20171220"}}};

std::string path_of(const std::string& tag, const std::string& date) {
  return std::string(PULLSIM_SOURCE_DIR) + "/scenarios/images/" + tag + "-" + date + ".json";
}

Layers layers_in(const std::string& path) {
  std::ifstream file(path);
  Layers layers;
  const auto manifest = nlohmann::json::parse(file);
  for (const auto& layer : manifest.at("layers")) {
    layers.push_back({layer.at("digest"), layer.at("size")});
  }
  return layers;
}

/// Bytes of blobs that are in none of the images that a node holds.
std::int64_t by_digest(const std::vector<Layers>& held, const Layers& next) {
  std::set<std::string> there;
  for (const Layers& layers : held) {
    for (const Layer& layer : layers) there.insert(layer.digest);
  }
  std::int64_t bytes = 0;
  for (const Layer& layer : next) {
    if (there.insert(layer.digest).second) bytes += layer.size;
  }
  return bytes;
}

/// Bytes of everything above the layers that both images begin with.
std::int64_t by_chain(const Layers& held, const Layers& next) {
  std::size_t common = 0;
  while (common < std::min(held.size(), next.size()) &&
         held[common].digest == next[common].digest) {
    ++common;
  }
  std::set<std::string> lower;
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < next.size(); ++i) {
    const bool first = lower.insert(next[i].digest).second;
    if (i >= common && first) bytes += next[i].size;
  }
  return bytes;
}

ReleaseTrainSpec train_of(const std::string& tag, const std::vector<std::string>& dates) {
  ReleaseTrainSpec spec;
  spec.name = "real";
  spec.days = static_cast<std::int64_t>(dates.size());
  for (const std::string& date : dates) {
    Diagnostics diagnostics;
    const auto image = read_image(path_of(tag, date), {}, diagnostics);
    REQUIRE(image);
    spec.images.push_back(image->image);
  }
  return spec;
}

}  // namespace

TEST_CASE("a node that holds the release before pulls the bytes that the digests imply") {
  for (const auto& [tag, dates] : kTags) {
    for (std::size_t i = 1; i < dates.size(); ++i) {
      INFO(tag << " " << dates[i - 1] << " to " << dates[i]);
      const Layers before = layers_in(path_of(tag, dates[i - 1]));
      const Layers after = layers_in(path_of(tag, dates[i]));
      ReleaseTrainSpec spec = train_of(tag, {dates[i - 1], dates[i]});
      const auto kept = simulate_releases(spec, 1, 0);
      REQUIRE(kept.rollouts.size() == 1);
      CHECK(kept.rollouts[0].pulled.count == by_digest({before}, after));
      CHECK(kept.rollouts[0].pushed.count == by_digest({before}, after));
      spec.nodes.discard_unpacked_layers = true;
      const auto discarded = simulate_releases(spec, 1, 0);
      CHECK(discarded.rollouts[0].pulled.count == by_chain(before, after));
    }
  }
}

TEST_CASE(
    "a node that keeps every release pulls what none of them had, and a registry stores that") {
  for (const auto& [tag, dates] : kTags) {
    INFO(tag);
    ReleaseTrainSpec spec = train_of(tag, dates);
    spec.nodes.count = 3;
    const auto result = simulate_releases(spec, 1, 0);
    REQUIRE(result.rollouts.size() == dates.size() - 1);
    std::vector<Layers> held = {layers_in(path_of(tag, dates[0]))};
    std::int64_t stored = by_digest({}, held[0]);
    for (std::size_t i = 1; i < dates.size(); ++i) {
      const Layers next = layers_in(path_of(tag, dates[i]));
      const std::int64_t fresh = by_digest(held, next);
      CHECK(result.rollouts[i - 1].pulled.count == 3 * fresh);
      CHECK(result.rollouts[i - 1].pushed.count == fresh);
      stored += fresh;
      held.push_back(next);
    }
    CHECK(result.stored.count == stored);
  }
}

TEST_CASE("releases of node:8 change from two layers to all of them") {
  const auto& dates = kTags.at("node-8");
  std::vector<std::int64_t> changed;
  for (std::size_t i = 1; i < dates.size(); ++i) {
    changed.push_back(by_digest({layers_in(path_of("node-8", dates[i - 1]))},
                                layers_in(path_of("node-8", dates[i]))));
  }
  // 12 December refreshed Debian: nothing of the image before is left.
  CHECK(changed[3] == 269'610'578);
  CHECK(changed[2] == 19'399'989);
}
