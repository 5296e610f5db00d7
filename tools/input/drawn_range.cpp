// Ranges; see the header.
#include "tools/input/drawn_range.hpp"

#include <pullsim/random.hpp>

#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

constexpr double kNormal95 = 1.959963984540054;  // quantile of the normal distribution at 0.975

double normal_at(double share) {
  return std::log(quantile(Distribution{Distribution::Kind::lognormal, 0, 1, {}}, share));
}

bool fail(Reader& reader, const Place& place, std::string text, std::string help) {
  reader.error("PS2017", place, std::move(text), {"", std::move(help), ""});
  return false;
}

bool has_known_keys(Reader& reader, const YamlNode& node) {
  const std::vector<std::string> known = {"low", "high", "value", "draw"};
  for (const YamlEntry& entry : node.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    reader.error("PS2001", entry.place, fmt::format("unknown key `{}`", entry.key),
                 {"", spelling_help(entry.key, known, "a range"), ""});
    return false;
  }
  if (node.find("low") != nullptr && node.find("high") != nullptr) return true;
  return fail(reader, node.place, fmt::format("the range of `{}` has one end", reader.path()),
              "give `low` and `high`, as in `{low: 5Gbit/s, high: 10Gbit/s}`");
}

/// One of the numbers of a range, which may not be a range again.
std::optional<double> number_at(
    Reader& reader, const YamlNode& node, const char* key,
    const std::function<std::optional<double>(const YamlNode&)>& read_end) {
  const YamlNode& value = node.find(key)->value;
  const Reader::Scope scope(reader, key);
  if (!reader.is_scalar(value)) return std::nullopt;
  return read_end(value);
}

bool in_order(Reader& reader, const YamlNode& node, double low, std::optional<double> value,
              double high) {
  if (low > high) {
    return fail(reader, node.find("low")->value.place,
                fmt::format("`low` of `{}` is above `high`", reader.path()), "exchange them");
  }
  if (!value) return true;
  if (*value < low || *value > high) {
    return fail(reader, node.find("value")->value.place,
                fmt::format("`value` of `{}` is not between `low` and `high`", reader.path()),
                "the range is meant to hold the value");
  }
  if (low > 0) return true;
  return fail(reader, node.find("low")->value.place,
              fmt::format("`low` of `{}` is 0 and there is a `value`", reader.path()),
              "leave `value` out, or give a `low` above 0: the logarithm is drawn");
}

}  // namespace

bool is_range(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::mapping || node.find("distribution") != nullptr) return false;
  return node.find("low") != nullptr || node.find("high") != nullptr ||
         node.find("draw") != nullptr;
}

bool refuse_range(Reader& reader, const YamlNode& node) {
  return fail(reader, node.place, fmt::format("`{}` takes one value, not a range", reader.path()),
              "ranges belong to rates, sizes, times and costs that nobody knows exactly; what is "
              "asked for and what is counted is known");
}

double value_in_range(double low, std::optional<double> value, double high, double share) {
  double drawn = 0;
  if (value) {
    const double normal = normal_at(share);
    const double reach = normal < 0 ? std::log(*value / low) : std::log(high / *value);
    drawn = *value * std::exp(normal * reach / kNormal95);
    return drawn;
  }
  drawn = low > 0 ? low * std::pow(high / low, share) : high * share;
  return std::clamp(drawn, low, high);
}

std::optional<double> read_range(
    Reader& reader, const YamlNode& node,
    const std::function<std::optional<double>(const YamlNode&)>& read_end) {
  if (!has_known_keys(reader, node)) return std::nullopt;
  const auto low = number_at(reader, node, "low", read_end);
  const auto high = number_at(reader, node, "high", read_end);
  std::optional<double> value;
  const bool valued = node.find("value") != nullptr;
  if (valued) value = number_at(reader, node, "value", read_end);
  if (!low || !high || (valued && !value)) return std::nullopt;
  if (!in_order(reader, node, *low, value, *high)) return std::nullopt;
  std::string name = reader.path();
  if (const YamlEntry* draw = node.find("draw")) {
    const Reader::Scope scope(reader, "draw");
    if (!reader.is_scalar(draw->value)) return std::nullopt;
    name = draw->value.text;
  }
  return value_in_range(*low, value, *high, reader.share_of(name));
}

}  // namespace pullsim
