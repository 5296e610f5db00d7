// The network-only workload of contract section 6: nodes that start at given times and fetch the
// same layers in order, some at a time. Reading is strict: every mistake is named, nothing is
// guessed.
#pragma once

#include <cstdint>
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

struct Workload {
  double egress_bytes_per_second = 0;
  double connection_bytes_per_second = 0;  ///< 0: no cap
  std::uint32_t concurrency = 1;
  std::vector<double> layers_bytes;
  std::vector<double> zone_uplinks;  ///< bytes per second
  std::vector<Node> nodes;
  // Of all nodes, by flags: the interface is a burst above its baseline for so many bytes.
  double baseline_share = 1;
  double credit_bytes = 0;  ///< 0: no burst
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
  double spread_seconds = 60;
  std::uint64_t seed = 1;
};

/// A storm of pulls with continuous sizes and starts, as JSON. The egress grows with the number of
/// nodes, so that storms of all sizes are equally crowded.
std::string generate_workload(const GenerateOptions& options);

}  // namespace pullsim::flow_bench
