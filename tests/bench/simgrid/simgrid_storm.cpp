// The workload of flow_bench on SimGrid, an independent simulator: the same input, the same output,
// so that finish times and wall seconds of the two can be compared
// (tests/bench/simgrid/compare.sh).
//
// Set up so that only max-min sharing is left: no TCP factors, no latencies, no reverse traffic.
// An actor a node fetches the layers in order, some at a time. The cap of a connection is a FATPIPE
// link on every route, since Comm::set_rate has no effect on sendto.
#include "tools/flow_bench/workload.hpp"

#include <fmt/core.h>
#include <simgrid/s4u.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace sg = simgrid::s4u;
using pullsim::flow_bench::Workload;

struct Platform {
  sg::Host* registry = nullptr;
  std::vector<sg::Host*> nodes;
};

Platform build(const Workload& workload) {
  sg::NetZone* zone = sg::create_full_zone("world");
  Platform platform;
  platform.registry = zone->create_host("registry", 1e9)->seal();
  const sg::Link* egress = zone->create_link("egress", workload.egress_bytes_per_second)->seal();
  const sg::Link* connection = nullptr;
  if (workload.connection_bytes_per_second > 0) {
    connection = zone->create_link("connection", workload.connection_bytes_per_second)
                     ->set_sharing_policy(sg::Link::SharingPolicy::FATPIPE)
                     ->seal();
  }
  std::vector<const sg::Link*> uplinks;
  for (const double uplink : workload.zone_uplinks) {
    uplinks.push_back(zone->create_link(fmt::format("uplink-{}", uplinks.size()), uplink)->seal());
  }
  for (const auto& node : workload.nodes) {
    const std::string name = fmt::format("node-{}", platform.nodes.size());
    sg::Host* host = zone->create_host(name, 1e9)->seal();
    const sg::Link* nic = zone->create_link(name + "-nic", node.nic_bytes_per_second)->seal();
    std::vector<sg::LinkInRoute> path{sg::LinkInRoute(egress), sg::LinkInRoute(nic)};
    if (node.zone) path.emplace_back(uplinks[*node.zone]);
    if (connection != nullptr) path.emplace_back(connection);
    zone->add_route(platform.registry->get_netpoint(), host->get_netpoint(), nullptr, nullptr, path,
                    false);
    platform.nodes.push_back(host);
  }
  zone->seal();
  return platform;
}

void fetch_all(const Workload& workload, const Platform& platform, std::size_t node,
               double& finished) {
  sg::this_actor::sleep_until(workload.nodes[node].start_seconds);
  std::vector<sg::CommPtr> under_way;
  for (const double bytes : workload.layers_bytes) {
    if (under_way.size() == workload.concurrency) {
      under_way.erase(under_way.begin() + sg::Comm::wait_any(under_way));
    }
    under_way.push_back(sg::Comm::sendto_async(platform.registry, platform.nodes[node],
                                               static_cast<std::uint64_t>(bytes)));
  }
  sg::Comm::wait_all(under_way);
  finished = sg::Engine::get_clock();
}

}  // namespace

int main(int argc, char** argv) {
  sg::Engine engine(&argc, argv);
  for (const char* setting : {"network/model:CM02", "network/crosstraffic:0", "network/TCP-gamma:0",
                              "network/bandwidth-factor:1.0", "network/latency-factor:1.0",
                              "network/weight-S:0", "contexts/stack-size:64"}) {
    sg::Engine::set_config(setting);
  }
  if (argc != 3) {
    std::cerr << "simgrid_storm WORKLOAD.json FINISH.csv\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  try {
    const Workload workload = pullsim::flow_bench::parse_workload(text, argv[1]);
    const Platform platform = build(workload);
    std::vector<double> finished(workload.nodes.size());
    for (std::size_t i = 0; i < workload.nodes.size(); ++i) {
      sg::Actor::create("fetch", platform.nodes[i],
                        [&, i] { fetch_all(workload, platform, i, finished[i]); });
    }
    const auto begin = std::chrono::steady_clock::now();
    engine.run();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    std::ofstream csv(argv[2]);
    csv << "node,finish_seconds\n";
    for (std::size_t i = 0; i < finished.size(); ++i) {
      csv << fmt::format("{},{:.9f}\n", i, finished[i]);
    }
    fmt::print("{:.6f} wall seconds\n", wall.count());
    return csv.flush() ? 0 : 4;
  } catch (const pullsim::flow_bench::BadInput& e) {
    std::cerr << e.what() << "\n";
    return 2;
  }
}
