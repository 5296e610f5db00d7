// The pod template of a Kubernetes object as keys of a workload in the scenario's short form.
#pragma once

#include "tools/input/kubernetes_context.hpp"

#include <string>

namespace pullsim {

/// `pod` is `spec.template.spec`.
void read_pod_template(ObjectContext& from, const YamlNode& pod, YamlNode& workload);

/// Volumes that a StatefulSet's pods get by `volumeClaimTemplates` of its `spec`.
void read_volume_claims(ObjectContext& from, const YamlNode& spec, YamlNode& workload);

/// The reference in its long form: registry, repository and tag or digest ("nginx" is
/// "docker.io/library/nginx:latest").
std::string normal_image_ref(const std::string& ref);

}  // namespace pullsim
