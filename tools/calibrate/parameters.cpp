// From a measured set-up to a scenario; see the header.
#include "tools/calibrate/parameters.hpp"

#include "tools/calibrate/quantile.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

// Starts are the scenario's own defaults where it has them; the others are assumed orders of size.
constexpr std::array<ParameterInfo, kParameterCount> kInfo = {{
    {"runtime.unpack.gzip.perCompressedByte", "s/byte", 8.7e-9},
    {"runtime.unpack.gzip.perByte", "s/byte", 4.6e-9},
    {"unpigz: runtime.unpack.gzip.perCompressedByte", "s/byte", 5e-9},
    {"runtime.unpack.zstd.perByte", "s/byte", 3.7e-9},
    {"runtime.unpack.perFile", "s", 48e-6},
    {"runtime.unpack.perLayer", "s", 1e-3},
    {"runtime.download.perByte", "s/byte", 5.5e-9},
    {"fetch only: runtime.download.perByte", "s/byte", 5.5e-9},
    {"registry.requestLatency", "s", 3e-3},
    {"runtime.pullOverhead", "s", 13e-3},
    {"runtime.commit.perBlob", "s", 7e-3},
    {"runtime.commit.flush (per byte)", "s/byte", 0.6e-9},
    {"registry.connectionBurst", "bytes", 1e6},
    {"registry.sharingSpread", "1", 0.4},
    {"runtime.commit.transaction", "s", 1e-3},
    {"laboratory: cores lost where all are busy", "1", 0.1},
    {"laboratory: share of the probe's drift", "1", 0.6},
}};

double value_of(const ParameterValues& values, Parameter parameter) {
  return values[static_cast<std::size_t>(parameter)];
}

// A tool that copies content through one stream has one core for it, whatever the machine has.
constexpr std::int64_t kFetchOnlyCores = 1;
constexpr std::int64_t kCoresUnknown = 2;  // assumed where a case does not say
// Linux: ten segments of 1448 bytes.
constexpr std::int64_t kInitialWindow = 14480;
constexpr std::int64_t kUnlimitedDownloads = 10'000;
constexpr std::uint32_t kRuns = 9;  // odd, so that a median is one of the runs

RegistrySpec registry_of(const MeasuredCase& measured, const ParameterValues& values) {
  RegistrySpec registry;
  registry.name = measured.through_proxy ? "proxy" : "registry";
  if (measured.egress_bits_per_second) {
    const Bandwidth rate = Bandwidth::bits_per_second(*measured.egress_bits_per_second);
    // Behind a proxy only what it has to fetch itself crosses the registry's port.
    (measured.through_proxy ? registry.upstream : registry.egress) = rate;
  }
  if (measured.through_proxy && !measured.proxy_cold) registry.upstream.reset();
  registry.cold_waits = measured.proxy_cold;
  if (measured.connection_bytes_per_second) {
    registry.per_connection = Bandwidth{*measured.connection_bytes_per_second};
    registry.connection_burst =
        Bytes{static_cast<std::int64_t>(value_of(values, Parameter::connection_burst))};
  }
  registry.round_trip = duration_up(measured.round_trip_seconds);
  if (measured.round_trip_seconds > 0) registry.initial_window = Bytes{kInitialWindow};
  // Within one pull luck moves the order of blobs and hardly the end; between nodes it decides who
  // unpacks while others still download.
  if (measured.pulls.size() > 1) {
    registry.sharing_spread = value_of(values, Parameter::sharing_spread);
  }
  registry.request_latency = Distribution::constant(value_of(values, Parameter::request_latency));
  return registry;
}

RuntimeSpec runtime_of(const MeasuredCase& measured, ParameterValues values, double slowness) {
  const double slow = std::pow(slowness, value_of(values, Parameter::core_drift));
  for (Parameter p : {Parameter::gzip_per_compressed_byte, Parameter::gzip_per_byte,
                      Parameter::unpigz_per_compressed_byte, Parameter::zstd_per_byte,
                      Parameter::per_file, Parameter::per_layer, Parameter::download_per_byte,
                      Parameter::fetch_only_per_byte, Parameter::pull_overhead})
    values[static_cast<std::size_t>(p)] *= slow;
  RuntimeSpec runtime;
  runtime.version = "1.6";
  runtime.max_concurrent_downloads = measured.concurrency.value_or(kUnlimitedDownloads);
  runtime.unpack.gzip_per_compressed_byte =
      value_of(values, measured.unpigz ? Parameter::unpigz_per_compressed_byte
                                       : Parameter::gzip_per_compressed_byte);
  runtime.unpack.gzip_per_byte = value_of(values, Parameter::gzip_per_byte);
  runtime.unpack.zstd_per_byte = value_of(values, Parameter::zstd_per_byte);
  runtime.unpack.per_file = value_of(values, Parameter::per_file);
  runtime.unpack.per_layer = value_of(values, Parameter::per_layer);
  runtime.download_cpu_per_byte = value_of(
      values, measured.fetch_only ? Parameter::fetch_only_per_byte : Parameter::download_per_byte);
  runtime.pull_overhead = value_of(values, Parameter::pull_overhead);
  runtime.commit_per_blob = value_of(values, Parameter::commit_per_blob);
  runtime.commit_transaction = value_of(values, Parameter::transaction);
  runtime.commit_flush = Bandwidth{1 / value_of(values, Parameter::flush_per_byte)};
  if (measured.fetch_only) runtime.unpack = UnpackCost{0, 0, 0, 0, 0, 0, 0};
  return runtime;
}

}  // namespace

