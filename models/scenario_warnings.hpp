// Settings against predicted times, in parts: what can be said of sizes and counts
// (scenario_warnings.cpp), and of the times that a pod and its pull take (start_warnings.cpp). The
// words and numbers of both.
#pragma once

#include <pullsim/simulate.hpp>

#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace pullsim {

/// What the first container of the workload runs at any time, by the scenario's events.
std::set<std::size_t> first_images(const Scenario& scenario, std::size_t workload);

/// Warnings that need the times of single pods (pod_alone).
void find_start_warnings(const Scenario& scenario, std::vector<ScenarioProblem>* found);

inline std::string quoted(const std::string& text) { return "`" + text + "`"; }

/// With as many decimals, 0 or 1.
inline std::string with_digits(double value, int digits, const std::string& unit) {
  const long long tenths = std::llround(value * 10);
  const std::string whole = std::to_string(digits == 0 ? std::llround(value) : tenths / 10);
  return whole + (digits == 0 ? "" : "." + std::to_string(tenths % 10)) + " " + unit;
}

inline std::string seconds_text(Duration time) { return with_digits(to_seconds(time), 1, "s"); }

}  // namespace pullsim
