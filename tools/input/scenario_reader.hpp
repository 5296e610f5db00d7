// One variant: a YAML tree after its overrides becomes a Scenario. Form and meaning are checked;
// what cannot run for other reasons is found by find_problems() of the models.
#pragma once

#include <pullsim/build.hpp>

#include "tools/input/image_loader.hpp"
#include "tools/input/node_software.hpp"
#include "tools/input/reader.hpp"
#include "tools/input/scenario_draft.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

inline constexpr std::int64_t kNodesMax = 100'000;
inline constexpr std::int64_t kPodsMax = 1'000'000;

struct ReadScenario {
  Scenario scenario;
  std::string question;
  std::int64_t replications = 0;
  std::vector<std::string> warnings;  ///< what had to be assumed
  std::vector<ServiceObjective> objectives;
  std::vector<ReleaseTrainSpec> releases;  ///< not of a run, which knows nothing of them
  std::optional<PriceBook> prices;
  std::vector<BuildSpec> builds;  ///< none in the readings of drawn runs
  bool no_cluster = false;        ///< builds or releases alone: `scenario` cannot be run
};

/// None when `reader`, a manifest or a configuration file reported an error.
std::optional<ReadScenario> read_scenario(Reader& reader, const YamlNode& root, ImageLoader& images,
                                          ConfigFiles& configs);

/// Checks of meaning over a resolved scenario; `draft` has the places.
void check_meaning(Reader& reader, const ScenarioDraft& draft, const Scenario& scenario);

/// Those of DaemonSets, disruption budgets, startup taints and readiness gates.
void check_node_life(Reader& reader, const ScenarioDraft& draft);
/// The part of it about traffic, metrics and what scales by them.
void check_load(Reader& reader, const ScenarioDraft& draft);

/// The first registry that serves the host of `ref`; null if none does.
const RegistrySpec* registry_of(const std::vector<RegistrySpec>& registries,
                                const std::string& ref);
/// Kubernetes' default: Always for tag `latest` or none, else IfNotPresent.
PullPolicy default_pull_policy(const std::string& ref);

/// docs/scenario-reference.md, made from the field tables.
std::string scenario_reference();
/// docs/scenario.schema.json, made from the field tables.
std::string scenario_schema();

}  // namespace pullsim
