// The network-only workload of contract section 6: nodes that start at given times and fetch the
// same layers in order, some at a time. Reading is strict: every mistake is named, nothing is
// guessed.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace pullsim::flow_bench {

struct Node {
  double start_seconds = 0;
  double nic_bytes_per_second = 0;
  std::optional<std::uint32_t> zone;
};

/// What the file format does not have: given by flags, the same for all nodes.
struct HostOptions {
  double baseline_share = 1;  ///< of the interface, left when its credit is used up
  double credit_bytes = 0;    ///< 0: no burst
  double disk_bytes_per_second = std::numeric_limits<double>::infinity();
  double cores = std::numeric_limits<double>::infinity();
  double receive_cpu_seconds_per_byte = 0;
  std::uint32_t registries = 1;  ///< with an equal part of the egress; layers take turns
  std::uint32_t weights = 1;     ///< flows share with so many different weights, from 0.5 to 2
  double unpack_cpu_seconds_per_byte = 0;  ///< of a job after each layer; 0: none
  double unpack_ratio = 0;                 ///< bytes that the job writes for each of the layer
};

struct Workload {
  double egress_bytes_per_second = 0;
  double connection_bytes_per_second = 0;  ///< 0: no cap
  std::uint32_t concurrency = 1;
  std::vector<double> layers_bytes;
  std::vector<double> zone_uplinks;  ///< bytes per second
  std::vector<Node> nodes;
  HostOptions hosts;
};

/// The user's file is wrong; the text has one line for each mistake.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// `name` stands for the file in messages. Throws BadInput.
Workload parse_workload(const std::string& text, const std::string& name);

struct GenerateOptions {
  std::uint32_t nodes = 5000;
  std::uint32_t layers = 10;
  std::uint32_t zones = 0;
  std::uint32_t concurrency = 3;
  std::uint32_t networks = 1;          ///< different interfaces, from 0.1 to 10 Gbit/s
  double egress_bytes_per_second = 0;  ///< 0: grows with the number of nodes
  double spread_seconds = 60;
  std::uint64_t seed = 1;
};

/// A storm of pulls with continuous sizes (whole bytes) and starts, as JSON. Unless it is given the
/// egress grows with the number of nodes, so that storms of all sizes are equally crowded.
std::string generate_workload(const GenerateOptions& options);

}  // namespace pullsim::flow_bench