const ParameterInfo& info(Parameter parameter) {
  return kInfo[static_cast<std::size_t>(parameter)];
}

ParameterValues starting_values() {
  ParameterValues values{};
  for (std::size_t i = 0; i < kParameterCount; ++i) values[i] = kInfo[i].start;
  return values;
}

Scenario scenario_of(const MeasuredCase& measured, const ParameterValues& values, double slowness) {
  Scenario scenario;
  scenario.name = "calibration";
  scenario.images = measured.images;
  scenario.registries = {registry_of(measured, values)};
  scenario.zones = {ZoneSpec{}};
  NodePoolSpec pool;
  pool.name = "node";
  pool.zones = {0};
  pool.nodes_initial = pool.nodes_min = pool.nodes_max = measured.node_count();
  const std::int64_t cores = measured.shared_cores.value_or(kCoresUnknown);
  const double yield = 1 / (1 + value_of(values, Parameter::lost_cores));
  pool.cpu = MilliCpu{measured.fetch_only ? 1000 * kFetchOnlyCores : static_cast<std::int64_t>(1000 * cores * yield)};
  pool.shared_machine = measured.shared_cores && !measured.fetch_only;
  pool.allocatable_cpu = pool.cpu;
  pool.allocatable_memory = pool.memory;
  if (measured.node_bits_per_second) {
    pool.network = Bandwidth::bits_per_second(*measured.node_bits_per_second);
  }
  pool.cached = measured.preloaded;
  pool.runtime = runtime_of(measured, values, slowness);
  scenario.node_pools = {pool};
  return scenario;
}

Prediction predict(const MeasuredCase& measured, const ParameterValues& values, double slowness) {
  const Scenario scenario = scenario_of(measured, values, slowness);
  std::vector<PullRequest> requests;
  double first = measured.pulls.front().start_seconds;
  for (const CasePull& pull : measured.pulls) {
    requests.push_back({0, pull.node, pull.image, duration_up(pull.start_seconds)});
    first = std::min(first, pull.start_seconds);
  }
  std::vector<double> makespans;
  std::vector<std::vector<double>> pulls(requests.size());
  std::vector<std::vector<double>> resolves(requests.size());
  std::vector<std::vector<double>> downloads(requests.size());
  std::vector<std::vector<double>> unpacks(requests.size());
  const std::uint32_t runs = scenario.registries[0].sharing_spread > 0 ? kRuns : 1;
  for (std::uint32_t run = 0; run < runs; ++run) {
    const RunResult result = simulate_pulls(scenario, requests, run);
    double last = 0;
    std::vector<double> unpacking(requests.size(), 0.0);
    for (const LayerRow& layer : result.layers) {
      if (layer.unpack_finished) unpacking[layer.pull] += to_seconds(*layer.unpack_finished - *layer.unpack_started);
    }
    for (std::size_t p = 0; p < requests.size(); ++p) {
      const PullRow& pull = result.pulls[p];
      pulls[p].push_back(to_seconds(*pull.finished - pull.requested));
      resolves[p].push_back(to_seconds(pull.resolve));
      unpacks[p].push_back(unpacking[p]);
      downloads[p].push_back(to_seconds(pull.resolve + pull.download));
      last = std::max(last, to_seconds(*pull.finished));
    }
    makespans.push_back(last - first);
  }
  Prediction prediction;
  prediction.makespan_seconds = median_of(makespans);
  for (std::size_t p = 0; p < requests.size(); ++p) {
    prediction.pull_seconds.push_back(median_of(pulls[p]));
    prediction.resolve_seconds.push_back(median_of(resolves[p]));
    prediction.unpack_seconds.push_back(median_of(unpacks[p]));
    prediction.download_seconds.push_back(median_of(downloads[p]));
  }
  return prediction;
}

}  // namespace pullsim
