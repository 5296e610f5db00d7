// What if, and what matters most: from `outlook` of the result (tools/whatif/outlook.hpp).
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kCellHeight = 44;
constexpr int kBarHeight = 30;
constexpr double kMega = 1e6;
constexpr std::size_t kBarsShown = 12;
constexpr std::size_t kPathWidth = 60;

std::string seconds(double value) { return quantity_text(value, "s"); }

/// As manifests count: decimal megabytes.
std::string megabytes(double bytes) {
  const double value = bytes / kMega;
  return value < 1000 ? fmt::format("{:.0f} MB", value) : fmt::format("{:.2g} GB", value / 1000);
}

/// The tightest limit of p95 that the variant is held to; infinite: none.
double limit_of(const ReportView& view, const std::string& variant) {
  double limit = std::numeric_limits<double>::infinity();
  for (const Threshold& threshold : view.input.study.thresholds) {
    const bool below = threshold.op == Operator::less || threshold.op == Operator::less_equal;
    const bool p95 = threshold.aggregate.kind == Aggregate::Kind::percentile &&
                     threshold.aggregate.parameter == 95;
    if (threshold.metric != Metric::pod_ready || !below || !p95 || !threshold.where.empty() ||
        !threshold.limit.variant.empty()) {
      continue;
    }
    if (threshold.variant.empty() || threshold.variant == variant) {
      limit = std::min(limit, threshold.limit.value);
    }
  }
  return limit;
}

/// The row of the grid that is as the scenario says, or the middle of what it declares.
std::string grid_title(const Json& grid, const std::string& image, double limit) {
  const Json& rows = grid.at("rows");
  const Json& middle = rows[rows.size() / 2].at("p95_seconds");
  const Json& sizes = grid.at("sizes_bytes");
  const auto at = [&](std::size_t i) {
    return middle[i].is_null() ? std::numeric_limits<double>::infinity() : middle[i].get<double>();
  };
  const std::size_t last = sizes.size() - 1;
  if (std::isinf(limit)) {
    return fmt::format("From {} to {} of {}, p95 goes from {} to {}",
                       megabytes(sizes[0].get<double>()), megabytes(sizes[last].get<double>()),
                       image, seconds(at(0)), seconds(at(last)));
  }
  if (!(at(0) < limit)) {
    return fmt::format("No size of {} from {} on keeps p95 below {}", image,
                       megabytes(sizes[0].get<double>()), seconds(limit));
  }
  std::size_t holds = 0;
  while (holds < last && at(holds + 1) < limit) ++holds;
  if (holds == last) {
    return fmt::format("p95 stays below {} up to {} of {} and more", seconds(limit),
                       megabytes(sizes[last].get<double>()), image);
  }
  return fmt::format("p95 stays below {} up to {} of {}, no longer at {}", seconds(limit),
                     megabytes(sizes[holds].get<double>()), image,
                     megabytes(sizes[holds + 1].get<double>()));
}

/// Cells of equal width: sizes and steps go by equal factors. The table has a row for each size.
Json cells_of(const Json& grid, double limit, Table* table) {
  Json data = Json::array();
  const Json& sizes = grid.at("sizes_bytes");
  for (const Json& size : sizes) table->rows.push_back({megabytes(size.get<double>())});
  for (const Json& row : grid.at("rows")) {
    table->head.push_back(row.at("label").get<std::string>());
    for (std::size_t x = 0; x < sizes.size(); ++x) {
      const Json& p95 = row.at("p95_seconds")[x];
      const bool meets = !p95.is_null() && p95.get<double>() < limit && std::isfinite(limit);
      const std::string text = p95.is_null() ? "never" : seconds(p95.get<double>());
      table->rows[x].push_back(text + (meets ? " (meets)" : ""));
      Json cell = {{"size", megabytes(sizes[x].get<double>())},
                   {"row", row.at("label")},
                   {"label", p95.is_null() ? "never" : fmt::format("{:.0f}", p95.get<double>())},
                   {"text", text},
                   {"meets", meets}};
      if (!p95.is_null()) cell["p95"] = p95;
      data.push_back(std::move(cell));
    }
  }
  return data;
}

Json texts(const Json& grid, bool sizes) {
  Json list = Json::array();
  if (sizes) {
    for (const Json& size : grid.at("sizes_bytes")) list.push_back(megabytes(size.get<double>()));
  } else {
    for (const Json& row : grid.at("rows")) list.insert(list.begin(), row.at("label"));
  }
  return list;
}

struct BarRow {
  std::string path;
  std::string range;
  Estimate low;
  Estimate high;
};

Estimate estimate_of(const Json& json) {
  Estimate out;
  if (json.contains("value")) out.value = json["value"].get<double>();
  if (json.contains("interval95")) {
    out.interval = Interval{json["interval95"][0], json["interval95"][1]};
  }
  return out;
}

/// Not nothing, and no chance of it being nothing.
bool moves(const Estimate& change) {
  if (seconds(std::abs(*change.value)) == seconds(0)) return false;
  return !change.interval || change.interval->low > 0 || change.interval->high < 0;
}

