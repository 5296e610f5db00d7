// Specifications that stand alone: light colours, a title, a legend, a width of their own.
#include "tools/report/static_charts.hpp"

#include "tools/report/chart.hpp"
#include "tools/report/colours.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/page_assets.hpp"
#include "tools/report/run_program.hpp"

#include <fmt/format.h>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kWidth = 640;                // of the plot, without its labels
constexpr std::size_t kTitleColumns = 84;  // a line of the title at 15 pixels
constexpr int kLabelMost = 560;
constexpr const char* kZoom = "2";  // pixels of PNG for each of SVG

/// A title in lines of words.
Json title_lines(const std::string& title) {
  Json lines = Json::array();
  std::string line;
  std::size_t from = 0;
  while (from < title.size()) {
    const std::size_t to = std::min(title.find(' ', from), title.size());
    const std::string word = title.substr(from, to - from);
    if (!line.empty() && line.size() + word.size() + 1 > kTitleColumns) {
      lines.push_back(line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    from = to + 1;
  }
  lines.push_back(line);
  return lines;
}

Json alone(const Chart& chart) {
  Json spec = chart.spec;
  spec["title"] = {{"text", title_lines(chart.title)}};
  spec["width"] = kWidth;
  spec["autosize"] = "pad";
  spec["padding"] = 12;
  spec["config"]["background"] = "white";
  spec["config"]["font"] = "Helvetica, Arial, sans-serif";
  // Widths are estimated, and generously: limits that suit a page would cut what fits.
  spec["config"]["axis"]["labelLimit"] = kLabelMost;
  spec["config"]["legend"]["labelLimit"] = kLabelMost;
  Json& encoding = spec["encoding"];
  if (encoding.contains("y") && encoding["y"].contains("axis")) {
    encoding["y"]["axis"]["labelLimit"] = kLabelMost;
  }
  return spec;
}

std::string dumped(const Json& json, int indent) {
  return with_light_colours(json.dump(indent, ' ', false, Json::error_handler_t::replace));
}

/// The libraries are loaded as in a page: nothing of a module is in their sight.
std::string drawing_program(const Json& specs) {
  return "(function (exports, module, define) {\n" + std::string(page_libraries()) +
         "}).call(globalThis);\n" + std::string(drawing_script()) + "draw(" +
         script_json(dumped(specs, -1)) + ");\n";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> static_charts(const ReportInput& input,
                                                               ChartFormat format) {
  const ReportView view(input);
  Json specs = Json::object();
  for (const Chart& chart : all_charts(view)) specs[chart.id] = alone(chart);
  std::vector<std::pair<std::string, std::string>> files;
  if (format == ChartFormat::vega_lite) {
    for (const auto& [id, spec] : specs.items()) {
      files.emplace_back(id + ".vl.json", dumped(spec, 1) + "\n");
    }
    return files;
  }
  const Json drawn = Json::parse(run_program({"node", "-"}, drawing_program(specs)));
  for (const auto& [id, svg] : drawn.items()) {
    const std::string text = svg.get<std::string>() + "\n";
    if (format == ChartFormat::svg) {
      files.emplace_back(id + ".svg", text);
    } else {
      files.emplace_back(id + ".png",
                         run_program({"rsvg-convert", "--zoom", kZoom, "--format", "png"}, text));
    }
  }
  return files;
}

}  // namespace pullsim
