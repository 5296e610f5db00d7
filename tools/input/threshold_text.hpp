// The condition of a threshold as text: "pod_ready p(95) < 5m". Grammar:
//
//   condition  = [metric] aggregate operator limit
//   aggregate  = mean | min | max | count | total | peak | p(0..100) | fraction(operator value)
//              | at(time)
//   operator   = < | <= | > | >= | ==
//   limit      = value | variant | variant * number | variant + value | variant - value
//
// A value carries the unit of what is compared; `baseline` stands for the base of `compare`.
#pragma once

#include "tools/input/study.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

struct Condition {
  Metric metric = Metric::pod_ready;
  Aggregate aggregate;
  Operator op = Operator::less;
  ThresholdLimit limit;
};

/// What is wrong with a condition, and with which characters of it.
struct ConditionFault {
  std::string code;
  std::string text;
  std::string label;
  std::string help;
  std::size_t offset = 0;
  std::size_t length = 1;
};

struct ConditionNames {
  std::optional<Metric> metric;  ///< given elsewhere: the text begins with the aggregate
  std::vector<std::string> variants;
};

std::optional<Condition> parse_condition(std::string_view text, const ConditionNames& names,
                                         ConditionFault* fault);

/// The metric of a name; PS4001 (unknown) or PS2009 (not built yet) in `fault` otherwise.
std::optional<Metric> metric_of(std::string_view name, ConditionFault* fault);

}  // namespace pullsim