std::vector<BarRow> bar_rows(const Json& outlook) {
  std::vector<BarRow> rows;
  for (const Json& bar : outlook.at("tornado")) {
    BarRow row{clean_text(bar.at("path").get<std::string>(), kPathWidth),
               bar.at("low").get<std::string>() + " .. " + bar.at("high").get<std::string>(),
               estimate_of(bar.at("at_low")), estimate_of(bar.at("at_high"))};
    if (!row.low.value || !row.high.value) continue;
    if ((moves(row.low) || moves(row.high)) && rows.size() < kBarsShown)
      rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

MaybeChart what_if_chart(const ReportView& view) {
  if (view.outlook.is_null() || !view.outlook.contains("grid")) return std::nullopt;
  const Json& grid = view.outlook.at("grid");
  const std::string variant = view.outlook.at("variant");
  const std::string image = clean_text(view.outlook.at("image").get<std::string>(), 40);
  const std::string path = clean_text(grid.at("path").get<std::string>(), kPathWidth);
  const double limit = limit_of(view, variant);
  Chart chart;
  chart.id = "what-if";
  chart.title = grid_title(grid, image, limit);
  chart.text = fmt::format(
      "p95 of {} in seconds over the size of image {} and {}: a table of coloured cells{}.",
      variant, image, path, std::isfinite(limit) ? "; cells that meet the limit have a frame" : "");
  chart.note = fmt::format(
      "Every cell simulated, with the same chance. {} has {} today. All layers are scaled by one "
      "factor; {} is what moves p95 most beside the size.",
      image, megabytes(view.outlook.at("image_bytes").get<double>()), path);
  chart.table.head = {fmt::format("image {}, by {}", image, path)};
  if (std::isfinite(limit)) chart.legend = {{"meets the limit", "var(--pass)", ""}};
  chart.spec = chart_spec(static_cast<int>(grid.at("rows").size()) * kCellHeight, chart.text);
  chart.spec["data"]["values"] = cells_of(grid, limit, &chart.table);
  Json encoding = chart_template("what-if-encoding");
  encoding["x"]["sort"] = texts(grid, true);
  encoding["x"]["title"] = fmt::format("image {} as transferred", image);
  encoding["y"]["sort"] = texts(grid, false);
  encoding["y"]["title"] = path;
  chart.spec["encoding"] = std::move(encoding);
  chart.spec["layer"] = chart_template("what-if");
  return chart;
}

MaybeChart tornado_chart(const ReportView& view) {
  if (view.outlook.is_null()) return std::nullopt;
  const auto rows = bar_rows(view.outlook);
  if (rows.empty()) return std::nullopt;
  const std::string variant = view.outlook.at("variant");
  const bool assumed = view.outlook.at("assumed").get<bool>();
  const Estimate middle = estimate_of(view.outlook.at("middle"));
  Chart chart;
  chart.id = "what-matters-most";
  const double low = std::min(*rows[0].low.value, *rows[0].high.value);
  const double high = std::max(*rows[0].low.value, *rows[0].high.value);
  chart.title = middle.value ? fmt::format("{} matters most: p95 between {} and {}", rows[0].path,
                                           seconds(*middle.value + std::min(low, 0.0)),
                                           seconds(*middle.value + std::max(high, 0.0)))
                             : fmt::format("{} matters most", rows[0].path);
  chart.text = fmt::format(
      "Change of p95 of {} when one figure at a time is at the low and at the high end of its "
      "range, the widest first.",
      variant);
  chart.note = fmt::format(
      "{} Each end simulated with the same chance; what may move nothing is "
      "left out.",
      assumed ? "The scenario declares no ranges: half to twice of every "
                "rate and time, assumed."
              : "Ranges as the scenario declares them.");
  chart.legend = {{"at the low end", "var(--p4)", ""}, {"at the high end", "var(--p5)", ""}};
  chart.table.head = {"figure", "range", "p95 at the low end", "p95 at the high end"};
  Json data = Json::array();
  Json order = Json::array();
  for (const BarRow& row : rows) {
    chart.table.rows.push_back({row.path, row.range, signed_quantity_text(*row.low.value, "s"),
                                signed_quantity_text(*row.high.value, "s")});
    order.push_back(row.path);
    for (const auto& [value, end] :
         {std::pair{*row.low.value, "at the low end"}, {*row.high.value, "at the high end"}}) {
      data.push_back({{"path", row.path},
                      {"change", value},
                      {"end", end},
                      {"range", row.range},
                      {"label", signed_quantity_text(value, "s")}});
    }
  }
  chart.spec = chart_spec(static_cast<int>(rows.size()) * kBarHeight, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  Json y = {{"field", "path"}, {"type", "nominal"}, {"sort", order}, {"title", nullptr}};
  y["axis"] = {{"labelColor", "var(--ink)"}, {"labelLimit", 330}};
  chart.spec["encoding"]["y"] = std::move(y);
  Json layers = chart_template("tornado");
  layers[0]["encoding"]["color"] = {
      {"field", "end"}, {"type", "nominal"}, {"scale", legend_scale(chart.legend)}};
  chart.spec["layer"] = std::move(layers);
  return chart;
}

}  // namespace pullsim
