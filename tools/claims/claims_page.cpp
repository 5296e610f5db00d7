// docs/claims.json and docs/claims.md.
#include "tools/claims/claim.hpp"

#include "tools/output/number_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

const char* word_of(Holds holds) {
  return holds == Holds::yes ? "yes" : holds == Holds::no ? "no" : "depends";
}

/// Exact enough to be compared on every machine, and not longer.
double rounded(double value) {
  constexpr double kDigits = 6;
  if (value == 0) return 0;
  const double scale = std::pow(10, kDigits - 1 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

std::string figure(double value, const std::string& unit) {
  constexpr double kMega = 1e6;
  if (unit == "bytes") return fmt::format("{:.0f} MB", value / kMega);
  if (unit == "days") return fmt::format("{:.0f} days", value);
  if (unit == "count") return fmt::format("{:.0f}", value);
  return quantity_text(value, unit);
}

std::string with_interval(const Claim& claim) {
  std::string text = figure(claim.computed, claim.unit);
  if (claim.interval) {
    text += fmt::format(" [{}, {}]", figure(claim.interval->low, claim.unit),
                        figure(claim.interval->high, claim.unit));
  }
  return text;
}

}  // namespace

std::vector<Claim> compute_claims(int threads) {
  std::vector<Claim> all = claims_of_pulls(threads);
  for (auto* more : {claims_of_builds, claims_of_contents}) {
    for (Claim& claim : more()) all.push_back(std::move(claim));
  }
  for (Claim& claim : claims_of_releases(threads)) all.push_back(std::move(claim));
  return all;
}

std::string claims_json(const std::vector<Claim>& claims) {
  Json list = Json::array();
  for (const Claim& claim : claims) {
    Json one;
    one["id"] = claim.id;
    one["claim"] = claim.claim;
    one["scenario"] = claim.scenario;
    one["what"] = claim.what;
    one["computed"] = rounded(claim.computed);
    one["unit"] = claim.unit;
    one["interval95"] = nullptr;
    if (claim.interval) {
      one["interval95"] = {rounded(claim.interval->low), rounded(claim.interval->high)};
    }
    one["holds"] = word_of(claim.holds);
    one["when"] = claim.when;
    one["command"] = claim.command;
    list.push_back(std::move(one));
  }
  return list.dump(1) + "\n";
}

std::string claims_page(const std::vector<Claim>& claims) {
  std::string text =
      "# The article's claims\n\nThis project began with an article: an image of 2.1 GB became one "
      "of 47 MB, and deploys, CI, bills and nights\ngot better. Below is each of its claims, the "
      "scenario that tests it, and what comes out. Written by\n`tools/claims.sh`, and compared in "
      "the tests; as data: [claims.json](claims.json).\n\n**Sizes.** The article counts bytes on "
      "disk; a registry and a network count bytes on the wire, which are two to three\ntimes "
      "fewer. "
      "Its 47 MB are taken as transferred here, which favours the slim image least;\n"
      "[large-vs-slim](scenarios/large-vs-slim.md) has both readings.\n\n**Intervals** are 95 %, "
      "over runs, and cover chance only. A claim without one has no chance in it.\n\n"
      "| claim | computed | holds |\n|---|---:|---|\n";
  for (const Claim& claim : claims) {
    text += fmt::format("| [{}](#{}) | {} | {} |\n", claim.claim, claim.id, with_interval(claim),
                        word_of(claim.holds));
  }
  for (const Claim& claim : claims) {
    text += fmt::format("\n## {}\n\n> {}\n\n**{}**: {}, the {}.\n\n{}\n\n```sh\n{}\n```\n",
                        claim.id, claim.claim,
                        claim.holds == Holds::depends ? "It depends"
                        : claim.holds == Holds::yes   ? "It holds"
                                                      : "It does not hold",
                        with_interval(claim), claim.what, claim.when, claim.command);
  }
  return text;
}

}  // namespace pullsim
