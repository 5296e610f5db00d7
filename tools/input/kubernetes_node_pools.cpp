// NodePools to blocks; see the header.
#include "tools/input/kubernetes_node_pools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

constexpr const char* kInstanceType = "node.kubernetes.io/instance-type";
constexpr const char* kZone = "topology.kubernetes.io/zone";
// Taken as met by every pool of the scenario.
constexpr const char* kMetKeys[] = {"kubernetes.io/os", "kubernetes.io/arch",
                                    "karpenter.sh/capacity-type"};

std::vector<std::string> texts_of(const YamlNode* list) {
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  for (const YamlNode& item : list->items) texts.push_back(item.text);
  return texts;
}

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

void read_requirement(ObjectContext& from, const YamlNode& item, NodePoolObject& out) {
  const std::string key = text_at(item, "key");
  const std::string op = text_at(item, "operator");
  if (std::find(std::begin(kMetKeys), std::end(kMetKeys), key) != std::end(kMetKeys)) return;
  const bool known = (key == kInstanceType || key == kZone) && (op == "In" || op == "NotIn");
  if (!known) {
    from.warn(item.place, fmt::format("has a requirement `{}` {}, which is not matched", key, op));
    return;
  }
  out.requirements.push_back({key, op == "In", texts_of(child(item, "values"))});
}

// Budgets that always hold and count for the ways in which nodes go here.
YamlNode simulated_budgets(ObjectContext& from, const YamlNode& budgets) {
  YamlNode kept = budgets;
  kept.items.clear();
  for (const YamlNode& budget : budgets.items) {
    if (child(budget, "schedule") != nullptr) {
      from.warn(budget.place, "has a disruption budget with a `schedule`, which is left out");
      continue;
    }
    const std::vector<std::string> reasons = texts_of(child(budget, "reasons"));
    const bool counts = reasons.empty() || has(reasons, "Empty") || has(reasons, "Underutilized");
    if (!counts) continue;  // for drift alone, which does not happen here
    if (!reasons.empty() && !(has(reasons, "Empty") && has(reasons, "Underutilized"))) {
      from.warn(budget.place,
                "has a disruption budget for some `reasons`, which holds for all here");
    }
    YamlNode block = block_at(budget.place);
    copy_key(budget, "nodes", block);
    kept.items.push_back(std::move(block));
  }
  return kept;
}

void read_disruption(ObjectContext& from, const YamlNode& spec, NodePoolObject& out) {
  const YamlNode* disruption = child(spec, "disruption");
  if (disruption == nullptr) return;
  YamlNode block = block_at(disruption->place);
  if (text_at(*disruption, "consolidationPolicy") == "Balanced") {
    from.warn(disruption->place,
              "has the consolidation policy `Balanced`, which is not simulated: "
              "`WhenEmptyOrUnderutilized` is taken");
  } else {
    copy_key(*disruption, "consolidationPolicy", block);
  }
  copy_key(*disruption, "consolidateAfter", block);
  if (const YamlNode* budgets = child(*disruption, "budgets")) {
    put(block, "budgets", simulated_budgets(from, *budgets));
  }
  put(out.block, "disruption", std::move(block));
}

void read_limits(ObjectContext& from, const YamlNode& spec, NodePoolObject& out) {
  const YamlNode* limits = child(spec, "limits");
  if (limits == nullptr) return;
  YamlNode block = block_at(limits->place);
  for (const YamlEntry& limit : limits->entries) {
    if (limit.key == "cpu" || limit.key == "memory") {
      block.entries.push_back(limit);
    } else {
      from.warn(limit.place, fmt::format("has a limit on `{}`, which is not simulated", limit.key));
    }
  }
  put(out.block, "limits", std::move(block));
}

/// Names of the zones of a scenario's pool: its own, else all.
std::vector<std::string> zones_of(const YamlNode& pool, const YamlNode& root) {
  if (const YamlNode* own = child(pool, "zones")) return texts_of(own);
  std::vector<std::string> all;
  const YamlNode* zones = child(root, "zones");
  if (zones == nullptr) return all;
  for (const YamlNode& zone : zones->items) all.push_back(text_at(zone, "name"));
  return all;
}

bool is_met(const NodePoolObject::Requirement& requirement, const YamlNode& pool,
            const YamlNode& root) {
  if (requirement.key == kInstanceType) {
    return has(requirement.values, text_at(pool, "machineType")) == requirement.among;
  }
  const std::vector<std::string> zones = zones_of(pool, root);
  return std::any_of(zones.begin(), zones.end(), [&](const std::string& zone) {
    return has(requirement.values, zone) == requirement.among;
  });
}

