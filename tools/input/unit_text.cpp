// Tables of units over the decimal reader. Factors are exact integers in bytes, bits per second,
// nanoseconds and thousandths of a core.
#include "tools/input/unit_text.hpp"

#include "tools/input/decimal.hpp"

#include <fmt/format.h>

#include <array>
#include <span>

namespace pullsim {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::int64_t kKi = 1024;
constexpr std::int64_t kMi = kKi * 1024;
constexpr std::int64_t kGi = kMi * 1024;
constexpr std::int64_t kTi = kGi * 1024;
constexpr std::int64_t kK = 1000;
constexpr std::int64_t kM = kK * 1000;
constexpr std::int64_t kG = kM * 1000;
constexpr std::int64_t kT = kG * 1000;

constexpr std::array kSizes = {
    Unit{"B", 1},     Unit{"kB", kK},   Unit{"MB", kM},   Unit{"GB", kG},   Unit{"TB", kT},
    Unit{"KiB", kKi}, Unit{"MiB", kMi}, Unit{"GiB", kGi}, Unit{"TiB", kTi}, Unit{"Ki", kKi},
    Unit{"Mi", kMi},  Unit{"Gi", kGi},  Unit{"Ti", kTi}};
constexpr std::array kMemory = {Unit{"", 1}, Unit{"k", kK}, Unit{"M", kM}, Unit{"G", kG},
                                Unit{"T", kT}};
constexpr std::array kBits = {Unit{"bit/s", 1},   Unit{"kbit/s", kK}, Unit{"Mbit/s", kM},
                              Unit{"Gbit/s", kG}, Unit{"Tbit/s", kT}, Unit{"bps", 1},
                              Unit{"kbps", kK},   Unit{"Mbps", kM},   Unit{"Gbps", kG},
                              Unit{"Tbps", kT}};
constexpr std::array kByteRates = {Unit{"B/s", 1},    Unit{"kB/s", kK},   Unit{"MB/s", kM},
                                   Unit{"GB/s", kG},  Unit{"KiB/s", kKi}, Unit{"MiB/s", kMi},
                                   Unit{"GiB/s", kGi}};
constexpr std::array kTimes = {Unit{"ns", 1}, Unit{"us", kK},     Unit{"ms", kM},
                               Unit{"s", kG}, Unit{"m", 60 * kG}, Unit{"h", 3600 * kG}};

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

struct Quantity {
  const char* noun;        // "a size"
  const char* units_help;  // what the units are
};
constexpr Quantity kSizeWords{"a size", "sizes have the units `B kB MB GB TB KiB MiB GiB TiB`"};
constexpr Quantity kMemoryWords{"memory", "memory is bytes, or has a unit such as `Mi`, `Gi`, `M`"};
constexpr Quantity kRateWords{
    "a rate", "bits have `kbit/s Mbit/s Gbit/s`, bytes have `kB/s MB/s GB/s MiB/s`"};
constexpr Quantity kTimeWords{"a time", "times have the units `ns us ms s m h`"};

TextFault unit_fault(const Quantity& quantity, const NumberAndUnit& parts, std::string missing) {
  if (parts.unit.empty()) return {TextFault::Kind::unit, "plain number", std::move(missing)};
  return {TextFault::Kind::unit, fmt::format("`{}` is not a unit of {}", parts.unit, quantity.noun),
          quantity.units_help};
}

TextFault too_large() { return {TextFault::Kind::range, "does not fit 64 bits", ""}; }
TextFault negative() { return {TextFault::Kind::range, "negative", ""}; }

// A text that is no number at all: the help then shows the units instead of digits.
TextFault number_fault(TextFault fault, const Quantity& quantity, std::string_view number) {
  if (number.empty()) fault.help = quantity.units_help;
  return fault;
}

Reading<std::int64_t> read_scaled(std::string_view text, std::span<const Unit> units,
                                  std::span<const Unit> more, const Quantity& quantity,
                                  const char* example_units) {
  const NumberAndUnit parts = split_unit(text);
  const Reading<Decimal> decimal = read_decimal(parts.number);
  if (!decimal.value) {
    return {std::nullopt, number_fault(decimal.fault, quantity, parts.number)};
  }
  const Unit* unit = find_unit(units, parts.unit);
  if (unit == nullptr) unit = find_unit(more, parts.unit);
  if (unit == nullptr) {
    const std::string_view examples = example_units;
    const std::size_t cut = examples.find(' ');
    return {std::nullopt,
            unit_fault(quantity, parts,
                       fmt::format("write `{0}{1}` or `{0}{2}`", parts.number,
                                   examples.substr(0, cut), examples.substr(cut + 1)))};
  }
  const auto scaled = decimal.value->scaled(unit->factor);
  if (!scaled) return {std::nullopt, too_large()};
  if (*scaled < 0) return {std::nullopt, negative()};
  return {scaled, {}};
}

Reading<Bytes> as_bytes(const Reading<std::int64_t>& read) {
  if (!read.value) return {std::nullopt, read.fault};
  return {Bytes{*read.value}, {}};
}

std::string significant(double value) { return fmt::format("{:.4g}", value); }

}  // namespace

