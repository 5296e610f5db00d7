// Ranges from a source's own log and mounts; see the header.
#include "tools/validation/stated_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pullsim {
namespace {

using Volume = Reading::Volume;

/// CPU seconds for each compressed byte, with its range.
struct Costs {
  double low = 0;
  double high = 0;
};

Costs unpacking(const PublishedCase& published) {
  const auto& log = published.apply_log;
  Costs costs{1, 0};
  for (const PublishedCase::AppliedLayer& layer : log) {
    const double each = layer.seconds / static_cast<double>(layer.compressed_bytes);
    costs.low = std::min(costs.low, each);
    costs.high = std::max(costs.high, each);
  }
  return costs;
}

StatedRange range_with(const PublishedCase& published, const PublishedParameters& parameters,
                       Volume volume, std::string name) {
  const Costs unpack = unpacking(published);
  const auto mounts =
      volume == Volume::no_limit ? stated_mounts(published) : std::array<double, 2>{};
  const auto predict = [&](double costs, double mount_costs) {
    Reading reading;
    reading.volume = volume;
    reading.unpack_costs = costs;
    reading.mount_costs = mount_costs;
    return predict_reading(published, parameters, reading).predicted;
  };
  return {std::move(name), predict(unpack.low, mounts[0]), predict(unpack.high, mounts[1])};
}

std::string seconds(double value) { return fmt::format("{:.1f} s", value); }

std::string row(const PublishedCase& published, const StatedRange& range) {
  const double measured = published.measured.front().seconds;
  const char* where = range.contains(measured) ? "inside"
                      : measured < range.low   ? "below it"
                                               : "above it";
  return fmt::format("| {} | {} | {:.1f} to {} | {} ({:+.1f} %) | {}, {} |\n", published.id,
                     range.volume, range.low, seconds(range.high), seconds(range.middle()),
                     100 * (range.middle() / measured - 1), seconds(measured), where);
}

std::string table_of(const PublishedCase& published, const PublishedParameters& parameters) {
  const std::vector<StatedRange> ranges = stated_ranges(published, parameters);
  std::string out;
  for (const StatedRange& range : ranges) out += row(published, range);
  if (ranges.size() > 1) out += row(published, range_of_all(ranges));
  return out;
}

}  // namespace

std::vector<StatedRange> stated_ranges(const PublishedCase& published,
                                       const PublishedParameters& parameters) {
  if (published.apply_log.empty()) return {};
  std::vector<StatedRange> ranges = {
      range_with(published, parameters, Volume::no_limit, "no limit")};
  if (!volume_is_open(published)) return ranges;
  for (const auto& [volume, name] :
       {std::pair{Volume::ssd, "an SSD"}, std::pair{Volume::standard, "a standard volume"}}) {
    const double rate = stated_volume(published, volume).bytes_per_second;
    ranges.push_back(range_with(published, parameters, volume,
                                fmt::format("{} of its size, {:g} MB/s", name, rate / 1e6)));
  }
  return ranges;
}

StatedRange range_of_all(const std::vector<StatedRange>& ranges) {
  StatedRange all = ranges.front();
  all.volume = "any of these";
  for (const StatedRange& one : ranges) {
    all.low = std::min(all.low, one.low);
    all.high = std::max(all.high, one.high);
  }
  return all;
}

StatedText stated_text(const std::vector<PublishedResult>& group,
                       const PublishedParameters& parameters) {
  std::string table;
  const PublishedCase* first = nullptr;
  for (const PublishedResult& one : group) {
    if (one.published->apply_log.empty()) continue;
    if (first == nullptr) first = one.published;
    table += table_of(*one.published, parameters);
  }
  if (first == nullptr) return {};
  const Costs unpack = unpacking(*first);
  std::string explanation = fmt::format(
      "From what the publication itself says, instead of the laboratory's costs of unpacking, and "
      "with nothing fitted: a layer takes {:.1f} to {:.1f} ns of a core for each compressed byte, "
      "as the fastest and the slowest of the {} layers in its log; where layers are mounted and "
      "the volume is no limit, that takes as long as the publication says for the largest layer, "
      "and for others in proportion to their bytes; where the volume has a rate, unmounting waits "
      "for it. Volumes have the sustained rates that their provider states for their size. The "
      "middle is half-way between the ends.",
      1e9 * unpack.low, 1e9 * unpack.high, first->apply_log.size());
  return {std::move(explanation),
          "| case | volume | predicted | middle | measured |\n|---|---|---|---|---|\n" + table};
}

}  // namespace pullsim
