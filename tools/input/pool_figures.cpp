// Reservations follow the bootstrap of Amazon EKS nodes: shares of the cores that fall with their
// number, memory by the number of pods. For other providers they are assumed.
#include "tools/input/pool_figures.hpp"

#include <algorithm>

namespace pullsim {

namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

void warn_credits(const PoolDraft& pool, const char* what, std::optional<Bandwidth> baseline,
                  std::optional<Bandwidth> used, std::vector<std::string>& warnings) {
  if (!baseline || !used || *baseline >= *used) return;
  warnings.push_back(fmt::format(
      "pool {}: {} credits of {} are not modelled: {} is used throughout, its baseline is {}",
      pool.name, what, pool.machine_type, format_rate(*used), format_rate(*baseline)));
}

void warn_unlimited(const PoolDraft& pool, const char* what, std::vector<std::string>& warnings) {
  warnings.push_back(fmt::format("pool {}: the catalogue has no {} rate of {}: it has no limit",
                                 pool.name, what, pool.machine_type));
}

void take_machine_figures(PoolDraft& pool, std::vector<std::string>& warnings) {
  const MachineType& machine = *pool.machine;
  if (!pool.cpu_written) pool.cpu_written = MilliCpu{machine.vcpus * 1000};
  if (!pool.memory_written) pool.memory_written = machine.memory;
  if (!pool.network) {
    pool.network = machine.network();
    warn_credits(pool, "network", machine.network_baseline, pool.network, warnings);
    if (!pool.network) warn_unlimited(pool, "network", warnings);
  }
  if (!pool.disk_write) {
    pool.disk_write = machine.disk_write();
    warn_credits(pool, "disk", machine.disk_baseline, pool.disk_write, warnings);
    if (!pool.disk_write) warn_unlimited(pool, "disk", warnings);
  }
}

void missing_figure(Reader& reader, const PoolDraft& pool, const char* key) {
  const std::string help = pool.machine_type.empty()
                               ? fmt::format("give `{}`, or a `machineType` of the catalogue", key)
                               : fmt::format("give `{}`; the catalogue does not know that of `{}`",
                                             key, pool.machine_type);
  reader.error("PS3009", pool.place, fmt::format("node pool `{}` has no `{}`", pool.name, key),
               {"", help, ""});
}

void check_allocatable(Reader& reader, const PoolDraft& pool) {
  const char* key = nullptr;
  if (pool.allocatable_cpu > pool.cpu || pool.allocatable_cpu.count <= 0) key = "cpu";
  if (pool.allocatable_memory > pool.memory || pool.allocatable_memory.count <= 0) key = "memory";
  if (key == nullptr) return;
  const bool none = pool.allocatable_cpu.count <= 0 || pool.allocatable_memory.count <= 0;
  if (none) {
    reader.error("PS3012", pool.place,
                 fmt::format("nodes of `{}` have no {} left for pods", pool.name, key),
                 {"", "give larger nodes, a smaller `maxPods`, or `allocatable`", ""});
  } else {
    reader.error("PS3012", pool.place,
                 fmt::format("nodes of `{}` offer more {} than they have", pool.name, key),
                 {"", fmt::format("lower `allocatable.{}`", key), ""});
  }
}

}  // namespace

MilliCpu reserved_cpu(MilliCpu capacity) {
  struct Range {
    std::int64_t cores;       // of this range
    std::int64_t hundredths;  // share kept, in hundredths of a percent
  };
  constexpr std::int64_t kRest = 1'000'000;
  constexpr Range ranges[] = {{1, 600}, {1, 100}, {2, 50}, {kRest, 25}};
  std::int64_t left = capacity.count;
  std::int64_t kept = 0;
  for (const Range& range : ranges) {
    const std::int64_t part = std::min(left, range.cores * 1000);
    kept += part * range.hundredths;
    left -= part;
  }
  return MilliCpu{kept / 10'000};
}

Bytes reserved_memory(std::int64_t max_pods) {
  constexpr std::int64_t kBase = 255;
  constexpr std::int64_t kPerPod = 11;
  constexpr std::int64_t kEviction = 100;
  return Bytes{(kBase + kPerPod * max_pods + kEviction) * kMebibyte};
}

void fill_pool_figures(Reader& reader, PoolDraft& pool, std::vector<std::string>& warnings) {
  if (pool.machine != nullptr) take_machine_figures(pool, warnings);
  const bool unknown_machine = pool.machine == nullptr && !pool.machine_type.empty();
  if (unknown_machine) return;  // said already
  if (!pool.cpu_written) missing_figure(reader, pool, "cpu");
  if (!pool.memory_written) missing_figure(reader, pool, "memory");
  if (!pool.cpu_written || !pool.memory_written) return;
  pool.cpu = *pool.cpu_written;
  pool.memory = *pool.memory_written;
  pool.allocatable_cpu = pool.allocatable_cpu_written.value_or(
      MilliCpu{pool.cpu.count - reserved_cpu(pool.cpu).count});
  pool.allocatable_memory = pool.allocatable_memory_written.value_or(
      Bytes{pool.memory.count - reserved_memory(pool.max_pods).count});
  check_allocatable(reader, pool);
}

}  // namespace pullsim
