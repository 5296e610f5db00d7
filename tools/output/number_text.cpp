// Scales and decimals of figures for people; widths in characters, not bytes.
#include "tools/output/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

/// How numbers of one size are written: divided by `divisor`, with `decimals`, then `suffix`.
struct Scale {
  double divisor = 1;
  int decimals = 1;
  std::string suffix;
};

constexpr double kKibi = 1024;
constexpr double kKilo = 1000;

int decimals_below_ten(double magnitude) { return magnitude < 10 ? 2 : 1; }

Scale stepped(double magnitude, double base, const std::array<const char*, 4>& names) {
  Scale scale{1, 0, names[0]};
  for (std::size_t i = 1; i < names.size() && magnitude >= scale.divisor * base; ++i) {
    scale = {scale.divisor * base, 1, names[i]};
  }
  if (scale.divisor > 1) scale.decimals = decimals_below_ten(magnitude / scale.divisor);
  return scale;
}

Scale scale_of(double value, std::string_view unit) {
  const double magnitude = std::abs(value);
  if (unit == "s") return {1, decimals_below_ten(magnitude), " s"};
  if (unit == "bytes") return stepped(magnitude, kKibi, {" B", " KiB", " MiB", " GiB"});
  if (unit == "bytes/s") return stepped(magnitude, kKilo, {" B/s", " kB/s", " MB/s", " GB/s"});
  if (unit == "share") return {0.01, 1, " %"};
  if (unit == "currency") return {1, decimals_below_ten(magnitude) + 1, ""};
  if (unit == "pod-minutes") return {1, decimals_below_ten(magnitude), ""};
  return {1, magnitude == std::floor(magnitude) ? 0 : 1, ""};
}

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

std::string quantity_text(double value, std::string_view unit) {
  if (std::isinf(value)) return "never";
  const Scale scale = scale_of(value, unit);
  return fmt::format("{:.{}f}{}", value / scale.divisor, scale.decimals, scale.suffix);
}

std::string signed_quantity_text(double value, std::string_view unit) {
  return (value >= 0 ? "+" : "") + quantity_text(value, unit);
}

std::string interval_text(const Interval& interval, double value, std::string_view unit) {
  const Scale scale = scale_of(value, unit);
  return fmt::format("[{:.{}f}, {:.{}f}]", interval.low / scale.divisor, scale.decimals,
                     interval.high / scale.divisor, scale.decimals);
}

std::size_t shown_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string pad_right(std::string text, std::size_t width) {
  const std::size_t shown = shown_width(text);
  if (shown < width) text.append(width - shown, ' ');
  return text;
}

std::string pad_left(std::string text, std::size_t width) {
  const std::size_t shown = shown_width(text);
  if (shown < width) text.insert(0, width - shown, ' ');
  return text;
}

std::string unbroken(std::string text) {
  std::replace(text.begin(), text.end(), ' ', kUnbrokenSpace);
  return text;
}

std::string bar_text(double share, std::size_t width, bool utf8) {
  constexpr int kEighths = 8;
  static constexpr std::array<const char*, kEighths> partial = {"",  "▏", "▎", "▍",
                                                                "▌", "▋", "▊", "▉"};
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  if (!utf8) return std::string(static_cast<std::size_t>(std::lround(filled)), '#');
  const auto eighths = static_cast<std::size_t>(std::lround(filled * kEighths));
  std::string bar;
  for (std::size_t i = 0; i < eighths / kEighths; ++i) bar += "█";
  return bar + partial[eighths % kEighths];
}

}  // namespace pullsim
