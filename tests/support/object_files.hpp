// A scenario with a file of Kubernetes objects, read as the program reads it: its study, findings
// and the warnings about the file.
#pragma once

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim::test {

inline const char* const kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: objects
images:
  api:
    ref: registry.example/shop/api:2.3
    layers:
      - digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
        size: 10MB
  proxy:
    ref: envoyproxy/envoy:v1.31
    layers:
      - digest: sha256:2222222222222222222222222222222222222222222222222222222222222222
        size: 20MB
nodePools: [{name: general, nodes: {initial: 3}, cpu: 4, memory: 16Gi}]
workloads:
  - objects: [k8s/api.yaml]
)";

inline const char* const kDeployment = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: debug}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
  labels: {app: api}
spec:
  replicas: 4
  minReadySeconds: 5
  selector: {matchLabels: {app: api}}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata: {labels: {app: api}}
    spec:
      serviceAccountName: api
      containers:
        - name: api
          image: registry.example/shop/api:2.3
          env: [{name: A, value: b}]
          ports: [{containerPort: 8080}]
          resources:
            requests: {cpu: 250m}
            limits: {cpu: 1, memory: 512Mi}
          readinessProbe:
            httpGet: {path: /ready, port: 8080}
            periodSeconds: 5
        - name: proxy
          image: docker.io/envoyproxy/envoy:v1.31
          imagePullPolicy: Always
)";

struct Read {
  std::optional<Study> study;
  std::string findings;
};

inline Read read(const std::string& objects, const std::string& scenario = kScenario,
                 StudyOptions options = {}) {
  const TemporaryFolder folder;
  folder.write("k8s/api.yaml", objects);
  const std::string file = folder.write("s.yaml", scenario);
  Diagnostics diagnostics;
  Read out;
  out.study = read_study(file, options, diagnostics);
  out.findings = diagnostics.render();
  // The folder's own name is chance.
  for (std::size_t at = 0; (at = out.findings.find(folder / "", at)) != std::string::npos;) {
    out.findings.erase(at, (folder / "").size());
  }
  return out;
}

inline std::vector<std::string> warnings(const Read& read) {
  REQUIRE(read.study);
  std::vector<std::string> list;
  for (const std::string& text : read.study->variants.front().warnings) {
    const auto at = text.find("api.yaml:");
    if (at != std::string::npos) list.push_back(text.substr(at));
  }
  return list;
}

}  // namespace pullsim::test
