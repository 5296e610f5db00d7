// A bill over several runs: each line and the total as a mean with its interval.
#pragma once

#include <pullsim/bill.hpp>

#include "tools/run/study_result.hpp"

#include <optional>
#include <vector>

namespace pullsim {

struct BillEstimate {
  BillItem item = BillItem::registry_storage;
  Estimate quantity;
  std::optional<double> price;
  Estimate amount;
};
struct BillEstimates {
  std::vector<BillEstimate> lines;
  Estimate total;
};

/// Of the bill of each run, all at the same prices. A line that a run lacks is one of nothing.
BillEstimates bill_estimates(const std::vector<std::vector<BillLine>>& bills);

}  // namespace pullsim
