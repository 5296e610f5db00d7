// The walk: releases and replaced nodes in the order of time.
#include "models/release_train.hpp"

#include "sim/check.hpp"

#include <pullsim/random.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace pullsim {

namespace {

constexpr Duration kDay = std::chrono::hours(24);
constexpr std::int64_t kDrawsOfDay = std::int64_t{1} << 32;

struct Replacement {
  SimTime at{};
  std::size_t node = 0;
};

std::size_t drawn_index(double u, std::size_t count) {
  return std::min(static_cast<std::size_t>(u * static_cast<double>(count)), count - 1);
}

std::vector<Replacement> replacements(const ReleaseTrainSpec& spec, std::uint64_t seed,
                                      std::uint32_t run) {
  std::vector<Replacement> out;
  const RandomStream chance(seed, run, "releases/" + spec.name, "replaced nodes");
  const double whole = std::floor(spec.nodes.replaced_per_day);
  for (std::int64_t day = 0; day < spec.days; ++day) {
    auto draw = static_cast<std::uint64_t>(day * kDrawsOfDay);
    const bool one_more = chance.at(draw++) < spec.nodes.replaced_per_day - whole;
    const std::int64_t count = static_cast<std::int64_t>(whole) + (one_more ? 1 : 0);
    for (std::int64_t i = 0; i < count; ++i) {
      const double time = chance.at(draw++) * static_cast<double>(kDay.count());
      const auto nodes = static_cast<std::size_t>(spec.nodes.count);
      out.push_back({kSimStart + kDay * day + Duration{static_cast<std::int64_t>(time)},
                     drawn_index(chance.at(draw++), nodes)});
    }
  }
  std::sort(out.begin(), out.end(), [](const Replacement& a, const Replacement& b) {
    return std::tie(a.at, a.node) < std::tie(b.at, b.node);
  });
  return out;
}

class Train {
 public:
  Train(const ReleaseTrainSpec& spec, const std::vector<Release>& releases, std::uint64_t seed,
        std::uint32_t run)
      : spec_(spec),
        releases_(numbered(releases)),
        registry_(spec.retention, releases_.blobs),
        placement_(seed, run, "releases/" + spec.name, "nodes of a release"),
        replacements_(replacements(spec, seed, run)),
        end_(kSimStart + kDay * spec.days) {
    PULLSIM_CHECK(!releases.empty(), "a train has a release at its start");
    const auto count = static_cast<std::size_t>(spec.nodes.count);
    nodes_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) nodes_.emplace_back(spec.nodes, releases_);
    runs_.assign(count, false);
    slots_.resize(count);
    std::iota(slots_.begin(), slots_.end(), std::size_t{0});
  }

  ReleaseTrainResult walk() {
    begin();
    std::size_t next = 0;
    for (std::size_t r = 1; r < releases_.list.size() && releases_.list[r].at < end_; ++r) {
      for (; next < replacements_.size() && replacements_[next].at < releases_.list[r].at; ++next) {
        replace(replacements_[next]);
      }
      roll_out(r);
    }
    for (; next < replacements_.size(); ++next) replace(replacements_[next]);
    end_days_until(end_);
    return close();
  }

