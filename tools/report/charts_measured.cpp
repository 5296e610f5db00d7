// Predicted over measured seconds of the pulls that a profile was fitted to or tested with, on
// logarithmic axes. Leaves out what each pull was: the profile does not say.
#include "tools/output/compared_text.hpp"
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kHeight = 340;
constexpr std::size_t kRowsMost = 12;
constexpr double kBand = 0.2;       // drawn to both sides of the line, as a share
constexpr double kMargin = 1.3;     // around the outermost marks, as a factor
constexpr double kManyDecades = 3;  // from here on only powers of ten are labelled

constexpr std::array<const char*, kPredictedBy> kColours = {"var(--v6)", "var(--v3)", "var(--v0)"};
constexpr std::array<const char*, kPredictedBy> kShapes = {"triangle-up", "circle", "square"};

struct Axis {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;

  void hold(double seconds) {
    least = std::min(least, seconds / kMargin);
    most = std::max(most, seconds * kMargin);
  }
  /// Times at which both axes are labelled.
  Json ticks() const {
    const bool many = std::log10(most / least) > kManyDecades;
    Json ticks = Json::array();
    for (double decade = std::pow(10, std::floor(std::log10(least))); decade <= most;
         decade *= 10) {
      for (const double step : {1.0, 2.0, 5.0}) {
        if (many && step > 1) continue;
        if (decade * step >= least && decade * step <= most) ticks.push_back(decade * step);
      }
    }
    return ticks;
  }
};

std::string group_label(const ComparedGroup& group) {
  return "predicted by " + predicted_by_text(group.by);
}

/// Short times with as many digits as long ones: errors are relative.
std::string time_text(double seconds) {
  return seconds < 1 ? fmt::format("{:.3g} s", seconds) : quantity_text(seconds, "s");
}

void add_rows(const UsedProfile& profile, Table* table) {
  struct Row {
    const ComparedCase* one;
    const ComparedGroup* group;
  };
  std::vector<Row> rows;
  for (const ComparedGroup& group : profile.compared) {
    for (const ComparedCase* one : furthest_first(group)) rows.push_back({one, &group});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::abs(a.one->relative_error()) > std::abs(b.one->relative_error());
  });
  for (std::size_t i = 0; i < std::min(rows.size(), kRowsMost); ++i) {
    const auto& [one, group] = rows[i];
    table->rows.push_back({clean_text(one->id, 60), time_text(one->predicted_seconds),
                           time_text(one->measured_seconds), error_text(*one)});
    if (profile.compared.size() > 1) table->rows.back().push_back(predicted_by_text(group->by));
  }
}

std::string note_of(const UsedProfile& profile) {
  std::size_t drawn = 0;
  std::int64_t measured = 0;
  for (const ComparedGroup& group : profile.compared) {
    drawn += group.cases.size();
    measured += group.measured;
  }
  std::string note =
      fmt::format("On the line both are equal; the band is {:g} % to both sides.", 100 * kBand);
  if (drawn < static_cast<std::size_t>(measured)) {
    note += fmt::format(" {} of {} pulls are drawn, evenly chosen by their measured time.", drawn,
                        measured);
  }
  if (drawn > kRowsMost) {
    note += fmt::format(" The table has the {} that are furthest off; result.json has {}.",
                        kRowsMost, drawn);
  }
  return note;
}

}  // namespace

MaybeChart measured_chart(const ReportView& view, std::size_t index) {
  const UsedProfile& profile = view.input.study.profiles.at(index);
  if (profile.compared.empty()) return std::nullopt;
  Chart chart;
  chart.id = index == 0 ? "measured" : fmt::format("measured-{}", index);
  chart.title = compared_finding(profile.compared.front());
  chart.title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(chart.title[0])));
  if (view.input.study.profiles.size() > 1) {
    chart.title = clean_text(profile.file, 60) + ": " + chart.title;
  }
  chart.text =
      "Predicted against measured seconds of each pull behind the profile, furthest off first; on "
      "the line both are equal.";
  chart.note = note_of(profile);
  chart.table.head = {"pull", "predicted", "measured", "off by"};
  if (profile.compared.size() > 1) chart.table.head.emplace_back("predicted by");
  add_rows(profile, &chart.table);
  Axis axis;
  Json data = Json::array();
  Json shapes = Json::array();
  for (const ComparedGroup& group : profile.compared) {
    const auto by = static_cast<std::size_t>(group.by);
    chart.legend.push_back({group_label(group), kColours.at(by), ""});
    shapes.push_back(kShapes.at(by));
    for (const ComparedCase& one : group.cases) {
      axis.hold(one.measured_seconds);
      axis.hold(one.predicted_seconds);
      data.push_back({{"pull", clean_text(one.id, 60)},
                      {"measured", one.measured_seconds},
                      {"predicted", one.predicted_seconds},
                      {"error", error_text(one)},
                      {"by", group_label(group)}});
    }
  }
  chart.spec = chart_spec(kHeight, chart.text);
  Json layers = chart_template("measured");
  Json line = Json::array();
  for (const double end : {axis.least, axis.most}) {
    line.push_back({{"at", end}, {"low", end * (1 - kBand)}, {"high", end * (1 + kBand)}});
  }
  for (const std::size_t layer : {0U, 1U}) layers[layer]["data"]["values"] = line;
  layers[2]["data"]["values"] = std::move(data);
  const Json scale = {{"type", "log"}, {"domain", {axis.least, axis.most}}, {"nice", false}};
  for (const char* channel : {"x", "y"}) {
    for (Json& layer : layers) layer["encoding"][channel]["scale"] = scale;
    layers[2]["encoding"][channel]["axis"]["values"] = axis.ticks();
  }
  layers[2]["encoding"]["color"]["scale"] = legend_scale(chart.legend);
  layers[2]["encoding"]["shape"]["scale"] = {
      {"domain", layers[2]["encoding"]["color"]["scale"]["domain"]}, {"range", std::move(shapes)}};
  chart.spec["layer"] = std::move(layers);
  return chart;
}

}  // namespace pullsim
