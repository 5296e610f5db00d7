// The speed of a machine's cores from one of its pulls; see the header.
#include "tools/validation/other_pull.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

/// Cores between so many times faster and slower than the laboratory's are looked for.
constexpr double kFurthest = 100;

double predict(const PublishedCase& published, const PublishedParameters& parameters,
               double slowness, double mount_costs) {
  Reading reading;
  reading.core_slowness = slowness;
  reading.mount_costs = mount_costs;
  return predict_reading(published, parameters, reading).predicted;
}

/// Slower cores never make a pull shorter, so halving finds the factor.
std::optional<double> slowness_of(const PublishedCase& published,
                                  const PublishedParameters& parameters, double mounts) {
  const double measured = published.measured.front().seconds;
  double fast = 1 / kFurthest;
  double slow = kFurthest;
  if (predict(published, parameters, fast, mounts) > measured) return std::nullopt;
  if (predict(published, parameters, slow, mounts) < measured) return std::nullopt;
  constexpr double kPrecision = 1e-4;
  while (slow / fast > 1 + kPrecision) {
    const double middle = std::sqrt(fast * slow);
    (predict(published, parameters, middle, mounts) < measured ? fast : slow) = middle;
  }
  return std::sqrt(fast * slow);
}

bool same_machine(const PublishedCase& a, const PublishedCase& b) {
  return !a.node_type.empty() && a.url == b.url && a.node_type == b.node_type &&
         a.vcpus == b.vcpus && a.disk == b.disk &&
         a.disk_bytes_per_second == b.disk_bytes_per_second && a.in_memory == b.in_memory &&
         a.image == b.image && a.decompressor == b.decompressor &&
         a.kind == PublishedCase::Kind::single_node_pull && b.kind == a.kind;
}

std::optional<FromOtherPull> from_pull(const PublishedCase& published, const PublishedCase& other,
                                       const PublishedParameters& parameters) {
  FromOtherPull result;
  result.other = &other;
  result.low = result.slowness_low = HUGE_VAL;
  for (const std::size_t which : {0, 1}) {
    const auto slowness = slowness_of(other, parameters, stated_mounts(other)[which]);
    if (!slowness) return std::nullopt;
    const double seconds =
        predict(published, parameters, *slowness, stated_mounts(published)[which]);
    result.slowness_low = std::min(result.slowness_low, *slowness);
    result.slowness_high = std::max(result.slowness_high, *slowness);
    result.low = std::min(result.low, seconds);
    result.high = std::max(result.high, seconds);
  }
  return result;
}

std::string row(const PublishedCase& published, const FromOtherPull& from) {
  const double measured = published.measured.front().seconds;
  return fmt::format(
      "| {} | {} | {:.2f} to {:.2f} | {:.1f} to {:.1f} s | {:.1f} s ({:+.1f} %) | "
      "{:.1f} s |\n",
      published.id, from.other->id, from.slowness_low, from.slowness_high, from.low, from.high,
      from.middle(), 100 * (from.middle() / measured - 1), measured);
}

}  // namespace

std::optional<FromOtherPull> from_other_pull(const PublishedCase& published,
                                             const std::vector<PublishedCase>& cases,
                                             const PublishedParameters& parameters) {
  const PublishedCase* other = nullptr;
  for (const PublishedCase& one : cases) {
    if (one.id == published.id || !same_machine(one, published)) continue;
    if (other != nullptr) return std::nullopt;
    other = &one;
  }
  if (other == nullptr) return std::nullopt;
  for (const PublishedCase* one : {&published, other}) {
    if (!setup_of(*one, parameters).not_replayed.empty()) return std::nullopt;
  }
  return from_pull(published, *other, parameters);
}

std::string other_pull_table(const std::vector<PublishedResult>& group,
                             const std::vector<PublishedCase>& cases,
                             const PublishedParameters& parameters) {
  std::string table;
  for (const PublishedResult& one : group) {
    const auto from = from_other_pull(*one.published, cases, parameters);
    if (from) table += row(*one.published, *from);
  }
  if (table.empty()) return {};
  return "| case | other pull | cores, times the laboratory's | predicted | middle | measured |\n"
         "|---|---|---|---|---|---|\n" +
         table;
}

}  // namespace pullsim
