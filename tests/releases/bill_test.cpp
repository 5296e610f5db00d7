// Bills from tables: quantities in the units of prices, amounts, sums.
#include <pullsim/bill.hpp>

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

constexpr double kHour = 3600;
constexpr double kMonth = 730 * kHour;

BillPrices prices(std::array<std::optional<double>, 5> price) { return {"USD", price}; }

}  // namespace

TEST_CASE("quantities come in the units of prices: decimal gigabytes, months of 730 hours") {
  const BillQuantities all{5e9 * 2 * kMonth, 3e9, 2.5e9, 0.25e9, 5400};
  struct Case {
    BillItem item;
    double quantity;
    const char* unit;
  };
  for (const Case& c :
       {Case{BillItem::registry_storage, 10, "GB-month"},
        Case{BillItem::registry_transfer, 3, "GB"}, Case{BillItem::nat_processing, 2.5, "GB"},
        Case{BillItem::cross_zone, 0.25, "GB"}, Case{BillItem::node_time, 1.5, "hour"}}) {
    INFO(c.unit);
    CHECK(quantity_of(all, c.item) == Approx(c.quantity).epsilon(1e-12));
    CHECK(bill_unit(c.item) == c.unit);
  }
}

TEST_CASE("a bill multiplies, and its total is the sum of what has a price") {
  const BillQuantities all{5e9 * kMonth, 100e9, 40e9, 0, 2 * kHour};
  const auto lines = bill(all, prices({0.10, 0.0, 0.045, std::nullopt, std::nullopt}));
  REQUIRE(lines.size() == 4);  // nothing went across zones and nothing is known of its price
  CHECK(*lines[0].amount == Approx(0.5));
  CHECK(*lines[1].amount == 0);
  CHECK(*lines[2].amount == Approx(1.8));
  CHECK(lines[3].item == BillItem::node_time);
  CHECK(lines[3].quantity == Approx(2));
  CHECK_FALSE(lines[3].amount);
  CHECK(*bill_total(lines) == Approx(2.3));
}

TEST_CASE(
    "a price without a quantity is a line of nothing, and a bill without prices has no total") {
  CHECK(*bill_total(bill({}, prices({0.10, {}, {}, {}, {}}))) == 0);
  CHECK(bill({}, prices({0.10, {}, {}, {}, {}})).size() == 1);
  CHECK(bill({}, {}).empty());
  CHECK_FALSE(bill_total(bill({1e9, 0, 0, 0, 0}, {})));
}
