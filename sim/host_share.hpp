// How the cores and the disk of one host divide between what it receives (flows) and the jobs it
// runs (works). Pure functions; the formulas stand in pullsim/flow_network.hpp, which is their
// contract. Hosts of one class have equal answers.
#pragma once

#include <pullsim/flow_network.hpp>

#include "sim/affine.hpp"

#include <cstdint>
#include <span>

namespace pullsim {

inline constexpr double kFlush = -1;

/// `count` works with the same ratio of writing to computing.
struct WorkGroup {
  /// Bytes written per CPU second at full speed; kUnlimited for a job that only writes. Such a job
  /// takes no core: it counts among the works at the disk and not among those at the cores, and its
  /// speed is in bytes per second. kFlush for one that waits for what is unwritten: it counts among
  /// neither.
  double write_per_cpu_second = 0;
  std::uint32_t count = 0;
};

struct HostFlowLimit {
  double total = kUnlimited;  ///< sum of the host's flow rates
  Limit total_by = Limit::bandwidth;
  double each = kUnlimited;  ///< one flow: a stream is handled by one thread
};

/// Without the cores of a group, which are no limit of one host.
HostFlowLimit host_flow_limit(const HostKind& kind, std::uint32_t flows,
                              std::span<const WorkGroup> works);

struct WorkSpeed {
  Affine speed;  ///< CPU seconds per second; bytes per second for a job that only writes
  Limit limit = Limit::cpu;
};

/// Receive rate that `cores` leave to `flows` flows beside `works` jobs.
double cores_flow_limit(double cores, double receive_cpu_seconds_per_byte, double flows,
                        double works);

/// Works that need a core.
double works_on_cores(std::span<const WorkGroup> works);

/// Speeds while the host receives `flow_rate` bytes per second; `flush_rate` goes to all flushes
/// together. `speeds` as long as `works`. As long as the level stays in `range` they move with it
/// as `flow_rate` does.
void work_speeds(const HostKind& kind, const Affine& flow_rate, double flush_rate,
                 std::span<const WorkGroup> works, std::span<WorkSpeed> speeds, LevelRange& range);

}  // namespace pullsim
