// PodDisruptionBudgets as blocks of the scenario's `podDisruptionBudgets`: their selectors become
// the names of the workloads whose pods they select.
#pragma once

#include <pullsim/scheduling.hpp>

#include "tools/input/kubernetes_context.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// A budget until its workloads are found.
struct SelectingBudget {
  LabelSelector selector;
  std::string warning_place;  ///< "k8s/api.yaml:3: PodDisruptionBudget web"
  YamlNode block;
};

/// The labels of the pods of one workload.
struct PodLabels {
  std::string workload;
  Labels labels;
};

/// Adds the budget, or a warning why it is left out.
void read_disruption_budget(ObjectContext& from, const YamlNode& object,
                            std::vector<SelectingBudget>& out);

/// Those of a block of labels.
Labels labels_of(const YamlNode* block);

/// Adds the budgets to the scenario; one that selects no workload becomes a warning.
void add_disruption_budgets(YamlNode& root, std::vector<SelectingBudget> budgets,
                            const std::vector<PodLabels>& pods, std::vector<std::string>& warnings);

}  // namespace pullsim
