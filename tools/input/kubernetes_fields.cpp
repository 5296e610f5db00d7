// The lists, from the API reference of apps/v1, core/v1 and their neighbours; see the header.
#include "tools/input/kubernetes_fields.hpp"

#include <algorithm>
#include <array>

namespace pullsim {
namespace {

template <class... Names>
constexpr auto names(Names... list) {
  return std::array<std::string_view, sizeof...(list)>{list...};
}

constexpr auto kDeploymentUsed =
    names("replicas", "template", "strategy", "minReadySeconds", "progressDeadlineSeconds");
constexpr auto kDeploymentIdle = names("selector", "revisionHistoryLimit", "status");
constexpr auto kDeploymentMissing = names("paused");

constexpr auto kStatefulUsed =
    names("replicas", "template", "minReadySeconds", "podManagementPolicy", "updateStrategy",
          "volumeClaimTemplates");
constexpr auto kStatefulIdle = names("selector", "serviceName", "revisionHistoryLimit",
                                     "persistentVolumeClaimRetentionPolicy");
constexpr auto kStatefulMissing = names("ordinals");

constexpr auto kJobUsed = names("template", "completions", "parallelism", "backoffLimit");
constexpr auto kJobIdle = names("selector", "manualSelector", "ttlSecondsAfterFinished",
                                "completionMode", "podReplacementPolicy", "suspend");
constexpr auto kJobMissing = names("activeDeadlineSeconds", "podFailurePolicy", "successPolicy",
                                   "backoffLimitPerIndex", "maxFailedIndexes");

constexpr auto kCronUsed = names("schedule", "concurrencyPolicy", "jobTemplate");
constexpr auto kCronIdle = names("successfulJobsHistoryLimit", "failedJobsHistoryLimit",
                                 "startingDeadlineSeconds", "suspend");
constexpr auto kCronMissing = names("timeZone");

constexpr auto kDaemonSetUsed = names("template", "updateStrategy", "minReadySeconds");
constexpr auto kDaemonSetIdle = names("selector", "revisionHistoryLimit", "status");

constexpr auto kPodUsed =
    names("containers", "initContainers", "nodeSelector", "affinity", "tolerations",
          "topologySpreadConstraints", "priorityClassName", "hostNetwork", "readinessGates");
constexpr auto kPodIdle =
    names("restartPolicy", "terminationGracePeriodSeconds", "dnsPolicy", "dnsConfig",
          "securityContext", "serviceAccount", "serviceAccountName", "automountServiceAccountToken",
          "imagePullSecrets", "enableServiceLinks", "hostname", "subdomain", "hostAliases",
          "setHostnameAsFQDN", "shareProcessNamespace", "hostPID", "hostIPC", "hostUsers", "os",
          "priority", "preemptionPolicy", "ephemeralContainers");
constexpr auto kPodMissing = names("nodeName", "runtimeClassName", "overhead", "schedulingGates",
                                   "resourceClaims", "resources", "activeDeadlineSeconds");

constexpr auto kContainerUsed =
    names("name", "image", "imagePullPolicy", "resources", "startupProbe", "readinessProbe");
constexpr auto kContainerIdle =
    names("args", "command", "env", "envFrom", "workingDir", "volumeMounts", "volumeDevices",
          "securityContext", "stdin", "stdinOnce", "tty", "terminationMessagePath",
          "terminationMessagePolicy", "livenessProbe", "resizePolicy");
constexpr auto kContainerMissing = names("restartPolicyRules");
constexpr auto kInitContainerUsed = names("name", "image", "imagePullPolicy", "resources",
                                          "startupProbe", "readinessProbe", "restartPolicy");

constexpr auto kProbeIdle =
    names("httpGet", "exec", "tcpSocket", "grpc", "timeoutSeconds", "failureThreshold",
          "successThreshold", "terminationGracePeriodSeconds");
constexpr auto kReadinessUsed = names("initialDelaySeconds", "periodSeconds", "successThreshold");
constexpr auto kStartupUsed = names("initialDelaySeconds", "periodSeconds", "failureThreshold");

constexpr auto kNodePoolUsed = names("template", "disruption", "weight", "limits");
constexpr auto kNodePoolMissing = names("replicas");
constexpr auto kNodePoolTemplateUsed = names("requirements", "startupTaints");
constexpr auto kNodePoolTemplateIdle = names("nodeClassRef", "expireAfter");
constexpr auto kNodePoolTemplateMissing = names("taints", "terminationGracePeriod");

constexpr auto kIdleKinds =
    names("Service", "ConfigMap", "Secret", "ServiceAccount", "Role", "RoleBinding", "ClusterRole",
          "ClusterRoleBinding", "Namespace", "Ingress", "IngressClass", "NetworkPolicy",
          "PersistentVolume", "PersistentVolumeClaim", "StorageClass", "Endpoints", "EndpointSlice",
          "CustomResourceDefinition", "ServiceMonitor", "PodMonitor", "Lease", "Event", "Node",
          "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService",
          "ControllerRevision");
constexpr auto kMissingKinds = names("ReplicaSet", "ReplicationController", "Pod", "LimitRange",
                                     "ResourceQuota", "RuntimeClass");

template <class List>
bool has(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

const ObjectFields kDeploymentFields = {kDeploymentUsed, kDeploymentIdle, kDeploymentMissing};
const ObjectFields kDaemonSetFields = {kDaemonSetUsed, kDaemonSetIdle, {}};
const ObjectFields kStatefulSetFields = {kStatefulUsed, kStatefulIdle, kStatefulMissing};
const ObjectFields kJobFields = {kJobUsed, kJobIdle, kJobMissing};
const ObjectFields kCronJobFields = {kCronUsed, kCronIdle, kCronMissing};
const ObjectFields kPodFields = {kPodUsed, kPodIdle, kPodMissing};
const ObjectFields kContainerFields = {kContainerUsed, kContainerIdle, kContainerMissing};
const ObjectFields kInitContainerFields = {kInitContainerUsed, kContainerIdle, kContainerMissing};
const ObjectFields kReadinessProbeFields = {kReadinessUsed, kProbeIdle, {}};
const ObjectFields kStartupProbeFields = {kStartupUsed, kProbeIdle, {}};

const ObjectFields kNodePoolFields = {kNodePoolUsed, {}, kNodePoolMissing};
const ObjectFields kNodePoolTemplateFields = {kNodePoolTemplateUsed, kNodePoolTemplateIdle,
                                              kNodePoolTemplateMissing};

ObjectUse use_of_kind(std::string_view kind) {
  constexpr auto workloads = names("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob");
  if (has(workloads, kind)) return ObjectUse::workload;
  if (has(kIdleKinds, kind)) return ObjectUse::idle;
  return has(kMissingKinds, kind) ? ObjectUse::missing : ObjectUse::unknown;
}

}  // namespace pullsim
