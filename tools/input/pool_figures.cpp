// Reservations follow the bootstrap of Amazon EKS nodes: shares of the cores that fall with their
// number, memory by the number of pods. For other providers they are assumed.
#include "tools/input/pool_figures.hpp"

#include <algorithm>
#include <limits>

namespace pullsim {

namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr Bytes kVolumeSize{std::int64_t{20} << 30};  // EKS' default for a node; of a gp2 without

// At least so long, says the catalogue of EBS.
constexpr Duration kDiskBurst = std::chrono::minutes(30);

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
    if (!pool.network) warn_unlimited(pool, "network", warnings);
  }
  if (pool.disk_type == DiskType::tmpfs) return;
  const bool aws = machine.provider == "aws";
  if (aws && !pool.disk_write && pool.disk_type == DiskType::plain) pool.disk_type = DiskType::gp3;
  if (!pool.disk_write) {
    pool.disk_write = machine.disk();
    if (!pool.disk_write && pool.disk_type == DiskType::plain) {
      warn_unlimited(pool, "disk", warnings);
    }
  }
}

void wrong_burst(Reader& reader, const PoolDraft& pool, const BurstDraft& draft,
                 const char* problem, const char* help) {
  reader.error("PS3015", draft.place, fmt::format("node pool `{}`: {}", pool.name, problem),
               {"", help, ""});
}

// What is written, over what the machine or the volume has.
std::optional<BurstSpec> choose_burst(Reader& reader, const PoolDraft& pool,
                                      const BurstDraft& draft, std::optional<Bandwidth> rate,
                                      std::optional<BurstSpec> burst, Duration duration) {
  if (draft.baseline) {
    if (!rate || *draft.baseline >= *rate) {
      wrong_burst(
          reader, pool, draft,
          rate ? "the baseline is not below the rate of a burst" : "a baseline without a rate",
          "write the rate of a burst above its `baseline`");
    }
    burst = BurstSpec{*draft.baseline, duration};
  }
  if (!burst && draft.duration) {
    wrong_burst(reader, pool, draft, "`burstDuration` without a baseline",
                "give the `baseline` that is left after a burst");
  }
  if (!burst) return std::nullopt;
  burst->initial_percent = draft.initial_percent;
  if (draft.duration) {
    burst->duration = *draft.duration;
    burst->rate.reset();
  }
  return burst;
}

void choose_network(Reader& reader, PoolDraft& pool) {
  std::optional<BurstSpec> machine;
  if (pool.machine != nullptr && pool.machine->network_baseline) {
    machine.emplace().baseline = *pool.machine->network_baseline;
  }
  pool.network_burst =
      choose_burst(reader, pool, pool.network_draft, pool.network, machine, BurstSpec{}.duration);
}

/// Seconds until a full credit is used up at `rate`.
double lasts(const BurstSpec& burst, Bandwidth rate) {
  const double above = rate.bytes_per_second - burst.baseline.bytes_per_second;
  if (above <= 0) return std::numeric_limits<double>::infinity();
  const double full = burst.rate->bytes_per_second - burst.baseline.bytes_per_second;
  return full * to_seconds(burst.duration) / above;
}

// A volume and the machine in front of it: the lower rate, and the credit that ends first.
void choose_disk(Reader& reader, PoolDraft& pool, bool write_given) {
  std::optional<BurstSpec> burst;
  std::optional<VolumeRate> volume;
  if (pool.disk_type == DiskType::gp3) volume = gp3_volume();
  if (pool.disk_type == DiskType::gp2) {
    volume = gp2_volume(pool.disk_size.value_or(kVolumeSize));
  }
  if (volume && !write_given && (!pool.disk_write || volume->write < *pool.disk_write)) {
    pool.disk_write = volume->write;
  }
  if (volume) burst = volume->burst;
  if (pool.machine != nullptr && pool.machine->disk_baseline && pool.disk_write) {
    BurstSpec machine{*pool.machine->disk_baseline, kDiskBurst};
    machine.rate = pool.machine->disk();
    if (!burst || lasts(machine, *pool.disk_write) < lasts(*burst, *pool.disk_write)) {
      burst = machine;
    }
  }
  pool.disk_burst = choose_burst(reader, pool, pool.disk_draft, pool.disk_write, burst, kDiskBurst);
  const bool limited = pool.disk_write || pool.disk_iops;
  if (!limited || pool.page_cache_draft.dirty_ratio == 0) return;
  pool.page_cache = pool.page_cache_draft;
  pool.page_cache->available = pool.page_cache_written.value_or(pool.allocatable_memory);
}

void check_memory_disk(Reader& reader, const PoolDraft& pool, bool write_given) {
  const BurstDraft& draft = pool.disk_draft;
  if (!write_given && !pool.disk_iops && !draft.baseline && !draft.duration) return;
  reader.error("PS2011", draft.place,
               fmt::format("the disk of node pool `{}` is memory and has rates", pool.name),
               {"", "leave out `type: tmpfs`, or its rates", ""});
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
  const bool write_given = pool.disk_write.has_value();
  if (pool.machine != nullptr) take_machine_figures(pool, warnings);
  const bool unknown_machine = pool.machine == nullptr && !pool.machine_type.empty();
  if (unknown_machine) return;  // said already
  if (!pool.cpu_written && !pool.cpu_tried) missing_figure(reader, pool, "cpu");
  if (!pool.memory_written && !pool.memory_tried) missing_figure(reader, pool, "memory");
  if (!pool.cpu_written || !pool.memory_written) return;
  pool.cpu = *pool.cpu_written;
  pool.memory = *pool.memory_written;
  pool.allocatable_cpu = pool.allocatable_cpu_written.value_or(
      MilliCpu{pool.cpu.count - reserved_cpu(pool.cpu).count});
  pool.allocatable_memory = pool.allocatable_memory_written.value_or(
      Bytes{pool.memory.count - reserved_memory(pool.max_pods).count});
  check_allocatable(reader, pool);
  choose_network(reader, pool);
  if (pool.disk_type == DiskType::tmpfs) {
    check_memory_disk(reader, pool, write_given);
  } else {
    choose_disk(reader, pool, write_given);
  }
}

}  // namespace pullsim
