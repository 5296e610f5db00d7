// Scalars by type. Distributions have a file of their own.
#include "tools/input/value_codec.hpp"

#include "tools/input/drawn_range.hpp"
#include "tools/input/spelling.hpp"
#include "tools/input/unit_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

const std::vector<std::string> kPolicies = {"IfNotPresent", "Always", "Never"};  // as the enum
const std::vector<std::string> kCompressions = {"gzip", "zstd", "none"};         // as the enum

template <class T>
bool take(Reader& reader, const YamlNode& node, const Reading<T>& read, T& out) {
  if (!read.value) {
    reader.fault(node, read.fault);
    return false;
  }
  out = *read.value;
  return true;
}

bool out_of_range(Reader& reader, const YamlNode& node, const std::string& help) {
  reader.error("PS2006", node.place, fmt::format("`{}` is out of range", reader.path()),
               {"", help, ""});
  return false;
}

// Sizes, rates and times: above zero unless the rule takes zero.
template <class T>
bool positive(Reader& reader, const YamlNode& node, const T& value, const Rule& rule) {
  if (value > T{} || (rule.zero && value == T{})) return true;
  return out_of_range(reader, node, "write a value above zero");
}

bool in_bounds(Reader& reader, const YamlNode& node, double value, const Rule& rule) {
  const bool below_max = rule.max == std::numeric_limits<std::int64_t>::max() ||
                         value <= static_cast<double>(rule.max);
  if (value >= static_cast<double>(rule.min) && below_max) return true;
  const std::string help = rule.max == std::numeric_limits<std::int64_t>::max()
                               ? fmt::format("write {} or more", rule.min)
                               : fmt::format("write {} to {}", rule.min, rule.max);
  return out_of_range(reader, node, help);
}

std::string bounds_text(const char* noun, const Rule& rule) {
  if (rule.max != std::numeric_limits<std::int64_t>::max()) {
    return fmt::format("{} {} to {}", noun, rule.min, rule.max);
  }
  return fmt::format("{} from {}", noun, rule.min);
}

double as_number(double value) { return value; }
double as_number(Bytes value) { return static_cast<double>(value.count); }
double as_number(Bandwidth value) { return value.bytes_per_second; }
double as_number(Duration value) { return static_cast<double>(value.count()); }

void from_number(double number, double& out) { out = number; }
void from_number(double number, Bytes& out) { out = Bytes{std::llround(number)}; }
void from_number(double number, Bandwidth& out) { out = Bandwidth{number}; }
void from_number(double number, Duration& out) { out = Duration{std::llround(number)}; }

/// A range in the place of a value that codec `C` reads.
template <class C, class T>
bool read_ranged(Reader& reader, const YamlNode& node, T& out, const Rule& rule) {
  if (rule.fixed) return refuse_range(reader, node);
  const auto drawn = read_range(reader, node, [&](const YamlNode& end) -> std::optional<double> {
    T value{};
    if (!C::read(reader, end, value, rule)) return std::nullopt;
    return as_number(value);
  });
  if (!drawn) return false;
  from_number(*drawn, out);
  return true;
}

// A number may not stand in quotes: "3" is text in YAML, and other readers refuse it.
bool is_plain(Reader& reader, const YamlNode& node) {
  if (is_range(node)) return refuse_range(reader, node);
  if (!reader.is_scalar(node)) return false;
  if (!node.quoted) return true;
  reader.error("PS2005", node.place, fmt::format("`{}` is not written as a number", reader.path()),
               {"text in quotes", "leave the quotes out", ""});
  return false;
}

}  // namespace

bool read_word(Reader& reader, const YamlNode& node, const std::vector<std::string>& words,
               std::size_t* index) {
  if (!reader.is_scalar(node)) return false;
  const auto found = std::find(words.begin(), words.end(), node.text);
  if (found != words.end()) {
    *index = static_cast<std::size_t>(found - words.begin());
    return true;
  }
  reader.error("PS2007", node.place, fmt::format("`{}` cannot be `{}`", reader.path(), node.text),
               {"", spelling_help(node.text, words, "this key"), ""});
  return false;
}

bool BoolCodec::read(Reader& reader, const YamlNode& node, bool& out, const Rule&) {
  if (!reader.is_scalar(node)) return false;
  if (!node.quoted && (node.text == "true" || node.text == "false")) {
    out = node.text == "true";
    return true;
  }
  reader.error("PS2007", node.place, fmt::format("`{}` cannot be `{}`", reader.path(), node.text),
               {"", "write `true` or `false`", ""});
  return false;
}
std::string BoolCodec::type(const Rule&) { return "`true` or `false`"; }
std::string BoolCodec::show(const bool& value) { return value ? "true" : "false"; }

