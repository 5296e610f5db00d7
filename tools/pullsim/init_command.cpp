// `pullsim init`: a first scenario to change, with what each part is for.
#include "tools/input/diagnostic.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/messages.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace pullsim {
namespace {

constexpr const char* kScenario =
    R"(# yaml-language-server: $schema=scenario.schema.json
# The line above is for editors: `pullsim schema scenario > scenario.schema.json`.
# Run it: pullsim run FILE --out out     All keys: docs/scenario-reference.md
apiVersion: pullsim/v1
kind: Scenario
name: first
question: Ten more pods on nodes that lack the image - how long, and what would a smaller one bring?
seed: 1
replications: 20
duration: 10m

# Give a manifest instead of layers: `manifest: web.json`, as `docker manifest inspect`,
# `crane manifest` or `docker save` give it.
images:
  web:
    ref: registry.example/web:1.0
    layers:
      - {digest: "sha256:base", size: 50MB, unpacked: 130MB, files: 3000}
      - {digest: "sha256:app", size: 300MB, unpacked: 800MB, files: 20000}
    startup: {distribution: lognormal, median: 1.2s, p95: 2.5s}

# What the registry can give to all, and to one connection.
registries:
  - {name: main, egress: 10Gbit/s, perConnection: 85MB/s}

# `pullsim import` makes these parts from a cluster.
nodePools:
  - name: general
    machineType: m5.large
    nodes: {initial: 13, min: 3, max: 20}
    disk: {size: 80GB, write: 125MB/s}

workloads:
  - name: web
    kind: Deployment
    replicas: 3
    image: web
    requests: {cpu: 1500m, memory: 1Gi}
    readinessProbe: {periodSeconds: 5}

events:
  - {at: 60s, scale: web, replicas: 13}

# The same scenario with some values changed; all variants meet the same chance.
variants:
  large: {}
  slim:
    images.web.layers.1.size: 20MB
    images.web.layers.1.unpacked: 60MB
    images.web.layers.1.files: 2000

# The exit code says whether these hold: 0 yes, 1 no, 3 unsure.
thresholds:
  - pod_ready p(95) < 60s
  - name: slim-pays-off
    metric: pod_ready
    variant: slim
    require: p(95) <= large * 0.8
)";

}  // namespace

int init_command(const std::string& file) {
  if (file.empty() || file == "-") {
    write_stdout(kScenario);
    return kExitDone;
  }
  if (std::filesystem::exists(file)) {
    print_error({"PS2901",
                 fmt::format("`{}` is there already", printable(file)),
                 {},
                 "name a file that is not, or move this one away"});
    return kExitBadInput;
  }
  AtomicFile out(file);
  out.write(kScenario);
  out.commit();
  write_stdout(fmt::format("{}: pullsim run {}\n", printable(file), shell_word(file)));
  return kExitDone;
}

}  // namespace pullsim
