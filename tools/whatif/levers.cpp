// See the header.
#include "tools/whatif/levers.hpp"

#include "tools/input/unit_text.hpp"
#include "tools/output/number_text.hpp"
#include "tools/whatif/sensitivity.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kTwice = 2;            // half to twice. Assumed
constexpr double kShortestTime = 1e-6;  // seconds; finer ones are costs of a byte
constexpr std::array<const char*, 5> kSections = {"images", "registries", "zones", "nodePools",
                                                  "loadBalancer"};
/// Not on the way of a pod: how long credits last, waiting before a node is removed.
constexpr std::array<const char*, 4> kNotOnTheWay = {"burstDuration", "imageMinimumGCAge",
                                                     "imageMaximumGCAge", "nodeAutoscaler"};

bool is_tunable(const Value& value) {
  if (value.number <= 0) return false;
  if (value.kind == ValueKind::time) return value.number >= kShortestTime;
  return value.kind == ValueKind::rate;
}

bool in_bits(const Json& leaf) {
  const std::string text = leaf.is_string() ? leaf.get<std::string>() : "";
  return text.find("bit/s") != std::string::npos || text.find("bps") != std::string::npos;
}

/// As people write it: decimal megabytes, bits where the scenario has bits.
std::string words_of(const Value& value, bool bits) {
  constexpr double kMega = 1e6;
  if (value.kind == ValueKind::size) return fmt::format("{:.4g} MB", value.number / kMega);
  if (value.kind == ValueKind::time) return quantity_text(value.number, "s");
  if (value.kind != ValueKind::rate) return value_text(value);
  return bits ? format_rate(Bandwidth{value.number}) : quantity_text(value.number, "bytes/s");
}

std::optional<Lever::Part> part_of(const std::string& path, const Json& leaf) {
  if (!leaf.is_string()) return std::nullopt;
  const auto value = read_value(leaf.get<std::string>());
  if (!value || !is_tunable(*value)) return std::nullopt;
  return Lever::Part{path, rounded({value->kind, value->number / kTwice}),
                     rounded({value->kind, value->number * kTwice}), in_bits(leaf)};
}

/// A distribution moves as a whole.
void add_distribution(const std::string& path, const Json& block, std::vector<Lever>* levers) {
  Lever lever{path, {}};
  for (const auto& item : block.items()) {
    if (auto part = part_of(path + "." + item.key(), item.value())) {
      lever.parts.push_back(std::move(*part));
    }
  }
  if (!lever.parts.empty()) levers->push_back(std::move(lever));
}

void walk(const std::string& path, const Json& tree, std::vector<Lever>* levers) {
  if (tree.is_object() && tree.contains("distribution")) {
    return add_distribution(path, tree, levers);
  }
  std::size_t position = 0;
  for (const auto& item : tree.items()) {
    std::string key = item.key();
    if (tree.is_array()) {
      const Json& value = item.value();
      const bool named = value.is_object() && value.contains("name") && value["name"].is_string();
      key = named ? value["name"].get<std::string>() : std::to_string(position++);
    }
    if (std::count(kNotOnTheWay.begin(), kNotOnTheWay.end(), key) > 0 || key == "layers") continue;
    const std::string below = fmt::format("{}.{}", path, key);
    if (item.value().is_structured()) {
      walk(below, item.value(), levers);
    } else if (auto part = part_of(below, item.value())) {
      levers->push_back({below, {std::move(*part)}});
    }
  }
}

Value between(const Lever::Part& part, double share) {
  if (share <= 0) return part.low;
  if (share >= 1) return part.high;
  const double low = part.low.number;
  const double high = part.high.number;
  const double number = low > 0 ? low * std::pow(high / low, share) : low + (high - low) * share;
  return rounded({part.low.kind, number});
}

}  // namespace

Point point_at(const Lever& lever, double share) {
  Point point;
  for (const Lever::Part& part : lever.parts) {
    point.push_back({part.path, value_text(between(part, share))});
  }
  return point;
}

std::string text_at(const Lever& lever, double share) {
  const Lever::Part& first = lever.parts.front();
  std::string text = words_of(between(first, share), first.bits);
  if (first.path == lever.name) return text;
  return first.path.substr(lever.name.size() + 1) + " " + text;
}

Levers levers_of(const Study& study, const std::string& variant) {
  Levers levers;
  std::vector<std::string> left_out;
  for (const Factor& factor : factors_of(study, &left_out)) {
    levers.list.push_back(
        {factor.range.path, {{factor.range.path, *factor.range.low, *factor.range.high, true}}});
  }
  if (!levers.list.empty()) return levers;
  levers.assumed = true;
  const Json trees = Json::parse(study.resolved_json);
  const auto tree = trees.find(variant);
  if (tree == trees.end()) return levers;
  for (const char* section : kSections) {
    if (tree->contains(section)) walk(section, (*tree)[section], &levers.list);
  }
  return levers;
}

Bytes transferred(const ImageSpec& image) {
  Bytes sum{0};
  for (const LayerSpec& layer : image.layers) sum.count += layer.size.count;
  return sum;
}

Lever size_lever(const ImageSpec& image, double smallest, double largest) {
  const std::string path = "images." + image.name + ".scaledTo";
  return {
      path,
      {{path, rounded({ValueKind::size, smallest}), rounded({ValueKind::size, largest}), false}}};
}

}  // namespace pullsim
