// What must hold in every run whatever the scenario, read from the result alone. Broken rules come
// back as sentences; none is the good answer. Leaves out what needs the layers of a node: that is
// layer_rules.hpp.
#pragma once

#include <pullsim/simulate.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pullsim::test {

class Rules {
 public:
  void hold(bool condition, const std::string& rule) {
    if (!condition) broken_.insert(rule);
  }
  std::string broken() const {
    std::string text;
    for (const std::string& rule : broken_) text += rule + "; ";
    return text;
  }

 private:
  std::set<std::string> broken_;
};

/// The most intervals [begin, end) open at once; an end comes before a begin at the same instant.
inline std::int64_t open_at_once(const std::vector<std::pair<SimTime, SimTime>>& intervals) {
  std::vector<std::pair<SimTime, int>> changes;
  for (const auto& [begin, end] : intervals) {
    if (begin == end) continue;
    changes.emplace_back(begin, 1);
    changes.emplace_back(end, -1);
  }
  std::sort(changes.begin(), changes.end());
  std::int64_t open = 0;
  std::int64_t most = 0;
  for (const auto& change : changes) most = std::max(most, open += change.second);
  return most;
}

inline SimTime end_of(const Scenario& scenario) { return kSimStart + scenario.duration; }

/// Moments that happened follow one another, from `first` on, within the run.
inline void moments_in_order(Rules& rules, const Scenario& scenario, SimTime first,
                             std::initializer_list<MaybeTime> moments, const std::string& what) {
  SimTime last = first;
  for (const MaybeTime& moment : moments) {
    if (!moment) continue;
    rules.hold(*moment >= last, what + " follow one another");
    last = *moment;
  }
  rules.hold(first >= kSimStart && last <= end_of(scenario), what + " lie within the duration");
}

inline void pod_rules(Rules& rules, const Scenario& scenario, const RunResult& result) {
  std::set<std::pair<std::size_t, std::int64_t>> names;
  for (const PodRow& pod : result.pods) {
    moments_in_order(rules, scenario, pod.created,
                     {pod.scheduled, pod.sandbox, pod.pull_started, pod.pull_finished, pod.started,
                      pod.ready, pod.served},
                     "moments of a pod");
    rules.hold(names.emplace(pod.workload, pod.ordinal).second, "a pod has one row");
    rules.hold(pod.ordinal >= scenario.workloads[pod.workload].replicas,
               "new pods count on from the initial replicas");
    rules.hold(pod.ready.has_value() == (pod.outcome == Outcome::ok), "ok means ready");
    rules.hold(pod.wanted || pod.ready || pod.outcome == Outcome::deleted,
               "a pod taken away before it was ready is `deleted`");
    rules.hold(!pod.served || pod.ready, "only a ready pod is served");
    rules.hold(!pod.started || (pod.sandbox && pod.node), "a container starts in a sandbox");
    rules.hold(!pod.pull_finished || pod.pull_started, "a pull that ended has begun");
    rules.hold(!pod.started || pod.pull_started.has_value() == pod.pull_finished.has_value(),
               "a container starts after its pull");
    rules.hold(pod.node_wait >= Duration{0} && (pod.scheduled || pod.node_wait == Duration{0}),
               "waiting for a node ends with being scheduled");
    if (pod.scheduled) {
      rules.hold(pod.node_wait <= *pod.scheduled - pod.created, "node wait is part of the wait");
      const MaybeTime& ready = result.nodes[*pod.node].ready;
      rules.hold(ready && *ready <= *pod.scheduled, "pods are bound to nodes that are Ready");
    }
    if (pod.pull) {
      const PullRow& pull = result.pulls[*pod.pull];
      rules.hold(pull.node == *pod.node && pull.image == pod.image, "a pod's pull is its own");
      rules.hold(pull.requested == *pod.sandbox, "the image is asked for after the sandbox");
    }
  }
}

/// The image came while the pod was in back-off: asked for, and never pulled, or in attempts that
/// failed.
inline bool found_by_itself(const PullRow& pull) {
  return pull.finished == pull.started && pull.retries->back_off > Duration{0} &&
         pull.work->layers_reused == 0 &&
         (pull.work->layers_fetched == 0 || pull.retries->failure.has_value());
}

