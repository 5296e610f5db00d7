// Joins the moments of a pod's row with the path of its pull; see the header.
#include "tools/explain/pod_path.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

using Kind = PodStep::Kind;

constexpr std::array<std::string_view, 13> kWords = {
    "node_wait", "scheduling", "sandbox",     "queue", "request", "edge", "transfer",
    "commit",    "work",       "other_pulls", "pull",  "start",   "ready"};

Kind kind_of(PullStep::Kind kind) {
  switch (kind) {
    case PullStep::Kind::queue:
      return Kind::queue;
    case PullStep::Kind::request:
      return Kind::request;
    case PullStep::Kind::edge:
      return Kind::edge;
    case PullStep::Kind::transfer:
      return Kind::transfer;
    case PullStep::Kind::commit:
      return Kind::commit;
    case PullStep::Kind::work:
      return Kind::work;
    case PullStep::Kind::other_pulls:
      break;
  }
  return Kind::other_pulls;
}

/// Steps one after the other; those without time are left out.
class Path {
 public:
  explicit Path(SimTime start) : at_(start) {}
  void to(MaybeTime end, Kind kind) {
    if (end) add({kind, {}, {}, at_, *end, {}});
  }
  void add(PodStep step) {
    PULLSIM_CHECK(step.begin == at_ && step.begin <= step.end, "the path of a pod has no gaps");
    at_ = step.end;
    if (step.begin < step.end) steps_.push_back(std::move(step));
  }
  SimTime at() const { return at_; }
  std::vector<PodStep> steps() { return std::move(steps_); }

 private:
  SimTime at_;
  std::vector<PodStep> steps_;
};

/// Finished pulls of the pod that its start waited for, by their ends.
std::vector<std::size_t> pulls_of(const PodRow& pod, const RunResult& result) {
  const auto place = std::find_if(result.pods.begin(), result.pods.end(),
                                  [&pod](const PodRow& one) { return &one == &pod; });
  const auto row = static_cast<std::size_t>(place - result.pods.begin());
  const SimTime end = pod.started.value_or(SimTime::max());
  std::vector<std::size_t> pulls;
  for (std::size_t i = 0; i < result.pulls.size(); ++i) {
    const PullRow& pull = result.pulls[i];
    if (pull.pod == row && !pull.work->path->empty() && *pull.finished <= end) pulls.push_back(i);
  }
  std::stable_sort(pulls.begin(), pulls.end(), [&](std::size_t a, std::size_t b) {
    return *result.pulls[a].finished < *result.pulls[b].finished;
  });
  return pulls;
}

/// What of the pull lies behind the path's end so far: an attempt may have failed and waited while
/// another container's image was pulled.
void add_pull(std::size_t index, const RunResult& result, Path* path) {
  for (const PullStep& step : *result.pulls[index].work->path) {
    if (step.end <= path->at()) continue;
    PodStep added{kind_of(step.kind), step.layer, index, step.begin, step.end, step.held_up_by};
    if (step.begin < path->at()) {
      added.begin = path->at();
      added.held_up_by.clear();
    }
    path->to(added.begin, Kind::start);
    path->add(std::move(added));
  }
}

Duration time_to_ready(const PodRow& pod) {
  return pod.ready ? *pod.ready - pod.created : Duration::max();
}

}  // namespace

std::string_view step_word(PodStep::Kind kind) { return kWords.at(static_cast<std::size_t>(kind)); }

std::vector<PodStep> pod_path(const PodRow& pod, const RunResult& result) {
  Path path(pod.created);
  path.to(pod.created + pod.node_wait, Kind::node_wait);
  path.to(pod.scheduled, Kind::scheduling);
  path.to(pod.sandbox, Kind::sandbox);
  const auto pulls = pulls_of(pod, result);
  for (const std::size_t pull : pulls) add_pull(pull, result, &path);
  if (pulls.empty()) {
    path.to(pod.pull_started, Kind::queue);
    path.to(pod.pull_finished, Kind::pull);
  }
  path.to(pod.started, Kind::start);
  path.to(pod.ready, Kind::ready);
  return path.steps();
}

std::vector<PullAhead> pulls_ahead(const PullRow& pull, const RunResult& result) {
  std::vector<const PullRow*> ahead;
  if (!pull.started) return {};
  for (const PullRow& other : result.pulls) {
    const bool same = &other == &pull || other.node != pull.node || !other.started;
    if (same || *other.started >= *pull.started) continue;
    if (!other.finished || *other.finished > pull.requested) ahead.push_back(&other);
  }
  std::stable_sort(ahead.begin(), ahead.end(),
                   [](const PullRow* a, const PullRow* b) { return *a->started < *b->started; });
  std::vector<PullAhead> list;
  for (const PullRow* other : ahead) {
    const SimTime begin = std::max(*other->started, pull.requested);
    const SimTime end = std::min(other->finished.value_or(*pull.started), *pull.started);
    if (begin < end) list.push_back({other->image, end - begin});
  }
  return list;
}

std::optional<std::size_t> counted_pod_at(const RunResult& result, double p) {
  std::vector<std::size_t> pods;
  for (std::size_t i = 0; i < result.pods.size(); ++i) {
    if (result.pods[i].wanted || result.pods[i].ready) pods.push_back(i);
  }
  if (pods.empty()) return std::nullopt;
  std::stable_sort(pods.begin(), pods.end(), [&](std::size_t a, std::size_t b) {
    return time_to_ready(result.pods[a]) < time_to_ready(result.pods[b]);
  });
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(pods.size())));
  return pods[std::clamp<std::size_t>(rank, 1, pods.size()) - 1];
}

}  // namespace pullsim
