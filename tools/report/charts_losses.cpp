// How much of the error budget of each objective a scale-out spends, and what was lost for it.
#include "tools/output/loss_rows.hpp"
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRowHeight = 34;
constexpr double kWholeShownFrom = 0.3;  // of the budget: below, its end would dwarf the bars

/// Objectives as the first variant with runs has them.
const std::vector<LostRequests>* objectives_of(const ReportView& view) {
  for (const VariantResult& variant : view.input.result.variants) {
    if (!variant.runs.empty()) return &variant.runs.front().lost_requests;
  }
  return nullptr;
}

struct Bar {
  std::size_t variant = 0;
  std::string row;
  double share = 0;  ///< of the budget
};

struct Bars {
  std::vector<Bar> bars;
  Table table;
};

/// One objective: a bar and a row of the table for each variant.
void add_objective(const ReportView& view, const std::vector<LostRequests>& all, std::size_t index,
                   Bars* out) {
  const std::string workload = clean_text(all[index].objective.workload, 40);
  const auto value = [&](const VariantResult& variant, LossFigure figure) {
    return estimate(loss_values(variant, {index, figure, "", "", 1}),
                    view.input.result.interval_of);
  };
  for (const std::size_t v : view.shown) {
    const VariantResult& variant = view.input.result.variants[v];
    if (variant.runs.empty()) continue;
    const std::string row =
        all.size() > 1 ? fmt::format("{}: {}", view.name(v), workload) : view.name(v);
    const Estimate seconds = value(variant, LossFigure::budget_seconds);
    const Estimate money = value(variant, LossFigure::money);
    out->table.rows.push_back(
        {row, view.figure(value(variant, LossFigure::lost), "1"),
         view.figure(value(variant, LossFigure::share), "share"),
         view.figure(value(variant, LossFigure::budget_share), "share"), view.figure(seconds, "s"),
         money.value
             ? view.figure(money, "1") + " " + all[index].objective.value_per_request->currency
             : "-"});
    const Estimate share = value(variant, LossFigure::budget_share);
    if (share.value) out->bars.push_back({v, row, *share.value});
  }
}

std::string title_of(const ReportView& view, const std::vector<LostRequests>& all,
                     const std::vector<Bar>& bars) {
  const auto spends = [&](const Bar& bar) {
    return fmt::format("{} spends {}", clean_text(bar.row, 60), quantity_text(bar.share, "share"));
  };
  const std::string budget = all.size() > 1
                                 ? std::string("of its error budget")
                                 : fmt::format("of the error budget of {}",
                                               clean_text(all.front().objective.workload, 40));
  if (view.pair && all.size() == 1) {
    const auto of = [&](std::size_t variant) {
      return std::find_if(bars.begin(), bars.end(),
                          [&](const Bar& bar) { return bar.variant == variant; });
    };
    const auto base = of(view.pair->base);
    const auto other = of(view.pair->other);
    if (base != bars.end() && other != bars.end()) {
      return fmt::format("{} {}, {} {}", spends(*other), budget, clean_text(base->row, 60),
                         quantity_text(base->share, "share"));
    }
  }
  const auto most = std::max_element(bars.begin(), bars.end(),
                                     [](const Bar& a, const Bar& b) { return a.share < b.share; });
  return spends(*most) + " " + budget;
}

}  // namespace

MaybeChart error_budget_chart(const ReportView& view) {
  const std::vector<LostRequests>* all = objectives_of(view);
  if (all == nullptr || all->empty()) return std::nullopt;
  Bars rows;
  rows.table.head = {"variant",        "requests lost", "share of all", "error budget spent",
                     "as full outage", "worth"};
  for (std::size_t i = 0; i < all->size(); ++i) add_objective(view, *all, i, &rows);
  if (rows.bars.empty()) return std::nullopt;
  Chart chart;
  chart.id = "error-budget";
  chart.title = title_of(view, *all, rows.bars);
  chart.text = "Share of the error budget that requests lost in this scale-out spend, by variant.";
  chart.table = std::move(rows.table);
  const ErrorBudget& budget = all->front().objective.budget;
  chart.note = fmt::format(
      "Lost are requests that waited longer than the timeout, after all retries. The budget{}: "
      "{:g} "
      "% may be lost within {:g} days; means over runs.",
      all->size() > 1 ? " of the first" : "", 100 * (1 - budget.availability),
      to_seconds(budget.window) / 86'400);
  Json data = Json::array();
  std::vector<std::string> order;
  double most = 0;
  for (const Bar& bar : rows.bars) {
    order.push_back(bar.row);
    most = std::max(most, bar.share);
    data.push_back({{"row", bar.row},
                    {"share", bar.share},
                    {"variant", view.name(bar.variant)},
                    {"label", quantity_text(bar.share, "share")}});
  }
  chart.spec = chart_spec(static_cast<int>(order.size()) * kRowHeight, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  chart.spec["encoding"]["y"] = {
      {"field", "row"}, {"type", "nominal"}, {"sort", order}, {"title", nullptr}};
  chart.spec["encoding"]["y"]["axis"] = {{"labelColor", "var(--ink)"}, {"labelFontSize", 13}};
  Json layers = chart_template("error_budget");
  layers[0]["encoding"]["color"] = {{"field", "variant"},
                                    {"type", "nominal"},
                                    {"legend", nullptr},
                                    {"scale", view.variant_scale()}};
  if (most < kWholeShownFrom) layers.erase(2);
  chart.spec["layer"] = std::move(layers);
  return chart;
}

}  // namespace pullsim
