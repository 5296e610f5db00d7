// What stands under `prices` of a scenario: a file, or a block with a file and prices of its own.
#pragma once

#include "tools/input/field_table.hpp"
#include "tools/input/price_book.hpp"

#include <optional>
#include <string>

namespace pullsim {

class ConfigFiles;

struct PricesDraft {
  std::string book;
  Place book_place;
  Prices prices;
  BilledShares billed;
  Place place;
};

const FieldTable<PricesDraft>& prices_table();
void read_prices(Reader& reader, const YamlNode& node, PricesDraft& out);

/// The book that the draft names, with the draft's own prices over it; none with findings.
std::optional<PriceBook> resolve_prices(Reader& reader, const PricesDraft& draft,
                                        ConfigFiles& files);

}  // namespace pullsim
