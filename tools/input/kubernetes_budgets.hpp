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

/// Adds the budget, or a warning why it is left out.
void read_disruption_budget(ObjectContext& from, const YamlNode& object,
                            std::vector<SelectingBudget>& out);

/// Adds the budgets to the scenario, whose workloads are there; one that selects none of them
/// becomes a warning. Pods without labels have `app` with the name of their workload.
void add_disruption_budgets(YamlNode& root, std::vector<SelectingBudget> budgets,
                            std::vector<std::string>& warnings);

}  // namespace pullsim
