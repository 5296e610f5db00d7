// Rows as text, column by column. The order of rows is made here, not taken from the models.
#include "tools/output/csv_files.hpp"

#include "sim/check.hpp"
#include "tools/run/pod_phases.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

namespace pullsim {
namespace {

constexpr std::int64_t kNanosecondsInSecond = 1'000'000'000;
constexpr std::size_t kBlockBytes = 1 << 16;

/// Lines on their way to a file, handed on in blocks: a run has more of them than memory should
/// hold at once.
class Lines {
 public:
  Lines(std::string_view variant, const RunResult& result, const TextSink& sink)
      : start_(fmt::format("{},{},", csv_text(variant), result.run)), sink_(sink) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  Lines& begin() {
    if (block_.size() >= kBlockBytes) flush();
    block_.append(start_);
    return *this;
  }
  Lines& cell(std::string_view text) {
    block_.append(text);
    block_.push_back(',');
    return *this;
  }
  Lines& cell(std::int64_t count) { return add(count); }
  Lines& cell(std::size_t count) { return add(count); }
  Lines& cell(double value) { return add(value); }
  Lines& cell(Duration time) {
    append_seconds(time);
    return cell("");
  }
  Lines& cell(const MaybeTime& time) {
    if (time) append_seconds(time->time_since_epoch());
    return cell("");
  }
  Lines& between(const MaybeTime& from, const MaybeTime& to) {
    if (from && to) append_seconds(*to - *from);
    return cell("");
  }
  /// The last cell of a line.
  void end(std::string_view text) {
    block_.append(text);
    block_.push_back('\n');
  }
  void flush() {
    sink_({block_.data(), block_.size()});
    block_.clear();
  }

 private:
  template <class Number>
  Lines& add(Number number) {
    fmt::format_to(std::back_inserter(block_), FMT_COMPILE("{},"), number);
    return *this;
  }
  void append_seconds(Duration time) {
    const std::int64_t count = time.count();
    const std::int64_t magnitude = count < 0 ? -count : count;
    if (count < 0) block_.push_back('-');
    fmt::format_to(std::back_inserter(block_), FMT_COMPILE("{}.{:09}"),
                   magnitude / kNanosecondsInSecond, magnitude % kNanosecondsInSecond);
  }

