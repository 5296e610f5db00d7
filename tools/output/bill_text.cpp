// See the header. The bill travels through the result as JSON text, as evidence does, so that a
// stored result has it without knowing prices.
#include "tools/output/bill_text.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/run/run_bill.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace pullsim {

Json bill_json(const PriceBook& book, const BillEstimates& bill) {
  Json lines = Json::array();
  for (const BillEstimate& line : bill.lines) {
    Json one = {{"item", price_key(line.item)},
                {"quantity", estimate_json(line.quantity)},
                {"unit", bill_unit(line.item)}};
    if (line.price) {
      one["price"] = *line.price;
      one["amount"] = estimate_json(line.amount);
      one["currency"] = book.currency;
    }
    lines.push_back(std::move(one));
  }
  return {{"currency", book.currency}, {"lines", lines}, {"total", estimate_json(bill.total)}};
}

void add_bills(const Study& study, StudyResult* result) {
  for (std::size_t v = 0; v < study.variants.size(); ++v) {
    const Variant& variant = study.variants[v];
    if (!variant.prices) continue;
    VariantResult& runs = result->variants.at(v);
    runs.bill = bill_json(*variant.prices, run_bill(variant, runs)).dump();
  }
}

std::string bill_label(BillItem item) {
  switch (item) {
    case BillItem::registry_storage:
      return "registry storage";
    case BillItem::registry_transfer:
      return "registry transfer";
    case BillItem::nat_processing:
      return "NAT processing";
    case BillItem::cross_zone:
      return "cross-zone";
    case BillItem::node_time:
      return "node time";
  }
  return "";
}

std::string bill_line(const StudyResult& result) {
  std::string text;
  for (const VariantResult& variant : result.variants) {
    const Json bill = Json::parse(variant.bill, nullptr, false);
    if (!bill.is_object()) continue;
    const auto amount_of = [](const Json& line, const char* key) {
      return line.contains(key) && line.at(key).contains("value")
                 ? std::optional(line.at(key).at("value").get<double>())
                 : std::nullopt;
    };
    const auto total = amount_of(bill, "total");
    if (!total) continue;
    std::string parts;
    for (const Json& line : bill.at("lines")) {
      const auto amount = amount_of(line, "amount");
      if (!amount || *amount == 0) continue;
      for (const BillItem item : kBillItems) {
        if (line.at("item") != price_key(item)) continue;
        parts += fmt::format("{}{} {:.2f}", parts.empty() ? "" : ", ", bill_label(item), *amount);
      }
    }
    text += fmt::format("{}{} {:.2f} {}", text.empty() ? "" : "; ", printable(variant.name), *total,
                        printable(bill.at("currency").get<std::string>()));
    if (!parts.empty()) text += " (" + parts + ")";
  }
  return text;
}

}  // namespace pullsim
