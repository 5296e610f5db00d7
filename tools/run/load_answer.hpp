// Where each second went between a rise of load and the moment at which all pods that the
// autoscaler asked for get traffic. At every moment the pod that will be ready last of those that
// are there counts; with none under way, everybody waits for metrics and the autoscaler. The parts
// add up.
#pragma once

#include <pullsim/result.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace pullsim {

enum class AnswerPart : std::uint8_t {
  decision,    ///< metrics and autoscaler
  scheduling,  ///< until a node has the pod: queue, new nodes
  pull,        ///< sandbox, kubelet's queue and the pull
  start,       ///< container, application, probes
  routing      ///< last pod ready until it is served
};
inline constexpr std::size_t kAnswerParts = 5;
std::string_view answer_part_name(AnswerPart part);

using LoadAnswer = std::array<Duration, kAnswerParts>;

/// Of the only scale-out of the run; absent if it is not done, or its workload has no autoscaler.
std::optional<LoadAnswer> load_answer(const Scenario& scenario, const RunResult& result);

}  // namespace pullsim