bool CountCodec::read(Reader& reader, const YamlNode& node, std::int64_t& out, const Rule& rule) {
  if (!is_plain(reader, node) || !take(reader, node, read_count(node.text), out)) return false;
  if (out >= rule.min && out <= rule.max) return true;
  return in_bounds(reader, node, static_cast<double>(out), rule);
}
std::string CountCodec::type(const Rule& rule) { return bounds_text("whole number", rule); }
std::string CountCodec::show(const std::int64_t& value) { return std::to_string(value); }

bool SeedCodec::read(Reader& reader, const YamlNode& node, std::uint64_t& out, const Rule& rule) {
  std::int64_t value = 0;
  if (!CountCodec::read(reader, node, value, rule)) return false;
  out = static_cast<std::uint64_t>(value);
  return true;
}
std::string SeedCodec::type(const Rule& rule) { return CountCodec::type(rule); }
std::string SeedCodec::show(const std::uint64_t& value) { return std::to_string(value); }

bool NumberCodec::read(Reader& reader, const YamlNode& node, double& out, const Rule& rule) {
  if (is_range(node)) return read_ranged<NumberCodec>(reader, node, out, rule);
  if (!is_plain(reader, node) || !take(reader, node, read_number(node.text), out)) return false;
  return in_bounds(reader, node, out, rule);
}
std::string NumberCodec::type(const Rule& rule) { return bounds_text("number", rule); }
std::string NumberCodec::show(const double& value) { return fmt::format("{:g}", value); }

bool TextCodec::read(Reader& reader, const YamlNode& node, std::string& out, const Rule&) {
  if (!reader.is_scalar(node)) return false;
  if (node.text.empty()) {
    reader.error("PS2003", node.place, fmt::format("`{}` is an empty text", reader.path()));
    return false;
  }
  out = node.text;
  return true;
}
std::string TextCodec::type(const Rule&) { return "text"; }
std::string TextCodec::show(const std::string& value) { return value.empty() ? "none" : value; }

bool NameCodec::read(Reader& reader, const YamlNode& node, std::string& out, const Rule&) {
  if (!reader.is_scalar(node)) return false;
  out = node.text;
  if (is_dns_label(node.text)) return true;
  reader.error("PS2008", node.place, fmt::format("`{}` cannot be a name", node.text),
               {"", "names are lower-case letters, digits and inner hyphens, at most 63", ""});
  return false;
}
std::string NameCodec::type(const Rule&) { return "name"; }
std::string NameCodec::show(const std::string& value) { return value.empty() ? "none" : value; }

bool SizeCodec::read(Reader& reader, const YamlNode& node, Bytes& out, const Rule& rule) {
  if (is_range(node)) return read_ranged<SizeCodec>(reader, node, out, rule);
  return is_plain(reader, node) && take(reader, node, read_size(node.text), out) &&
         positive(reader, node, out, rule);
}
std::string SizeCodec::type(const Rule&) { return "size"; }
std::string SizeCodec::show(const Bytes& value) { return format_bytes(value); }

bool MemoryCodec::read(Reader& reader, const YamlNode& node, Bytes& out, const Rule& rule) {
  if (is_range(node)) return refuse_range(reader, node);
  return reader.is_scalar(node) && take(reader, node, read_memory(node.text), out) &&
         positive(reader, node, out, rule);
}
std::string MemoryCodec::type(const Rule&) { return "memory"; }
std::string MemoryCodec::show(const Bytes& value) { return format_bytes(value); }

bool RateCodec::read(Reader& reader, const YamlNode& node, Bandwidth& out, const Rule& rule) {
  if (is_range(node)) return read_ranged<RateCodec>(reader, node, out, rule);
  return is_plain(reader, node) && take(reader, node, read_rate(node.text), out) &&
         positive(reader, node, out, rule);
}
std::string RateCodec::type(const Rule&) { return "rate"; }
std::string RateCodec::show(const Bandwidth& value) { return format_rate(value); }

bool TimeCodec::read(Reader& reader, const YamlNode& node, Duration& out, const Rule& rule) {
  if (is_range(node)) return read_ranged<TimeCodec>(reader, node, out, rule);
  return is_plain(reader, node) && take(reader, node, read_duration(node.text), out) &&
         positive(reader, node, out, rule);
}
std::string TimeCodec::type(const Rule&) { return "time"; }
std::string TimeCodec::show(const Duration& value) { return format_duration(value); }

