// The host's formulas; contract and symbols in pullsim/flow_network.hpp.
#include "sim/host_share.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

/// Flows that leave the works exactly their demand leave it up to rounding: such works count as
/// satisfied, not as held up by the disk.
constexpr double kRounding = 1 + 1e-12;
constexpr double kWaits = -1;  // unlike every speed: not settled yet

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

void work_speeds(const HostKind& kind, const Affine& flow_rate, double flush_rate,
                 std::span<const WorkGroup> works, std::span<WorkSpeed> speeds, LevelRange& range) {
  const double a = kind.receive_cpu_seconds_per_byte;
  const double on_cores = works_on_cores(works);
  Affine share = 1;
  if (on_cores > 0 && !std::isinf(kind.cores)) {
    const Affine left = a > 0 ? Affine(kind.cores) - a * flow_rate : Affine(kind.cores);
    share = range.min(1, range.max(0, left / on_cores));
  }
  // What a job would write at the speed of its cores; asked only of those that use some.
  const auto demand = [&](const WorkGroup& work) { return work.write_per_cpu_second * share; };

  // Max-min shares of the remaining disk: who wants no more than an equal part gets it, the rest is
  // divided again until everybody left wants more.
  Affine disk = kUnlimited;
  if (!std::isinf(kind.disk)) disk = range.max(0, Affine(kind.disk) - flow_rate);
  double waiting = 0;
  for (std::size_t i = 0; i < works.size(); ++i) {
    speeds[i] = {Affine(kWaits), Limit::cpu};
    if (flushes(works[i])) {
      speeds[i] = {Affine(flush_rate / works[i].count), Limit::disk};
    } else {
      waiting += works[i].count;
    }
  }
  for (bool settled = false; !settled;) {
    settled = true;
    const Affine part = waiting > 0 ? disk / waiting : Affine(kUnlimited);
    for (std::size_t i = 0; i < works.size(); ++i) {
      if (speeds[i].speed != Affine(kWaits) || only_writes(works[i])) continue;
      if (!std::isinf(part.constant) && range.less(kRounding * part, demand(works[i]))) continue;
      speeds[i] = {share, Limit::cpu};
      if (!std::isinf(disk.constant)) {
        disk = range.max(0, disk - works[i].count * demand(works[i]));
      }
      waiting -= works[i].count;
      settled = false;
    }
  }
  const Affine part = waiting > 0 ? disk / waiting : Affine(kUnlimited);
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (speeds[i].speed != Affine(kWaits)) continue;
    speeds[i] = {only_writes(works[i]) ? part : part / works[i].write_per_cpu_second, Limit::disk};
  }
}

}  // namespace pullsim
