// The host's formulas; contract and symbols in pullsim/flow_network.hpp.
#include "sim/host_share.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

/// Flows that leave the works exactly their demand leave it up to rounding: such works count as
/// satisfied, not as held up by the disk.
constexpr double kRounding = 1 + 1e-12;

bool only_writes(const WorkGroup& work) { return std::isinf(work.write_per_cpu_second); }
bool flushes(const WorkGroup& work) { return work.write_per_cpu_second == kFlush; }

}  // namespace

double works_on_cores(std::span<const WorkGroup> works) {
  double count = 0;
  for (const WorkGroup& work : works) count += only_writes(work) || flushes(work) ? 0 : work.count;
  return count;
}

double cores_flow_limit(double cores, double receive_cpu_seconds_per_byte, double flows,
                        double works) {
  return std::max(cores - works, cores * flows / (flows + works)) / receive_cpu_seconds_per_byte;
}

HostFlowLimit host_flow_limit(const HostKind& kind, std::uint32_t flows,
                              std::span<const WorkGroup> works) {
  const double k = flows;
  double on_disk = 0;
  double write_demand = 0;
  for (const WorkGroup& work : works) {
    if (flushes(work)) continue;
    on_disk += work.count;
    write_demand += work.count * work.write_per_cpu_second;
  }
  HostFlowLimit limit{kind.bandwidth, Limit::bandwidth, kUnlimited};
  if (!std::isinf(kind.disk)) {
    const double disk = std::max(kind.disk - write_demand, kind.disk * k / (k + on_disk));
    if (disk < limit.total) limit = {disk, Limit::disk, kUnlimited};
  }
  const double a = kind.receive_cpu_seconds_per_byte;
  if (a > 0) {
    limit.each = 1 / a;
    if (!std::isinf(kind.cores) && kind.core_group == 0) {
      const double cpu = cores_flow_limit(kind.cores, a, k, works_on_cores(works));
      if (cpu < limit.total) {
        limit.total = cpu;
        limit.total_by = Limit::cpu;
      }
    }
  }
  return limit;
}

void work_speeds(const HostKind& kind, double flow_rate, double flush_rate,
                 std::span<const WorkGroup> works, std::span<WorkSpeed> speeds) {
  const double a = kind.receive_cpu_seconds_per_byte;
  const double on_cores = works_on_cores(works);
  double share = 1;
  if (on_cores > 0 && !std::isinf(kind.cores)) {
    const double left = kind.cores - (a > 0 ? a * flow_rate : 0);
    share = std::clamp(left / on_cores, 0.0, 1.0);
  }
  const auto demand = [&](const WorkGroup& work) {
    return only_writes(work) ? kUnlimited : work.write_per_cpu_second * share;
  };
  for (std::size_t i = 0; i < works.size(); ++i) {
    speeds[i] = {-1, Limit::cpu};
    if (flushes(works[i])) speeds[i] = {flush_rate / works[i].count, Limit::disk};
  }

  // Max-min shares of the remaining disk: who wants no more than an equal part gets it, the rest is
  // divided again until everybody left wants more.
  double disk = std::isinf(kind.disk) ? kUnlimited : std::max(0.0, kind.disk - flow_rate);
  double waiting = 0;
  for (const WorkGroup& work : works) waiting += flushes(work) ? 0 : work.count;
  for (bool settled = false; !settled;) {
    settled = true;
    const double part = waiting > 0 ? disk / waiting : kUnlimited;
    for (std::size_t i = 0; i < works.size(); ++i) {
      if (speeds[i].speed >= 0 || only_writes(works[i]) || demand(works[i]) > part * kRounding)
        continue;
      speeds[i] = {share, Limit::cpu};
      disk = std::max(0.0, disk - works[i].count * demand(works[i]));
      waiting -= works[i].count;
      settled = false;
    }
  }
  const double part = waiting > 0 ? disk / waiting : kUnlimited;
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (speeds[i].speed >= 0) continue;
    speeds[i] = {only_writes(works[i]) ? part : part / works[i].write_per_cpu_second, Limit::disk};
  }
}

}  // namespace pullsim
