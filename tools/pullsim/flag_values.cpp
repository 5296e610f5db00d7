// Numbers, choices and formats of the command line; see the header.
#include "tools/pullsim/flag_values.hpp"

#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <thread>

namespace pullsim {
namespace {

constexpr std::int64_t kThreadsMost = 1024;  // assumed

std::string choice_list(const std::vector<std::string>& choices) {
  return "choices: " + name_list(choices);
}

int default_threads() {
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace

void refuse(const char* code, const std::string& text, const std::string& help) {
  throw Refused{{code, text, {}, help}};
}

std::int64_t read_count(const std::string& flag, const std::string& text, std::int64_t least,
                        std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool plain = error == std::errc() && end == text.data() + text.size() &&
                     (text.size() == 1 || text.front() != '0');
  const std::string help = fmt::format("give a number from {} to {}", least, most);
  if (!plain)
    refuse(kBadValue, fmt::format("`{}` takes a whole number, not `{}`", flag, text), help);
  if (value < least || value > most) {
    refuse(kBadValue, fmt::format("`{}` cannot be {}", flag, text), help);
  }
  return value;
}

bool is_error_code(const std::string& word) {
  return word.size() > 2 && word.rfind("PS", 0) == 0 &&
         word.find_first_not_of("0123456789", 2) == std::string::npos;
}

std::uint64_t read_seed(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text == "random") refuse(kLater, "`--seed random` is not supported yet");
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      (text.size() > 1 && text.front() == '0')) {
    refuse(kBadValue, fmt::format("`--seed` takes a whole number, not `{}`", text),
           "give a number from 0 to 18446744073709551615");
  }
  return value;
}

double read_ratio(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
      value <= 0) {
    refuse(kBadValue, fmt::format("`--unpacked-ratio` takes a positive number, not `{}`", text));
  }
  return value;
}

std::size_t read_choice(const std::string& flag, const std::string& text,
                        const std::vector<std::string>& choices) {
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found == choices.end()) {
    refuse(kBadValue, fmt::format("`{}` does not know `{}`", flag, text), choice_list(choices));
  }
  return static_cast<std::size_t>(found - choices.begin());
}

Format read_format(const std::string& text) {
  for (const char* later : {"wide", "yaml", "csv", "markdown", "name"}) {
    if (text == later) refuse(kLater, fmt::format("`--output {}` is not supported yet", text));
  }
  return read_choice("--output", text, {"table", "json"}) == 0 ? Format::table : Format::json;
}

int read_threads(const std::string& text) {
  if (text.empty()) return default_threads();
  return static_cast<int>(read_count("--jobs", text, 1, kThreadsMost));
}

/// "p95": 0.95.
double read_share(const std::string& text) {
  double percent = 0;
  const char* end = text.data() + text.size();
  const bool form = text.size() > 1 && text.front() == 'p';
  const auto read = std::from_chars(text.data() + (form ? 1 : 0), end, percent);
  if (!form || read.ec != std::errc() || read.ptr != end || !(percent > 0) || percent > 100) {
    refuse(kBadValue, fmt::format("`--at` takes a share of the pods, not `{}`", text),
           "write `p50`, `p95`, `p99.9`, or `p100` for the last one");
  }
  return percent / 100;
}

}  // namespace pullsim
