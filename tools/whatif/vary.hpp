// `--vary PATH=VALUES`: the values of one path that are tried, and the text that stands for each.
//
//   workloads.web.replicas=5,10,20            a list
//   nodePools.general.nodes.initial=2..10:+2  steps
//   images.web.scaledTo=50MB..3.2GB:x2        factors
//   registries.main.egress=1Gbit/s..10Gbit/s  a range, for points between and for bisection
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

/// A `--vary` or a point of it that cannot be read; what() is a sentence.
struct VaryFault : std::runtime_error {
  VaryFault(const std::string& text, std::string help_)
      : std::runtime_error(text), help(std::move(help_)) {}
  std::string help;
};

/// What a number with its unit counts, found from how it is written.
enum class ValueKind : std::uint8_t { count, number, size, rate, time, percent };

/// A number in the base unit: pieces, bytes, bytes/s, seconds, percent.
struct Value {
  ValueKind kind = ValueKind::count;
  double number = 0;
};
std::optional<Value> read_value(std::string_view text);
/// As an override takes it, exact to a byte, a byte per second, a nanosecond: "512MB", "60s".
std::string value_text(const Value& value);
/// "bytes", "bytes/s", "s", "count", "percent", "number".
std::string_view unit_of(ValueKind kind);
/// 100 MB instead of 100000003 bytes where nobody would see the difference; counts are whole.
Value rounded(const Value& value);

struct Vary {
  std::string path;
  std::vector<std::string> values;  ///< a list, steps or factors, as overrides take them
  std::optional<Value> low;         ///< a range without steps; both or none
  std::optional<Value> high;
  bool is_range() const { return low.has_value(); }
};

/// VaryFault when the text has another form, steps lead nowhere, or there are more than 100,000.
Vary read_vary(const std::string& text);

/// The value of a range at a share in (0, 1) of it: of counts every one is equally likely, of all
/// else every factor between the ends (every value, where the low one is 0), as ranges of scenarios
/// are drawn.
Value at_share(const Vary& range, double share);

}  // namespace pullsim
