// What is full while pods are pulled, what holds the pulls up, and one pull close up.
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMiddle = 220;
constexpr int kLaneHeight = 20;
constexpr double kFull = 0.95;
constexpr std::size_t kLanesMost = 60;

constexpr std::array<const char*, 8> kResourceColours = {"v6", "p5", "v7", "v8",
                                                         "v3", "v0", "p9", "p0"};
constexpr std::array<const char*, 8> kResourceDashes = {"1,0", "6,3", "2,3", "8,3,2,3",
                                                        "1,0", "6,3", "2,3", "8,3,2,3"};

std::string seconds(double value) { return quantity_text(value, "s"); }

double width_of(const Json& window) {
  return (window.at("to_seconds").get<double>() - window.at("from_seconds").get<double>()) /
         window.at("bins").get<double>();
}

std::string resource_name(const Json& resource) {
  const std::string entity = clean_text(resource.at("entity").get<std::string>(), 40);
  return fmt::format("{} ({})", resource.at("resource").get<std::string>(), entity);
}

/// Neighbouring bins of one value are one step: fewer marks, the same line.
void add_steps(const Json& values, std::size_t bins, double width, const std::string& name,
               Json* rows) {
  double last = -1;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double value = values[bin];
    if (value != last || bin + 1 == bins) {
      rows->push_back(
          {{"name", name}, {"time", width * static_cast<double>(bin)}, {"value", value}});
    }
    last = value;
  }
}

/// Bins until nothing is used any more, and a few beyond.
std::size_t busy_bins(const Json& resources) {
  std::size_t busy = 0;
  std::size_t all = 0;
  for (const Json& resource : resources) {
    const Json& share = resource.at("share");
    all = share.size();
    for (std::size_t bin = 0; bin < all; ++bin) {
      if (share[bin].get<double>() > 0.005) busy = std::max(busy, bin + 1);
    }
  }
  return std::min(all, busy + busy / 10 + 2);
}

Json dash_list(const std::string& dash) {
  Json list = Json::array();
  for (const char c : dash) {
    if (c != ',') list.push_back(c - '0');
  }
  return list;
}

/// One layer: its bars, its row of the table, when it had all bytes and when it was done.
struct Lane {
  std::vector<std::string> cells;
  double last_byte = 0;  ///< seconds since the kubelet asked
  double end = 0;
};

Lane lane_of(const Json& layer, double begin, const std::string& row, Json* data) {
  Lane lane;
  const auto moment = [&](const char* key) -> std::optional<double> {
    if (!layer.contains(key)) return std::nullopt;
    return layer.at(key).get<double>() - begin;
  };
  const auto requested = moment("requested_seconds");
  const auto first = moment("first_byte_seconds");
  const auto committed = moment("committed_seconds");
  const auto started = moment("unpack_started_seconds");
  const auto finished = moment("unpack_finished_seconds");
  const auto add = [&](const std::optional<double>& from, const std::optional<double>& to,
                       const char* what) {
    if (!from || !to || *to <= *from) return;
    data->push_back({{"layer", row},
                     {"from", *from},
                     {"to", *to},
                     {"what", what},
                     {"label", seconds(*to - *from)}});
    lane.end = std::max(lane.end, *to);
  };
  add(requested, first, "asks, waits for the first byte");
  add(first, committed, "downloads");
  add(committed, started, "waits for its turn");
  add(started, finished, "unpacks");
  lane.last_byte = committed.value_or(0);
  const auto cell = [](const std::optional<double>& time) {
    return time ? seconds(*time) : std::string("-");
  };
  lane.cells = {std::to_string(layer.at("layer").get<int>() + 1),
                quantity_text(layer.at("compressed_bytes").get<double>(), "bytes"),
                quantity_text(layer.at("unpacked_bytes").get<double>(), "bytes"),
                cell(requested),
                cell(committed),
                cell(finished),
                layer.at("source").get<std::string>()};
  return lane;
}

}  // namespace

