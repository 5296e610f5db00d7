// See the header.
#include "models/decisions/registry_retention.hpp"

#include <algorithm>

namespace pullsim {

namespace {

/// How many of the oldest the count alone does not keep.
std::size_t beyond_count(std::size_t images, std::optional<std::int64_t> keep_last) {
  if (images == 0) return 0;
  const std::size_t kept =
      keep_last ? static_cast<std::size_t>(std::max<std::int64_t>(*keep_last, 1)) : 1;
  return images > kept ? images - kept : 0;
}

}  // namespace

std::size_t images_to_delete(std::span<const SimTime> pushed, std::optional<std::int64_t> keep_last,
                             std::optional<Duration> keep_for, SimTime now) {
  if (!keep_last && !keep_for) return 0;
  const std::size_t most = beyond_count(pushed.size(), keep_last);
  if (!keep_for) return most;
  std::size_t old = 0;
  while (old < most && now - pushed[old] >= *keep_for) ++old;
  return old;
}

std::optional<SimTime> next_deletion(std::span<const SimTime> pushed,
                                     std::optional<std::int64_t> keep_last,
                                     std::optional<Duration> keep_for) {
  if (!keep_for || beyond_count(pushed.size(), keep_last) == 0) return std::nullopt;
  return pushed.front() + *keep_for;
}

}  // namespace pullsim
