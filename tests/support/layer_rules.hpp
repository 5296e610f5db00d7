// What must hold for the layers of every node: each blob fetched once, each layer unpacked once,
// after its blob and after the layer below, and bytes that add up. Worked out from the rows alone.
#pragma once

#include "models/initial_placement.hpp"
#include "tests/support/run_rules.hpp"

#include <cmath>

namespace pullsim::test {

class NodeLayers {
 public:
  NodeLayers(const Scenario& scenario, const RunResult& result)
      : scenario_(scenario), result_(result), nodes_(result.nodes.size()) {
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      const NodePoolSpec& pool = scenario.node_pools[result.nodes[n].pool];
      for (const std::size_t image : pool.cached) add_image(n, image);
      if (!result.nodes[n].initial) continue;
      for (const std::size_t image : pool.cached_initially) add_image(n, image);
    }
    const auto places = place_initial_replicas(scenario);
    for (std::size_t w = 0; w < places.size(); ++w) {
      for (const std::size_t node : places[w]) add_image(node, scenario.workloads[w].image);
    }
  }

  std::string broken() {
    for (const LayerRow& row : result_.layers) fetched(row);
    for (const LayerRow& row : result_.layers) unpacked(row);
    for (const LayerRow& row : result_.layers) order(row);
    for (std::size_t i = 0; i < result_.pulls.size(); ++i) pull(i);
    bytes();
    return rules_.broken();
  }

 private:
  struct Node {
    std::map<std::string, SimTime> blobs;   // digest -> complete
    std::map<std::string, SimTime> chains;  // digests up to here -> unpacked
  };

  bool failed(const LayerRow& row) const {
    return result_.pulls[row.pull].retries->failure.has_value();
  }

  const LayerSpec& spec(const LayerRow& row) const {
    return scenario_.images[row.image].layers[row.layer];
  }

  std::string chain(std::size_t image, std::size_t layer) const {
    std::string name;
    for (std::size_t i = 0; i <= layer; ++i) name += scenario_.images[image].layers[i].digest + " ";
    return name;
  }

  void add_image(std::size_t node, std::size_t image) {
    const auto& layers = scenario_.images[image].layers;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      nodes_[node].blobs.emplace(layers[i].digest, kSimStart);
      nodes_[node].chains.emplace(chain(image, i), kSimStart);
    }
  }

  void fetched(const LayerRow& row) {
    moments_in_order(rules_, scenario_, kSimStart, {row.requested, row.first_byte, row.committed},
                     "moments of a download");
    rules_.hold(!row.committed || row.first_byte, "a blob that came had a first byte");
    rules_.hold(row.requested.has_value() == (row.source == LayerRow::Source::registry),
                "what a registry gave was asked for");
    if (!row.requested) return;
    rules_.hold(spec(row).fetched, "only what a registry serves is fetched");
    if (!row.committed && failed(row)) return;  // cut off: somebody asks again
    auto& blobs = nodes_[row.node].blobs;
    const SimTime when = row.committed.value_or(SimTime::max());
    rules_.hold(blobs.emplace(spec(row).digest, when).second, "a node fetches a blob once");
  }

  void unpacked(const LayerRow& row) {
    if (!row.unpack_started) return;
    moments_in_order(rules_, scenario_, kSimStart, {row.unpack_started, row.unpack_finished},
                     "moments of an unpack");
    if (!row.unpack_finished && failed(row)) return;
    const SimTime when = row.unpack_finished.value_or(SimTime::max());
    rules_.hold(nodes_[row.node].chains.emplace(chain(row.image, row.layer), when).second,
                "a node unpacks a layer once");
  }

  void order(const LayerRow& row) {
    if (!row.unpack_started) return;
    const Node& node = nodes_[row.node];
    if (spec(row).fetched) {
      const auto blob = node.blobs.find(spec(row).digest);
      rules_.hold(blob != node.blobs.end() && blob->second <= *row.unpack_started,
                  "an unpack comes after its blob");
    }
    if (row.layer == 0) return;
    const auto below = node.chains.find(chain(row.image, row.layer - 1));
    rules_.hold(below != node.chains.end() && below->second <= *row.unpack_started,
                "an unpack comes after the layer below");
  }

  void pull(std::size_t index) {
    const PullRow& pull = result_.pulls[index];
    const NodePoolSpec& pool = scenario_.node_pools[result_.nodes[pull.node].pool];
    std::vector<std::pair<SimTime, SimTime>> downloads;
    std::int64_t sum = 0;
    std::int64_t fetched = 0;
    std::set<std::size_t> rows;
    for (const LayerRow& row : result_.layers) {
      if (row.pull != index) continue;
      rows.insert(row.layer);
      if (!row.requested) continue;
      if (!row.committed && failed(row)) continue;
      downloads.emplace_back(*row.requested, row.committed.value_or(end_of(scenario_)));
      if (!row.committed) continue;
      sum += spec(row).size.count;
      ++fetched;
    }
    rules_.hold(open_at_once(downloads) <= pool.runtime.max_concurrent_downloads.value_or(3),
                "no more downloads at once than the runtime allows");
    rules_.hold(pull.work->bytes_fetched.count == sum && pull.work->layers_fetched == fetched,
                "bytes and layers of a pull are those of its rows");
    const auto layers = scenario_.images[pull.image].layers.size();
    if (!pull.finished) return;
    const bool by_itself = found_by_itself(pull);
    rules_.hold(
        rows.size() == layers || (by_itself && (rows.empty() || pull.retries->failure.has_value())),
        "a finished pull has all its rows");
    for (std::size_t i = 0; i < layers; ++i) {
      const auto& chains = nodes_[pull.node].chains;
      const auto found = chains.find(chain(pull.image, i));
      rules_.hold(found != chains.end() && found->second <= *pull.finished,
                  "a pull ends when all layers are there");
    }
  }

  void bytes() {
    std::int64_t fetched = 0;
    double started = 0;
    for (const LayerRow& row : result_.layers) {
      if (row.committed) fetched += spec(row).size.count;
      if (row.first_byte) started += static_cast<double>(spec(row).size.count);
    }
    double sent = 0;
    for (const double bytes : result_.registry_bytes) sent += bytes;
    rules_.hold(result_.counters.bytes_fetched == fetched, "all bytes fetched are counted");
    const double rounding = 1e-6 * std::max(1.0, sent);
    rules_.hold(sent >= static_cast<double>(fetched) - rounding && sent <= started + rounding,
                "registries sent what was fetched");
  }

  const Scenario& scenario_;
  const RunResult& result_;
  Rules rules_;
  std::vector<Node> nodes_;
};

inline std::string broken_layer_rules(const Scenario& scenario, const RunResult& result) {
  return NodeLayers(scenario, result).broken();
}

}  // namespace pullsim::test
