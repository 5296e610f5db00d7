// See the header.
#include "tools/run/bill_estimate.hpp"

#include <algorithm>

namespace pullsim {

namespace {

const BillLine* line_of(const std::vector<BillLine>& lines, BillItem item) {
  const auto found = std::find_if(lines.begin(), lines.end(),
                                  [&](const BillLine& line) { return line.item == item; });
  return found == lines.end() ? nullptr : &*found;
}

/// A number of each bill's line of an item.
template <class Get>
Estimate over_runs(const std::vector<std::vector<BillLine>>& bills, BillItem item, Get get) {
  std::vector<std::optional<double>> values;
  for (const auto& lines : bills) {
    const BillLine* line = line_of(lines, item);
    values.push_back(line == nullptr ? std::optional<double>(0.0) : get(*line));
  }
  return estimate(values);
}

}  // namespace

BillEstimates bill_estimates(const std::vector<std::vector<BillLine>>& bills) {
  BillEstimates out;
  for (const BillItem item : kBillItems) {
    const auto with_line = std::find_if(bills.begin(), bills.end(), [&](const auto& lines) {
      return line_of(lines, item) != nullptr;
    });
    if (with_line == bills.end()) continue;
    BillEstimate& line = out.lines.emplace_back();
    line.item = item;
    line.price = line_of(*with_line, item)->price;
    line.quantity =
        over_runs(bills, item, [](const BillLine& one) { return std::optional(one.quantity); });
    if (line.price) {
      line.amount = over_runs(bills, item, [](const BillLine& one) { return one.amount; });
    }
  }
  std::vector<std::optional<double>> totals;
  totals.reserve(bills.size());
  for (const auto& lines : bills) totals.push_back(bill_total(lines));
  out.total = estimate(totals);
  return out;
}

}  // namespace pullsim