  std::string start_;
  const TextSink& sink_;
  fmt::memory_buffer block_;
};

/// Indices of rows in the order of `before`; equal rows keep the model's order.
template <class Before>
std::vector<std::uint32_t> sorted_by(std::size_t count, Before before) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  std::stable_sort(order.begin(), order.end(), before);
  return order;
}

/// The place of each in the order of names.
template <class List>
std::vector<std::uint32_t> ranks_by_name(const List& list) {
  const auto order = sorted_by(
      list.size(), [&](std::uint32_t a, std::uint32_t b) { return list[a].name < list[b].name; });
  std::vector<std::uint32_t> ranks(list.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) ranks[order[i]] = i;
  return ranks;
}

/// Cells of names, made once.
template <class List>
std::vector<std::string> cells_of_names(const List& list) {
  std::vector<std::string> cells;
  cells.reserve(list.size());
  for (const auto& one : list) cells.push_back(csv_text(one.name));
  return cells;
}

std::string_view layer_source(const std::vector<std::string>& registries, const LayerRow& row) {
  switch (row.source) {
    case LayerRow::Source::registry:
      return registries.at(row.registry);
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

void pods_csv(std::string_view variant, const Scenario& scenario, const RunResult& result,
              const TextSink& sink) {
  const auto& pods = result.pods;
  const auto order = sorted_by(pods.size(), [&](std::uint32_t a, std::uint32_t b) {
    if (pods[a].created != pods[b].created) return pods[a].created < pods[b].created;
    return pod_name(scenario, pods[a]) < pod_name(scenario, pods[b]);
  });
  const auto workloads = cells_of_names(scenario.workloads);
  const auto nodes = cells_of_names(result.nodes);
  Lines lines(variant, result, sink);
  for (const std::uint32_t i : order) {
    const PodRow& pod = pods[i];
    lines.begin()
        .cell(csv_text(pod_name(scenario, pod)))
        .cell(workloads.at(pod.workload))
        .cell(pod.node ? std::string_view(nodes.at(*pod.node)) : std::string_view())
        .cell(MaybeTime(pod.created))
        .cell(pod.scheduled)
        .cell(pod.sandbox)
        .cell(pod.pull_started)
        .cell(pod.pull_finished)
        .cell(pod.started)
        .cell(pod.ready)
        .cell(pod.served)
        .cell(pod.node_wait)
        .end(outcome_text(pod.outcome));
  }
  lines.flush();
}

void pulls_csv(std::string_view variant, const Scenario& scenario, const RunResult& result,
               const TextSink& sink) {
  const auto key = [&](std::uint32_t i) {
    const PullRow& pull = result.pulls[i];
    return std::tuple<SimTime, std::string_view, std::string_view>(
        pull.requested, result.nodes.at(pull.node).name, scenario.images.at(pull.image).name);
  };
  const auto order = sorted_by(result.pulls.size(),
                               [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  const auto images = cells_of_names(scenario.images);
  const auto nodes = cells_of_names(result.nodes);
  Lines lines(variant, result, sink);
  for (const std::uint32_t i : order) {
    const PullRow& pull = result.pulls[i];
    lines.begin()
        .cell(nodes.at(pull.node))
        .cell(images.at(pull.image))
        .cell(MaybeTime(pull.requested))
        .cell(pull.started)
        .cell(pull.finished)
        .between(pull.requested, pull.started)
        .cell(pull.work->resolve)
        .cell(pull.work->download)
        .cell(pull.work->unpack)
        .between(pull.started, pull.finished)
        .cell(pull.work->bytes_fetched.count)
        .cell(std::int64_t{pull.work->layers_fetched})
        .cell(std::int64_t{pull.work->layers_reused})
        .cell(std::int64_t{pull.retries->attempts})
        .cell(outcome_text(pull.outcome))
        .end(bottleneck_word(pull.bottleneck));
  }
  lines.flush();
}

void layers_csv(std::string_view variant, const Scenario& scenario, const RunResult& result,
                const TextSink& sink) {
  struct Key {
    SimTime requested;
    std::uint32_t node, image;  // their ranks by name
    RowIndex layer, row;
    auto operator<=>(const Key&) const = default;
  };
  const auto node_ranks = ranks_by_name(result.nodes);
  const auto image_ranks = ranks_by_name(scenario.images);
  std::vector<Key> order;
  order.reserve(result.layers.size());
  for (const LayerRow& row : result.layers) {
    order.push_back({row.requested.value_or(SimTime::max()), node_ranks.at(row.node),
                     image_ranks.at(row.image), row.layer, static_cast<RowIndex>(order.size())});
  }
  std::sort(order.begin(), order.end());
  const auto images = cells_of_names(scenario.images);
  const auto nodes = cells_of_names(result.nodes);
  const auto registries = cells_of_names(scenario.registries);
  Lines lines(variant, result, sink);
  for (const Key& key : order) {
    const LayerRow row = result.layers[key.row];
    const LayerSpec& layer = scenario.images.at(row.image).layers.at(row.layer);
    lines.begin()
        .cell(nodes.at(row.node))
        .cell(images.at(row.image))
        .cell(std::size_t{row.layer})
        .cell(csv_text(layer.digest))
        .cell(layer.size.count)
        .cell(layer.unpacked.count)
        .cell(row.requested)
        .cell(row.first_byte)
        .cell(row.committed)
        .cell(row.unpack_started)
        .cell(row.unpack_finished)
        .end(layer_source(registries, row));
  }
  lines.flush();
}

// The rows are in the order of time: only those of one instant have to be sorted.
void timeline_csv(std::string_view variant, const RunResult& result, const TextSink& sink) {
  std::vector<std::string> entities;
  entities.reserve(result.series.size());
  for (const SeriesInfo& info : result.series) entities.push_back(csv_text(info.entity));
  const auto of_series = [&](const TimelineRow& a, const TimelineRow& b) {
    const SeriesInfo& first = result.series.at(a.series);
    const SeriesInfo& second = result.series.at(b.series);
    return std::tie(first.series, first.entity) < std::tie(second.series, second.entity);
  };
  Lines lines(variant, result, sink);
  std::vector<TimelineRow> instant;
  const auto write = [&] {
    std::stable_sort(instant.begin(), instant.end(), of_series);
    for (const TimelineRow& row : instant) {
      const SeriesInfo& info = result.series[row.series];
      PULLSIM_CHECK(std::isfinite(row.value), "values of a timeline are finite");
      lines.begin()
          .cell(MaybeTime(row.time))
          .cell(info.series)
          .cell(entities[row.series])
          .cell(row.value)
          .end(info.unit);
    }
    instant.clear();
  };
  for (const TimelineRow& row : result.timeline) {
    if (!instant.empty() && instant.back().time != row.time) {
      PULLSIM_CHECK(instant.back().time < row.time, "a timeline is sorted by time");
      write();
    }
    instant.push_back(row);
  }
  write();
  lines.flush();
}

}  // namespace pullsim
