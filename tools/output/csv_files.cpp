// Rows as text, column by column. The order of rows is made here, not taken from the models.
#include "tools/output/csv_files.hpp"

#include "sim/check.hpp"
#include "tools/run/pod_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <vector>

namespace pullsim {
namespace {

constexpr std::int64_t kNanosecondsInSecond = 1'000'000'000;

std::string moment(const MaybeTime& time) {
  return time ? seconds_text(time->time_since_epoch()) : std::string();
}

std::string between(const MaybeTime& from, const MaybeTime& to) {
  return from && to ? seconds_text(*to - *from) : std::string();
}

/// Indices of rows by key; equal keys keep the model's order.
template <class Key>
std::vector<std::size_t> sorted_by(std::size_t count, Key key) {
  using Value = decltype(key(std::size_t{}));
  std::vector<Value> keys;
  keys.reserve(count);
  for (std::size_t i = 0; i < count; ++i) keys.push_back(key(i));
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  return order;
}

std::string row_start(std::string_view variant, const RunResult& result) {
  return fmt::format("{},{}", csv_text(variant), result.run);
}

std::string layer_source(const Scenario& scenario, const LayerRow& row) {
  switch (row.source) {
    case LayerRow::Source::registry:
      return csv_text(scenario.registries.at(row.registry).name);
    case LayerRow::Source::cache:
      return "cache";
    case LayerRow::Source::chain:
      return "chain";
    case LayerRow::Source::other_pull:
      break;
  }
  return "other pull";
}

}  // namespace

std::string seconds_text(Duration time) {
  const std::int64_t count = time.count();
  const std::int64_t magnitude = count < 0 ? -count : count;
  return fmt::format("{}{}.{:09}", count < 0 ? "-" : "", magnitude / kNanosecondsInSecond,
                     magnitude % kNanosecondsInSecond);
}

std::string csv_text(std::string_view text) {
  std::string cell;
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) {
    cell += '\'';
  }
  bool quoted = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"') cell += '"';
    quoted = quoted || c == '"' || c == ',';
    cell += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return quoted ? '"' + cell + '"' : cell;
}

std::string_view outcome_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::back_off:
      return "back-off";
    case Outcome::failed:
      return "failed";
    case Outcome::evicted:
      return "evicted";
    case Outcome::deleted:
      return "deleted";
    case Outcome::pending:
      break;
  }
  return "pending";
}

std::string_view bottleneck_word(Bottleneck bottleneck) {
  switch (bottleneck) {
    case Bottleneck::none:
      return "";
    case Bottleneck::egress:
      return "egress";
    case Bottleneck::connection:
      return "connection";
    case Bottleneck::uplink:
      return "uplink";
    case Bottleneck::network:
      return "network";
    case Bottleneck::disk:
      return "disk";
    case Bottleneck::cpu:
      return "cpu";
    case Bottleneck::slots:
      return "slots";
    case Bottleneck::queue:
      return "queue";
    case Bottleneck::latency:
      return "latency";
    case Bottleneck::back_off:
      return "back-off";
    case Bottleneck::cold_edge:
      return "cold-edge";
  }
  return "";
}

std::string pods_csv(std::string_view variant, const Scenario& scenario, const RunResult& result) {
  const std::string start = row_start(variant, result);
  const auto order = sorted_by(result.pods.size(), [&](std::size_t i) {
    return std::tuple(result.pods[i].created, pod_name(scenario, result.pods[i]));
  });
  std::string out;
  for (const std::size_t i : order) {
    const PodRow& pod = result.pods[i];
    out += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", start, csv_text(pod_name(scenario, pod)),
        csv_text(scenario.workloads.at(pod.workload).name),
        pod.node ? csv_text(result.nodes.at(*pod.node).name) : std::string(), moment(pod.created),
        moment(pod.scheduled), moment(pod.sandbox), moment(pod.pull_started),
        moment(pod.pull_finished), moment(pod.started), moment(pod.ready), moment(pod.served),
        seconds_text(pod.node_wait), outcome_text(pod.outcome));
  }
  return out;
}

std::string pulls_csv(std::string_view variant, const Scenario& scenario, const RunResult& result) {
  const std::string start = row_start(variant, result);
  const auto order = sorted_by(result.pulls.size(), [&](std::size_t i) {
    const PullRow& pull = result.pulls[i];
    return std::tuple(pull.requested, result.nodes.at(pull.node).name,
                      scenario.images.at(pull.image).name);
  });
  std::string out;
  for (const std::size_t i : order) {
    const PullRow& pull = result.pulls[i];
    out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", start,
                       csv_text(result.nodes.at(pull.node).name),
                       csv_text(scenario.images.at(pull.image).name), moment(pull.requested),
                       moment(pull.started), moment(pull.finished),
                       between(pull.requested, pull.started), seconds_text(pull.resolve),
                       seconds_text(pull.download), seconds_text(pull.unpack),
                       between(pull.started, pull.finished), pull.bytes_fetched.count,
                       pull.layers_fetched, pull.layers_reused, pull.attempts,
                       outcome_text(pull.outcome), bottleneck_word(pull.bottleneck));
  }
  return out;
}

std::string layers_csv(std::string_view variant, const Scenario& scenario,
                       const RunResult& result) {
  const std::string start = row_start(variant, result);
  const auto order = sorted_by(result.layers.size(), [&](std::size_t i) {
    const LayerRow& row = result.layers[i];
    return std::tuple(row.requested.value_or(SimTime::max()), result.nodes.at(row.node).name,
                      scenario.images.at(row.image).name, row.layer);
  });
  std::string out;
  for (const std::size_t i : order) {
    const LayerRow& row = result.layers[i];
    const ImageSpec& image = scenario.images.at(row.image);
    const LayerSpec& layer = image.layers.at(row.layer);
    out += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{}\n", start, csv_text(result.nodes.at(row.node).name),
        csv_text(image.name), row.layer, csv_text(layer.digest), layer.size.count,
        layer.unpacked.count, moment(row.requested), moment(row.first_byte), moment(row.committed),
        moment(row.unpack_started), moment(row.unpack_finished), layer_source(scenario, row));
  }
  return out;
}

std::string timeline_csv(std::string_view variant, const RunResult& result) {
  const std::string start = row_start(variant, result);
  const auto order = sorted_by(result.timeline.size(), [&](std::size_t i) {
    const SeriesInfo& info = result.series.at(result.timeline[i].series);
    return std::tuple(result.timeline[i].time, std::string_view(info.series),
                      std::string_view(info.entity));
  });
  std::string out;
  for (const std::size_t i : order) {
    const TimelineRow& row = result.timeline[i];
    const SeriesInfo& info = result.series.at(row.series);
    PULLSIM_CHECK(std::isfinite(row.value), "values of a timeline are finite");
    out += fmt::format("{},{},{},{},{},{}\n", start, moment(row.time), info.series,
                       csv_text(info.entity), row.value, info.unit);
  }
  return out;
}

}  // namespace pullsim
