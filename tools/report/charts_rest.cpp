// The images themselves, what the scale-out costs, and how far the runs lie apart.
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRowHeight = 34;
constexpr double kMebi = 1024.0 * 1024.0;
constexpr double kSecondsInMinute = 60;

std::string bytes(double value) { return quantity_text(value, "bytes"); }

struct ImageRow {
  std::string label;
  std::size_t variant = 0;  ///< the first that runs it
  const Json* image = nullptr;
};

/// Distinct images, with the variants that run them.
std::vector<ImageRow> image_rows(const ReportView& view) {
  std::vector<ImageRow> rows;
  std::map<std::string, std::size_t> known;
  for (const std::size_t v : view.shown) {
    if (!view.evidence[v].contains("images")) continue;
    for (const Json& image : view.evidence[v]["images"]) {
      std::string key;
      for (const Json& layer : image.at("layers")) key += layer.at("digest").get<std::string>();
      const std::string name = clean_text(image.at("name").get<std::string>(), 40);
      const auto [found, added] = known.try_emplace(key, rows.size());
      if (added) {
        rows.push_back({fmt::format("{}: {}", name, view.name(v)), v, &image});
      } else {
        rows[found->second].label += ", " + view.name(v);
      }
    }
  }
  return rows;
}

/// The layers of one image end to end, shared ones first so that they stand under each other; and
/// its row of the table. Returns its bytes on the wire.
double add_layers(const ImageRow& row, const std::map<std::string, std::size_t>& owners, Json* data,
                  Table* table) {
  double at = 0;
  double unpacked = 0;
  double shared = 0;
  const Json* largest = nullptr;
  for (const bool shared_now : {true, false}) {
    std::size_t position = 0;
    for (const Json& layer : row.image->at("layers")) {
      ++position;
      const double size = layer.at("compressed_bytes");
      const bool is_shared = owners.at(layer.at("digest").get<std::string>()) > 1;
      if (is_shared != shared_now) continue;
      if (largest == nullptr || size > largest->at("compressed_bytes").get<double>()) {
        largest = &layer;
      }
      const std::string step = clean_text(layer.value("created_by", ""), 90);
      data->push_back({{"image", row.label},
                       {"from", at / kMebi},
                       {"to", (at + size) / kMebi},
                       {"kind", is_shared ? "in several images" : row.label},
                       {"layer", fmt::format("{} of {}", position, row.image->at("layers").size())},
                       {"size", bytes(size)},
                       {"step", step}});
      at += size;
      unpacked += layer.at("unpacked_bytes").get<double>();
      shared += is_shared ? size : 0;
    }
  }
  std::string what = "-";
  if (largest != nullptr) {
    what = bytes(largest->at("compressed_bytes").get<double>());
    const std::string step = clean_text(largest->value("created_by", ""), 70);
    if (!step.empty()) what += " " + step;
  }
  table->rows.push_back({row.label, std::to_string(row.image->at("layers").size()), bytes(at),
                         bytes(unpacked), bytes(shared), what});
  return at;
}

}  // namespace