inline void pull_rules(Rules& rules, const Scenario& scenario, const RunResult& result) {
  for (const PullRow& pull : result.pulls) {
    moments_in_order(rules, scenario, pull.requested, {pull.started, pull.finished},
                     "moments of a pull");
    rules.hold(pull.finished.has_value() == (pull.outcome == Outcome::ok), "ok means pulled");
    rules.hold(pull.retries->attempts >= 1, "a pull is tried at least once");
    const auto layers = static_cast<std::int64_t>(scenario.images[pull.image].layers.size());
    rules.hold(pull.work->layers_fetched + pull.work->layers_reused <= layers, "layers count once");
    if (!pull.finished) continue;
    Duration causes{0};
    for (const auto& [cause, time] : held_up_by(pull)) {
      rules.hold(cause != Bottleneck::none && time > Duration{0}, "a cause takes time");
      causes += time;
    }
    rules.hold(causes == *pull.finished - pull.requested, "causes add up");
    rules.hold(pull.work->resolve + pull.work->download + pull.work->unpack ==
                   *pull.finished - *pull.started,
               "resolve, download and unpack add up");
    rules.hold(pull.work->resolve >= Duration{0} && pull.work->download >= Duration{0} &&
                   pull.work->unpack >= Duration{0} && pull.retries->back_off >= Duration{0},
               "no part of a pull is negative");
    const bool was_made = !found_by_itself(pull);
    rules.hold(pull.retries->failed >= Duration{0} &&
                   pull.retries->failed + pull.retries->back_off <= *pull.started - pull.requested,
               "failed attempts and back-off come before the one that succeeds");
    rules.hold(pull.retries->failure.has_value() ||
                   pull.work->layers_fetched + pull.work->layers_reused == (was_made ? layers : 0),
               "a pull has all layers");
    rules.hold(!was_made || pull.work->layers_fetched + pull.work->layers_reused == layers,
               "a pull has all layers, over all attempts");
  }
}

/// How many pulls a node runs at once, and their order where they are serial.
inline void queue_rules(Rules& rules, const Scenario& scenario, const RunResult& result) {
  for (std::size_t node = 0; node < result.nodes.size(); ++node) {
    const KubeletSpec& kubelet = scenario.node_pools[result.nodes[node].pool].kubelet;
    std::vector<std::pair<SimTime, SimTime>> running;
    SimTime last = kSimStart;
    for (const PullRow& pull : result.pulls) {
      if (pull.node != node || !pull.started) continue;
      running.emplace_back(*pull.started, pull.finished.value_or(end_of(scenario)));
      if (pull.retries->attempts > 1 || pull.retries->back_off > Duration{0}) continue;
      rules.hold(*pull.started >= last, "the pull queue is first come, first served");
      last = *pull.started;
    }
    std::int64_t slots = static_cast<std::int64_t>(running.size());
    if (kubelet.max_parallel_image_pulls) slots = *kubelet.max_parallel_image_pulls;
    if (kubelet.serialize_image_pulls) slots = 1;
    rules.hold(open_at_once(running) <= slots, "no more pulls at once than the kubelet allows");
  }
}

/// Requests of the pods that are wanted at the end, against the room of their nodes.
inline void room_rules(Rules& rules, const Scenario& scenario, const RunResult& result) {
  struct Use {
    std::int64_t cpu = 0, memory = 0, pods = 0;
  };
  std::map<std::size_t, Use> uses;
  for (const PodRow& pod : result.pods) {
    if (!pod.wanted || !pod.scheduled) continue;
    Use& use = uses[*pod.node];
    use.cpu += scenario.workloads[pod.workload].cpu_request.count;
    use.memory += scenario.workloads[pod.workload].memory_request.count;
    ++use.pods;
  }
  for (const auto& [node, use] : uses) {
    const NodePoolSpec& pool = scenario.node_pools[result.nodes[node].pool];
    rules.hold(use.cpu <= pool.allocatable_cpu.count &&
                   use.memory <= pool.allocatable_memory.count && use.pods <= pool.max_pods,
               "pods fit their node");
  }
  for (std::size_t p = 0; p < scenario.node_pools.size(); ++p) {
    const auto nodes = std::count_if(result.nodes.begin(), result.nodes.end(),
                                     [p](const NodeRow& node) { return node.pool == p; });
    rules.hold(nodes <= scenario.node_pools[p].nodes_max, "a pool stays within its maximum");
  }
}

/// A run that ended early had nothing left to do.
inline void drained_rules(Rules& rules, const RunResult& result) {
  for (const PodRow& pod : result.pods) {
    rules.hold(!pod.wanted || !pod.scheduled || pod.ready || pod.outcome == Outcome::failed,
               "a run does not end before the pods on nodes are ready");
    rules.hold(!pod.wanted || !pod.ready || pod.served, "nor before they are served");
  }
  for (const PullRow& pull : result.pulls) {
    rules.hold(pull.finished || pull.outcome == Outcome::deleted, "nor before its pulls end");
  }
}

inline std::string broken_run_rules(const Scenario& scenario, const RunResult& result) {
  Rules rules;
  pod_rules(rules, scenario, result);
  pull_rules(rules, scenario, result);
  queue_rules(rules, scenario, result);
  room_rules(rules, scenario, result);
  rules.hold(result.ended <= end_of(scenario), "nothing happens after the duration");
  if (result.ended < end_of(scenario)) drained_rules(rules, result);
  return rules.broken();
}

}  // namespace pullsim::test
