// See the header.
#include "tools/pullsim/runs_wanted.hpp"

#include "tools/input/unit_text.hpp"
#include "tools/pullsim/flag_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace pullsim {
namespace {

constexpr std::int64_t kReplicationsMost = 1'000'000;  // assumed: more is a slip of the keyboard

double read_precision(const std::string& text) {
  const auto percent = read_percent(text);
  if (percent.value && *percent.value > 0 && *percent.value < 100) return *percent.value / 100;
  refuse(kBadValue, fmt::format("`--precision` takes a share, not `{}`", text),
         "write `2%`: half the width of the interval, as a share of the value");
}

double read_max_time(const std::string& text) {
  const auto time = read_seconds(text);
  if (time.value && *time.value > 0) return *time.value;
  refuse(kBadValue, fmt::format("`--max-time` takes a time, not `{}`", text), "write `60s`");
}

}  // namespace

std::function<bool()> RunsWanted::deadline() const {
  if (!max_seconds) return {};
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(*max_seconds));
  return [end] { return Clock::now() >= end; };
}

RunsWanted read_runs(const std::string& replications, const std::string& precision,
                     const std::string& max_time) {
  RunsWanted wanted;
  const std::size_t dots = replications.find("..");
  if (dots != std::string::npos) {
    RunBudget budget;
    budget.least = read_count("--replications", replications.substr(0, dots), 2, kReplicationsMost);
    budget.most = read_count("--replications", replications.substr(dots + 2), 2, kReplicationsMost);
    if (budget.most < budget.least) {
      refuse(kBadValue, fmt::format("`--replications {}` is not in order", replications),
             "write the smaller number first");
    }
    wanted.budget = budget;
  } else if (!replications.empty()) {
    wanted.replications = read_count("--replications", replications, 1, kReplicationsMost);
  }
  if (!precision.empty()) {
    if (!wanted.budget) {
      wanted.budget = RunBudget{};
      if (wanted.replications) {
        wanted.budget->most = std::max<std::int64_t>(*wanted.replications, 2);
        wanted.budget->least = std::min(wanted.budget->least, wanted.budget->most);
        wanted.replications.reset();
      }
    }
    wanted.budget->precision = read_precision(precision);
  }
  if (!max_time.empty()) wanted.max_seconds = read_max_time(max_time);
  return wanted;
}

}  // namespace pullsim