MaybeChart images_chart(const ReportView& view) {
  const auto rows = image_rows(view);
  if (rows.empty()) return std::nullopt;
  std::map<std::string, std::size_t> owners;
  for (const ImageRow& row : rows) {
    std::set<std::string> once;
    for (const Json& layer : row.image->at("layers")) {
      once.insert(layer.at("digest").get<std::string>());
    }
    for (const std::string& digest : once) ++owners[digest];
  }
  Chart chart;
  chart.id = "images";
  Json data = Json::array();
  std::vector<std::string> order;
  const bool any_shared =
      std::any_of(owners.begin(), owners.end(), [](const auto& owner) { return owner.second > 1; });
  chart.table.head = {"image", "layers", "on the wire", "unpacked", "shared", "largest layer"};
  std::vector<double> totals;
  for (const ImageRow& row : rows) {
    order.push_back(row.label);
    totals.push_back(add_layers(row, owners, &data, &chart.table));
  }
  const auto most = std::max_element(totals.begin(), totals.end()) - totals.begin();
  const auto least = std::min_element(totals.begin(), totals.end()) - totals.begin();
  if (rows.size() > 1 && totals[static_cast<std::size_t>(least)] > 0) {
    chart.title = fmt::format(
        "{} on the wire against {}: {:.1f} times as much",
        bytes(totals[static_cast<std::size_t>(most)]),
        bytes(totals[static_cast<std::size_t>(least)]),
        totals[static_cast<std::size_t>(most)] / totals[static_cast<std::size_t>(least)]);
  } else {
    chart.title = fmt::format("{} on the wire in {} layers", bytes(totals.front()),
                              rows.front().image->at("layers").size());
  }
  chart.text =
      "Layers of each image side by side, as long as they are large on the wire; layers "
      "that several images have stand first.";
  for (std::size_t i = 0; i < order.size(); ++i) {
    chart.legend.push_back({order[i], view.styles[rows[i].variant].colour, ""});
  }
  if (any_shared) {
    chart.legend.push_back({"in several images", "var(--shared)", ""});
  }
  chart.spec = chart_spec(static_cast<int>(order.size()) * kRowHeight, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  chart.spec["mark"] = {
      {"type", "bar"}, {"height", 22}, {"stroke", "var(--card)"}, {"strokeWidth", 1}};
  Json encoding = chart_template("images");
  encoding["y"]["sort"] = order;
  encoding["color"]["scale"] = legend_scale(chart.legend);
  chart.spec["encoding"] = std::move(encoding);
  return chart;
}

MaybeChart cost_chart(const ReportView& view) {
  Chart chart;
  chart.id = "cost";
  Json data = Json::array();
  std::vector<std::string> order;
  chart.table.head = {"variant", "out of the registry", "throttled requests", "node-minutes",
                      "pods not served"};
  for (const std::size_t v : view.shown) {
    const Estimate egress = view.of(v, Metric::registry_egress, SummaryAggregate::mean);
    const Estimate throttled = view.of(v, Metric::registry_throttled, SummaryAggregate::mean);
    const Estimate unserved = view.of(v, Metric::unserved, SummaryAggregate::mean);
    std::vector<std::optional<double>> node_seconds;
    for (const RunSummary& run : view.input.result.variants[v].runs) {
      node_seconds.emplace_back(run.node_seconds / kSecondsInMinute);
    }
    const Estimate nodes = estimate(node_seconds, view.input.result.interval_of);
    chart.table.rows.push_back(
        {view.name(v), view.figure(egress, "bytes"), view.figure(throttled, "count"),
         nodes.value ? fmt::format("{:.1f}", *nodes.value) : "-",
         unserved.value ? fmt::format("{:.1f} pod-minutes", *unserved.value / kSecondsInMinute)
                        : "-"});
    if (!egress.value) continue;
    order.push_back(view.name(v));
    data.push_back({{"variant", view.name(v)},
                    {"mebibytes", *egress.value / kMebi},
                    {"label", bytes(*egress.value)}});
  }
  if (data.empty()) return std::nullopt;
  if (view.pair) {
    const auto difference =
        paired_difference(per_run(view.input.result.variants[view.pair->base],
                                  Metric::registry_egress, SummaryAggregate::mean),
                          per_run(view.input.result.variants[view.pair->other],
                                  Metric::registry_egress, SummaryAggregate::mean),
                          view.input.result.interval_of)
            .difference;
    const double value = difference.value.value_or(0);
    chart.title = fmt::format("{} takes {} {} out of the registry than {}",
                              view.name(view.pair->other), bytes(std::abs(value)),
                              value <= 0 ? "less" : "more", view.name(view.pair->base));
  } else {
    chart.title = fmt::format("{} leave the registry", data[0]["label"].get<std::string>());
  }
  chart.text = "Bytes out of the registry for the whole scenario, mean over runs, by variant.";
  chart.note =
      "Node-minutes are of all nodes over the whole scenario, from when each was asked for.";
  chart.spec = chart_spec(static_cast<int>(order.size()) * 30, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  Json y = {{"field", "variant"}, {"type", "nominal"}, {"sort", order}, {"title", nullptr}};
  y["axis"] = {{"labelColor", "var(--ink)"}, {"labelFontSize", 13}};
  chart.spec["encoding"]["y"] = std::move(y);
  Json layers = chart_template("cost");
  layers[0]["encoding"]["color"] = {{"field", "variant"},
                                    {"type", "nominal"},
                                    {"legend", nullptr},
                                    {"scale", view.variant_scale()}};
  chart.spec["layer"] = std::move(layers);
  return chart;
}

MaybeChart spread_chart(const ReportView& view) {
  Chart chart;
  chart.id = "how-sure";
  constexpr std::size_t kDotsMost = 800;  // of one variant; 5,000 marks in all at most
  Json data = Json::array();
  std::vector<std::string> order;
  chart.table.head = {"variant", "runs", "least p95", "mean of p95", "greatest p95", "never"};
  double widest = -1;
  std::string widest_name;
  for (const std::size_t v : view.shown) {
    const auto values =
        per_run(view.input.result.variants[v], Metric::pod_ready, SummaryAggregate::p95);
    std::vector<double> finite;
    for (const auto& value : values) {
      if (value && !std::isinf(*value)) finite.push_back(*value);
    }
    if (finite.empty()) continue;
    order.push_back(view.name(v));
    const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
    chart.table.rows.push_back(
        {view.name(v), std::to_string(values.size()), quantity_text(*low, "s"),
         view.figure(view.of(v, Metric::pod_ready, SummaryAggregate::p95), "s"),
         quantity_text(*high, "s"), std::to_string(values.size() - finite.size())});
    if (*high - *low > widest) {
      widest = *high - *low;
      widest_name = view.name(v);
    }
    const std::size_t step = finite.size() / kDotsMost + 1;
    if (step > 1) chart.note = fmt::format("Every {}th run is drawn. ", step);
    for (std::size_t i = 0; i < finite.size(); i += step) {
      data.push_back({{"variant", view.name(v)}, {"seconds", finite[i]}, {"run", i}});
    }
  }
  if (data.empty()) return std::nullopt;
  chart.title = quantity_text(widest, "s") == quantity_text(0, "s")
                    ? "All runs agree"
                    : fmt::format("Runs of {} lie up to {} apart at p95", widest_name,
                                  quantity_text(widest, "s"));
  chart.text = "p95 of time to ready of every run as a mark, by variant.";
  chart.note += "A mark for each run; variants meet the same chance in the same run.";
  chart.spec = chart_spec(static_cast<int>(order.size()) * kRowHeight, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  chart.spec["mark"] = {{"type", "tick"}, {"thickness", 2}, {"size", 20}, {"opacity", 0.7}};
  Json encoding = chart_template("spread");
  encoding["y"]["sort"] = order;
  encoding["color"]["scale"] = view.variant_scale();
  chart.spec["encoding"] = std::move(encoding);
  return chart;
}

}  // namespace pullsim
