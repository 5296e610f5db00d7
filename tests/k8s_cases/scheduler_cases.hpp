// The kinds of image-locality.json and resources.json.
#pragma once

#include "models/decisions/image_locality.hpp"
#include "models/decisions/resource_scores.hpp"
#include "models/decisions/scheduling_queue.hpp"
#include "tests/k8s_cases/case_fields.hpp"

#include <map>
#include <set>

namespace pullsim::k8s_cases {

inline std::vector<std::string> names_in(const Json& list, const std::string& name) {
  if (!list.is_array()) throw CaseError("field '" + name + "' is no list");
  std::vector<std::string> names;
  for (const Json& item : list) {
    if (!item.is_string()) throw CaseError("field '" + name + "' holds what is no text");
    names.push_back(item.get<std::string>());
  }
  return names;
}

inline Json image_locality_scores(const Fields& input) {
  const std::string rule = input.text("threshold_rule");
  if (rule != "per_container" && rule != "fixed") throw CaseError("threshold_rule '" + rule + "'");
  const bool fixed = rule == "fixed";
  std::vector<std::string> wanted = names_in(input.at("containers"), "containers");
  for (const std::string& name : names_in(input.at("init_containers"), "init_containers")) {
    if (!fixed) wanted.push_back(name);
  }
  std::map<std::string, std::set<std::string>> nodes_with;
  std::vector<std::pair<std::string, std::map<std::string, std::int64_t>>> nodes;
  for (const Json& item : input.list("nodes")) {
    const Fields node(item, "nodes[]");
    nodes.push_back({node.text("name"), {}});
    for (const Json& entry : node.list("images")) {
      const Fields image(entry, "images[]");
      nodes.back().second[image.text("name")] = image.whole("size_bytes");
      nodes_with[image.text("name")].insert(nodes.back().first);
    }
  }
  Json scores = Json::object();
  for (const auto& [name, images] : nodes) {
    std::vector<PresentImage> present;
    for (const std::string& image : wanted) {
      const std::string full = normalized_image_name(image);
      const auto found = images.find(full);
      if (found == images.end()) continue;
      present.push_back({found->second, static_cast<std::int64_t>(nodes_with[full].size())});
    }
    scores[name] = image_locality(present, static_cast<std::int64_t>(nodes.size()),
                                  static_cast<std::int64_t>(wanted.size()),
                                  fixed ? LocalityBound::fixed : LocalityBound::per_container);
  }
  return {{"scores", scores}};
}

inline Json normalized_name(const Fields& input) {
  return {{"image", normalized_image_name(input.text("image"))}};
}

/// A list of resources that a plugin is configured with, and pods and nodes that have some of them.
struct ResourceCase {
  std::vector<std::string> names;
  std::vector<std::int64_t> weights;
  std::vector<std::int64_t> requests;

  explicit ResourceCase(const Fields& input) {
    for (const Json& item : input.list("resources")) {
      const Fields resource(item, "resources[]");
      names.push_back(resource.text("name"));
      weights.push_back(resource.whole("weight"));
    }
    const Fields pod = input.object("pod_requests");
    for (const std::string& name : names) requests.push_back(pod.whole_or(name, 0));
  }

  static bool is_extended(const std::string& name) {
    return name != "cpu" && name != "memory" && name != "ephemeral-storage";
  }

  std::vector<ResourceShare> shares_on(const Fields& node) const {
    const Fields allocatable = node.object("allocatable");
    const Fields requested = node.object("requested");
    std::vector<ResourceShare> shares;
    for (std::size_t i = 0; i < names.size(); ++i) {
      shares.push_back(share_of({allocatable.whole_or(names[i], 0), requested.whole_or(names[i], 0),
                                 requests[i], weights[i], is_extended(names[i])}));
    }
    return shares;
  }

  template <typename Score>
  Json scores(const Fields& input, Score score) const {
    Json result = Json::object();
    for (const Json& item : input.list("nodes")) {
      const Fields node(item, "nodes[]");
      result[node.text("name")] = score(shares_on(node));
    }
    return {{"scores", result}, {"error", false}, {"config_error", false}, {"skipped", false}};
  }
};

inline Json least_allocated_scores(const Fields& input) {
  const ResourceCase resources(input);
  const Json scores =
      resources.scores(input, [](const auto& shares) { return least_allocated(shares); });
  for (const std::int64_t weight : resources.weights) {
    if (!valid_least_allocated_weight(weight)) return {{"error", true}, {"config_error", true}};
  }
  return scores;
}

inline Json balanced_allocation_scores(const Fields& input) {
  const ResourceCase resources(input);
  const Json scores =
      resources.scores(input, [](const auto& shares) { return balanced_allocation(shares); });
  for (const std::int64_t weight : resources.weights) {
    if (!valid_balanced_allocation_weight(weight)) {
      return {{"error", true}, {"config_error", true}};
    }
  }
  if (skips_balanced_allocation(resources.requests)) return {{"skipped", true}, {"error", false}};
  return scores;
}

inline Json nodes_to_find(const Fields& input) {
  return {{"nodes_to_find",
           feasible_nodes_to_find(input.small_or_null("percentage_of_nodes_to_score", 0),
                                  input.small("nodes"))}};
}

inline Json backoff(const Fields& input) {
  const Duration delay = queue_backoff(input.whole("attempts"), Duration{input.whole("initial_ns")},
                                       Duration{input.whole("max_ns")});
  return {{"backoff_ns", delay.count()}};
}

}  // namespace pullsim::k8s_cases
