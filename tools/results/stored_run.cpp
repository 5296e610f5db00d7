// The counterpart of tools/output/result_run_json.cpp, key by key.
#include "tools/results/stored_run.hpp"

#include "tools/output/csv_files.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kLongest = 9e9;  // seconds; a duration in nanoseconds holds 9.2e9

Duration read_duration(const JsonView& seconds) {
  const double value = seconds.number();
  if (!(value >= 0 && value < kLongest)) seconds.fail("is no length of time");
  return Duration{std::llround(value * kNanosecondsPerSecond)};
}

std::uint64_t read_digest(const JsonView& digest) {
  const std::string text = digest.text();
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.size() != 16 || read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    digest.fail("is no digest");
  }
  return value;
}

/// Of a metric that was measured, an aggregate that is not there is infinite: something never
/// happened, and the file holds finite numbers alone.
MetricSummary read_metric(const JsonView& metric) {
  MetricSummary summary;
  summary.count = metric.at("count").count();
  summary.never = metric.at("never").count();
  for (std::size_t a = 0; a < kSummaryAggregates; ++a) {
    const std::string name(summary_name(static_cast<SummaryAggregate>(a)));
    summary.values[a] = metric.number(name.c_str());
    if (!summary.values[a] && summary.never > 0) summary.values[a] = kInfinite;
  }
  return summary;
}

Bottleneck read_bottleneck(const JsonView& word) {
  const std::string text = word.text();
  for (auto by = Bottleneck::none; by <= Bottleneck::cold_edge;
       by = static_cast<Bottleneck>(static_cast<int>(by) + 1)) {
    if (bottleneck_word(by) == text) return by;
  }
  word.fail("names nothing that holds up");
}

PodPhases read_phases(const JsonView& object) {
  PodPhases phases;
  for (std::size_t i = 0; i < kPodPhases; ++i) {
    const std::string key(phase_key(static_cast<PodStage>(i)));
    const auto phase = object.find(key.c_str());
    if (!phase) continue;
    phases.time[i] = read_duration(phase->at("seconds"));
    phases.total += phases.time[i];
    if (const auto by = phase->find("held_up_by")) {
      phases.held_up[i] = {read_bottleneck(*by), read_duration(phase->at("held_up_seconds"))};
    }
  }
  return phases;
}

RunCounters read_counters(const JsonView& object) {
  const auto natural = [&](const char* key) {
    return static_cast<std::uint64_t>(object.count_or_zero(key));
  };
  RunCounters counters;
  counters.events = natural("events");
  counters.flows = natural("flows");
  counters.flows_peak = natural("flows_peak");
  counters.bytes_fetched = object.count_or_zero("bytes");
  counters.requests = object.count_or_zero("requests");
  counters.requests_offered = object.count_or_zero("requests_offered");
  counters.requests_lost = object.count_or_zero("requests_lost");
  counters.requests_retried = object.count_or_zero("requests_retried");
  counters.deadlines_exceeded = object.count_or_zero("deadlines_exceeded");
  counters.network_solves = natural("network_solves");
  counters.checks = natural("checks");
  return counters;
}

LoadAnswer read_answer(const JsonView& object) {
  LoadAnswer answer{};
  for (std::size_t i = 0; i < kAnswerParts; ++i) {
    const std::string key(answer_part_key(static_cast<AnswerPart>(i)));
    answer[i] = read_duration(object.at(key.c_str()));
  }
  return answer;
}

}  // namespace

std::optional<double> read_value(const JsonView& object, const char* value, const char* never) {
  if (object.is_true(never)) return kInfinite;
  return object.number(value);
}

RunSummary read_run(const JsonView& run) {
  RunSummary summary;
  const std::int64_t number = run.at("run").count();
  if (number > std::numeric_limits<std::uint32_t>::max()) run.at("run").fail("is too large");
  summary.run = static_cast<std::uint32_t>(number);
  summary.digest = read_digest(run.at("digest"));
  summary.ended = SimTime{read_duration(run.at("ended_seconds"))};
  summary.pods_created = run.at("pods_created").count();
  summary.nodes_added = run.at("nodes_added").count();
  summary.node_seconds = run.at("node_seconds").number();
  summary.cost = run.number("cost");
  summary.waiting_node_seconds = run.number("waiting_node_seconds").value_or(0);
  const JsonView metrics = run.at("metrics");
  for (std::size_t m = 0; m < kMeasuredMetrics.size(); ++m) {
    const std::string name(metric_name(kMeasuredMetrics[m]));
    if (const auto metric = metrics.find(name.c_str())) summary.metrics[m] = read_metric(*metric);
  }
  if (const auto answer = run.find("restoration")) summary.load_answer = read_answer(*answer);
  summary.outgrown = run.is_true("outgrown");
  for (const JsonView& value : run.at("conditions").list()) {
    summary.thresholds.push_back(read_value(value));
  }
  if (const auto pod = run.find("pod_at_p95")) {
    summary.pod_at_p95_name = pod->at("pod").text();
    summary.pod_at_p95 = read_phases(pod->at("phases"));
  }
  if (const auto half = run.find("half_ready")) summary.half_ready = read_value(*half);
  summary.counters = read_counters(run.at("counters"));
  return summary;
}

}  // namespace pullsim
