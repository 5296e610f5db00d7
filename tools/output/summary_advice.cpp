// What would help most, from the alternatives that were simulated (tools/report/evidence.hpp): a
// change that moved nothing for certain is left out.
#include "tools/output/number_text.hpp"
#include "tools/output/summary_parts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kAdviceShown = 3;

/// Sooner in all of the interval, or in every run alike.
bool helps(const Json& change) {
  const auto interval = change.find("interval95");
  return interval == change.end() ? change.at("p95_difference_seconds").get<double>() < 0
                                  : interval->at(1).get<double>() < 0;
}

}  // namespace

Lines advice_lines(const StudyResult& result, const SummaryOptions& options) {
  if (result.alternatives.empty()) return {};
  const Json alternatives = Json::parse(result.alternatives);
  std::vector<Json> changes;
  for (const Json& change : alternatives.at("changes")) {
    if (helps(change)) changes.push_back(change);
  }
  std::stable_sort(changes.begin(), changes.end(), [](const Json& a, const Json& b) {
    return a.at("p95_difference_seconds").get<double>() <
           b.at("p95_difference_seconds").get<double>();
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(changes.size(), kAdviceShown); ++i) {
    text += fmt::format(
        "{}{} {}", i == 0 ? "" : "; ", changes[i].at("change").get<std::string>(),
        unbroken(signed_quantity_text(changes[i].at("p95_difference_seconds").get<double>(), "s")));
  }
  if (text.empty()) text = "none of what was tried";
  return wrapped(fmt::format("  Would help {} most at p95, one change at a time: {}",
                             alternatives.at("variant").get<std::string>(), text),
                 options.width, 4);
}

}  // namespace pullsim
