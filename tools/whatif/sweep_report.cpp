// See the header.
#include "tools/whatif/sweep_report.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/output/csv_files.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/result_run_json.hpp"
#include "tools/whatif/figures.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

std::string outcome_of(const Json& point) {
  if (point.contains("refused")) return "refused";
  return point.value("outcome", "");
}

std::string settings_text(const Json& point) {
  std::string text;
  for (const auto& [path, value] : point.at("settings").items()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", path, value.get<std::string>());
  }
  return text;
}

/// Mean of a figure, absent where a run never got there.
std::optional<double> mean_of(const Json& variant, std::string_view key) {
  const auto& figures = variant.at("figures");
  const auto found = figures.find(std::string(key));
  if (found == figures.end() || !found->contains("value")) return std::nullopt;
  return found->at("value").get<double>();
}

/// What the nodes of all variants cost, and in which unit: price where it is known, else time.
std::pair<std::optional<double>, std::string_view> cost_of(const Json& point) {
  for (const Figure& figure :
       {all_figures()[figure_index("cost")], all_figures()[figure_index("node_hours")]}) {
    double sum = 0;
    bool known = true;
    for (const auto& variant : point.at("variants")) {
      const auto value = mean_of(variant, figure.key);
      known = known && value;
      sum += value.value_or(0);
    }
    if (known) return {sum, figure.unit};
  }
  return {std::nullopt, ""};
}

/// "egress" of "registries.main.egress", longer where that would name two of them.
std::vector<std::string> short_names(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    std::size_t dot = path.rfind('.');
    const auto same_end = [&](std::size_t at) {
      return std::count_if(paths.begin(), paths.end(), [&](const std::string& other) {
        const std::string end = path.substr(at);
        return other.size() >= end.size() &&
               other.compare(other.size() - end.size(), end.size(), end) == 0;
      });
    };
    while (dot != std::string::npos && dot > 0 && same_end(dot) > 1) dot = path.rfind('.', dot - 1);
    names.push_back(dot == std::string::npos ? path : path.substr(dot + 1));
  }
  return names;
}

std::vector<std::string> paths_of(const std::string& header) {
  std::vector<std::string> paths;
  const Json json = Json::parse(header);
  for (const auto& vary : json.at("vary")) paths.push_back(vary.at("path").get<std::string>());
  return paths;
}

constexpr std::array<std::string_view, 5> kShown = {"pod_ready_p95", "cost", "node_hours",
                                                    "scaleout_done_max", "registry_egress"};

std::string cell_of(const Json& variant, std::string_view key) {
  const auto& figures = variant.at("figures");
  const auto found = figures.find(std::string(key));
  if (found == figures.end()) return "-";
  if (!found->contains("value")) return "never";
  const double value = found->at("value").get<double>();
  const std::string unit = found->at("unit").get<std::string>();
  std::string text = figure_text(value, unit);
  if (found->contains("interval95") && unit == "s") {
    const auto& ends = found->at("interval95");
    text += " " + interval_text({ends[0].get<double>(), ends[1].get<double>()}, value, unit);
  }
  return text;
}

std::vector<std::string> row_of(const Json& point, const Json* variant, bool cheapest) {
  std::vector<std::string> row = {outcome_of(point)};
  for (const auto& [path, value] : point.at("settings").items()) {
    row.push_back(printable(value.get<std::string>()));
  }
  row.push_back(variant == nullptr ? "" : variant->at("name").get<std::string>());
  for (const std::string_view key : kShown) {
    row.push_back(variant == nullptr ? "" : cell_of(*variant, key));
  }
  row.emplace_back(cheapest ? "<- cheapest that passes" : "");
  if (variant == nullptr && !point.at("refused").empty()) {
    row.back() = printable(point.at("refused")[0].at("text").get<std::string>());
  }
  return row;
}

void for_each_row(SweepLines* lines, const SweepVerdict& verdict,
                  const std::function<void(const std::vector<std::string>&)>& use) {
  lines->for_each([&](std::int64_t number, const std::string& line) {
    const Json point = Json::parse(line);
    const bool cheapest = verdict.cheapest == number;
    if (point.contains("refused")) return use(row_of(point, nullptr, false));
    for (const auto& variant : point.at("variants")) use(row_of(point, &variant, cheapest));
  });
}

std::string verdict_text(const SweepVerdict& verdict, const Json& header) {
  std::string text = verdict.judged ? std::string(verdict_word(verdict.outcome())) : "DONE";
  text += fmt::format("  {}   ", printable(header.at("scenario").at("file").get<std::string>()));
  if (verdict.judged) {
    text += fmt::format("{} of {} points pass", verdict.passed, verdict.points);
    if (verdict.unsure > 0) text += fmt::format(", {} unsure", verdict.unsure);
  } else {
    text += fmt::format("{} points, no thresholds", verdict.points);
  }
  if (verdict.refused > 0) text += fmt::format(", {} cannot run", verdict.refused);
  if (verdict.cheapest) {
    text += fmt::format("; cheapest: {} ({})", printable(verdict.cheapest_settings),
                        verdict.cheapest_cost);
  }
  return text + "\n";
}

}  // namespace

Verdict SweepVerdict::outcome() const {
  if (!judged || passed > 0) return Verdict::pass;
  return failed > 0 && unsure == 0 && failed + refused == points ? Verdict::fail : Verdict::unsure;
}

