// Where each second went between the moment at which demand outgrew the pods and the moment at
// which they could serve all of it again. The pod whose service restores capacity counts from its
// creation on. Before that somebody had to ask for it: at every moment the pod under way that is
// ready last holds the autoscaler back (its metrics count it as idle); with none, everybody waits
// for metrics and the autoscaler. The parts add up, which is checked in every run.
#pragma once

#include <pullsim/result.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace pullsim {

enum class AnswerPart : std::uint8_t {
  metric_lag,    ///< until the end of the window of the values that made the autoscaler act
  decision,      ///< until its pass, or its next one where a limit held it back; pods are made
  scheduling,    ///< queue and binding
  provisioning,  ///< waiting for a new node
  pull,          ///< sandbox, kubelet's queue and the pull
  start,         ///< container, application, probes
  routing,       ///< ready until it is served
  warm_up        ///< served, but not yet at full rate
};
inline constexpr std::size_t kAnswerParts = 8;
/// For people, and as a key of result.json.
std::string_view answer_part_name(AnswerPart part);
std::string_view answer_part_key(AnswerPart part);

using LoadAnswer = std::array<Duration, kAnswerParts>;

Duration total(const LoadAnswer& answer);

/// Of the first time in the run at which demand outgrew the pods of a workload; absent if there is
/// none, or no pod created in the run restored service.
std::optional<LoadAnswer> load_answer(const RunResult& result);

/// The run has such a time.
bool outgrown(const RunResult& result);

}  // namespace pullsim
