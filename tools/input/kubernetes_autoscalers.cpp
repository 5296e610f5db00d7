// HorizontalPodAutoscalers as blocks of the short form: autoscaling/v1, or v2 with the CPU of the
// pods in per cent of their requests.
#include "tools/input/kubernetes_autoscalers.hpp"

#include <fmt/format.h>

#include <utility>

namespace pullsim {

void read_pod_autoscaler(ObjectContext& from, const YamlNode& object,
                         std::vector<Autoscaler>& out) {
  const YamlNode* spec = child(object, "spec");
  const YamlNode* target = spec != nullptr ? child(*spec, "scaleTargetRef") : nullptr;
  if (target == nullptr || text_at(*target, "kind") != "Deployment") {
    from.warn(object.place, "scales no Deployment and is left out");
    return;
  }
  const YamlNode* percent = child(*spec, "targetCPUUtilizationPercentage");
  const YamlNode* metrics = child(*spec, "metrics");
  if (metrics != nullptr && metrics->items.size() == 1) {
    const YamlNode* resource = child(metrics->items[0], "resource");
    const YamlNode* wanted = resource != nullptr ? child(*resource, "target") : nullptr;
    const bool cpu = wanted != nullptr && text_at(*resource, "name") == "cpu";
    if (cpu) percent = child(*wanted, "averageUtilization");
  }
  if (percent == nullptr || (metrics != nullptr && metrics->items.size() > 1)) {
    from.warn(object.place, "scales by metrics that are not simulated and is left out");
    return;
  }
  if (const YamlNode* behavior = child(*spec, "behavior")) {
    from.warn(behavior->place, "has `spec.behavior`, which is not simulated");
  }
  Autoscaler found{text_at(*target, "name"),
                   fmt::format("{}:{}: {}", from.file, object.place.line, from.object),
                   block_at(object.place)};
  copy_key(*spec, "minReplicas", found.block);
  copy_key(*spec, "maxReplicas", found.block);
  put(found.block, "targetCPUUtilizationPercentage", *percent);
  out.push_back(std::move(found));
}

}  // namespace pullsim
