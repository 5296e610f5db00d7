// Quantities times prices; see the header.
#include <pullsim/bill.hpp>

namespace pullsim {

namespace {

constexpr double kGigabyte = 1e9;
constexpr double kSecondsPerHour = 3600;
constexpr double kSecondsPerMonth = 730 * kSecondsPerHour;

}  // namespace

std::string_view bill_unit(BillItem item) {
  if (item == BillItem::registry_storage) return "GB-month";
  return item == BillItem::node_time ? "hour" : "GB";
}

double quantity_of(const BillQuantities& quantities, BillItem item) {
  switch (item) {
    case BillItem::registry_storage:
      return quantities.stored_byte_seconds / kGigabyte / kSecondsPerMonth;
    case BillItem::registry_transfer:
      return quantities.transfer_bytes / kGigabyte;
    case BillItem::nat_processing:
      return quantities.nat_bytes / kGigabyte;
    case BillItem::cross_zone:
      return quantities.cross_zone_bytes / kGigabyte;
    case BillItem::node_time:
      return quantities.node_seconds / kSecondsPerHour;
  }
  return 0;
}

std::vector<BillLine> bill(const BillQuantities& quantities, const BillPrices& prices) {
  std::vector<BillLine> lines;
  for (std::size_t i = 0; i < kBillItems.size(); ++i) {
    BillLine line{kBillItems[i], quantity_of(quantities, kBillItems[i]), prices.price[i], {}};
    if (line.quantity == 0 && !line.price) continue;
    if (line.price) line.amount = line.quantity * *line.price;
    lines.push_back(line);
  }
  return lines;
}

std::optional<double> bill_total(const std::vector<BillLine>& lines) {
  std::optional<double> total;
  for (const BillLine& line : lines) {
    if (line.amount) total = total.value_or(0) + *line.amount;
  }
  return total;
}

}  // namespace pullsim