MaybeChart resources_chart(const ReportView& view, std::size_t variant) {
  const Json& evidence = view.evidence[variant];
  if (!evidence.contains("resources") || evidence["resources"].empty()) return std::nullopt;
  Chart chart;
  chart.id = fmt::format("what-is-full-{}", variant);
  const double width = width_of(evidence["window"]);
  Json data = Json::array();
  Json scale = {{"domain", Json::array()}, {"range", Json::array()}};
  Json dashes = scale;
  chart.table.head = {"resource", "peak", "mean", "full for"};
  const std::size_t bins = busy_bins(evidence["resources"]);
  double longest = 0;
  std::string fullest;
  double peak_of_all = 0;
  std::string peak_name;
  for (const Json& resource : evidence["resources"]) {
    const std::size_t i = scale["domain"].size();
    if (i == kResourceColours.size()) {
      chart.note = fmt::format("The first {} resources of {} are shown. ", kResourceColours.size(),
                               evidence["resources"].size());
      break;
    }
    const std::string name = resource_name(resource);
    double peak = 0;
    double sum = 0;
    double full = 0;
    for (const Json& share : resource.at("share")) {
      peak = std::max(peak, share.get<double>());
      sum += share.get<double>();
      full += share.get<double>() >= kFull ? width : 0;
    }
    chart.table.rows.push_back(
        {name, fmt::format("{:.0f} %", peak * 100),
         fmt::format("{:.0f} %", 100 * sum / static_cast<double>(resource["share"].size())),
         seconds(full)});
    if (full > longest) {
      longest = full;
      fullest = name;
    }
    if (peak > peak_of_all) {
      peak_of_all = peak;
      peak_name = name;
    }
    scale["domain"].push_back(name);
    scale["range"].push_back(fmt::format("var(--{})", kResourceColours[i]));
    dashes["domain"].push_back(name);
    dashes["range"].push_back(dash_list(kResourceDashes[i]));
    chart.legend.push_back(
        {name, fmt::format("var(--{})", kResourceColours[i]), kResourceDashes[i]});
    add_steps(resource.at("share"), bins, width, name, &data);
  }
  chart.title = longest > 0 ? fmt::format("{}: {} is full for {}", view.name(variant), fullest,
                                          seconds(longest))
                            : fmt::format("{}: nothing is full; most used is {} with {:.0f} %",
                                          view.name(variant), peak_name, peak_of_all * 100);
  chart.text = fmt::format(
      "Use of each resource as a share of what it can do, over time, in the "
      "middle run of {}; of the nodes the fullest at each moment.",
      view.name(variant));
  chart.note += fmt::format(
      "Middle run, means of bins of {}; of all nodes the fullest in each bin.", seconds(width));
  chart.spec = chart_spec(kMiddle, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  chart.spec["mark"] = {{"type", "line"}, {"interpolate", "step-after"}, {"strokeWidth", 2}};
  Json encoding = chart_template("resources");
  encoding["color"]["scale"] = std::move(scale);
  encoding["strokeDash"]["scale"] = std::move(dashes);
  chart.spec["encoding"] = std::move(encoding);
  return chart;
}

MaybeChart held_up_chart(const ReportView& view, std::size_t variant) {
  const Json& evidence = view.evidence[variant];
  if (!evidence.contains("held_up") || evidence["held_up"].empty()) return std::nullopt;
  Chart chart;
  chart.id = fmt::format("held-up-by-{}", variant);
  const double width = width_of(evidence["window"]);
  struct Cause {
    std::string name;
    double sum = 0;
    const Json* bins = nullptr;
  };
  std::vector<Cause> causes;
  double all = 0;
  for (const Json& each : evidence["held_up"]) {
    Cause cause{each.at("cause"), 0, &each.at("pulls")};
    for (const Json& pulls : *cause.bins) cause.sum += pulls.get<double>() * width;
    all += cause.sum;
    causes.push_back(cause);
  }
  if (all <= 0) return std::nullopt;
  std::stable_sort(causes.begin(), causes.end(),
                   [](const Cause& a, const Cause& b) { return a.sum > b.sum; });
  Json data = Json::array();
  Json scale = {{"domain", Json::array()}, {"range", Json::array()}};
  constexpr std::array<const char*, 11> kColours = {"p6", "p5", "p3", "p9",  "p0", "p4",
                                                    "p7", "p8", "p1", "p10", "p2"};
  chart.table.head = {"held up by", "pull-seconds", "share"};
  for (std::size_t i = 0; i < causes.size(); ++i) {
    const std::string colour = fmt::format("var(--{})", kColours[std::min(i, kColours.size() - 1)]);
    scale["domain"].push_back(causes[i].name);
    scale["range"].push_back(colour);
    chart.legend.push_back({causes[i].name, colour, ""});
    chart.table.rows.push_back({causes[i].name, fmt::format("{:.1f}", causes[i].sum),
                                fmt::format("{:.0f} %", 100 * causes[i].sum / all)});
    for (std::size_t bin = 0; bin < causes[i].bins->size(); ++bin) {
      const double pulls = (*causes[i].bins)[bin];
      if (pulls <= 0) continue;
      data.push_back({{"cause", causes[i].name},
                      {"number", i},
                      {"from", width * static_cast<double>(bin)},
                      {"to", width * static_cast<double>(bin + 1)},
                      {"pulls", pulls}});
    }
  }
  chart.title = fmt::format("{}: {} holds up {:.0f} % of all pull time", view.name(variant),
                            causes.front().name, 100 * causes.front().sum / all);
  chart.text = fmt::format(
      "Pulls under way over time in the middle run of {}, stacked by what holds "
      "them up at that moment.",
      view.name(variant));
  chart.note = fmt::format(
      "Middle run, means of bins of {}; each pull counts for what its own "
      "critical path waits for.",
      seconds(width));
  chart.spec = chart_spec(kMiddle, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  chart.spec["mark"] = {{"type", "bar"}, {"binSpacing", 0}};
  Json encoding = chart_template("held_up");
  encoding["color"]["scale"] = std::move(scale);
  chart.spec["encoding"] = std::move(encoding);
  return chart;
}

MaybeChart pull_chart(const ReportView& view, std::size_t variant) {
  const Json& evidence = view.evidence[variant];
  if (!evidence.contains("pull") || evidence["pull"]["layers"].empty()) return std::nullopt;
  const Json& pull = evidence["pull"];
  Chart chart;
  chart.id = fmt::format("one-pull-{}", variant);
  const double begin = pull.at("requested_seconds");
  Json data = Json::array();
  std::vector<std::string> order;
  chart.table.head = {"layer, base first", "on the wire", "unpacked", "asked for",
                      "downloaded",        "unpacked by", "from"};
  double last_byte = begin;
  double end = begin;
  for (const Json& layer : pull.at("layers")) {
    if (order.size() == kLanesMost) break;
    const double bytes = layer.at("compressed_bytes").get<double>();
    const std::string size = quantity_text(bytes, "bytes");
    const std::string row = fmt::format("{}: {}", layer.at("layer").get<int>() + 1, size);
    order.push_back(row);
    const Lane lane = lane_of(layer, begin, row, &data);
    last_byte = std::max(last_byte, begin + lane.last_byte);
    end = std::max(end, begin + lane.end);
    chart.table.rows.push_back(lane.cells);
  }
  if (data.empty()) return std::nullopt;
  const std::string node = clean_text(pull.at("node").get<std::string>(), 60);
  chart.title =
      fmt::format("{} on {}: {} for the image, {} of them after the last byte is there",
                  view.name(variant), node, seconds(end - begin), seconds(end - last_byte));
  chart.text = fmt::format(
      "The pull that the pod at p95 of {} waited for, a lane for each layer, "
      "base first: asking, downloading, waiting for its turn, unpacking.",
      view.name(variant));
  chart.note = fmt::format("The pull for {} in the middle run; time from when the kubelet asked.",
                           clean_text(pull.at("pod").get<std::string>(), 60));
  if (pull.at("layers").size() > kLanesMost) {
    chart.note += fmt::format(" The first {} of {} layers.", kLanesMost, pull.at("layers").size());
  }
  chart.legend = {{"asks, waits for the first byte", "var(--p3)", ""},
                  {"downloads", "var(--p5)", ""},
                  {"waits for its turn", "var(--p2)", ""},
                  {"unpacks", "var(--p6)", ""}};
  chart.spec = chart_spec(static_cast<int>(order.size()) * kLaneHeight, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  chart.spec["mark"] = {{"type", "bar"}, {"height", 12}};
  Json encoding = chart_template("pull");
  encoding["y"]["sort"] = order;
  encoding["color"]["scale"] = legend_scale(chart.legend);
  chart.spec["encoding"] = std::move(encoding);
  return chart;
}

}  // namespace pullsim
