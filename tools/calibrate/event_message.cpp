// Texts of events; see the header.
#include "tools/calibrate/event_message.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace pullsim {

namespace {

constexpr std::int64_t kMicro = 1'000'000;

bool take(std::string_view& text, std::string_view with) {
  if (text.substr(0, with.size()) != with) return false;
  text.remove_prefix(with.size());
  return true;
}

/// The text in double quotes at the front; none when it does not end.
std::optional<std::string> take_quoted(std::string_view& text) {
  if (!take(text, "\"")) return std::nullopt;
  const std::size_t end = text.find('"');
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  std::string out(text.substr(0, end));
  text.remove_prefix(end + 1);
  return out;
}

/// Digits of a fixed number, as in dates.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t count) {
  std::int64_t value = 0;
  if (text.size() < count) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = 10 * value + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

// Days since 1970-01-01 of the proleptic Gregorian calendar: years begin in March, eras have 400.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t y = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = y / 400;
  const std::int64_t of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct Date {
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
};

Date date_of(std::int64_t days) {
  const std::int64_t z = days + 719468;
  const std::int64_t era = z / 146097;
  const std::int64_t of_era = z - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t part = (5 * of_year + 2) / 153;
  const std::int64_t month = part + (part < 10 ? 3 : -9);
  return {year + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * part + 2) / 5 + 1};
}

/// `+02:00` or `Z` in minutes, to the end of the text.
std::optional<std::int64_t> offset_minutes(std::string_view text) {
  if (text == "Z") return 0;
  const std::int64_t sign = take(text, "+") ? 1 : take(text, "-") ? -1 : 0;
  if (sign == 0) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || !take(text, ":")) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (60 * *hours + *minutes);
}

/// A fraction of a second after its point, in microseconds; further digits are dropped.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  std::int64_t value = 0;
  std::int64_t unit = kMicro / 10;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    value += unit * (text[digits] - '0');
    unit /= 10;
    ++digits;
  }
  if (digits == 0 || digits > 12) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

/// What stands behind `Successfully pulled image "X"`.
bool read_pulled_tail(std::string_view text, EventMessage& out) {
  if (take(text, " in ")) {
    const std::size_t end = text.find_first_of(" (");
    std::string_view duration = text.substr(0, end);
    text.remove_prefix(duration.size());
    if (!duration.empty() && duration.back() == '.') duration.remove_suffix(1);
    out.seconds = read_go_duration(duration);
    if (!out.seconds) return false;
    if (take(text, " (")) {
      const std::size_t space = text.find(' ');
      out.waiting_seconds = read_go_duration(text.substr(0, space));
      if (!out.waiting_seconds || space == std::string_view::npos) return false;
      text.remove_prefix(space);
      if (!take(text, " including waiting)")) return false;
    }
  }
  take(text, ".");
  if (take(text, " Image size: ")) {
    std::int64_t bytes = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc() || bytes < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!take(text, " bytes")) return false;
    take(text, ".");
    out.image_bytes = bytes;
  }
  return text.empty();
}

/// A form that begins with fixed words and then has the image in quotes.
bool take_image(std::string_view text, std::string_view words, EventMessage& out) {
  if (!take(text, words)) return false;
  const auto image = take_quoted(text);
  if (image) out.image = *image;
  return image.has_value();
}

void read_scheduled(std::string_view text, EventMessage& out) {
  const std::size_t to = text.rfind(" to ");
  if (to == std::string_view::npos) return;
  out.node = text.substr(to + 4);
  if (!out.node.empty()) out.kind = EventMessage::Kind::scheduled;
}

}  // namespace

std::optional<double> read_go_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double seconds;
  };
  // The longer name first where one begins another; Go writes U+00B5 and reads U+03BC too.
  static constexpr std::array<Unit, 8> kUnits = {{{"ns", 1e-9},
                                                  {"us", 1e-6},
                                                  {"\xC2\xB5s", 1e-6},
                                                  {"\xCE\xBCs", 1e-6},
                                                  {"ms", 1e-3},
                                                  {"h", 3600},
                                                  {"m", 60},
                                                  {"s", 1}}};
  if (text == "0") return 0.0;
  double total = 0;
  bool any = false;
  while (!text.empty()) {
    double number = 0;
    if (text.front() != '.' && (text.front() < '0' || text.front() > '9')) return std::nullopt;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    bool known = false;
    for (const Unit& unit : kUnits) {
      if (known || !take(text, unit.name)) continue;
      total += number * unit.seconds;
      known = true;
    }
    if (!known) return std::nullopt;
    any = true;
  }
  constexpr double kMost = 9.3e9;  // what 64 bits of nanoseconds hold
  if (!any || total > kMost) return std::nullopt;
  return total;
}

std::optional<std::int64_t> read_kubernetes_time(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !take(text, "T")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second) return std::nullopt;
  std::int64_t fraction = 0;
  if (take(text, ".")) {
    const auto part = take_fraction(text);
    if (!part) return std::nullopt;
    fraction = *part;
  }
  const auto offset = offset_minutes(text);
  const bool possible = *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31 && *hour < 24 &&
                        *minute < 60 && *second <= 60;
  if (!offset || !possible) return std::nullopt;
  const std::int64_t minutes = (days_of(*year, *month, *day) * 24 + *hour) * 60 + *minute - *offset;
  return (minutes * 60 + *second) * kMicro + fraction;
}

std::string kubernetes_time_text(std::int64_t microseconds) {
  constexpr std::int64_t kDay = 86'400 * kMicro;
  std::int64_t days = microseconds / kDay;
  if (microseconds < days * kDay) --days;
  const std::int64_t rest = microseconds - days * kDay;
  const Date date = date_of(days);
  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                  rest / (3600 * kMicro), rest / (60 * kMicro) % 60, rest / kMicro % 60);
  if (rest % kMicro != 0) out += fmt::format(".{:06}", rest % kMicro);
  return out + "Z";
}

std::string container_of_field_path(std::string_view path) {
  for (const std::string_view kind :
       {"spec.containers{", "spec.initContainers{", "spec.ephemeralContainers{"}) {
    std::string_view rest = path;
    if (!take(rest, kind)) continue;
    return std::string(rest.substr(0, rest.find('}')));
  }
  return "";
}

EventMessage read_event_message(std::string_view message) {
  using Kind = EventMessage::Kind;
  EventMessage out;
  take(message, "(combined from similar events): ");
  if (message.substr(0, 5) == "spec.") {
    const std::size_t end = message.find("}: ");
    out.container = container_of_field_path(message);
    if (end != std::string_view::npos && !out.container.empty()) message.remove_prefix(end + 3);
  }
  if (take_image(message, "Pulling image ", out)) {
    out.kind = Kind::pulling;
  } else if (std::string_view rest = message; take(rest, "Successfully pulled image ")) {
    const auto image = take_quoted(rest);
    if (image) out.image = *image;
    out.kind = image && read_pulled_tail(rest, out) ? Kind::pulled : Kind::unreadable;
  } else if (take_image(message, "Container image ", out)) {
    const bool present = message.find("already present on machine") != std::string_view::npos;
    out.kind = present ? Kind::present : Kind::other;
  } else if (take_image(message, "Failed to pull image ", out)) {
    out.kind = Kind::failed;
  } else if (take_image(message, "Back-off pulling image ", out)) {
    out.kind = Kind::back_off;
  } else if (std::string_view assigned = message; take(assigned, "Successfully assigned ")) {
    read_scheduled(assigned, out);
  }
  return out;
}

}  // namespace pullsim
