// The one function of pullsim: a scenario and a run number in, a result out.
//
// Pure: no file, no thread, no clock of the machine. Runs of one scenario are independent and may
// be made on any number of threads at once.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// Something in a scenario that has a right form and cannot work, found before anything runs.
struct ScenarioProblem {
  std::string code;  ///< "PS3007"
  std::string path;  ///< where, as in overrides: "workloads.web.replicas"
  std::string text;  ///< one sentence that stands alone
  std::string note;  ///< what is known; may be empty
  std::string help;  ///< what to do; may be empty
};

/// Everything that is wrong with the meaning of a scenario; empty if it can run.
std::vector<ScenarioProblem> find_problems(const Scenario& scenario);

/// Settings that have a right form and are likely not to work with the times that the models
/// predict for single pods and pulls: too little time for a start, for a pull, or room for images.
/// Needs find_problems() to be empty.
std::vector<ScenarioProblem> find_warnings(const Scenario& scenario);

/// Runs one replication. Needs find_problems() to be empty: that is not looked at again for each
/// run. Throws BudgetExceeded when the scenario's event budget ends, and Fault (sim/check.hpp) when
/// pullsim breaks its own rule.
RunResult simulate(const Scenario& scenario, std::uint32_t run);

/// Time of pulling one image on one node of `pool` with the registry and network for itself,
/// nothing cached and every random request at its mean. A pull of more than a century counts as one
/// century of download.
struct SinglePull {
  Duration total{0};
  Duration resolve{0};
  Duration download{0};
  Duration unpack{0};  ///< not hidden by downloads
};
SinglePull pull_alone(const Scenario& scenario, std::size_t pool, std::size_t image);

/// Times of one pod of `workload` on one fresh node of `pool` with everything for itself, every
/// random time at its mean; from the moment that it is bound. Absent: it does not fit an empty
/// node, or is not ready within a day.
struct SinglePod {
  Duration sandbox{0};
  Duration pull{0};   ///< of all its images that are not cached on new nodes, one after the other
  Duration start{0};  ///< until the container that is started last runs, less the above
  Duration ready{0};  ///< bound to Ready: all of it
};
std::optional<SinglePod> pod_alone(const Scenario& scenario, std::size_t pool,
                                   std::size_t workload);

/// A pull asked of one node's runtime directly, as a measurement does: no pod, no kubelet.
struct PullRequest {
  std::size_t pool = 0;
  std::int64_t node = 0;  ///< ordinal in its pool, below `nodes_initial`
  std::size_t image = 0;
  Duration start{0};
};

/// Runs these pulls on the initial nodes of the scenario, which hold what `cached` and
/// `cached_initially` say. The result has one row in `pulls` for each request, in their order, and
/// rows of layers; there are no pods, workloads or events. Needs find_problems() to be empty.
RunResult simulate_pulls(const Scenario& scenario, const std::vector<PullRequest>& requests,
                         std::uint32_t run);

}  // namespace pullsim
