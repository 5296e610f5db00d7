// Results of runs by hand: a scenario with one workload `web`, one image of two layers, one pool
// `general` and one registry `main`, and rows whose times are given in seconds.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include "tools/input/study.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace pullsim::test {

inline Duration seconds(double value) {
  return Duration{static_cast<std::int64_t>(std::llround(value * kNanosecondsPerSecond))};
}
inline SimTime moment(double value) { return SimTime{seconds(value)}; }

inline Scenario one_pool_scenario() {
  Scenario scenario;
  scenario.name = "hand-made";
  scenario.duration = seconds(600);
  ImageSpec image;
  image.name = "web";
  image.ref = "registry.example/web:1.0";
  image.layers.resize(2);
  image.layers[0] = {
      "sha256:aa", Bytes{30'000'000}, Bytes{80'000'000}, 4000, Compression::gzip, true, "base"};
  image.layers[1] = {
      "sha256:bb", Bytes{12'000'000}, Bytes{24'000'000}, 800, Compression::gzip, true, "app"};
  scenario.images = {image};
  RegistrySpec registry;
  registry.name = "main";
  scenario.registries = {registry};
  scenario.zones = {ZoneSpec{"a", std::nullopt}};
  NodePoolSpec pool;
  pool.name = "general";
  pool.zones = {0};
  pool.network = Bandwidth::bits_per_second(10e9);
  pool.disk_write = Bandwidth{125e6};
  scenario.node_pools = {pool};
  WorkloadSpec workload;
  workload.name = "web";
  workload.replicas = 3;
  scenario.workloads = {workload};
  return scenario;
}

/// One run under construction. Nodes get names of their pool and count.
class RunBuilder {
 public:
  RunBuilder() { result_.registry_bytes = {0}; }

  std::size_t node(bool initial, double requested, std::optional<double> ready) {
    NodeRow row;
    row.name = "general-" + std::to_string(result_.nodes.size());
    row.initial = initial;
    row.requested = moment(requested);
    if (ready) row.registered = row.ready = moment(*ready);
    result_.nodes.push_back(row);
    return result_.nodes.size() - 1;
  }

  /// A pull asked for at `requested` that takes resolve + download + unpack seconds.
  std::size_t pull(std::size_t node, double requested, double wait, double resolve, double download,
                   double unpack) {
    PullRow row;
    row.node = static_cast<RowIndex>(node);
    row.requested = moment(requested);
    row.started = moment(requested + wait);
    row.finished = moment(requested + wait + resolve + download + unpack);
    PullWork& work = row.work.edit();
    work.resolve = seconds(resolve);
    work.download = seconds(download);
    work.unpack = seconds(unpack);
    work.bytes_fetched = Bytes{42'000'000};
    work.layers_fetched = 2;
    row.outcome = Outcome::ok;
    row.bottleneck = Bottleneck::egress;
    work.held_up_by = {{Bottleneck::queue, seconds(wait)},
                       {Bottleneck::latency, seconds(resolve)},
                       {Bottleneck::egress, seconds(download)},
                       {Bottleneck::cpu, seconds(unpack)}};
    result_.pulls.push_back(row);
    result_.registry_bytes[0] += 42e6;
    return result_.pulls.size() - 1;
  }

  /// A pod that is scheduled after `node_wait` s, has its sandbox 0.5 s later, waits for `pull` (if
  /// any), starts 0.3 s after it and is ready `app` s after that.
  PodRow& pod(double created, std::size_t node, double node_wait, std::optional<std::size_t> pull,
              double app) {
    PodRow row;
    row.ordinal = static_cast<RowIndex>(result_.pods.size() + 3);
    row.node = node;
    row.created = moment(created);
    row.node_wait = seconds(node_wait);
    row.scheduled = row.created + row.node_wait;
    row.sandbox = *row.scheduled + seconds(0.5);
    SimTime pulled = *row.sandbox;
    if (pull) {
      row.pull = pull;
      row.pull_started = result_.pulls[*pull].started;
      row.pull_finished = result_.pulls[*pull].finished;
      pulled = *row.pull_finished;
    }
    row.started = pulled + seconds(0.3);
    row.ready = *row.started + seconds(app);
    row.served = row.ready;
    row.outcome = Outcome::ok;
    result_.pods.push_back(row);
    return result_.pods.back();
  }

  /// A pod that asks for a place and gets no further.
  PodRow& pending_pod(double created) {
    PodRow row;
    row.ordinal = static_cast<RowIndex>(result_.pods.size() + 3);
    row.created = moment(created);
    result_.pods.push_back(row);
    return result_.pods.back();
  }

  void step(const std::string& series, const std::string& entity, double time, double value) {
    std::size_t index = 0;
    while (index < result_.series.size() &&
           (result_.series[index].series != series || result_.series[index].entity != entity)) {
      ++index;
    }
    if (index == result_.series.size()) {
      result_.series.push_back(
          {series, entity, series.find("rate") == std::string::npos ? "pods" : "bytes/s"});
    }
    result_.timeline.push_back({moment(time), static_cast<std::uint16_t>(index), value});
  }

  RunResult& result() { return result_; }

 private:
  RunResult result_;
};

/// A study of variants of the scenario above; no thresholds.
inline Study study_of(const std::vector<std::string>& variants, std::int64_t replications) {
  Study study;
  study.name = "hand-made";
  study.file = "hand-made.yaml";
  study.sha256 = "00";
  study.replications = replications;
  for (const std::string& name : variants)
    study.variants.push_back({name, one_pool_scenario(), {}});
  study.resolved_json = "{}";
  return study;
}

}  // namespace pullsim::test
