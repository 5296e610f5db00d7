// Parts of result.json that stand for one run. The counterpart that reads them is in
// tools/results/stored_result.cpp.
#pragma once

#include "tools/run/study_result.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace pullsim {

using Json = nlohmann::ordered_json;

/// 16 hexadecimal digits.
std::string hex(std::uint64_t digest);
/// Sets the member if there is a finite value.
void set_finite(Json* object, const char* key, std::optional<double> value);
/// {"value": 1.5}; {"never": true} for an infinite value; {} for none.
Json value_json(std::optional<double> value);
/// Sets the member if there is an interval with finite ends.
void set_interval(Json* object, const char* key, const std::optional<Interval>& interval);
/// {"value": 1.5, "interval95": [1, 2]}, each if it is there and finite.
Json estimate_json(const Estimate& estimate);

/// Sums; of peaks the highest.
void add_counters(const RunCounters& more, RunCounters* sum);
Json counters_json(const RunCounters& counters);
Json run_json(const RunSummary& run);

}  // namespace pullsim