YamlNode matching_pools(const NodePoolObject& object, const YamlNode& root) {
  YamlNode names;
  names.kind = YamlNode::Kind::sequence;
  names.place = object.block.place;
  const YamlNode* pools = child(root, "nodePools");
  if (pools == nullptr) return names;
  for (const YamlNode& pool : pools->items) {
    const bool met = std::all_of(
        object.requirements.begin(), object.requirements.end(),
        [&](const NodePoolObject::Requirement& each) { return is_met(each, pool, root); });
    const YamlNode* name = child(pool, "name");
    if (met && name != nullptr) names.items.push_back(*name);
  }
  return names;
}

bool takes_away(const YamlNode& workload, const std::string& taint) {
  const YamlNode* keys = child(workload, "removesStartupTaint");
  if (keys == nullptr) return false;
  return keys->kind == YamlNode::Kind::scalar ? keys->text == taint : has(texts_of(keys), taint);
}

/// A taint that nobody takes away would keep pods off for ever.
YamlNode removable_taints(const NodePoolObject& object, const YamlNode& root,
                          std::vector<std::string>& warnings) {
  YamlNode list;
  list.kind = YamlNode::Kind::sequence;
  list.place = object.block.place;
  const YamlNode* workloads = child(root, "workloads");
  for (const YamlNode& taint : object.startup_taints) {
    const std::string key = text_at(taint, "key");
    const bool removed =
        workloads != nullptr &&
        std::any_of(workloads->items.begin(), workloads->items.end(),
                    [&](const YamlNode& workload) { return takes_away(workload, key); });
    if (removed) {
      list.items.push_back(taint);
    } else {
      warnings.push_back(fmt::format(
          "{} has the startup taint `{}`, which is left out: no workload `removesStartupTaint`",
          object.warning_place, key));
    }
  }
  return list;
}

void put_startup_taints(const NodePoolObject& object, const YamlNode& names, YamlNode& root,
                        std::vector<std::string>& warnings) {
  const YamlNode taints = removable_taints(object, root, warnings);
  if (taints.items.empty()) return;
  const std::vector<std::string> matching = texts_of(&names);
  for (YamlNode& pool : root.find("nodePools")->value.items) {
    const bool own = child(pool, "startupTaints") != nullptr;
    if (!own && has(matching, text_at(pool, "name"))) put(pool, "startupTaints", taints);
  }
}

}  // namespace

void read_node_pool(ObjectContext& from, const YamlNode& object, std::vector<NodePoolObject>& out) {
  const YamlNode* metadata = child(object, "metadata");
  const YamlNode* spec = child(object, "spec");
  if (metadata == nullptr || child(*metadata, "name") == nullptr || spec == nullptr) {
    from.reader.error("PS2002", object.place, "a NodePool lacks its name or its spec",
                      {"", "it needs `metadata.name` and `spec.template.spec`", ""});
    return;
  }
  from.look_through(*spec, kNodePoolFields, "spec.");
  NodePoolObject found;
  found.warning_place = fmt::format("{}:{}: {}", from.file, object.place.line, from.object);
  found.block = block_at(object.place);
  copy_key(*metadata, "name", found.block);
  copy_key(*spec, "weight", found.block);
  read_disruption(from, *spec, found);
  read_limits(from, *spec, found);
  const YamlNode* nodes = child(*spec, "template");
  const YamlNode* node = nodes != nullptr ? child(*nodes, "spec") : nullptr;
  if (node != nullptr) {
    from.look_through(*node, kNodePoolTemplateFields, "spec.template.spec.");
    if (const YamlNode* requirements = child(*node, "requirements")) {
      for (const YamlNode& item : requirements->items) read_requirement(from, item, found);
    }
    if (const YamlNode* taints = child(*node, "startupTaints"))
      found.startup_taints = taints->items;
  }
  out.push_back(std::move(found));
}

void attach_node_pools(std::vector<NodePoolObject> objects, YamlNode& root,
                       std::vector<std::string>& warnings) {
  YamlEntry* autoscaler = root.find("nodeAutoscaler");
  for (NodePoolObject& object : objects) {
    if (autoscaler == nullptr || autoscaler->value.kind != YamlNode::Kind::mapping) {
      warnings.push_back(fmt::format("{} is left out: the scenario has no `nodeAutoscaler`",
                                     object.warning_place));
      continue;
    }
    YamlNode pools = matching_pools(object, root);
    if (pools.items.empty()) {
      warnings.push_back(fmt::format(
          "{} is left out: no node pool of the scenario has a machine type and zone that it allows",
          object.warning_place));
      continue;
    }
    put_startup_taints(object, pools, root, warnings);
    put(object.block, "pools", std::move(pools));
    if (autoscaler->value.find("nodePools") == nullptr) {
      YamlNode list;
      list.kind = YamlNode::Kind::sequence;
      list.place = object.block.place;
      put(autoscaler->value, "nodePools", std::move(list));
    }
    autoscaler->value.find("nodePools")->value.items.push_back(std::move(object.block));
  }
}

}  // namespace pullsim
