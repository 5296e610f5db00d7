// The pieces of work; see the header.
#include "tests/bench/cases.hpp"

#include <pullsim/engine.hpp>
#include <pullsim/simulate.hpp>

#include "tests/support/scenario_builder.hpp"
#include "tools/flow_bench/storm.hpp"
#include "tools/flow_bench/workload.hpp"

#include <cmath>

namespace pullsim::bench {

namespace {

/// Order-dependent; times to the nanosecond, so that compilers agree.
class Digest {
 public:
  void add(std::uint64_t value) {
    for (int byte = 0; byte < 8; ++byte) {
      hash_ = (hash_ ^ (value >> (8 * byte) & 0xff)) * 0x100000001b3u;  // FNV-1a
    }
  }
  void add_seconds(double seconds) { add(static_cast<std::uint64_t>(std::llround(seconds * 1e9))); }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

/// The hold model: as many events are pending all the time; each that runs schedules another, at a
/// delay of a hundred whole milliseconds or one of many different ones; every fourth is moved.
std::uint64_t run_hold(std::uint32_t pending) {
  struct Hold {
    Engine engine;
    std::uint64_t state = 1;
    std::uint64_t left = 0;
    EventHandle last;

    std::uint64_t next() {
      state ^= state << 13;
      state ^= state >> 7;
      return state ^= state << 17;
    }
    void schedule() {
      const std::uint64_t drawn = next();
      const Duration delay{static_cast<std::int64_t>(drawn % 3 == 0 ? 100'000'000 : drawn >> 36)};
      const EventHandle made = engine.in(delay, "hold", [this] { again(); });
      if (drawn % 4 == 1 && engine.cancel(last)) {
        last = engine.in(delay, "moved", [this] { again(); });
      } else {
        last = made;
      }
    }
    void again() {
      if (left == 0) return;
      --left;
      schedule();
    }
  };
  Hold work;
  work.left = std::uint64_t{pending} * 10;
  for (std::uint32_t i = 0; i < pending; ++i) work.schedule();
  work.engine.run(SimTime::max());
  return work.engine.digest();
}

using Work = std::function<std::uint64_t()>;

Work hold(std::uint32_t pending) {
  return [pending] { return run_hold(pending); };
}

Work storm(const flow_bench::GenerateOptions& options, const flow_bench::HostOptions& hosts) {
  flow_bench::Workload workload =
      flow_bench::parse_workload(flow_bench::generate_workload(options), "generated");
  workload.hosts = hosts;
  return [workload] {
    FlowNetwork network;
    Digest digest;
    for (const double finished : flow_bench::Storm(workload, network).run().finish_seconds) {
      digest.add_seconds(finished);
    }
    return digest.value();
  };
}

Work star(std::uint32_t nodes) { return storm({.nodes = nodes}, {}); }
Work zones(std::uint32_t nodes) { return storm({.nodes = nodes, .zones = 3}, {}); }
Work networks(std::uint32_t nodes) { return storm({.nodes = nodes, .networks = 600}, {}); }
Work registries(std::uint32_t nodes) { return storm({.nodes = nodes}, {.registries = 3}); }
Work credits(std::uint32_t nodes) {
  return storm({.nodes = nodes}, {.baseline_share = 0.02, .credit_bytes = 2e7});
}
/// Every node's interface is another; weights, disk, cores, unpacking and credit at once.
Work everything(std::uint32_t nodes) {
  return storm({.nodes = nodes, .networks = nodes}, {.baseline_share = 0.3,
                                                     .credit_bytes = 5e7,
                                                     .disk_bytes_per_second = 125e6,
                                                     .cores = 2,
                                                     .receive_cpu_seconds_per_byte = 5.5e-9,
                                                     .weights = 3,
                                                     .unpack_cpu_seconds_per_byte = 20e-9,
                                                     .unpack_ratio = 2.6});
}

Work simulation(const Scenario& scenario) {
  return [scenario] { return simulate(scenario, 0).digest; };
}

/// Thirty pods a node, whose image is there: scheduling, binding and starting alone.
Work scheduling(std::uint32_t nodes) {
  Scenario scenario =
      test::small_scenario({test::image("web", {test::layer("a", 10)})}, nodes, 30 * nodes);
  scenario.node_pools[0].cached = {0};
  scenario.workloads[0].cpu_request = MilliCpu{100};
  return simulation(scenario);
}

/// Ten layers on every node: kubelet, pull, cache, unpacking, network.
Work pulling(std::uint32_t nodes) {
  std::vector<LayerSpec> layers;
  for (int i = 0; i < 10; ++i)
    layers.push_back(test::layer(std::string(1, "abcdefghij"[i]), 7 + 5 * i));
  Scenario scenario = test::small_scenario({test::image("web", layers)}, nodes, nodes);
  scenario.workloads[0].cpu_request = MilliCpu{3000};
  scenario.registries[0].egress = Bandwidth{3e6 * nodes};
  return simulation(scenario);
}

}  // namespace

std::span<const Case> cases() {
  static const std::vector<Case> all = {
      {"event_list", "pending events", 200, 0x3e4496c2ad36d71fu, {1'000, 30'000, 1'000'000}, hold},
      {"network_star", "nodes", 50, 0x6a1b8613705d99d5u, {1'000, 10'000, 100'000, 1'000'000}, star},
      {"network_zones", "nodes", 50, 0x8d56df0cbf5a81fdu, {1'000, 10'000, 100'000}, zones},
      {"network_600_interfaces", "nodes", 60, 0xd086c85b057280acu, {10'000, 100'000}, networks},
      {"network_registries", "nodes", 50, 0x6f15472663106f2eu, {1'000, 10'000}, registries},
      {"network_credits", "nodes", 50, 0xb4325fd18e665d5u, {1'000, 10'000, 100'000}, credits},
      {"network_everything", "nodes", 40, 0x332924a57d49d033u, {1'000, 5'000}, everything},
      {"scheduling", "nodes", 5, 0x80709ca26be98088u, {50, 500, 5'000}, scheduling},
      {"pulling", "nodes", 5, 0xd4f8f15a3b804f30u, {50, 500, 5'000}, pulling},
  };
  return all;
}

}  // namespace pullsim::bench
