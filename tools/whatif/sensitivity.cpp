// See the header.
#include "tools/whatif/sensitivity.hpp"

#include "tools/input/drawn_range.hpp"
#include "tools/whatif/point_responses.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

/// The value at a path of a scenario tree: list items by name, else by position.
const Json* value_at(const Json& tree, const std::string& path) {
  const Json* node = &tree;
  std::size_t begin = 0;
  while (node != nullptr && begin <= path.size()) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const std::string key = path.substr(begin, dot - begin);
    const Json* next = nullptr;
    if (node->is_object() && node->contains(key)) next = &(*node)[key];
    if (node->is_array()) {
      for (std::size_t i = 0; i < node->size(); ++i) {
        const Json& item = (*node)[i];
        const bool named = item.is_object() && item.contains("name");
        if (named ? item["name"] == key : std::to_string(i) == key) next = &item;
      }
    }
    node = next;
    begin = dot + 1;
  }
  return node;
}

std::optional<Value> number_of(const Json& range, const char* key) {
  const auto found = range.find(key);
  if (found == range.end()) return std::nullopt;
  return read_value(found->is_string() ? found->get<std::string>() : found->dump());
}

std::string text_at(const Factor& factor, double share) {
  if (!factor.value) return value_text(at_share(factor.range, share));
  const double drawn =
      value_in_range(factor.range.low->number, factor.value, factor.range.high->number, share);
  return value_text(rounded({factor.range.low->kind, drawn}));
}

class Sensitivity {
 public:
  Sensitivity(const Question& question, const std::vector<Factor>& factors,
              const SensitivityOptions& options, Diagnostics& findings,
              const std::function<void(std::int64_t, std::int64_t)>& after)
      : factors_(factors),
        options_(options),
        responses_(at_middle(question), &findings, [this, after](std::int64_t done) {
          if (after) after(done, all_);
        }) {
    const auto k = static_cast<std::int64_t>(factors_.size());
    const SobolOptions sobol;
    all_ = 1 + 2 * k + static_cast<std::int64_t>(options.points * sobol.repeats) * (k + 2);
  }

  std::vector<VariantSensitivity> find() {
    std::vector<Point> ends(1);
    for (const Factor& factor : factors_) {
      ends.push_back({{factor.range.path, value_text(*factor.range.low)}});
      ends.push_back({{factor.range.path, value_text(*factor.range.high)}});
    }
    const auto responses = responses_.at(ends);
    if (responses_.failed()) return {};
    std::vector<VariantSensitivity> found;
    for (std::size_t v = 0; v < responses_.variants().size(); ++v)
      found.push_back(tornado(responses, v));
    if (options_.points == 0 || factors_.empty()) return found;
    for (std::size_t v = 0; v < found.size(); ++v) {
      found[v].indices = sobol(v);
      if (responses_.failed()) return {};
    }
    return found;
  }

 private:
  VariantSensitivity tornado(const std::vector<Response>& responses, std::size_t v) const {
    VariantSensitivity found;
    found.variant = responses_.variants()[v];
    found.middle = estimate(responses[0][v]);
    found.bars = tornado_bars(responses, v);
    return found;
  }

  std::vector<SobolIndex> sobol(std::size_t v) {
    SobolOptions options;
    options.points = options_.points;
    std::size_t block = 0;
    return sobol_indices(
        factors_.size(), options, [&](const std::vector<std::vector<double>>& rows) {
          // All variants were evaluated for the first one: later ones read the
          // same responses.
          if (block == kept_.size()) {
            std::vector<Point> points;
            points.reserve(rows.size());
            for (const auto& row : rows) points.push_back(point_of(row));
            kept_.push_back(responses_.at(points));
          }
          std::vector<std::optional<double>> values;
          for (const Response& response : kept_[block]) {
            values.push_back(responses_.failed() ? std::nullopt : estimate(response[v]).value);
          }
          ++block;
          return values;
        });
  }

  Point point_of(const std::vector<double>& shares) const {
    Point point;
    for (std::size_t f = 0; f < factors_.size(); ++f) {
      point.push_back({factors_[f].range.path, text_at(factors_[f], shares[f])});
    }
    return point;
  }

  static Question at_middle(Question question) {
    question.at_middle = true;
    return question;
  }

  const std::vector<Factor>& factors_;
  SensitivityOptions options_;
  std::int64_t all_ = 0;
  PointResponses responses_;
  std::vector<std::vector<Response>> kept_;  // of Sobol's repeats
};

}  // namespace

std::vector<Factor> factors_of(const Study& study, std::vector<std::string>* left_out) {
  std::vector<Factor> factors;
  const Json trees = Json::parse(study.resolved_json);
  for (const std::string& path : study.ranges) {
    const Json* range = nullptr;
    for (const auto& [name, tree] : trees.items()) {
      if (range == nullptr) range = value_at(tree, path);
    }
    std::optional<Value> low;
    std::optional<Value> high;
    if (range != nullptr && range->is_object()) {
      low = number_of(*range, "low");
      high = number_of(*range, "high");
    }
    if (!low || !high || low->kind != high->kind) {
      left_out->push_back(path);
      continue;
    }
    Factor factor;
    factor.range.path = path;
    factor.range.low = low;
    factor.range.high = high;
    if (const auto value = number_of(*range, "value")) factor.value = value->number;
    factors.push_back(std::move(factor));
  }
  return factors;
}

std::vector<VariantSensitivity> sensitivity(
    const Question& question, const std::vector<Factor>& factors, const SensitivityOptions& options,
    Diagnostics& findings, const std::function<void(std::int64_t, std::int64_t)>& after) {
  Sensitivity search(question, factors, options, findings, after);
  return search.find();
}

}  // namespace pullsim
