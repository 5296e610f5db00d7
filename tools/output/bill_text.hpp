// Bills as JSON, and as a line of the summary.
#pragma once

#include "tools/input/price_book.hpp"
#include "tools/output/result_run_json.hpp"
#include "tools/run/bill_estimate.hpp"

#include <string>

namespace pullsim {

Json bill_json(const PriceBook& book, const BillEstimates& bill);

/// Puts the bill of each variant with prices into the result.
void add_bills(const Study& study, StudyResult* result);

/// "large 1.23 USD (NAT processing 0.40, node time 0.83); slim ...", from what add_bills wrote;
/// empty without a bill.
std::string bill_line(const StudyResult& result);

/// "registry storage", "NAT processing".
std::string bill_label(BillItem item);

}  // namespace pullsim
