// The time of a build: a list schedule of the steps that run, then export and push of the layers
// that the registry lacks. Steps do not slow each other down.
#include <pullsim/build.hpp>

#include "models/decisions/build_cache.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <limits>

namespace pullsim {
namespace {

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

/// Steps start as soon as what they need is done and a worker is free; of several that could, the
/// first in the graph.
class Schedule {
 public:
  Schedule(const BuildGraph& graph, const std::vector<BuildDecision>& decisions,
           std::int64_t workers)
      : graph_(graph), workers_(workers), times_(graph.steps.size()) {
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      const bool runs = decisions[i].state == BuildStepState::run;
      done_.push_back(!runs);
      if (runs) waiting_.push_back(i);
    }
  }

  std::vector<BuildStepTime> run() {
    Duration now{0};
    while (!waiting_.empty() || !running_.empty()) {
      start_ready(now);
      PULLSIM_CHECK(!running_.empty(), "a step of a build waits for another one that runs");
      now = finish_first();
    }
    return std::move(times_);
  }

 private:
  /// Below a linked step stands what its layer is merged with.
  bool below_done(std::size_t i) const {
    const BuildStep* at = &graph_.steps[i];
    if (at->linked) return true;
    while (at->parent) {
      if (!done_[*at->parent]) return false;
      at = &graph_.steps[*at->parent];
      if (!at->linked) return true;
    }
    return true;
  }

  bool ready(std::size_t i) const {
    const std::vector<BuildRead>& reads = graph_.steps[i].reads;
    return below_done(i) && std::all_of(reads.begin(), reads.end(), [&](const BuildRead& read) {
             return read.kind != BuildRead::Kind::step || done_[read.step];
           });
  }

  void start_ready(Duration now) {
    std::vector<std::size_t> left;
    for (const std::size_t i : waiting_) {
      if (static_cast<std::int64_t>(running_.size()) < workers_ && ready(i)) {
        times_[i] = {now, now + graph_.steps[i].duration};
        running_.push_back(i);
      } else {
        left.push_back(i);
      }
    }
    waiting_ = std::move(left);
  }

  Duration finish_first() {
    Duration first = Duration::max();
    for (const std::size_t i : running_) first = std::min(first, times_[i].finish);
    std::erase_if(running_, [&](std::size_t i) {
      if (times_[i].finish != first) return false;
      done_[i] = true;
      return true;
    });
    return first;
  }

  const BuildGraph& graph_;
  std::int64_t workers_;
  std::vector<BuildStepTime> times_;
  std::vector<bool> done_;  // cached and not needed steps are done from the start
  std::vector<std::size_t> waiting_;
  std::vector<std::size_t> running_;
};

Duration time_of(Bytes bytes, const std::optional<Bandwidth>& rate) {
  if (!rate || bytes.count == 0) return Duration{0};
  return duration_up(static_cast<double>(bytes.count) / rate->bytes_per_second);
}

/// Whether the registry lacks the layer of a step, or the layers of a base image.
bool is_new(const BuildStep& step, const BuildDecision& decision, const BuildChange& change) {
  if (step.kind == BuildStepKind::from) {
    const std::vector<std::string>& images = change.images;
    return decision.cause == BuildCause::definition ||
           std::find(images.begin(), images.end(), step.reads.front().name) != images.end();
  }
  const bool same_bytes = step.reproducible && decision.cause == BuildCause::fresh;
  return decision.state == BuildStepState::run && !same_bytes;
}

bool has_layer(const BuildStep& step) { return step.size.count != 0 || step.unpacked.count != 0; }

void add_push(const BuildGraph& graph, const BuildChange& change, const BuildMachine& machine,
              BuildOutcome& out) {
  Bytes unpacked;
  for (const std::size_t i : image_layers(graph)) {
    const BuildStep& step = graph.steps[i];
    ++out.layers;
    if (!is_new(step, out.decisions[i], change)) continue;
    out.pushed.push_back(i);
    out.pushed_bytes += step.size;
    unpacked += step.kind == BuildStepKind::from ? Bytes{0} : step.unpacked;
  }
  const auto layers = static_cast<std::int64_t>(out.pushed.size());
  out.exported = time_of(unpacked, machine.push.compress);
  out.push =
      time_of(out.pushed_bytes, machine.push.bandwidth) + repeated(machine.push.per_layer, layers);
}

}  // namespace

std::vector<std::size_t> image_layers(const BuildGraph& graph) {
  std::vector<std::size_t> steps = image_steps(graph);
  std::erase_if(steps, [&](std::size_t i) { return !has_layer(graph.steps[i]); });
  return steps;
}

BuildOutcome build(const BuildGraph& before, const BuildGraph& after, const BuildChange& change,
                   const BuildMachine& machine) {
  BuildOutcome out;
  out.decisions = decide_build(before, after, change);
  out.times = Schedule(after, out.decisions, machine.parallelism.value_or(kAll)).run();
  for (const BuildStepTime& time : out.times) out.steps = std::max(out.steps, time.finish);
  add_push(after, change, machine, out);
  return out;
}

}  // namespace pullsim
