// Restricted Damerau-Levenshtein distance in three rows.
#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace pullsim {

namespace {

constexpr std::size_t kNearMax = 3;
constexpr std::size_t kListedMax = 20;
constexpr std::size_t kComparedMax = 64;  // longer names are not typing mistakes of known ones

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

std::size_t edit_distance(std::string_view from, std::string_view to, std::size_t limit) {
  const std::size_t longer = std::max(from.size(), to.size());
  if (longer - std::min(from.size(), to.size()) >= limit) return limit;
  std::vector<std::size_t> before_last(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, replaced});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return std::min(last[to.size()], limit);
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& known) {
  if (name.empty() || name.size() > kComparedMax) return "";
  const std::string typed = lower(name);
  const std::size_t limit = std::clamp<std::size_t>(name.size() / 3, 1, kNearMax) + 1;
  std::size_t best = limit;
  std::string found;
  for (const std::string& candidate : known) {
    if (candidate == found) continue;
    const std::size_t distance = edit_distance(typed, lower(candidate), limit);
    if (distance < best) {
      best = distance;
      found = candidate;
    } else if (distance == best) {
      found.clear();
    }
  }
  return found;
}

std::string name_list(const std::vector<std::string>& given) {
  std::vector<std::string> names;  // each once: a name given twice is another finding's matter
  for (const std::string& name : given) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::string out;
  const std::size_t listed = names.size() > kListedMax ? kListedMax : names.size();
  for (std::size_t i = 0; i < listed; ++i)
    out += fmt::format("{}`{}`", i > 0 ? ", " : "", names[i]);
  if (listed < names.size()) out += fmt::format(" and {} more", names.size() - listed);
  return out;
}

std::string spelling_help(std::string_view name, const std::vector<std::string>& known,
                          std::string_view this_one) {
  const std::string near = nearest_name(name, known);
  if (!near.empty()) return fmt::format("`{}` is near", near);
  if (known.empty()) return fmt::format("{} knows none", this_one);
  return fmt::format("{} knows {}", this_one, name_list(known));
}

}  // namespace pullsim