 private:
  void begin() {
    registry_.push(releases_.list.front());
    choose_nodes(0);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!runs_[i]) continue;
      if (!nodes_[i].preload(0)) note_full_at_start(i);
      out_.disk_start += nodes_[i].used();
    }
  }

  void note_full_at_start(std::size_t node) {
    // Trying again gives what was wanted and what there is.
    ReleaseNode::Pull pull = nodes_[node].run(0, kSimStart);
    PULLSIM_CHECK(!pull.done, "what has no room has none a moment later");
    ++out_.pulls;
    note_failure(pull.full, node);
  }

  void note_failure(FullDisk full, std::size_t node) {
    full.node = node;
    ++out_.pulls_failed;
    if (!out_.first_full) out_.first_full = full;
  }

  /// As many slots as a release runs on, by a partial shuffle; all of them without one.
  void choose_nodes(std::size_t release) {
    const std::size_t count = slots_.size();
    const auto wanted = spec_.nodes.per_release == 0
                            ? count
                            : std::min(static_cast<std::size_t>(spec_.nodes.per_release), count);
    if (wanted == count) {
      runs_.assign(count, true);
      return;
    }
    runs_.assign(count, false);
    std::iota(slots_.begin(), slots_.end(), std::size_t{0});
    for (std::size_t i = 0; i < wanted; ++i) {
      const double u = placement_.at(release * count + i);
      std::swap(slots_[i], slots_[i + drawn_index(u, count - i)]);
      runs_[slots_[i]] = true;
    }
  }

  void roll_out(std::size_t r) {
    const NumberedRelease& release = releases_.list[r];
    end_days_until(release.at);
    RolloutRow row;
    row.at = release.at;
    row.pushed = registry_.push(release);
    row.image = release.size;
    const std::vector<bool> before = runs_;
    choose_nodes(r);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      nodes_[i].advance(release.at);
      if (!runs_[i]) {
        if (before[i]) nodes_[i].stop(release.at);
        continue;
      }
      const ReleaseNode::Pull pull = nodes_[i].run(r, release.at);
      ++row.pulls;
      row.needed += pull.needed;
      row.layers_needed += pull.layers_needed;
      row.pulled += pull.bytes;
      row.layers_pulled += pull.layers;
      if (pull.done) continue;
      ++row.failed;
      note_failure(pull.full, i);
    }
    current_ = r;
    out_.pulls += row.pulls;
    out_.pulled += row.pulled;
    day_.pulled += row.pulled;
    out_.rollouts.push_back(row);
  }

  void replace(const Replacement& one) {
    end_days_until(one.at);
    ReleaseNode& node = nodes_[one.node];
    node.advance(one.at);
    node.replace(one.at);
    ++out_.nodes_replaced;
    if (!runs_[one.node]) return;
    const ReleaseNode::Pull pull = node.run(current_, one.at);
    ++out_.pulls;
    if (!pull.done) note_failure(pull.full, one.node);
    out_.pulled += pull.bytes;
    out_.pulled_replaced += pull.bytes;
    day_.pulled += pull.bytes;
  }

  /// Closes every day that is over at `now`.
  void end_days_until(SimTime now) {
    while (day_end_ <= now) {
      registry_.advance(day_end_);
      day_.stored = registry_.stored();
      for (ReleaseNode& node : nodes_) {
        node.advance(day_end_);
        day_.disk_most = std::max(day_.disk_most, node.disk_in_use());
      }
      out_.days.push_back(day_);
      day_ = {};
      day_end_ += kDay;
    }
  }

  ReleaseTrainResult close() {
    out_.length = end_ - kSimStart;
    out_.pushed = registry_.pushed();
    out_.stored = registry_.stored();
    out_.stored_most = registry_.stored_most();
    out_.deleted = registry_.deleted();
    out_.stored_byte_seconds = registry_.byte_seconds();
    out_.images_deleted = registry_.images_deleted();
    for (const ReleaseNode& node : nodes_) {
      out_.nodes.push_back(node.row(end_));
      out_.images_collected += node.images_collected();
      out_.collections += out_.nodes.back().collections;
      out_.disk_written += node.written();
      out_.disk_removed += node.removed();
      out_.disk_lost += node.lost();
      out_.disk_held += node.used();
    }
    return std::move(out_);
  }

  const ReleaseTrainSpec& spec_;
  NumberedReleases releases_;
  RegistryStore registry_;
  RandomStream placement_;
  std::vector<Replacement> replacements_;
  SimTime end_;
  std::vector<ReleaseNode> nodes_;
  std::vector<bool> runs_;          // by node: the release of the moment is meant to run there
  std::vector<std::size_t> slots_;  // nodes, shuffled
  std::size_t current_ = 0;
  SimTime day_end_ = kSimStart + kDay;
  ReleaseDay day_;
  ReleaseTrainResult out_;
};

}  // namespace

ReleaseTrainResult simulate_releases(const ReleaseTrainSpec& spec, std::uint64_t seed,
                                     std::uint32_t run) {
  return simulate_releases(spec, releases_of(spec, seed, run), seed, run);
}

ReleaseTrainResult simulate_releases(const ReleaseTrainSpec& spec,
                                     const std::vector<Release>& releases, std::uint64_t seed,
                                     std::uint32_t run) {
  return Train(spec, releases, seed, run).walk();
}

}  // namespace pullsim
