// Table of `traffic[].objective`, and how its values are written: a share with `%`, a window in
// days, an amount with its currency.
#include "tools/input/scenario_draft.hpp"
#include "tools/input/unit_text.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace pullsim {
namespace {

constexpr std::int64_t kDaysMost = 3660;  // assumed: ten years

bool refuse(Reader& reader, const YamlNode& node, const char* code, const char* help) {
  reader.error(code, node.place, fmt::format("`{}` is not written as it has to be", reader.path()),
               {"", help, ""});
  return false;
}

bool refuse_range(Reader& reader, const YamlNode& node) {
  reader.error("PS2006", node.place, fmt::format("`{}` is out of range", reader.path()),
               {"", "write a share above 0% and below 100%", "100% leaves no budget at all"});
  return false;
}

struct AvailabilityCodec {
  static bool read(Reader& reader, const YamlNode& node, double& out, const Rule&) {
    if (!reader.is_scalar(node)) return false;
    const Reading<double> percent = read_percent(node.text);
    if (!percent.value) {
      reader.fault(node, percent.fault);
      return false;
    }
    constexpr double kWhole = 100;
    constexpr double kPlaces = 1e9;  // of the percentage: 99.9 / 100 is not 0.999 in binary
    if (!(*percent.value > 0 && *percent.value < kWhole)) return refuse_range(reader, node);
    out = std::round(*percent.value * kPlaces) / (kPlaces * kWhole);
    if (!(out > 0 && out < 1)) return refuse_range(reader, node);
    return true;
  }
  static std::string type(const Rule&) { return "share below 100%"; }
  static std::string show(const double& value) { return fmt::format("{:g}%", value * 100); }
};

struct WindowCodec {
  static bool read(Reader& reader, const YamlNode& node, Duration& out, const Rule& rule) {
    if (!reader.is_scalar(node)) return false;
    if (node.text.empty() || node.text.back() != 'd')
      return TimeCodec::read(reader, node, out, rule);
    const Reading<std::int64_t> days = read_count(node.text.substr(0, node.text.size() - 1));
    if (!days.value) {
      reader.fault(node, days.fault);
      return false;
    }
    if (*days.value < 1 || *days.value > kDaysMost) {
      reader.error("PS2006", node.place, fmt::format("`{}` is out of range", reader.path()),
                   {"", fmt::format("write 1d to {}d", kDaysMost), ""});
      return false;
    }
    out = std::chrono::hours(24 * *days.value);
    return true;
  }
  static std::string type(const Rule&) { return "time or whole days"; }
  static std::string show(const Duration& value) {
    return fmt::format("{:g}d", to_seconds(value) / 86400);
  }
};

struct MeanRateCodec {
  static bool read(Reader& reader, const YamlNode& node, std::optional<double>& out,
                   const Rule& rule) {
    if (!reader.is_scalar(node)) return false;
    double rate = 0;
    if (!FrequencyCodec::read(reader, node, rate, rule)) return false;
    if (!(rate > 0)) {
      reader.error("PS2006", node.place, fmt::format("`{}` is out of range", reader.path()),
                   {"", "write a rate above zero", ""});
      return false;
    }
    out = rate;
    return true;
  }
  static std::string type(const Rule& rule) { return FrequencyCodec::type(rule); }
  static std::string show(const std::optional<double>&) { return "the demand of the start"; }
};

/// `0.02 USD`.
struct MoneyCodec {
  static bool read(Reader& reader, const YamlNode& node, std::optional<Money>& out, const Rule&) {
    constexpr const char* kHelp = "write an amount and its currency, like `0.02 USD`";
    if (!reader.is_scalar(node)) return false;
    const std::size_t blank = node.text.find(' ');
    if (blank == std::string::npos) return refuse(reader, node, "PS2004", kHelp);
    const std::string currency = node.text.substr(blank + 1);
    const bool code =
        currency.size() == 3 && std::all_of(currency.begin(), currency.end(),
                                            [](unsigned char c) { return std::isupper(c) != 0; });
    if (!code) return refuse(reader, node, "PS2004", kHelp);
    const Reading<double> amount = read_number(node.text.substr(0, blank));
    if (!amount.value) {
      reader.fault(node, amount.fault);
      return false;
    }
    if (*amount.value < 0) return refuse(reader, node, "PS2006", "write an amount of 0 or more");
    out = Money{*amount.value, currency};
    return true;
  }
  static std::string type(const Rule&) { return "money"; }
  static std::string show(const std::optional<Money>&) { return "not said"; }
};

}  // namespace

const FieldTable<ObjectiveDraft>& objective_table() {
  static const FieldTable<ObjectiveDraft> table = [] {
    FieldTable<ObjectiveDraft> t;
    t.about(
        "What users may expect, to say what lost requests cost (docs/error-budget.md). Nothing "
        "that "
        "is simulated follows from it.");
    t.add<AvailabilityCodec>("availability", &ObjectiveDraft::availability,
                             "Share of requests that have to succeed.", {.required = true});
    t.add<WindowCodec>("window", &ObjectiveDraft::window,
                       "Over which the budget holds. Default assumed.");
    t.add<MeanRateCodec>("meanRate", &ObjectiveDraft::mean_rate,
                         "Requests expected over the window; the budget follows from it.");
    t.add<MoneyCodec>("valuePerRequest", &ObjectiveDraft::value_per_request,
                      "What a lost request costs, with its currency (ISO 4217).");
    return t;
  }();
  return table;
}

}  // namespace pullsim
