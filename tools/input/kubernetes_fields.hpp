// Which fields of Kubernetes objects this version uses, which say nothing about time, and which
// would matter but are not simulated. What is in no list is new to this version.
#pragma once

#include <span>
#include <string_view>

namespace pullsim {

struct ObjectFields {
  std::span<const std::string_view> used;
  std::span<const std::string_view> idle;     ///< no effect on when a pod is ready
  std::span<const std::string_view> missing;  ///< would have one
};

extern const ObjectFields kDeploymentFields;   ///< of `spec`
extern const ObjectFields kDaemonSetFields;    ///< of `spec`
extern const ObjectFields kStatefulSetFields;  ///< of `spec`
extern const ObjectFields kJobFields;      ///< of `spec`, or of a CronJob's `spec.jobTemplate.spec`
extern const ObjectFields kCronJobFields;  ///< of `spec`
extern const ObjectFields kPodFields;      ///< of `spec.template.spec`
extern const ObjectFields kContainerFields;
extern const ObjectFields kInitContainerFields;
extern const ObjectFields kReadinessProbeFields;
extern const ObjectFields kStartupProbeFields;
extern const ObjectFields kNodePoolFields;          ///< Karpenter's, of `spec`
extern const ObjectFields kNodePoolTemplateFields;  ///< of `spec.template.spec`

/// What an object of this kind does here.
enum class ObjectUse { workload, idle, missing, unknown };
ObjectUse use_of_kind(std::string_view kind);

}  // namespace pullsim
