// A number that nobody knows exactly: `{low: 5Gbit/s, high: 10Gbit/s}` in the place of a rate, a
// size, a time or a plain number. One value of it holds in one run, another in the next. Leaves out
// what a key means; the ends are read by the key's own codec.
#pragma once

#include "tools/input/reader.hpp"

#include <functional>
#include <optional>

namespace pullsim {

/// True for a block that can only be meant as a range: it has `low` or `high`, or `draw`, and no
/// `distribution`.
bool is_range(const YamlNode& node);

/// Says that the key takes one value; false.
bool refuse_range(Reader& reader, const YamlNode& node);

/// The value of a range at the share that `reader` gives: of `{low, high}` every factor between
/// them is equally likely (every value, when `low` is 0); of `{value, low, high}` the logarithm is
/// normal around `value` with 95 % between `low` and `high`. `read_end` reads one of them and
/// reports its own faults. None with a finding.
std::optional<double> read_range(
    Reader& reader, const YamlNode& node,
    const std::function<std::optional<double>(const YamlNode&)>& read_end);

/// The same as arithmetic; needs low <= value <= high. `share` in (0, 1).
double value_in_range(double low, std::optional<double> value, double high, double share);

}  // namespace pullsim
