// Prices of a bill as read: each with its currency, its unit and its source. All of one bill have
// one currency.
#pragma once

#include <pullsim/bill.hpp>
#include <pullsim/release_train.hpp>

#include <array>
#include <optional>
#include <string>

namespace pullsim {

/// A price and where it comes from, as written.
struct Price {
  double amount = 0;
  std::string currency;  ///< "USD"
  std::string date;      ///< "2026-11-25"; empty: set by the scenario
  std::string source;
  std::string confidence;  ///< "documented", "recalled" or "assumed"
};

using Prices = std::array<std::optional<Price>, kBillItems.size()>;  ///< by kBillItems

struct PriceBook {
  std::string file;  ///< as named in the scenario; empty: prices of the scenario alone
  std::string name;
  std::string currency;
  Prices prices;
  BilledShares billed;  ///< of the bytes of a run; release trains have their own
  BillPrices for_bill() const;
};

/// Key of an item in price books, scenarios and results: "registryStorage".
const char* price_key(BillItem item);

}  // namespace pullsim
