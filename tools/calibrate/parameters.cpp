// From a measured set-up to a scenario; see the header.
#include "tools/calibrate/parameters.hpp"

#include "tools/calibrate/quantile.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

// A cost in CPU time: how far it lies from the others. Assumed.
constexpr double kOfCost = 0.25;
// A figure that timelines show only in sums with others: each within a third of its start. Assumed.
constexpr double kOfShownInSums = 0.3;
// Nothing but its order of size is known beforehand.
constexpr double kOfOrder = 1;

// Starts and their sources: docs/models/calibration.md.
constexpr std::array<ParameterInfo, kParameterCount> kInfo = {{
    {"runtime.unpack.gzip.perCompressedByte", "s/byte", 8.7e-9, kOfCost},
    {"runtime.unpack.gzip.perByte", "s/byte", 4.6e-9, kOfCost},
    {"unpigz: runtime.unpack.gzip.perCompressedByte", "s/byte", 4.4e-9, kOfCost},
    {"runtime.unpack.zstd.perByte", "s/byte", 3.7e-9, kOfCost},
    {"runtime.unpack.perFile", "s", 48e-6, kOfCost},
    {"runtime.unpack.perLayer", "s", 1e-3, kOfOrder},
    {"runtime.download.perByte", "s/byte", 3e-9, kOfCost},
    {"fetch only: runtime.download.perByte", "s/byte", 4.9e-9, kOfCost},
    {"registry.requestLatency", "s", 1.5e-3, kOfShownInSums},
    {"runtime.pullOverhead", "s", 12e-3, kOfShownInSums},
    {"runtime.commit.perBlob", "s", 4.5e-3, kOfShownInSums},
    {"runtime.commit.flush (per byte)", "s/byte", 0.6e-9, 0.5},
    {"registry.connectionBurst", "bytes", 1e6, kOfOrder},
    {"registry.sharingSpread", "1", 0.6, 0.3},
    {"runtime.commit.transaction", "s", 0.7e-3, kOfShownInSums},
    {"laboratory: cores lost where all are busy", "1", 0.1, 0.5},
    {"laboratory: share of the probe's drift", "1", 0.6, 0.4},
    {"laboratory: delay line at round trip 0", "s", 0.5e-3, kOfOrder},
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
  const double line = measured.delay_line ? value_of(values, Parameter::delay_line) : 0;
  registry.round_trip = duration_up(measured.round_trip_seconds + line);
  if (measured.round_trip_seconds > 0) registry.initial_window = Bytes{kInitialWindow};
  // Within one pull luck moves the order of blobs and hardly the end; between nodes it decides who
  // unpacks while others still download.
  if (measured.pulls.size() > 1) {
    registry.sharing_spread = value_of(values, Parameter::sharing_spread);
  }
  registry.request_latency = Distribution::constant(value_of(values, Parameter::request_latency));
  return registry;
}

// Everything takes longer on a slow core: the daemon's own work, and on the one machine that all
// share also the registry's and the disk's, which is a loop device.
ParameterValues under(ParameterValues values, const Circumstances& circumstances) {
  const auto slow_down = [&](std::initializer_list<Parameter> parameters, double factor) {
    for (const Parameter one : parameters) values[static_cast<std::size_t>(one)] *= factor;
  };
  const double slowness =
      std::pow(circumstances.core_slowness, value_of(values, Parameter::core_drift));
  slow_down({Parameter::gzip_per_compressed_byte, Parameter::gzip_per_byte,
             Parameter::unpigz_per_compressed_byte, Parameter::zstd_per_byte, Parameter::per_file,
             Parameter::per_layer, Parameter::download_per_byte, Parameter::fetch_only_per_byte,
             Parameter::pull_overhead},
            slowness);
  slow_down({Parameter::commit_per_blob, Parameter::flush_per_byte, Parameter::transaction,
             Parameter::request_latency},
            slowness * circumstances.storage_slowness);
  return values;
}

RuntimeSpec runtime_of(const MeasuredCase& measured, const ParameterValues& values) {
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

Prediction one_run(const MeasuredCase& measured, const Scenario& scenario, std::uint32_t run) {
  std::vector<PullRequest> requests;
  double first = measured.pulls.front().start_seconds;
  for (const CasePull& pull : measured.pulls) {
    requests.push_back({0, pull.node, pull.image, duration_up(pull.start_seconds)});
    first = std::min(first, pull.start_seconds);
  }
  const RunResult result = simulate_pulls(scenario, requests, run);
  Prediction prediction;
  double last = 0;
  for (const PullRow& row : result.pulls) {
    PullPrediction& pull = prediction.pulls.emplace_back();
    pull.seconds = to_seconds(*row.finished - row.requested);
    pull.resolve = to_seconds(row.work->resolve);
    pull.download = to_seconds(row.work->resolve + row.work->download);
    last = std::max(last, to_seconds(*row.finished));
  }
  for (const LayerRow& layer : result.layers) {
    if (!layer.unpack_finished) continue;
    prediction.pulls[layer.pull].unpack +=
        to_seconds(*layer.unpack_finished - *layer.unpack_started);
  }
  prediction.makespan_seconds = last - first;
  return prediction;
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

Scenario scenario_of(const MeasuredCase& measured, const ParameterValues& values,
                     const Circumstances& circumstances) {
  Scenario scenario;
  scenario.name = "calibration";
  scenario.images = measured.images;
  scenario.registries = {registry_of(measured, under(values, circumstances))};
  scenario.zones = {ZoneSpec{}};
  NodePoolSpec pool;
  pool.name = "node";
  pool.zones = {0};
  pool.nodes_initial = pool.nodes_min = pool.nodes_max = measured.node_count();
  const std::int64_t cores = measured.shared_cores.value_or(kCoresUnknown);
  const double yield = 1 / (1 + value_of(values, Parameter::lost_cores));
  const double milli = 1000 * static_cast<double>(cores) * yield;
  pool.cpu = MilliCpu{measured.fetch_only ? 1000 * kFetchOnlyCores : std::llround(milli)};
  pool.shared_machine = measured.shared_cores && !measured.fetch_only;
  pool.allocatable_cpu = pool.cpu;
  pool.allocatable_memory = pool.memory;
  if (measured.node_bits_per_second) {
    pool.network = Bandwidth::bits_per_second(*measured.node_bits_per_second);
  }
  pool.cached = measured.preloaded;
  pool.runtime = runtime_of(measured, under(values, circumstances));
  scenario.node_pools = {pool};
  return scenario;
}

Prediction predict(const MeasuredCase& measured, const ParameterValues& values,
                   const Circumstances& circumstances) {
  const Scenario scenario = scenario_of(measured, values, circumstances);
  const std::uint32_t runs = scenario.registries[0].sharing_spread > 0 ? kRuns : 1;
  std::vector<Prediction> told;
  told.reserve(runs);
  for (std::uint32_t run = 0; run < runs; ++run) told.push_back(one_run(measured, scenario, run));
  const auto median = [&](auto part) {
    std::vector<double> values_of_runs;
    values_of_runs.reserve(told.size());
    for (const Prediction& one : told) values_of_runs.push_back(part(one));
    return median_of(std::move(values_of_runs));
  };
  Prediction prediction;
  prediction.makespan_seconds = median([](const Prediction& one) { return one.makespan_seconds; });
  for (std::size_t p = 0; p < measured.pulls.size(); ++p) {
    PullPrediction& pull = prediction.pulls.emplace_back();
    for (const auto part : {&PullPrediction::seconds, &PullPrediction::resolve,
                            &PullPrediction::download, &PullPrediction::unpack}) {
      pull.*part = median([&](const Prediction& one) { return one.pulls[p].*part; });
    }
  }
  return prediction;
}

double predict_repeat(const MeasuredCase& measured, const ParameterValues& values,
                      const Circumstances& circumstances, std::uint32_t run) {
  Scenario scenario = scenario_of(measured, values, circumstances);
  scenario.registries[0].sharing_spread = value_of(values, Parameter::sharing_spread);
  return one_run(measured, scenario, run).makespan_seconds;
}

}  // namespace pullsim
