// What quantities cost at given prices. Pure. It leaves out free tiers, steps by volume, taxes,
// minimum charges, and what is billed by the hour whatever its use (a NAT gateway, an endpoint).
//
// Units: a GB is 10^9 bytes, a month 730 hours, 8760 / 12; both assumed, as providers' calculators
// count them.
#pragma once

#include <pullsim/units.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

enum class BillItem : std::uint8_t {
  registry_storage,   ///< deduplicated bytes over time
  registry_transfer,  ///< bytes out of the registry
  nat_processing,     ///< bytes through a NAT gateway
  cross_zone,         ///< bytes from one zone into another
  node_time,          ///< hours of nodes
};
inline constexpr std::array<BillItem, 5> kBillItems = {
    BillItem::registry_storage, BillItem::registry_transfer, BillItem::nat_processing,
    BillItem::cross_zone, BillItem::node_time};

/// "GB-month", "GB", "hour".
std::string_view bill_unit(BillItem item);

/// Of one unit of each item, all in one currency; none: not known.
struct BillPrices {
  std::string currency;  ///< "USD"
  std::array<std::optional<double>, kBillItems.size()> price;
};

struct BillQuantities {
  double stored_byte_seconds = 0;
  double transfer_bytes = 0;
  double nat_bytes = 0;
  double cross_zone_bytes = 0;
  double node_seconds = 0;
};

/// In bill_unit() of the item.
double quantity_of(const BillQuantities& quantities, BillItem item);

struct BillLine {
  BillItem item = BillItem::registry_storage;
  double quantity = 0;
  std::optional<double> price;   ///< none: not known, and the line is in no sum
  std::optional<double> amount;  ///< quantity times price
};

/// A line for each item with a quantity or a price, in the order of the items.
std::vector<BillLine> bill(const BillQuantities& quantities, const BillPrices& prices);

/// Of the lines with a price; none without any.
std::optional<double> bill_total(const std::vector<BillLine>& lines);

}  // namespace pullsim
