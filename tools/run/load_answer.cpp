// See the header.
#include "tools/run/load_answer.hpp"

#include <algorithm>
#include <vector>

namespace pullsim {
namespace {

using Pods = std::vector<const PodRow*>;

/// Pods of the scale-out, those that become ready first in front.
Pods pods_of(const RunResult& result, const ScaleOut& scale_out) {
  Pods pods;
  for (const PodRow& pod : result.pods) {
    const bool in_time = pod.created >= scale_out.started && pod.created <= *scale_out.done;
    if (pod.workload == scale_out.workload && in_time && pod.ready && *pod.ready <= *scale_out.done)
      pods.push_back(&pod);
  }
  std::stable_sort(pods.begin(), pods.end(),
                   [](const PodRow* a, const PodRow* b) { return *a->ready < *b->ready; });
  return pods;
}

/// The part in which a pod is at `time`, and until when.
std::pair<AnswerPart, SimTime> part_at(const PodRow& pod, SimTime time) {
  if (!pod.scheduled || time < *pod.scheduled) {
    return {AnswerPart::scheduling, pod.scheduled.value_or(*pod.ready)};
  }
  const MaybeTime present = pod.pull_finished ? pod.pull_finished : pod.sandbox;
  if (present && time < *present) return {AnswerPart::pull, *present};
  return {AnswerPart::start, *pod.ready};
}

}  // namespace

std::string_view answer_part_name(AnswerPart part) {
  constexpr std::array<std::string_view, kAnswerParts> names = {
      "metrics, autoscaler", "nodes, scheduling", "pulls", "start, probes", "routing"};
  return names[static_cast<std::size_t>(part)];
}

std::optional<LoadAnswer> load_answer(const Scenario& scenario, const RunResult& result) {
  if (result.scale_outs.size() != 1 || !result.scale_outs[0].done) return std::nullopt;
  const ScaleOut& scale_out = result.scale_outs[0];
  if (!scenario.workloads.at(scale_out.workload).autoscaler) return std::nullopt;
  LoadAnswer answer{};
  const auto add = [&](AnswerPart part, Duration time) {
    answer[static_cast<std::size_t>(part)] += time;
  };
  const Pods pods = pods_of(result, scale_out);
  SimTime now = scale_out.started;
  while (now < *scale_out.done) {
    // From behind: the first that is there is the last to be ready; those passed over come later.
    SimTime until = *scale_out.done;
    AnswerPart part = AnswerPart::decision;
    for (auto pod = pods.rbegin(); pod != pods.rend() && *(*pod)->ready > now; ++pod) {
      if ((*pod)->created > now) {
        until = std::min(until, (*pod)->created);
        continue;
      }
      const auto [phase, end] = part_at(**pod, now);
      part = phase;
      until = std::min(until, end);
      break;
    }
    add(part, until - now);
    now = until;
  }
  SimTime served = *scale_out.done;
  for (const PodRow* pod : pods) served = std::max(served, pod->served.value_or(served));
  add(AnswerPart::routing, served - *scale_out.done);
  return answer;
}

}  // namespace pullsim