bool BareSecondsCodec::read(Reader& reader, const YamlNode& node, Duration& out, const Rule& rule) {
  constexpr std::int64_t kSecondsMax = INT32_MAX;  // Kubernetes' int32
  std::int64_t seconds = 0;
  Rule bounds = rule;
  bounds.max = std::min(rule.max, kSecondsMax);
  if (!CountCodec::read(reader, node, seconds, bounds)) return false;
  out = std::chrono::seconds(seconds);
  return true;
}
std::string BareSecondsCodec::type(const Rule& rule) {
  return fmt::format("seconds, whole number from {}", rule.min);
}
std::string BareSecondsCodec::show(const Duration& value) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(value).count());
}

bool CostCodec::read(Reader& reader, const YamlNode& node, double& out, const Rule& rule) {
  if (is_range(node)) return read_ranged<CostCodec>(reader, node, out, rule);
  return is_plain(reader, node) && take(reader, node, read_seconds(node.text), out);
}
std::string CostCodec::type(const Rule&) { return "time, may be 0"; }
std::string CostCodec::show(const double& value) { return format_seconds(value); }

bool FrequencyCodec::read(Reader& reader, const YamlNode& node, double& out, const Rule& rule) {
  return is_plain(reader, node) && take(reader, node, read_frequency(node.text), out) &&
         in_bounds(reader, node, out, rule);
}
std::string FrequencyCodec::type(const Rule&) { return "frequency"; }
std::string FrequencyCodec::show(const double& value) { return fmt::format("{:g}/s", value); }

bool CpuCodec::read(Reader& reader, const YamlNode& node, MilliCpu& out, const Rule& rule) {
  if (is_range(node)) return refuse_range(reader, node);
  return reader.is_scalar(node) && take(reader, node, read_cpu(node.text), out) &&
         positive(reader, node, out, rule);
}
std::string CpuCodec::type(const Rule&) { return "CPU"; }
std::string CpuCodec::show(const MilliCpu& value) { return format_cpu(value); }

bool QuantityCodec::read(Reader& reader, const YamlNode& node, std::int64_t& out,
                         const Rule& rule) {
  if (is_range(node)) return refuse_range(reader, node);
  return reader.is_scalar(node) && take(reader, node, read_quantity(node.text), out) &&
         positive(reader, node, out, rule);
}
std::string QuantityCodec::type(const Rule&) { return "quantity"; }
std::string QuantityCodec::show(const std::int64_t& value) { return format_cpu(MilliCpu{value}); }

bool CountOrShareCodec::read(Reader& reader, const YamlNode& node, IntOrPercent& out, const Rule&) {
  if (is_range(node)) return refuse_range(reader, node);
  if (!reader.is_scalar(node)) return false;
  const bool percent = !node.text.empty() && node.text.back() == '%';
  std::string number = node.text;
  if (percent) number.pop_back();
  std::int64_t value = 0;
  if (!take(reader, node, read_count(number), value)) return false;
  if (!in_bounds(reader, node, static_cast<double>(value), {false, 0, INT32_MAX})) return false;
  out = {value, percent};
  return true;
}
std::string CountOrShareCodec::type(const Rule&) { return "whole number, or percent as in `25%`"; }
std::string CountOrShareCodec::show(const IntOrPercent& value) {
  return fmt::format("{}{}", value.value, value.percent ? "%" : "");
}

bool PullPolicyCodec::read(Reader& reader, const YamlNode& node, PullPolicy& out, const Rule&) {
  std::size_t index = 0;
  if (!read_word(reader, node, kPolicies, &index)) return false;
  out = static_cast<PullPolicy>(index);
  return true;
}
std::string PullPolicyCodec::type(const Rule&) { return name_list(kPolicies); }
std::string PullPolicyCodec::show(const PullPolicy& value) {
  return kPolicies.at(static_cast<std::size_t>(value));
}

bool CompressionCodec::read(Reader& reader, const YamlNode& node, Compression& out, const Rule&) {
  std::size_t index = 0;
  if (!read_word(reader, node, kCompressions, &index)) return false;
  out = static_cast<Compression>(index);
  return true;
}
std::string CompressionCodec::type(const Rule&) { return name_list(kCompressions); }
std::string CompressionCodec::show(const Compression& value) {
  return kCompressions.at(static_cast<std::size_t>(value));
}

}  // namespace pullsim
