// See the header.
#include "tools/whatif/vary.hpp"

#include <pullsim/units.hpp>

#include "tools/input/drawn_range.hpp"
#include "tools/input/unit_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr std::size_t kValuesMost = 100'000;
constexpr double kSlack = 1e-9;  // so that 0.1 + 0.1 + 0.1 reaches 0.3
constexpr const char* kForms =
    "write `PATH=A,B,C`, `PATH=LOW..HIGH:+STEP`, `PATH=LOW..HIGH:xFACTOR` or `PATH=LOW..HIGH`";

/// Splits at commas that stand in no bracket and no quotes: lists and blocks are values, too.
std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      parts.emplace_back();
      continue;
    }
    parts.back() += c;
  }
  return parts;
}

Value number_at(const std::string& path, const std::string& text) {
  const auto value = read_value(text);
  if (!value)
    throw VaryFault(fmt::format("`{}` of `{}` is no number with a unit", text, path), kForms);
  return *value;
}

/// "+2", "x2".
void add_steps(const std::string& step, const Value& low, const Value& high, Vary* vary) {
  const bool factor = step.front() == 'x';
  const Value by = number_at(vary->path, step.substr(1));
  const bool fits =
      factor ? by.kind == ValueKind::count || by.kind == ValueKind::number : by.kind == low.kind;
  if (!fits || (factor ? by.number <= 1 || low.number <= 0 : by.number <= 0)) {
    throw VaryFault(fmt::format("`{}` of `{}` leads nowhere", step, vary->path),
                    factor ? "a factor is above 1, and the low end above 0"
                           : "a step has the unit of the ends and is above 0");
  }
  const double top = high.number * (1 + kSlack);
  for (std::size_t i = 0;; ++i) {
    const auto n = static_cast<double>(i);
    const double number = factor ? low.number * std::pow(by.number, n) : low.number + n * by.number;
    if (number > top) return;
    if (i == kValuesMost) {
      throw VaryFault(fmt::format("`{}` has more than {} values", vary->path, kValuesMost),
                      "give a larger step");
    }
    vary->values.push_back(value_text({low.kind, number}));
  }
}

/// The text of a whole number of pieces of a unit, where it says the value exactly.
std::string exact_text(const std::string& pretty, const Value& value) {
  std::string text = pretty;
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const auto again = read_value(text);
  return again && again->kind == value.kind && again->number == value.number ? text : "";
}

std::string plain_number(double number) {
  std::string text = fmt::format("{:.9f}", number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::optional<Value> read_value(std::string_view text) {
  if (const auto count = read_count(text); count.value) {
    return Value{ValueKind::count, static_cast<double>(*count.value)};
  }
  if (const auto number = read_number(text); number.value) {
    return Value{ValueKind::number, *number.value};
  }
  if (const auto size = read_size(text); size.value) {
    return Value{ValueKind::size, static_cast<double>(size.value->count)};
  }
  if (const auto rate = read_rate(text); rate.value) {
    return Value{ValueKind::rate, rate.value->bytes_per_second};
  }
  if (const auto time = read_seconds(text); time.value) return Value{ValueKind::time, *time.value};
  if (const auto percent = read_percent(text); percent.value) {
    return Value{ValueKind::percent, *percent.value};
  }
  return std::nullopt;
}

std::string value_text(const Value& value) {
  const double number = value.number;
  std::string pretty;
  switch (value.kind) {
    case ValueKind::count:
      return fmt::format("{}", std::llround(number));
    case ValueKind::number:
      return plain_number(number);
    case ValueKind::percent:
      return plain_number(number) + "%";
    case ValueKind::size:
      pretty = exact_text(format_bytes(Bytes{std::llround(number)}), value);
      return pretty.empty() ? fmt::format("{}B", std::llround(number)) : pretty;
    case ValueKind::rate:
      pretty = exact_text(format_rate(Bandwidth{number}), value);
      return pretty.empty() ? fmt::format("{}B/s", std::llround(number)) : pretty;
    case ValueKind::time:
      break;
  }
  const auto nanoseconds = std::llround(number * kNanosecondsPerSecond);
  pretty = exact_text(format_duration(Duration{nanoseconds}), value);
  return pretty.empty() ? fmt::format("{}ns", nanoseconds) : pretty;
}

std::string_view unit_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::count:
      return "count";
    case ValueKind::number:
      return "number";
    case ValueKind::size:
      return "bytes";
    case ValueKind::rate:
      return "bytes/s";
    case ValueKind::time:
      return "s";
    case ValueKind::percent:
      break;
  }
  return "percent";
}

Value rounded(const Value& value) {
  if (value.kind == ValueKind::count) return {value.kind, std::round(value.number)};
  if (!(value.number > 0)) return value;
  constexpr int kDigits = 5;
  const double scale = std::pow(10.0, kDigits - 1 - std::floor(std::log10(value.number)));
  return {value.kind, std::round(value.number * scale) / scale};
}

Vary read_vary(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    throw VaryFault(fmt::format("`--vary {}` has no path or no values", text), kForms);
  }
  Vary vary;
  vary.path = text.substr(0, equals);
  const std::string values = text.substr(equals + 1);
  const std::size_t dots = values.find("..");
  if (dots == std::string::npos || values.find(',') != std::string::npos) {
    vary.values = split_list(values);
    for (const std::string& value : vary.values) {
      if (value.empty()) throw VaryFault(fmt::format("`{}` has an empty value", vary.path), kForms);
    }
    return vary;
  }
  const std::size_t colon = values.find(':', dots);
  const Value low = number_at(vary.path, values.substr(0, dots));
  Value high = number_at(vary.path, values.substr(dots + 2, colon - dots - 2));
  Value first = low;
  if (low.kind != high.kind) {  // 0..0.5
    const auto plain = [](const Value& v) {
      return v.kind == ValueKind::count || v.kind == ValueKind::number;
    };
    if (!plain(low) || !plain(high)) {
      throw VaryFault(fmt::format("the ends of `{}` have different units", vary.path), kForms);
    }
    first.kind = high.kind = ValueKind::number;
  }
  if (!(first.number < high.number) || first.number < 0) {
    throw VaryFault(fmt::format("the ends of `{}` are not in order", vary.path),
                    "write the low end first");
  }
  if (colon == std::string::npos) {
    vary.low = first;
    vary.high = high;
    return vary;
  }
  const std::string step = values.substr(colon + 1);
  if (step.size() < 2 || (step.front() != '+' && step.front() != 'x')) {
    throw VaryFault(fmt::format("`{}` of `{}` is no step", step, vary.path), kForms);
  }
  add_steps(step, first, high, &vary);
  return vary;
}

Value at_share(const Vary& range, double share) {
  const double low = range.low->number;
  const double high = range.high->number;
  if (range.low->kind == ValueKind::count) {
    return {ValueKind::count, std::min(high, low + std::floor(share * (high - low + 1)))};
  }
  return rounded({range.low->kind, value_in_range(low, std::nullopt, high, share)});
}

}  // namespace pullsim