SweepVerdict sweep_verdict(SweepLines* lines) {
  SweepVerdict verdict;
  double least = 0;
  lines->for_each([&](std::int64_t number, const std::string& line) {
    const Json point = Json::parse(line);
    const std::string outcome = outcome_of(point);
    ++verdict.points;
    verdict.refused += outcome == "refused" ? 1 : 0;
    verdict.failed += outcome == "FAIL" ? 1 : 0;
    verdict.unsure += outcome == "UNSURE" ? 1 : 0;
    verdict.judged = verdict.judged || (!outcome.empty() && outcome != "refused");
    if (outcome != "PASS") return;
    ++verdict.passed;
    const auto [cost, unit] = cost_of(point);
    if (!cost || (verdict.cheapest && *cost >= least)) return;
    least = *cost;
    verdict.cheapest = number;
    verdict.cheapest_settings = settings_text(point);
    verdict.cheapest_cost = unit == "currency" ? "price of nodes " + figure_text(*cost, unit)
                                               : figure_text(*cost, unit);
  });
  return verdict;
}

void write_sweep_table(const std::string& header, SweepLines* lines, std::size_t width,
                       const Write& write) {
  const SweepVerdict verdict = sweep_verdict(lines);
  std::vector<std::string> titles = {"outcome"};
  for (const std::string& name : short_names(paths_of(header))) titles.push_back(printable(name));
  titles.emplace_back("variant");
  for (const std::string_view key : kShown) {
    titles.emplace_back(all_figures()[figure_index(key)].title);
  }
  titles.emplace_back("");
  std::vector<std::size_t> widths(titles.size(), 0);
  std::vector<bool> used(titles.size(), false);
  std::string first_variant;
  for_each_row(lines, verdict, [&](const std::vector<std::string>& row) {
    const std::size_t variant = titles.size() - kShown.size() - 2;
    if (first_variant.empty()) first_variant = row[variant];
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], shown_width(row[i]));
      const bool says = i == variant ? row[i] != first_variant : row[i] != "-";
      used[i] = used[i] || (says && !row[i].empty());
    }
  });
  // Figures that do not fit leave from the right; what was varied always stays.
  std::size_t total = 2;
  for (std::size_t i = 0; i + 1 < titles.size(); ++i) {
    if (!used[i]) continue;
    widths[i] = std::max(widths[i], shown_width(titles[i]));
    total += widths[i] + 2;
    const bool figure = i >= titles.size() - kShown.size() - 1;
    if (figure && total > width && i > titles.size() - kShown.size() - 1) used[i] = false;
  }
  const auto text_of = [&](const std::vector<std::string>& row) {
    std::string text = " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (used[i]) text += " " + pad_right(row[i], widths[i]) + " ";
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  write(verdict_text(verdict, Json::parse(header)) + "\n" + text_of(titles));
  for_each_row(lines, verdict, [&](const std::vector<std::string>& row) { write(text_of(row)); });
}

void write_sweep_csv(const std::string& header, SweepLines* lines, const Write& write) {
  const SweepVerdict verdict = sweep_verdict(lines);
  std::string titles = "point";
  for (const std::string& path : paths_of(header)) titles += "," + csv_text(path);
  titles += ",variant,outcome,cheapest";
  for (const Figure& figure : all_figures()) {
    const std::string unit = figure.unit == "s"       ? "_seconds"
                             : figure.unit == "bytes" ? "_bytes"
                                                      : "";
    titles += fmt::format(",{0}{1},{0}_low{1},{0}_high{1}", figure.key, unit);
  }
  write(titles + "\n");
  lines->for_each([&](std::int64_t number, const std::string& line) {
    const Json point = Json::parse(line);
    std::string start = fmt::format("{}", number);
    for (const auto& [path, value] : point.at("settings").items()) {
      start += "," + csv_text(value.get<std::string>());
    }
    const std::string end =
        fmt::format(",{},{}", outcome_of(point), verdict.cheapest == number ? "yes" : "");
    if (point.contains("refused")) {
      return write(start + "," + end + std::string(3 * all_figures().size(), ',') + "\n");
    }
    for (const auto& variant : point.at("variants")) {
      std::string row = start;
      row += ",";
      row += csv_text(variant.at("name").get<std::string>());
      row += end;
      for (const Figure& figure : all_figures()) {
        const auto value = mean_of(variant, figure.key);
        row += value ? fmt::format(",{}", *value) : ",";
        const auto& figures = variant.at("figures");
        const auto found = figures.find(std::string(figure.key));
        if (found == figures.end() || !found->contains("interval95")) {
          row += ",,";
        } else {
          const auto& ends = found->at("interval95");
          row += fmt::format(",{},{}", ends[0].get<double>(), ends[1].get<double>());
        }
      }
      write(row + "\n");
    }
  });
}

void write_sweep_json(const std::string& header, SweepLines* lines, const Write& write) {
  const SweepVerdict verdict = sweep_verdict(lines);
  Json top = Json::parse(header);
  top["verdict"] = {{"points", verdict.points},
                    {"passed", verdict.passed},
                    {"failed", verdict.failed},
                    {"unsure", verdict.unsure},
                    {"refused", verdict.refused}};
  if (verdict.judged) top["verdict"]["outcome"] = verdict_word(verdict.outcome());
  if (verdict.cheapest) top["verdict"]["cheapest"] = *verdict.cheapest;
  std::string text = top.dump();
  text.back() = ',';
  // `points` is the count in the header; the list has a name of its own.
  write(text + "\n\"results\": [");
  bool first = true;
  lines->for_each([&](std::int64_t, const std::string& line) {
    write(first ? "\n" : ",\n");
    write(line);
    first = false;
  });
  write("\n]}\n");
}

}  // namespace pullsim
