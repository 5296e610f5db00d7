// See the header.
#include "tools/images/image_config.hpp"

#include <algorithm>

namespace pullsim {

ImageConfigFacts read_image_config(const JsonNode& config) {
  ImageConfigFacts facts;
  const JsonNode* settings = config.get("config");
  if (settings != nullptr) facts.user = std::string(settings->string_at("User"));
  const JsonNode* history = config.get("history");
  if (history == nullptr || !history->is(JsonKind::array)) return facts;
  for (const JsonNode& step : history->items) {
    const JsonNode* empty = step.get("empty_layer");
    facts.steps.push_back(
        {std::string(step.string_at("created_by")), empty != nullptr && empty->text == "true"});
  }
  return facts;
}

void adopt_config(const ImageConfigFacts& config, ImageFile& image) {
  if (!image.user) image.user = config.user;
  auto& layers = image.image.layers;
  const auto made = static_cast<std::size_t>(
      std::count_if(config.steps.begin(), config.steps.end(),
                    [](const ImageConfigFacts::Step& step) { return !step.empty; }));
  if (made != layers.size() || made == 0) return;
  std::vector<HistoryStep> steps;
  std::size_t layer = 0;
  for (const ImageConfigFacts::Step& step : config.steps) {
    steps.push_back({step.created_by, {}});
    if (step.empty) continue;
    if (layers[layer].created_by.empty()) layers[layer].created_by = step.created_by;
    steps.back().layer = layer++;
  }
  if (steps.size() >= image.steps.size()) image.steps = std::move(steps);
}

bool is_root_user(const std::string& user) {
  const std::string name = user.substr(0, user.find(':'));
  const bool zero = std::all_of(name.begin(), name.end(), [](char c) { return c == '0'; });
  return zero || name == "root";
}

}  // namespace pullsim