Reading<std::int64_t> read_count(std::string_view text) {
  const Reading<Decimal> decimal = read_decimal(text);
  if (!decimal.value) return {std::nullopt, decimal.fault};
  if (decimal.value->fraction_scale != 1) {
    return {std::nullopt, {TextFault::Kind::form, "not a whole number", ""}};
  }
  return {decimal.value->scaled(1), {}};
}

Reading<double> read_number(std::string_view text) {
  const Reading<Decimal> decimal = read_decimal(text);
  if (!decimal.value) return {std::nullopt, decimal.fault};
  return {decimal.value->value(), {}};
}

Reading<Bytes> read_size(std::string_view text) {
  return as_bytes(read_scaled(text, kSizes, {}, kSizeWords, "MB MiB"));
}

Reading<Bytes> read_memory(std::string_view text) {
  return as_bytes(read_scaled(text, kSizes, kMemory, kMemoryWords, "Mi Gi"));
}

Reading<MilliCpu> read_cpu(std::string_view text) {
  constexpr std::int64_t kCore = 1000;
  const NumberAndUnit parts = split_unit(text);
  const Reading<Decimal> decimal = read_decimal(parts.number);
  if (!decimal.value) return {std::nullopt, decimal.fault};
  if (!parts.unit.empty() && parts.unit != "m") {
    return {std::nullopt,
            {TextFault::Kind::unit, fmt::format("`{}` is not a unit of CPU", parts.unit),
             "write cores as in `2` or `0.5`, or thousandths as in `500m`"}};
  }
  const std::int64_t factor = parts.unit.empty() ? kCore : 1;
  const std::int64_t scale = decimal.value->fraction_scale;
  if (decimal.value->fraction * factor % scale != 0) {
    return {std::nullopt,
            {TextFault::Kind::form, "finer than a thousandth of a core", "write whole `m`"}};
  }
  const auto scaled = decimal.value->scaled(factor);
  if (!scaled) return {std::nullopt, too_large()};
  if (*scaled < 0) return {std::nullopt, negative()};
  return {MilliCpu{*scaled}, {}};
}

