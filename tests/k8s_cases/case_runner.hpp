// Runs the cases of a folder: every file, every case, every expected value. Nothing is skipped: a
// file that cannot be read, a kind that is not known, an input field that is missing or an expected
// field that no kind gives is a failure. Prints, for each file, the cases that fail with what was
// expected and what came out, and a line `N cases ran, M failed`.
#pragma once

#include "tests/k8s_cases/hpa_cases.hpp"
#include "tests/k8s_cases/rollout_cases.hpp"
#include "tests/k8s_cases/scheduler_cases.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ostream>
#include <set>
#include <sstream>

namespace pullsim::k8s_cases {

using KindTable = std::map<std::string, std::function<Json(const Fields&)>>;

inline const std::vector<std::pair<std::string, KindTable>>& case_files() {
  static const std::vector<std::pair<std::string, KindTable>> files = {
      {"hpa.json",
       {{"resource_utilization", resource_utilization},
        {"pods_average_value", pods_average_value},
        {"object_value", value_metric},
        {"external_value", value_metric},
        {"object_average_value", value_per_replica_metric},
        {"external_average_value", value_per_replica_metric},
        {"group_pods", grouped_pods},
        {"reconcile_cpu", reconciled_cpu},
        {"stabilize_without_behavior", stabilized_without_behavior},
        {"limit_without_behavior", limited_without_behavior},
        {"stabilize_with_behavior", stabilized_with_behavior},
        {"behavior_rate", rated_behavior},
        {"behavior_limit", behavior_limit},
        {"store_scale_events", stored_scale_events},
        {"multiple_metrics", combined_metrics}}},
      {"image-locality.json",
       {{"image_locality_score", image_locality_scores},
        {"normalized_image_name", normalized_name}}},
      {"resources.json",
       {{"least_allocated", least_allocated_scores},
        {"balanced_allocation", balanced_allocation_scores},
        {"feasible_nodes_to_find", nodes_to_find},
        {"queue_backoff", backoff}}},
      {"rolling-update.json",
       {{"resolve_fenceposts", resolved_fenceposts},
        {"new_rs_replicas", new_set_replicas},
        {"max_unavailable", most_unavailable},
        {"reconcile_new_rs", reconciled_new},
        {"reconcile_old_rs", reconciled_old},
        {"cleanup_unhealthy", cleaned_up},
        {"scale_down_old", scaled_down_old},
        {"slow_start_batch", slow_started},
        {"proportional_scale", proportionally_scaled}}},
      {"binpacking.json", {{"binpacking_estimate", estimated}, {"pod_order", ordered_pods}}},
  };
  return files;
}

/// Lists of pod names are sets.
inline Json comparable(const std::string& name, Json value) {
  if ((name == "unready" || name == "missing" || name == "ignored") && value.is_array()) {
    std::sort(value.begin(), value.end());
  }
  return value;
}

/// Every expected value is there and equal; a failing call is expected to fail.
inline bool agrees(const Json& expected, const Json& actual) {
  if (!expected.is_object() || expected.empty()) throw CaseError("nothing is expected");
  const auto is_true = [](const Json& object, const char* name) {
    const auto member = object.find(name);
    return member != object.end() && *member == true;
  };
  if (is_true(actual, "error") && !is_true(expected, "error") &&
      !is_true(expected, "config_error")) {
    return false;
  }
  for (const auto& [name, value] : expected.items()) {
    const auto member = actual.find(name);
    if (member == actual.end()) return false;
    if (comparable(name, value) != comparable(name, *member)) return false;
  }
  return true;
}

/// What is wrong with a case; empty: nothing.
inline std::string fault_of(const KindTable& kinds, const Json& item) {
  const Json expected = item.is_object() ? item.value("expected", Json()) : Json();
  try {
    const Fields fields(item, "case");
    const auto kind = kinds.find(fields.text("kind"));
    if (kind == kinds.end()) throw CaseError("kind '" + fields.text("kind") + "' is not known");
    const Json actual = kind->second(fields.object("input"));
    fields.object("expected");
    if (agrees(expected, actual)) return "";
    return "expected " + expected.dump() + ", actual " + actual.dump();
  } catch (const CaseError& error) {
    return "expected " + expected.dump() + ", actual: error: " + error.what();
  }
}

struct FileOutcome {
  std::size_t ran = 0;
  std::size_t failed = 0;
};

inline FileOutcome run_cases(const std::string& file, const std::string& text,
                             const KindTable& kinds, std::ostream& out) {
  FileOutcome outcome;
  const auto fail = [&](const std::string& what) {
    ++outcome.failed;
    out << "  FAILED " << what << '\n';
  };
  const Json cases = Json::parse(text, nullptr, false);
  out << file << '\n';
  if (!cases.is_array() || cases.empty()) {
    fail("the file is no JSON array with cases");
  } else {
    std::set<std::string> ids;
    for (const Json& item : cases) {
      ++outcome.ran;
      const auto text_at = [&](const char* name) {
        return item.is_object() && item.contains(name) && item[name].is_string()
                   ? item[name].get<std::string>()
                   : std::string();
      };
      const std::string id = text_at("id");
      std::string fault = fault_of(kinds, item);
      if (fault.empty() && (id.empty() || !ids.insert(id).second)) fault = "its id is not its own";
      if (!fault.empty()) fail(id + " (" + text_at("name") + "): " + fault);
    }
  }
  out << outcome.ran << " cases ran, " << outcome.failed << " failed\n";
  return outcome;
}

/// True if all files of the folder were read and all cases agree.
inline bool run_folder(const std::filesystem::path& folder, std::ostream& out) {
  bool good = folder.is_absolute();
  if (!good) out << "FAILED: the folder of the cases is not absolute: " << folder.string() << '\n';
  for (const auto& [file, kinds] : case_files()) {
    std::ifstream stream(folder / file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) out << "FAILED: cannot be read: " << (folder / file).string() << '\n';
    good = run_cases(file, text.str(), kinds, out).failed == 0 && stream && good;
  }
  return good;
}

}  // namespace pullsim::k8s_cases
