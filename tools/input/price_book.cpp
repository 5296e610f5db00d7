// Form of price books and of `prices`; see the header.
#include "tools/input/price_fields.hpp"

#include "tools/input/node_software.hpp"
#include "tools/input/release_fields.hpp"

#include <algorithm>

namespace pullsim {

namespace {

constexpr std::size_t kCurrencyLetters = 3;

bool is_currency(std::string_view text) {
  return text.size() == kCurrencyLetters &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// "0.10 USD/GB-month".
bool read_price(Reader& reader, const YamlNode& node, BillItem item, Price& out) {
  if (!reader.is_scalar(node)) return false;
  const std::string& text = node.text;
  const std::size_t blank = text.find(' ');
  const std::size_t slash = text.find('/');
  const Reading<double> amount = read_number(std::string_view(text).substr(0, blank));
  const std::string wanted = fmt::format("/{}", bill_unit(item));
  const std::string help = fmt::format("write it as `0.10 USD{}`", wanted);
  if (!amount.value || *amount.value < 0) {
    reader.error("PS2005", node.place, fmt::format("`{}` is not a price", reader.path()),
                 {"", help, ""});
    return false;
  }
  const bool unit = blank != std::string::npos && slash != std::string::npos && blank < slash &&
                    text.substr(slash) == wanted;
  const std::string currency = unit ? text.substr(blank + 1, slash - blank - 1) : "";
  if (!is_currency(currency)) {
    reader.error("PS2004", node.place,
                 fmt::format("`{}` needs a currency and a unit", reader.path()), {"", help, ""});
    return false;
  }
  out.amount = *amount.value;
  out.currency = currency;
  return true;
}

void read_date(Reader& reader, const YamlNode& node, Price& out) {
  if (!TextCodec::read(reader, node, out.date, {})) return;
  constexpr std::string_view kShape = "dddd-dd-dd";
  bool fits = out.date.size() == kShape.size();
  for (std::size_t i = 0; fits && i < kShape.size(); ++i) {
    const bool digit = out.date[i] >= '0' && out.date[i] <= '9';
    fits = kShape[i] == 'd' ? digit : out.date[i] == '-';
  }
  if (fits) return;
  reader.error("PS2008", node.place, fmt::format("`{}` is not a date", node.text),
               {"", "write year, month and day, as in `2026-11-25`", ""});
}

void read_confidence(Reader& reader, const YamlNode& node, Price& out) {
  static const std::vector<std::string> words = {"documented", "recalled", "assumed"};
  std::size_t index = 0;
  if (read_word(reader, node, words, &index)) out.confidence = words[index];
}

template <BillItem item>
void read_amount(Reader& reader, const YamlNode& node, Price& out) {
  read_price(reader, node, item, out);
}

template <BillItem item>
const FieldTable<Price>& sourced_price_table() {
  static const FieldTable<Price> table = [] {
    FieldTable<Price> t;
    t.custom({"price", "price", "required", ""}, true, read_amount<item>);
    t.custom({"date", "text", "required", ""}, true, read_date);
    t.add("source", &Price::source, "", {.required = true});
    t.custom({"confidence", "word", "required", ""}, true, read_confidence);
    return t;
  }();
  return table;
}

template <BillItem item>
void add_sourced(FieldTable<Prices>& t) {
  t.block(
      price_key(item),
      [](Prices& prices) -> std::optional<Price>& {
        return prices[static_cast<std::size_t>(item)];
      },
      sourced_price_table<item>, "none", "");
}

const FieldTable<Prices>& prices_of_book_table() {
  static const FieldTable<Prices> table = [] {
    FieldTable<Prices> t;
    add_sourced<BillItem::registry_storage>(t);
    add_sourced<BillItem::registry_transfer>(t);
    add_sourced<BillItem::nat_processing>(t);
    add_sourced<BillItem::cross_zone>(t);
    add_sourced<BillItem::node_time>(t);
    return t;
  }();
  return table;
}

void read_fixed(Reader& reader, const YamlNode& node, const char* wanted) {
  if (!reader.is_scalar(node) || node.text == wanted) return;
  reader.error("PS2012", node.place,
               fmt::format("`{}` `{}` is not known", reader.path(), node.text),
               {"", fmt::format("write `{}`", wanted), ""});
}

const FieldTable<PriceBook>& book_table() {
  static const FieldTable<PriceBook> table = [] {
    FieldTable<PriceBook> t;
    t.custom({"apiVersion", "", "", ""}, true,
             [](Reader& reader, const YamlNode& node, PriceBook&) {
               read_fixed(reader, node, "pullsim/v1");
             });
    t.custom({"kind", "", "", ""}, true, [](Reader& reader, const YamlNode& node, PriceBook&) {
      read_fixed(reader, node, "PriceBook");
    });
    t.add<NameCodec>("name", &PriceBook::name, "", {.required = true});
    t.block("prices", &PriceBook::prices, prices_of_book_table, "required", "");
    return t;
  }();
  return table;
}

template <BillItem item>
void add_override(FieldTable<PricesDraft>& t) {
  constexpr auto index = static_cast<std::size_t>(item);
  static const std::string meaning = fmt::format(
      "Price and unit, as in `0.10 USD/{}`, in the place of the file's.", bill_unit(item));
  t.custom({price_key(item), "price", "that of `book`", meaning}, false,
           [](Reader& reader, const YamlNode& node, PricesDraft& out) {
             Price price;
             if (read_price(reader, node, item, price)) out.prices[index] = std::move(price);
           });
}

void read_book_name(Reader& reader, const YamlNode& node, PricesDraft& out) {
  out.book_place = node.place;
  TextCodec::read(reader, node, out.book, {});
}

/// The currency of all prices; another one is refused where `prices` stands.
std::string one_currency(Reader& reader, const Prices& prices, const Place& place) {
  std::string currency;
  for (const auto& price : prices) {
    if (!price) continue;
    if (currency.empty()) currency = price->currency;
    if (price->currency == currency) continue;
    reader.error("PS3102", place,
                 fmt::format("a bill has prices in {} and in {}", currency, price->currency),
                 {"", "give all prices in one currency", ""});
    return currency;
  }
  return currency;
}

}  // namespace

const char* price_key(BillItem item) {
  switch (item) {
    case BillItem::registry_storage:
      return "registryStorage";
    case BillItem::registry_transfer:
      return "registryTransfer";
    case BillItem::nat_processing:
      return "natProcessing";
    case BillItem::cross_zone:
      return "crossZone";
    case BillItem::node_time:
      return "nodeTime";
  }
  return "";
}

BillPrices PriceBook::for_bill() const {
  BillPrices out;
  out.currency = currency;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    if (prices[i]) out.price[i] = prices[i]->amount;
  }
  return out;
}

const FieldTable<PricesDraft>& prices_table() {
  static const FieldTable<PricesDraft> table = [] {
    FieldTable<PricesDraft> t;
    t.about(
        "A file with prices and their sources, or a block with such a file and prices of your own. "
        "Every price names currency and unit.");
    t.custom({"book", "file", "none", "A price book, relative to the scenario."}, false,
             read_book_name);
    add_override<BillItem::registry_storage>(t);
    add_override<BillItem::registry_transfer>(t);
    add_override<BillItem::nat_processing>(t);
    add_override<BillItem::cross_zone>(t);
    add_override<BillItem::node_time>(t);
    t.block("billed", &PricesDraft::billed, billed_table, "see below",
            "How bytes that a run pulls are billed; release trains have their own `billed`.");
    return t;
  }();
  return table;
}

void read_prices(Reader& reader, const YamlNode& node, PricesDraft& out) {
  out.place = node.place;
  if (node.kind == YamlNode::Kind::mapping) {
    prices_table().read(reader, node, out);
  } else {
    read_book_name(reader, node, out);
  }
}

std::optional<PriceBook> resolve_prices(Reader& reader, const PricesDraft& draft,
                                        ConfigFiles& files) {
  PriceBook book;
  if (!draft.book.empty()) {
    const auto text = files.text(reader, {draft.book, draft.book_place, ""});
    if (!text) return std::nullopt;
    const std::string path = files.path_of(draft.book);
    const std::size_t before = reader.diagnostics().error_count();
    const auto root = read_yaml(*text, {path, 0, true}, reader.diagnostics());
    if (!root) return std::nullopt;
    const std::vector<std::string> sources = {path};
    Reader of_book(sources, reader.diagnostics());
    book_table().read(of_book, *root, book);
    one_currency(of_book, book.prices, place_of_key(*root, "prices"));
    if (reader.diagnostics().error_count() > before) return std::nullopt;
    book.file = draft.book;
  }
  book.billed = draft.billed;
  for (std::size_t i = 0; i < draft.prices.size(); ++i) {
    if (draft.prices[i]) book.prices[i] = draft.prices[i];
  }
  book.currency = one_currency(reader, book.prices, draft.place);
  return book;
}

}  // namespace pullsim
