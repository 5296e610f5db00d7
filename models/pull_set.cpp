// Pulls without a cluster: a measurement's set-up of registries, nodes and PullImage calls. Leaves
// out everything above the container runtime.
#include <pullsim/simulate.hpp>

#include "models/image_pull.hpp"
#include "models/node.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <deque>
#include <memory>

namespace pullsim {
namespace {

FlowNetworkOptions with_limits() {
  FlowNetworkOptions options;
  options.track_limits = true;
  return options;
}

EngineOptions engine_options(const Scenario& scenario, std::uint32_t run) {
  EngineOptions options;
  options.events_max = scenario.events_max;
  options.seed = scenario.seed;
  options.run = run;
  return options;
}

class PullSet {
 public:
  PullSet(const Scenario& scenario, std::uint32_t run)
      : scenario_(scenario),
        engine_(engine_options(scenario, run)),
        network_(engine_, with_limits()),
        recorder_(result_, network_.network()),
        context_{scenario, run, engine_, network_, recorder_, false},
        images_(scenario) {
    result_.run = run;
    FlowNetwork& network = network_.network();
    for (std::size_t i = 0; i < scenario.registries.size(); ++i) {
      registries_.emplace_back(context_, i, images_);
    }
    std::vector<ZoneId> zones;
    for (const ZoneSpec& zone : scenario.zones) {
      zones.push_back(
          network.add_zone(zone.uplink ? payload_of(*zone.uplink).bytes_per_second : kUnlimited));
    }
    for (std::size_t p = 0; p < scenario.node_pools.size(); ++p) add_nodes(p, zones);
  }

  RunResult run(const std::vector<PullRequest>& requests) {
    for (const PullRequest& request : requests) add_pull(request);
    engine_.run(kSimStart + std::chrono::hours(24 * 365));
    for (const auto& pull : pulls_) pull->write_unfinished();
    for (const PullRow& row : result_.pulls) {
      PULLSIM_CHECK(row.finished.has_value(), "a pull on its own comes to its end");
    }
    result_.ended = engine_.now();
    result_.counters.events = engine_.events_run();
    result_.digest = engine_.digest();
    return std::move(result_);
  }

 private:
  struct Machine {
    Machine(Engine& engine, const ImageTable& images, const NodePoolSpec& pool, RandomStream stream)
        : layers(engine, images, pull_pipeline(pool.runtime)), site(stream) {
      site.set_runtime(engine, pool);
    }
    LayerStore layers;
    PullSite site;
  };

  void add_nodes(std::size_t p, const std::vector<ZoneId>& zones) {
    const NodePoolSpec& pool = scenario_.node_pools[p];
    FlowNetwork& network = network_.network();
    const HostKindId kind = network.add_host_kind(host_kind(pool, p));
    first_node_.push_back(machines_.size());
    for (std::int64_t i = 0; i < pool.nodes_initial; ++i) {
      NodeRow row;
      row.name = node_name(pool, i);
      row.pool = p;
      row.zone = pool.zones[static_cast<std::size_t>(i) % pool.zones.size()];
      row.initial = true;
      row.ready = kSimStart;
      Machine& machine =
          machines_.emplace_back(engine_, images_, pool, context_.stream(row.name, "request"));
      machine.site.node = machines_.size() - 1;
      machine.site.zone = row.zone;
      machine.site.host = network_.add_host(zones[row.zone], kind);
      machine.site.images = &images_;
      machine.site.registries = &registries_;
      machine.site.store = &machine.layers;
      for (const std::size_t image : pool.cached) machine.layers.add_whole_image(images_, image);
      for (const std::size_t image : pool.cached_initially) {
        machine.layers.add_whole_image(images_, image);
      }
      result_.nodes.push_back(std::move(row));
    }
  }

  void add_pull(const PullRequest& request) {
    PULLSIM_CHECK(request.pool < first_node_.size() && request.node >= 0 &&
                      request.node < scenario_.node_pools[request.pool].nodes_initial,
                  "a pull is asked of an initial node");
    const std::size_t node = first_node_[request.pool] + static_cast<std::size_t>(request.node);
    PullRow row;
    row.node = static_cast<RowIndex>(node);
    row.image = static_cast<RowIndex>(request.image);
    row.requested = kSimStart + request.start;
    result_.pulls.push_back(row);
    pulls_.push_back(std::make_unique<ImagePull>(context_, machines_[node].site,
                                                 result_.pulls.size() - 1, request.image));
    ImagePull* pull = pulls_.back().get();
    engine_.at(row.requested, "pull asked for", [pull] { pull->start([] {}); });
  }

  const Scenario& scenario_;
  RunResult result_;
  Engine engine_;
  NetworkDriver network_;
  Recorder recorder_;
  Context context_;
  ImageTable images_;
  std::deque<Registry> registries_;
  std::deque<Machine> machines_;
  std::vector<std::size_t> first_node_;  // by pool
  std::vector<std::unique_ptr<ImagePull>> pulls_;
};

}  // namespace

RunResult simulate_pulls(const Scenario& scenario, const std::vector<PullRequest>& requests,
                         std::uint32_t run) {
  return PullSet(scenario, run).run(requests);
}

}  // namespace pullsim