Reading<std::int64_t> read_quantity(std::string_view text) {
  constexpr std::int64_t kOne = 1000;
  struct Suffix {
    std::string_view name;
    std::int64_t factor;
  };
  constexpr Suffix kSuffixes[] = {{"", kOne},
                                  {"m", 1},
                                  {"k", kOne * 1000},
                                  {"M", kOne * 1'000'000},
                                  {"G", kOne * 1'000'000'000},
                                  {"Ki", kOne << 10},
                                  {"Mi", kOne << 20},
                                  {"Gi", kOne << 30}};
  const NumberAndUnit parts = split_unit(text);
  const Reading<Decimal> decimal = read_decimal(parts.number);
  if (!decimal.value) return {std::nullopt, decimal.fault};
  for (const Suffix& suffix : kSuffixes) {
    if (suffix.name != parts.unit) continue;
    const auto scaled = decimal.value->scaled(suffix.factor);
    if (!scaled) return {std::nullopt, too_large()};
    if (*scaled < 0) return {std::nullopt, negative()};
    return {*scaled, {}};
  }
  return {std::nullopt,
          {TextFault::Kind::unit, fmt::format("`{}` is not a suffix of quantities", parts.unit),
           "write `10`, `0.5`, `500m`, `2k` or `1Mi`"}};
}

Reading<Bandwidth> read_rate(std::string_view text) {
  const NumberAndUnit parts = split_unit(text);
  const Reading<Decimal> decimal = read_decimal(parts.number);
  if (!decimal.value) {
    return {std::nullopt, number_fault(decimal.fault, kRateWords, parts.number)};
  }
  const double number = decimal.value->value();
  const Unit* bits = find_unit(kBits, parts.unit);
  const Unit* bytes = find_unit(kByteRates, parts.unit);
  if (bits == nullptr && bytes == nullptr) {
    return {std::nullopt,
            unit_fault(kRateWords, parts,
                       fmt::format("write `{}Gbit/s` for bits or `{:g}GB/s` for bytes per second",
                                   parts.number, number / 8))};
  }
  if (decimal.value->negative) return {std::nullopt, negative()};
  if (bits != nullptr) {
    return {Bandwidth::bits_per_second(number * static_cast<double>(bits->factor)), {}};
  }
  return {Bandwidth{number * static_cast<double>(bytes->factor)}, {}};
}

Reading<Duration> read_duration(std::string_view text) {
  std::int64_t total = 0;
  const Unit* previous = nullptr;
  std::string_view rest = text;
  do {
    const NumberAndUnit parts = split_unit(rest);
    const std::size_t unit_end =
        std::min(parts.unit.find_first_of("0123456789.-+"), parts.unit.size());
    const std::string_view unit_name = parts.unit.substr(0, unit_end);
    const Reading<Decimal> decimal = read_decimal(parts.number);
    if (!decimal.value) {
      return {std::nullopt, number_fault(decimal.fault, kTimeWords, parts.number)};
    }
    const Unit* unit = find_unit(kTimes, unit_name);
    if (unit == nullptr) {
      return {std::nullopt, unit_fault(kTimeWords, {parts.number, unit_name},
                                       fmt::format("write `{0}s` or `{0}ms`", parts.number))};
    }
    if (previous != nullptr && unit->factor >= previous->factor) {
      return {std::nullopt, {TextFault::Kind::form, "larger units come first", "as in `1m30s`"}};
    }
    const auto scaled = decimal.value->scaled(unit->factor);
    if (!scaled || *scaled > INT64_MAX - total) return {std::nullopt, too_large()};
    if (*scaled < 0) return {std::nullopt, negative()};
    total += *scaled;
    previous = unit;
    rest = parts.unit.substr(unit_end);
  } while (!rest.empty());
  return {Duration{total}, {}};
}

Reading<double> read_seconds(std::string_view text) {
  const NumberAndUnit parts = split_unit(text);
  const Reading<Decimal> decimal = read_decimal(parts.number);
  const Unit* unit = find_unit(kTimes, parts.unit);
  if (decimal.value && unit != nullptr && !decimal.value->negative) {
    constexpr int kNano = -9;
    int exponent = kNano;
    std::int64_t factor = unit->factor;
    for (; exponent < 0 && factor % 10 == 0; factor /= 10) ++exponent;
    return {decimal.value->value(exponent) * static_cast<double>(factor), {}};
  }
  const Reading<Duration> compound = read_duration(text);
  if (!compound.value) return {std::nullopt, compound.fault};
  return {to_seconds(*compound.value), {}};
}

Reading<double> read_percent(std::string_view text) {
  const NumberAndUnit parts = split_unit(text);
  const Reading<Decimal> decimal = read_decimal(parts.number);
  if (!decimal.value) return {std::nullopt, decimal.fault};
  if (parts.unit != "%") {
    return {std::nullopt,
            {TextFault::Kind::unit,
             parts.unit.empty() ? "plain number" : fmt::format("`{}` is not `%`", parts.unit),
             fmt::format("write `{}%`", parts.number)}};
  }
  return {decimal.value->value(), {}};
}

Reading<double> read_frequency(std::string_view text) {
  const NumberAndUnit parts = split_unit(text);
  const Reading<Decimal> decimal = read_decimal(parts.number);
  if (!decimal.value) return {std::nullopt, decimal.fault};
  const bool known = parts.unit == "/s" || parts.unit == "/m" || parts.unit == "/h";
  if (!known) {
    const std::string label =
        parts.unit.empty() ? "plain number" : fmt::format("`{}` is not a unit here", parts.unit);
    return {std::nullopt,
            {TextFault::Kind::unit, label, fmt::format("write `{}/s`", parts.number)}};
  }
  if (decimal.value->negative) return {std::nullopt, negative()};
  const double per = parts.unit == "/s" ? 1 : parts.unit == "/m" ? 60 : 3600;
  return {decimal.value->value() / per, {}};
}

std::string format_bytes(Bytes bytes) {
  const std::int64_t count = bytes.count;
  if (count >= kGi && count % kGi == 0) return fmt::format("{} GiB", count / kGi);
  if (count >= kMi && count % kMi == 0) return fmt::format("{} MiB", count / kMi);
  const auto value = static_cast<double>(count);
  if (count >= kT) return significant(value / kT) + " TB";
  if (count >= kG) return significant(value / kG) + " GB";
  if (count >= kM) return significant(value / kM) + " MB";
  if (count >= kK) return significant(value / kK) + " kB";
  return fmt::format("{} B", count);
}

std::string format_seconds(double seconds) {
  if (seconds == 0) return "0 s";
  if (seconds < 1e-6) return significant(seconds * 1e9) + " ns";
  if (seconds < 1e-3) return significant(seconds * 1e6) + " us";
  if (seconds < 1) return significant(seconds * 1e3) + " ms";
  if (seconds < 60) return significant(seconds) + " s";
  const auto whole = static_cast<std::int64_t>(seconds);
  if (static_cast<double>(whole) != seconds) return fmt::format("{:.3f} s", seconds);
  std::string out;
  if (whole >= 3600) out += fmt::format("{}h", whole / 3600);
  if (whole % 3600 >= 60) out += fmt::format("{}m", whole % 3600 / 60);
  if (whole % 60 > 0) out += fmt::format("{}s", whole % 60);
  return out;
}

std::string format_duration(Duration duration) { return format_seconds(to_seconds(duration)); }

std::string format_rate(Bandwidth rate) {
  const double bits = rate.bytes_per_second * 8;
  if (bits >= 1e9) return significant(bits / 1e9) + " Gbit/s";
  if (bits >= 1e6) return significant(bits / 1e6) + " Mbit/s";
  if (bits >= 1e3) return significant(bits / 1e3) + " kbit/s";
  return significant(bits) + " bit/s";
}

std::string format_cpu(MilliCpu cpu) {
  if (cpu.count % 1000 == 0) return fmt::format("{}", cpu.count / 1000);
  return fmt::format("{}m", cpu.count);
}

}  // namespace pullsim
