// Decimal digits only; each other way to write a number has its own refusal.
#include "tools/input/decimal.hpp"

#include <charconv>
#include <string>

namespace pullsim {

namespace {

constexpr std::size_t kFractionDigitsMax = 15;
__extension__ using Wide = __int128;

bool digit(char c) { return c >= '0' && c <= '9'; }

bool digits_only(std::string_view text) {
  for (const char c : text) {
    if (!digit(c)) return false;
  }
  return !text.empty();
}

Reading<Decimal> refused(TextFault::Kind kind, std::string label) {
  const char* help = kind == TextFault::Kind::form ? "write plain decimal digits, as in `10`" : "";
  return {std::nullopt, {kind, std::move(label), help}};
}

bool contains_any(std::string_view text, std::string_view any) {
  return text.find_first_of(any) != std::string_view::npos;
}

bool not_finite(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return lower == "inf" || lower == ".inf" || lower == "infinity" || lower == "nan" ||
         lower == ".nan";
}

std::optional<std::string> odd_form(std::string_view body) {
  if (body.empty()) return "no number";
  const bool based = body.size() > 1 && body[0] == '0' && contains_any(body.substr(1, 1), "xXoObB");
  if (based) return "hexadecimal, octal and binary are not taken";
  if (not_finite(body)) return "not a finite number";
  if (contains_any(body, "_,")) return "digits are not grouped";
  if (digit(body[0]) && contains_any(body, "eE")) return "exponents are not taken";
  if (body.front() == '.') return "a digit belongs before the point";
  if (body.back() == '.') return "a digit belongs after the point";
  return std::nullopt;
}

}  // namespace

double Decimal::value(int exponent) const {
  // Through the digits, so that 0.1 becomes the nearest double.
  std::string text = std::to_string(whole);
  if (fraction_scale > 1) {
    const std::string digits = std::to_string(fraction_scale + fraction);
    text += "." + digits.substr(1);
  }
  text += "e" + std::to_string(exponent);
  double parsed = 0;
  std::from_chars(text.data(), text.data() + text.size(), parsed);
  return negative ? -parsed : parsed;
}

std::optional<std::int64_t> Decimal::scaled(std::int64_t factor) const {
  const Wide parts = static_cast<Wide>(fraction) * factor;
  const Wide rounded = (2 * parts + fraction_scale) / (2 * static_cast<Wide>(fraction_scale));
  const Wide total = static_cast<Wide>(whole) * factor + rounded;
  if (total > INT64_MAX) return std::nullopt;
  const auto result = static_cast<std::int64_t>(total);
  return negative ? -result : result;
}

NumberAndUnit split_unit(std::string_view text) {
  if (not_finite(text)) return {text, ""};
  std::size_t end = 0;
  const auto in_number = [&](char c) {
    return digit(c) || c == '.' || c == '_' || c == ',' || ((c == '+' || c == '-') && end == 0);
  };
  while (end < text.size() && in_number(text[end])) ++end;
  const bool based = end == 1 && text[0] == '0' && text.size() > 2 &&
                     contains_any(text.substr(1, 1), "xXoO") && !contains_any(text, "/");
  if (based) return {text, ""};
  const bool exponent = end > 0 && end + 1 < text.size() && contains_any(text.substr(end, 1), "eE");
  if (exponent) {
    std::size_t after = end + 1;
    if (text[after] == '+' || text[after] == '-') ++after;
    const std::size_t first = after;
    while (after < text.size() && digit(text[after])) ++after;
    if (after > first) end = after;
  }
  std::string_view unit = text.substr(end);
  if (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  return {text.substr(0, end), unit};
}

Reading<Decimal> read_decimal(std::string_view text) {
  Decimal out;
  std::string_view body = text;
  if (!body.empty() && body.front() == '+') {
    return refused(TextFault::Kind::form, "no plus sign belongs here");
  }
  if (!body.empty() && body.front() == '-') {
    out.negative = true;
    body.remove_prefix(1);
  }
  if (const auto odd = odd_form(body)) return refused(TextFault::Kind::form, *odd);
  const std::size_t point = body.find('.');
  const std::string_view whole = body.substr(0, point);
  if (!digits_only(whole)) return refused(TextFault::Kind::form, "not a number");
  if (whole.size() > 1 && whole.front() == '0') {
    return refused(TextFault::Kind::form, "numbers do not begin with 0");
  }
  const auto whole_end = whole.data() + whole.size();
  if (std::from_chars(whole.data(), whole_end, out.whole).ec != std::errc{}) {
    return refused(TextFault::Kind::range, "does not fit 64 bits");
  }
  if (point != std::string_view::npos) {
    const std::string_view fraction = body.substr(point + 1);
    if (!digits_only(fraction)) return refused(TextFault::Kind::form, "not a number");
    if (fraction.size() > kFractionDigitsMax) {
      return refused(TextFault::Kind::form, "more than 15 digits after the point");
    }
    std::from_chars(fraction.data(), fraction.data() + fraction.size(), out.fraction);
    for (std::size_t i = 0; i < fraction.size(); ++i) out.fraction_scale *= 10;
  }
  return {out, {}};
}

}  // namespace pullsim
