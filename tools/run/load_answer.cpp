// See the header.
#include "tools/run/load_answer.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace pullsim {
namespace {

const ServiceGap* first_gap(const RunResult& result) {
  const auto first =
      std::min_element(result.gaps.begin(), result.gaps.end(),
                       [](const ServiceGap& a, const ServiceGap& b) { return a.began < b.began; });
  return first == result.gaps.end() ? nullptr : &*first;
}

/// The part in which a pod is at `time`, and until when.
std::pair<AnswerPart, SimTime> part_at(const PodRow& pod, SimTime time) {
  const auto before = [&](const MaybeTime& moment) { return !moment || time < *moment; };
  if (time < pod.created + pod.node_wait) {
    return {AnswerPart::provisioning, pod.created + pod.node_wait};
  }
  if (before(pod.scheduled)) return {AnswerPart::scheduling, *pod.scheduled};
  const MaybeTime present = pod.pull_finished ? pod.pull_finished : pod.sandbox;
  if (present && time < *present) return {AnswerPart::pull, *present};
  if (before(pod.ready)) return {AnswerPart::start, *pod.ready};
  if (before(pod.served)) return {AnswerPart::routing, *pod.served};
  return {AnswerPart::warm_up, SimTime::max()};
}

/// One answer, put together from its beginning to its end.
class Walk {
 public:
  Walk(const RunResult& result, const ServiceGap& gap)
      : result_(result), gap_(gap), pod_(result.pods.at(*gap.pod)), now_(gap.began) {
    for (const PodRow& pod : result.pods) {
      const bool gates = pod.workload == gap.workload && pod.ready && *pod.ready <= pod_.created;
      if (gates && *pod.ready > gap.began) under_way_.push_back(&pod);
    }
  }

  LoadAnswer answer() {
    while (now_ < std::min(pod_.created, *gap_.restored)) before_creation();
    while (now_ < *gap_.restored) {
      const auto [part, end] = part_at(pod_, now_);
      go_on(part, std::min(end, *gap_.restored));
    }
    return answer_;
  }

 private:
  void go_on(AnswerPart part, SimTime until) {
    answer_[static_cast<std::size_t>(part)] += until - now_;
    now_ = until;
  }

  /// The last pass up to now since the demand grew, and the first after it.
  const AutoscalerPass* last_pass() const {
    const AutoscalerPass* last = nullptr;
    for (const AutoscalerPass& pass : result_.passes) {
      const bool ours = pass.workload == gap_.workload && pass.at >= gap_.began;
      if (ours && pass.at <= now_) last = &pass;
    }
    return last;
  }
  const AutoscalerPass* next_pass(bool that_adds) const {
    for (const AutoscalerPass& pass : result_.passes) {
      if (pass.workload != gap_.workload || pass.at <= now_) continue;
      if (!that_adds || pass.after > pass.before) return &pass;
    }
    return nullptr;
  }

  void before_creation() {
    SimTime until = pod_.created;
    for (const PodRow* pod : under_way_) {
      if (pod->created > now_) until = std::min(until, pod->created);
    }
    const AutoscalerPass* last = last_pass();
    if (last != nullptr && last->reason == PassReason::scale_up_limit) {
      const AutoscalerPass* next = next_pass(false);
      go_on(AnswerPart::decision, next != nullptr ? std::min(until, next->at) : until);
      return;
    }
    const PodRow* latest = nullptr;
    for (const PodRow* pod : under_way_) {
      if (pod->created > now_ || *pod->ready <= now_) continue;
      if (latest == nullptr || *pod->ready > *latest->ready) latest = pod;
    }
    if (latest != nullptr) {
      const auto [part, end] = part_at(*latest, now_);
      go_on(part, std::min(end, until));
      return;
    }
    const AutoscalerPass* next = next_pass(true);
    if (next == nullptr || next->measured <= now_ || next->at > pod_.created) {
      if (next != nullptr) until = std::min(until, std::max(next->at, now_ + Duration{1}));
      go_on(AnswerPart::decision, until);
      return;
    }
    go_on(AnswerPart::metric_lag, std::min(until, next->measured));
  }

  const RunResult& result_;
  const ServiceGap& gap_;
  const PodRow& pod_;
  std::vector<const PodRow*> under_way_;  // ready before the pod that counts is made
  SimTime now_;
  LoadAnswer answer_{};
};

}  // namespace

std::string_view answer_part_name(AnswerPart part) {
  constexpr std::array<std::string_view, kAnswerParts> names = {
      "metric lag", "HPA decision",  "scheduling", "node provisioning",
      "pull",       "start, probes", "routing",    "warm-up"};
  return names[static_cast<std::size_t>(part)];
}

std::string_view answer_part_key(AnswerPart part) {
  constexpr std::array<std::string_view, kAnswerParts> names = {
      "metric_lag", "decision", "scheduling", "provisioning",
      "pull",       "start",    "routing",    "warm_up"};
  return names[static_cast<std::size_t>(part)];
}

Duration total(const LoadAnswer& answer) {
  return std::accumulate(answer.begin(), answer.end(), Duration{0});
}

bool outgrown(const RunResult& result) { return !result.gaps.empty(); }

std::optional<LoadAnswer> load_answer(const RunResult& result) {
  const ServiceGap* gap = first_gap(result);
  if (gap == nullptr || !gap->restored || !gap->pod) return std::nullopt;
  if (!result.pods.at(*gap->pod).served) return std::nullopt;
  const LoadAnswer answer = Walk(result, *gap).answer();
  PULLSIM_CHECK(total(answer) == *gap->restored - gap->began,
                "the parts of an answer to load add up to its time");
  return answer;
}

}  // namespace pullsim
