// Cuts a pod's time at its moments, and the pull in it by the parts that its row reports.
#include "tools/run/pod_phases.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace pullsim {
namespace {

Duration& at(PodPhases* phases, PodStage phase) {
  return phases->time[static_cast<std::size_t>(phase)];
}

Duration held(const PullRow& pull, Bottleneck by) {
  Duration sum{0};
  for (const auto& [what, time] : held_up_by(pull)) {
    if (what == by) sum += time;
  }
  return sum;
}

HeldUp longest(const PullRow& pull, std::initializer_list<Bottleneck> candidates) {
  HeldUp found;
  for (const Bottleneck by : candidates) {
    const Duration time = held(pull, by);
    if (time > found.time) found = {by, time};
  }
  return found;
}

/// A pull says what held it up as a whole. Of disk and CPU the longer is given to unpacking, as far
/// as its time goes; what is left of the two held up downloading, which writes and computes too.
void name_causes(const PullRow& pull, PodPhases* phases) {
  const Duration unpack = at(phases, PodStage::unpack);
  const Duration download = at(phases, PodStage::download);
  HeldUp longer{Bottleneck::cpu, held(pull, Bottleneck::cpu)};
  HeldUp shorter{Bottleneck::disk, held(pull, Bottleneck::disk)};
  if (shorter.time > longer.time) std::swap(longer, shorter);
  const Duration unpacking = std::min(longer.time, unpack);
  HeldUp downloading = longest(
      pull, {Bottleneck::egress, Bottleneck::connection, Bottleneck::uplink, Bottleneck::network,
             Bottleneck::slots, Bottleneck::latency, Bottleneck::back_off, Bottleneck::cold_edge});
  longer.time -= unpacking;
  for (const HeldUp& rest : {longer, shorter}) {
    if (rest.time > downloading.time) downloading = rest;
  }
  downloading.time = std::min(downloading.time, download);
  phases->held_up[static_cast<std::size_t>(PodStage::download)] = downloading;
  phases->held_up[static_cast<std::size_t>(PodStage::unpack)] = {
      unpacking > Duration{0} ? longer.by : Bottleneck::none, unpacking};
}

void split_pull(const PullRow& pull, Duration total, PodPhases* phases) {
  // The row's own parts may belong to an earlier attempt or overlap; what is given to the pod never
  // exceeds the time the pod spent.
  Duration left = total;
  const auto take = [&left](Duration wanted) {
    const Duration taken = std::clamp(wanted, Duration{0}, left);
    left -= taken;
    return taken;
  };
  at(phases, PodStage::unpack) = take(pull.work->unpack);
  at(phases, PodStage::download) = take(pull.work->download);
  at(phases, PodStage::resolve) = take(pull.work->resolve);
  at(phases, PodStage::pull_rest) = left;
  name_causes(pull, phases);
}

/// In the kubelet's queue, or after attempts that failed: whichever took longer.
HeldUp waiting(const PodRow& pod, const RunResult& result, Duration wait) {
  const Duration refused =
      pod.pull ? std::min(result.pulls.at(*pod.pull).retries->back_off, wait) : Duration{0};
  const Duration queued = wait - refused;
  return refused > queued ? HeldUp{Bottleneck::back_off, refused}
                          : HeldUp{Bottleneck::queue, queued};
}

}  // namespace

std::string_view phase_key(PodStage phase) {
  constexpr std::array<std::string_view, kPodPhases> keys = {
      "node_start", "scheduling", "sandbox",   "pull_wait", "resolve",
      "download",   "unpack",     "pull_rest", "start",     "ready"};
  return keys[static_cast<std::size_t>(phase)];
}

std::string_view phase_name(PodStage phase) {
  switch (phase) {
    case PodStage::node_start:
      return "node starts";
    case PodStage::scheduling:
      return "scheduling";
    case PodStage::sandbox:
      return "sandbox";
    case PodStage::pull_wait:
      return "waits to pull";
    case PodStage::resolve:
      return "asks registry";
    case PodStage::download:
      return "downloads";
    case PodStage::unpack:
      return "unpacks";
    case PodStage::pull_rest:
      return "rest of pull";
    case PodStage::start:
      return "starts";
    case PodStage::ready:
      return "app, probes";
  }
  return "";
}

std::optional<PodPhases> phases_of(const PodRow& pod, const RunResult& result) {
  if (!pod.ready || !pod.scheduled || !pod.sandbox || !pod.started) return std::nullopt;
  PodPhases phases;
  phases.total = *pod.ready - pod.created;
  at(&phases, PodStage::node_start) = pod.node_wait;
  at(&phases, PodStage::scheduling) = *pod.scheduled - pod.created - pod.node_wait;
  at(&phases, PodStage::sandbox) = *pod.sandbox - *pod.scheduled;
  SimTime pulled = *pod.sandbox;
  if (pod.pull_started && pod.pull_finished) {
    at(&phases, PodStage::pull_wait) = *pod.pull_started - *pod.sandbox;
    phases.held_up[static_cast<std::size_t>(PodStage::pull_wait)] =
        waiting(pod, result, at(&phases, PodStage::pull_wait));
    pulled = *pod.pull_finished;
    const Duration total = pulled - *pod.pull_started;
    if (pod.pull) {
      split_pull(result.pulls.at(*pod.pull), total, &phases);
    } else {
      at(&phases, PodStage::pull_rest) = total;
    }
  }
  at(&phases, PodStage::start) = *pod.started - pulled;
  at(&phases, PodStage::ready) = *pod.ready - *pod.started;
  const Duration sum = std::accumulate(phases.time.begin(), phases.time.end(), Duration{0});
  PULLSIM_CHECK(sum == phases.total, "the phases of a pod add up to ready minus created");
  return phases;
}

std::optional<std::size_t> pod_at(const RunResult& result, double p) {
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < result.pods.size(); ++i) {
    if (result.pods[i].ready && phases_of(result.pods[i], result)) ready.push_back(i);
  }
  if (ready.empty()) return std::nullopt;
  const auto time = [&](std::size_t i) { return *result.pods[i].ready - result.pods[i].created; };
  std::stable_sort(ready.begin(), ready.end(),
                   [&](std::size_t a, std::size_t b) { return time(a) < time(b); });
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(ready.size())));
  return ready[std::clamp<std::size_t>(rank, 1, ready.size()) - 1];
}

std::string pod_name(const Scenario& scenario, const PodRow& pod) {
  return pod_name(scenario, pod.workload, pod.ordinal);
}

std::string_view bottleneck_text(Bottleneck bottleneck) {
  switch (bottleneck) {
    case Bottleneck::none:
      return "";
    case Bottleneck::egress:
      return "registry egress";
    case Bottleneck::connection:
      return "cap of one connection";
    case Bottleneck::uplink:
      return "zone uplink";
    case Bottleneck::network:
      return "node network";
    case Bottleneck::disk:
      return "disk writes";
    case Bottleneck::cpu:
      return "node CPU";
    case Bottleneck::slots:
      return "download slots";
    case Bottleneck::queue:
      return "pull queue";
    case Bottleneck::latency:
      return "round trips";
    case Bottleneck::back_off:
      return "back-off";
    case Bottleneck::cold_edge:
      return "first fetch at the edge";
  }
  return "";
}

}  // namespace pullsim
