// A scenario for the what-if verbs: a few pods on nodes that lack one image of one layer,
// everything but the pull constant and small.
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <fstream>
#include <string>

namespace pullsim::test {

/// One pod a node. Unpacking costs nothing, requests take no time, so that a pull of S bytes is
/// S / 80 MB/s long while the egress does not limit it.
inline std::string whatif_scenario() {
  return R"(apiVersion: pullsim/v1
kind: Scenario
name: what-if
replications: 4
duration: 30m
images:
  web:
    layers: [{size: 400MB, unpacked: 1MB, files: 1, compression: none}]
    startup: {distribution: constant, value: 1s}
registries:
  - name: main
    egress: 100Gbit/s
    perConnection: 80MB/s
    roundTrip: 1us
    requestLatency: {distribution: constant, value: 1us}
nodePools:
  - name: general
    nodes: {initial: 6, min: 6, max: 6}
    cpu: 4
    memory: 8Gi
    price: 0.1
    runtime:
      name: containerd
      unpack: {perFile: 1ns, perLayer: 1ns}
      download: {perByte: 0.01ns}
workloads:
  - name: web
    kind: Deployment
    replicas: 1
    image: web
    requests: {cpu: 3, memory: 1Gi}
    readinessProbe: {periodSeconds: 1}
events: [{at: 10s, scale: web, replicas: 5}]
thresholds: ["pull_time max < 6s"]
)";
}

inline void write_scenario(const TemporaryFolder& folder, const std::string& text) {
  std::ofstream(folder / "s.yaml") << text;
}

}  // namespace pullsim::test
