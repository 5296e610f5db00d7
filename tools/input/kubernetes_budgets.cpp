// Selectors and blocks; see the header.
#include "tools/input/kubernetes_budgets.hpp"

#include <pullsim/label_selector.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pullsim {

namespace {

Labels labels_of(const YamlNode* block) {
  Labels labels;
  if (block == nullptr) return labels;
  for (const YamlEntry& entry : block->entries) labels[entry.key] = entry.value.text;
  return labels;
}

LabelSelector selector_of(const YamlNode& node) {
  LabelSelector selector;
  for (const auto& [key, value] : labels_of(child(node, "matchLabels"))) {
    selector.push_back({key, LabelRequirement::Op::in, {value}});
  }
  const YamlNode* expressions = child(node, "matchExpressions");
  if (expressions == nullptr) return selector;
  using Op = LabelRequirement::Op;
  constexpr std::array<std::pair<const char*, Op>, 4> words = {
      {{"In", Op::in},
       {"NotIn", Op::not_in},
       {"Exists", Op::exists},
       {"DoesNotExist", Op::does_not_exist}}};
  for (const YamlNode& item : expressions->items) {
    LabelRequirement requirement{text_at(item, "key"), Op::in, {}};
    for (const auto& [word, op] : words) {
      if (text_at(item, "operator") == word) requirement.op = op;
    }
    if (const YamlNode* values = child(item, "values")) {
      for (const YamlNode& value : values->items) requirement.values.push_back(value.text);
    }
    selector.push_back(std::move(requirement));
  }
  return selector;
}

}  // namespace

void read_disruption_budget(ObjectContext& from, const YamlNode& object,
                            std::vector<SelectingBudget>& out) {
  const YamlNode* metadata = child(object, "metadata");
  const YamlNode* spec = child(object, "spec");
  const YamlNode* selector = spec != nullptr ? child(*spec, "selector") : nullptr;
  if (metadata == nullptr || selector == nullptr) {
    from.warn(object.place, "selects no pods and is left out");
    return;
  }
  SelectingBudget budget{selector_of(*selector),
                         fmt::format("{}:{}: {}", from.file, object.place.line, from.object),
                         block_at(object.place)};
  if (budget.selector.empty()) {
    from.warn(object.place, "selects no pods and is left out");
    return;
  }
  copy_key(*metadata, "name", budget.block);
  for (const char* key : {"minAvailable", "maxUnavailable", "unhealthyPodEvictionPolicy"}) {
    copy_key(*spec, key, budget.block);
  }
  out.push_back(std::move(budget));
}

void add_disruption_budgets(YamlNode& root, std::vector<SelectingBudget> budgets,
                            std::vector<std::string>& warnings) {
  for (SelectingBudget& budget : budgets) {
    YamlNode workloads = list_at(budget.block.place);
    for (const YamlNode& workload : root.find("workloads")->value.items) {
      const std::string name = text_at(workload, "name");
      Labels labels = labels_of(child(workload, "labels"));
      if (labels.empty()) labels["app"] = name;
      if (!matches(budget.selector, labels)) continue;
      workloads.items.push_back(text_node(name, budget.block.place));
    }
    if (workloads.items.empty()) {
      warnings.push_back(fmt::format("{} selects no workload of the scenario and is left out",
                                     budget.warning_place));
      continue;
    }
    put(budget.block, "workloads", std::move(workloads));
    YamlEntry* list = root.find("podDisruptionBudgets");
    if (list == nullptr) {
      put(root, "podDisruptionBudgets", list_at(budget.block.place));
      list = root.find("podDisruptionBudgets");
    }
    list->value.items.push_back(std::move(budget.block));
  }
}

}  // namespace pullsim
