// Reads pairs of variants out of their evidence; see the header.
#include "tools/report/attribution.hpp"

#include "tools/output/number_text.hpp"
#include "tools/output/summary_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kSameShare = 0.05;
constexpr const char* kToTraffic = "to traffic";

Json evidence_of(const VariantResult& variant) {
  return variant.evidence.empty() ? Json::object() : Json::parse(variant.evidence);
}

Estimate p95_of(const VariantResult& variant, IntervalOf of) {
  return estimate(per_run(variant, Metric::pod_ready, SummaryAggregate::p95), of);
}

void add_phases(const Json& base, const Json& other, Attribution* pair) {
  if (!base.contains("phases_at_p95") || !other.contains("phases_at_p95")) return;
  for (const Json& phase : base.at("phases_at_p95")) {
    const std::string name = phase.at("phase");
    for (const Json& same : other.at("phases_at_p95")) {
      if (same.at("phase") != name) continue;
      const PhasePair both{name, phase.at("seconds"), same.at("seconds")};
      if (name == kToTraffic) {
        pair->to_traffic = both;
      } else {
        pair->phases.push_back(both);
      }
    }
  }
}

}  // namespace

std::optional<Attribution> attribution(const StudyResult& result) {
  const auto shown = shown_variants(result);
  if (shown.size() < 2) return std::nullopt;
  Attribution pair;
  pair.base = static_cast<std::size_t>(shown[0] - result.variants.data());
  pair.other = static_cast<std::size_t>(shown[1] - result.variants.data());
  pair.base_p95 = p95_of(*shown[0], result.interval_of);
  pair.other_p95 = p95_of(*shown[1], result.interval_of);
  pair.difference = paired_difference(per_run(*shown[0], Metric::pod_ready, SummaryAggregate::p95),
                                      per_run(*shown[1], Metric::pod_ready, SummaryAggregate::p95),
                                      result.interval_of)
                        .difference;
  if (!pair.base_p95.value || !pair.other_p95.value || !pair.difference.value) return std::nullopt;
  add_phases(evidence_of(*shown[0]), evidence_of(*shown[1]), &pair);
  return pair;
}

std::string difference_sentence(const StudyResult& result, const Attribution& pair) {
  const double value = pair.difference.value.value_or(0);
  const std::string& base = result.variants[pair.base].name;
  const std::string& other = result.variants[pair.other].name;
  const std::string amount = quantity_text(std::abs(value), "s");
  if (amount == quantity_text(0, "s")) {
    return fmt::format("{} pods are ready as soon as {} at p95", other, base);
  }
  return fmt::format("{} pods are ready {} {} than {} at p95", other, amount,
                     value < 0 ? "sooner" : "later", base);
}

bool stays(const Attribution& pair, const PhasePair& phase) {
  double moved = 0;
  for (const PhasePair& each : pair.phases) moved += std::abs(each.other - each.base);
  return std::abs(phase.other - phase.base) <= kSameShare * moved;
}

std::vector<LayerPlace> own_layers(const VariantResult& variant, const VariantResult& without) {
  std::set<std::string> known;
  const auto each_layer = [](const VariantResult& of, const auto& use) {
    const Json evidence = evidence_of(of);
    if (!evidence.contains("images")) return;
    for (const Json& image : evidence.at("images")) {
      const Json& layers = image.at("layers");
      for (std::size_t i = 0; i < layers.size(); ++i) use(image, i, layers[i]);
    }
  };
  each_layer(without, [&](const Json&, std::size_t, const Json& layer) {
    known.insert(layer.at("digest").get<std::string>());
  });
  std::vector<LayerPlace> own;
  each_layer(variant, [&](const Json& image, std::size_t i, const Json& layer) {
    LayerPlace place;
    place.digest = layer.at("digest");
    if (!known.insert(place.digest).second) return;
    place.image = image.at("name");
    place.position = i + 1;
    place.layers = image.at("layers").size();
    place.compressed_bytes = layer.at("compressed_bytes");
    place.created_by = layer.value("created_by", "");
    own.push_back(std::move(place));
  });
  std::stable_sort(own.begin(), own.end(), [](const LayerPlace& a, const LayerPlace& b) {
    return a.compressed_bytes > b.compressed_bytes;
  });
  return own;
}

}  // namespace pullsim
