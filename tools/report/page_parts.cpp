// Tables and figures of the page.
#include "tools/report/page_parts.hpp"

#include "tools/report/escape.hpp"

#include <fmt/format.h>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

std::string legend_html(const std::vector<LegendEntry>& legend) {
  if (legend.empty()) return "";
  std::string text = "<ul class=\"legend\">";
  for (const LegendEntry& entry : legend) {
    text += "<li><svg width=\"26\" height=\"12\" aria-hidden=\"true\">";
    if (entry.dash.empty()) {
      text += fmt::format("<rect x=\"6\" width=\"14\" height=\"12\" rx=\"2\" fill=\"{}\"/>",
                          entry.colour);
    } else {
      text += fmt::format(
          "<path d=\"M0 6H26\" stroke=\"{}\" stroke-width=\"3\" "
          "stroke-dasharray=\"{}\"/>",
          entry.colour, entry.dash == "1,0" ? "none" : entry.dash);
    }
    text += "</svg>" + html_text(entry.label, 80) + "</li>";
  }
  return text + "</ul>\n";
}

/// A word of a verdict stands in its colour.
std::string outcome_html(const std::string& cell) {
  const bool outcome = cell == "PASS" || cell == "FAIL" || cell == "UNSURE" || cell == "WARN";
  if (!outcome) return html_text(cell);
  return fmt::format("<span class=\"pill {}\">{}</span>", cell, cell);
}

}  // namespace

std::string table_html(const Table& table, const std::string& caption) {
  std::string text = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
      "aria-label=\"Table: {}\"><table><caption>{}</caption><thead><tr>",
      html_text(caption, 120), html_text(caption, 120));
  for (const std::string& cell : table.head) {
    text += fmt::format("<th scope=\"col\">{}</th>", html_text(cell, 120));
  }
  text += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? fmt::format("<th scope=\"row\">{}</th>", outcome_html(row[i]))
                     : fmt::format("<td>{}</td>", html_text(row[i]));
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string chart_html(const Chart& chart) {
  std::string text = fmt::format("<figure id=\"{}\"><figcaption><h3>{}</h3></figcaption>\n",
                                 chart.id, html_text(chart.title));
  text += legend_html(chart.legend);
  text += fmt::format("<div class=\"plot\" id=\"plot-{}\" role=\"img\" aria-label=\"{}\"></div>\n",
                      chart.id, html_text(chart.text));
  text +=
      "<noscript><p class=\"note\">The chart needs scripts; the table has its "
      "figures.</p></noscript>\n";
  if (!chart.note.empty()) text += fmt::format("<p class=\"note\">{}</p>\n", html_text(chart.note));
  text += table_html(chart.table, chart.text.substr(0, chart.text.find_first_of(".;:")));
  text +=
      fmt::format("<script type=\"application/json\" data-plot=\"plot-{}\">{}</script>\n", chart.id,
                  script_json(chart.spec.dump(-1, ' ', false, Json::error_handler_t::replace)));
  return text + "</figure>\n";
}

}  // namespace pullsim
