// A case of events as a scenario, and what the simulator says about it.
#include "tools/calibrate/event_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pullsim {

namespace {

constexpr double kNeverSeconds = 1e6;  // of a pull that does not end

Scenario scenario_for(const EventCases& all, const EventCase& one,
                      std::map<std::size_t, std::size_t>& image_index) {
  const Scenario& base = all.world.base;
  Scenario scenario;
  scenario.name = "calibration";
  scenario.registries = base.registries;
  scenario.zones = base.zones;
  const auto index_of = [&](std::size_t image) {
    const auto [at, fresh] = image_index.emplace(image, scenario.images.size());
    if (fresh) scenario.images.push_back(all.images[image]);
    return at->second;
  };
  for (const EventPull& pull : one.pulls) index_of(pull.image);
  for (std::size_t n = 0; n < one.nodes.size(); ++n) {
    NodePoolSpec pool = base.node_pools[one.nodes[n].pool];
    pool.name = fmt::format("node-{}", n);
    pool.nodes_initial = pool.nodes_min = pool.nodes_max = 1;
    pool.cached.clear();
    pool.cached_initially.clear();
    pool.disk_size.reset();  // what else is on the disk is not known
    for (const std::size_t image : one.nodes[n].held) pool.cached.push_back(index_of(image));
    scenario.node_pools.push_back(std::move(pool));
  }
  for (RegistrySpec& registry : scenario.registries) {
    // The pulls that are predicted ended well.
    registry.request_failure_probability = 0;
    registry.pull_limit.reset();
    if (!registry.images) continue;
    std::vector<std::size_t> has;
    for (const std::size_t image : *registry.images) {
      const auto at = image_index.find(image);
      if (at != image_index.end()) has.push_back(at->second);
    }
    registry.images = std::move(has);
  }
  return scenario;
}

}  // namespace

PreparedCase::PreparedCase(const EventCases& all, const EventCase& one) {
  std::map<std::size_t, std::size_t> image_index;
  scenario_ = scenario_for(all, one, image_index);
  for (const EventPull& pull : one.pulls) {
    requests_.push_back(
        {pull.node, 0, image_index.at(pull.image), duration_up(pull.start_seconds)});
  }
}

EventPrediction PreparedCase::predict(const EventValues& values) const {
  Scenario scenario = scenario_;
  for (NodePoolSpec& pool : scenario.node_pools) {
    UnpackCost& cost = pool.runtime.unpack;
    const UnpackCost fresh;
    cost.gzip_per_compressed_byte = fresh.gzip_per_compressed_byte * values.cost_factor;
    cost.gzip_per_byte = fresh.gzip_per_byte * values.cost_factor;
    cost.zstd_per_byte = fresh.zstd_per_byte * values.cost_factor;
    cost.per_file = fresh.per_file * values.cost_factor;
    cost.per_layer = fresh.per_layer * values.cost_factor;
    pool.runtime.download_cpu_per_byte = RuntimeSpec{}.download_cpu_per_byte * values.cost_factor;
  }
  for (RegistrySpec& registry : scenario.registries) {
    registry.request_latency = Distribution::constant(values.request_latency);
    registry.sharing_spread = 0;
    if (!registry.per_connection) registry.per_connection = Bandwidth{values.per_connection};
  }
  const RunResult result = simulate_pulls(scenario, requests_, 0);
  EventPrediction out;
  for (std::size_t p = 0; p < requests_.size(); ++p) {
    const PullRow& pull = result.pulls[p];
    const double start = to_seconds(requests_[p].start);
    const double end = pull.finished ? to_seconds(*pull.finished) : start + kNeverSeconds;
    out.pull_seconds.push_back(end - start);
    out.makespan_seconds = std::max(out.makespan_seconds, end);
  }
  return out;
}

}  // namespace pullsim
