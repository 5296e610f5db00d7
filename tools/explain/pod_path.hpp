// The way of one pod from its creation until it is ready, step by step without gaps: its own phases
// and, inside them, the critical path of each pull that it waited for, one after the other. Made
// from the rows of one run. Leaves out what happened beside that path.
#pragma once

#include <pullsim/result.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace pullsim {

struct PodStep {
  enum class Kind : std::uint8_t {
    node_wait,  ///< for a new node
    scheduling,
    sandbox,
    queue,  ///< this and the next six: as PullStep::Kind
    request,
    edge,
    transfer,
    commit,
    work,
    other_pulls,
    pull,   ///< a pull whose path is not known: one that has not ended
    start,  ///< containers created and started, init containers run
    ready   ///< application start and probes
  };
  Kind kind = Kind::scheduling;
  std::optional<std::size_t> layer;  ///< position, base 0
  std::optional<std::size_t> pull;   ///< of the steps of a pull: index into RunResult::pulls
  SimTime begin{};
  SimTime end{};
  HeldUpBy held_up_by;  ///< of the steps of a pull: adds up to end - begin, unless cut off in front
};

/// "transfer": the word of result files and JSON.
std::string_view step_word(PodStep::Kind kind);

/// Steps from the pod's creation to its Ready, or to the last moment that is known of it. Needs a
/// result with paths (Scenario::keep_paths).
std::vector<PodStep> pod_path(const PodRow& pod, const RunResult& result);

/// A pull of the same node that held the queue while a pull waited there.
struct PullAhead {
  std::size_t image = 0;
  Duration time{0};  ///< of the waiting
};
/// In the order of their starts.
std::vector<PullAhead> pulls_ahead(const PullRow& pull, const RunResult& result);

/// Index of the pod at the share p of the pods that pod_ready counts, those that never got ready
/// last; absent if there is none.
std::optional<std::size_t> counted_pod_at(const RunResult& result, double p);

}  // namespace pullsim
