// FlowNetwork against its naive twin: thousands of small random worlds, all finish times equal
// within 1e-9 relative, limits equal too. A failing case prints its seed.
#include <pullsim/flow_network.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/naive_network.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <vector>

using namespace pullsim;

namespace {

constexpr double kTolerance = 1e-9;       // relative
constexpr double kLimitTolerance = 1e-6;  // seconds
constexpr double kLevelTolerance = 1e-6;  // bytes, of up to 600

struct Action {
  enum class Kind { flow, work, flush, cancel, host_kind, egress };
  Kind kind = Kind::flow;
  double at = 0;  // starts; negative: when `after` ends
  std::uint64_t after = 0;
  HostId host = 0;
  SourceId source = 0;
  double size = 0;
  double writes = 0;
  std::uint64_t tag = 0;
  std::uint32_t other = 0;  // host kind or egress
};

struct World {
  std::vector<double> egresses;
  std::vector<std::pair<EgressId, double>> sources;
  std::vector<double> weights;  // of sources
  std::vector<double> zones;
  std::vector<HostKind> kinds;
  std::vector<std::pair<ZoneId, HostKindId>> hosts;
  std::vector<Action> timed;  // by time
  bool levels = false;
  std::vector<Action> chained;  // after a completion, at its exact instant
};

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine_() % n); }
  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_()) / 4294967296.0;
  }
  bool chance(double p) { return uniform(0, 1) < p; }

 private:
  std::mt19937 engine_;
};

HostKind random_kind(Dice& dice) {
  HostKind kind;
  if (dice.chance(0.8)) kind.bandwidth = dice.uniform(20, 300);
  if (dice.chance(0.6)) kind.cores = dice.uniform(0.5, 5);
  if (dice.chance(0.6)) kind.disk = dice.uniform(20, 400);
  if (dice.chance(0.6)) kind.receive_cpu_seconds_per_byte = dice.uniform(0.0005, 0.03);
  return kind;
}

// Levels small enough to come to their ends within a world.
void add_levels(Dice& dice, HostKind& kind) {
  const auto credit = [&dice](double& burst) {
    BurstCredit made;
    if (std::isinf(burst)) burst = dice.uniform(40, 400);
    made.baseline = burst * dice.uniform(0.1, 0.9);
    made.size = dice.uniform(10, 600);
    made.initial = dice.chance(0.5) ? made.size : dice.chance(0.3) ? 0 : dice.uniform(0, made.size);
    return made;
  };
  if (dice.chance(0.6)) kind.network_credit = credit(kind.bandwidth);
  if (dice.chance(0.4)) kind.disk_credit = credit(kind.disk);
  if (dice.chance(0.5)) {
    if (std::isinf(kind.disk)) kind.disk = dice.uniform(20, 200);
    kind.write_back.limit = dice.uniform(20, 600);
    kind.write_back.rate = kind.disk + dice.uniform(0, 1000);
    if (dice.chance(0.7))
      kind.write_back.background = kind.write_back.limit * dice.uniform(0.1, 0.9);
  }
}

Action random_activity(Dice& dice, const World& world, bool round, std::uint64_t tag) {
  Action action;
  action.tag = tag;
  action.host = dice.below(static_cast<std::uint32_t>(world.hosts.size()));
  action.source = dice.below(static_cast<std::uint32_t>(world.sources.size()));
  if (dice.chance(0.7)) {
    action.size = round ? 100.0 * (1 + dice.below(3)) : dice.uniform(1, 500);
  } else {
    action.kind = Action::Kind::work;
    action.size = round ? 1.0 + dice.below(3) : dice.uniform(0.1, 5);
    action.writes = round ? 50.0 * dice.below(3) : dice.uniform(0, 300);
    if (dice.chance(0.1)) action.size = 0;
    if (world.levels && dice.chance(0.3)) {
      action.kind = Action::Kind::flush;
      action.size = dice.uniform(1, 200);
    }
  }
  if (dice.chance(0.03)) action.size = action.writes = 0;
  return action;
}

/// `crowd` times as many hosts and activities as the smallest worlds, over as much wider links.
World random_world(std::uint32_t seed, std::uint32_t crowd, bool levels) {
  Dice dice(seed);
  World world;
  world.levels = levels;
  for (auto n = 1 + dice.below(2); n > 0; --n) {
    world.egresses.push_back(dice.chance(0.2) ? kUnlimited : crowd * dice.uniform(100, 800));
  }
  const auto egresses = static_cast<std::uint32_t>(world.egresses.size());
  for (auto n = 1 + dice.below(3); n > 0; --n) {
    world.sources.emplace_back(dice.below(egresses),
                               dice.chance(0.4) ? kUnlimited : dice.uniform(20, 150));
    world.weights.push_back(dice.chance(0.6) ? 1 : dice.uniform(0.2, 5));
  }
  for (auto n = 1 + dice.below(3); n > 0; --n) {
    world.zones.push_back(dice.chance(0.4) ? kUnlimited : crowd * dice.uniform(100, 500));
  }
  for (auto n = 1 + dice.below(3); n > 0; --n) {
    world.kinds.push_back(random_kind(dice));
    if (levels) add_levels(dice, world.kinds.back());
  }
  if (dice.chance(0.3)) {  // all kinds share the cores of one machine
    world.kinds.front().cores = crowd * dice.uniform(0.5, 5);
    for (HostKind& kind : world.kinds) {
      kind.receive_cpu_seconds_per_byte = world.kinds.front().receive_cpu_seconds_per_byte;
      kind.cores = world.kinds.front().cores;
      kind.core_group = 1;
    }
  }
  const auto zones = static_cast<std::uint32_t>(world.zones.size());
  const auto kinds = static_cast<std::uint32_t>(world.kinds.size());
  for (auto n = crowd * (1 + dice.below(5)); n > 0; --n) {
    world.hosts.emplace_back(dice.below(zones), dice.below(kinds));
  }
  const bool round = dice.chance(0.3);  // sizes and times with many exact ties
  const auto starts = crowd * (4 + dice.below(12));
  for (std::uint32_t i = 0; i < starts; ++i) {
    Action action = random_activity(dice, world, round, i);
    if (i > 0 && dice.chance(0.4)) {
      action.after = dice.below(i);
      world.chained.push_back(action);
      continue;
    }
    action.at = round ? dice.below(3) : dice.uniform(0, 4);
    world.timed.push_back(action);
  }
  const auto change = [&](Action::Kind kind) {
    Action& action = world.timed.emplace_back();
    action.kind = kind;
    action.at = dice.uniform(0, 6);
    return &action;
  };
  if (dice.chance(0.5)) change(Action::Kind::cancel)->tag = dice.below(starts);
  if (dice.chance(0.3)) {
    Action* action = change(Action::Kind::host_kind);
    action->host = dice.below(static_cast<std::uint32_t>(world.hosts.size()));
    action->other = dice.below(kinds);
  }
  if (dice.chance(0.3)) {
    Action* action = change(Action::Kind::egress);
    action->other = dice.below(egresses);
    action->size = crowd * dice.uniform(50, 500);
  }
  std::stable_sort(world.timed.begin(), world.timed.end(),
                   [](const Action& a, const Action& b) { return a.at < b.at; });
  return world;
}

struct Outcome {
  double finished = -1;
  double cancelled_left = -1;
  LimitSeconds limited{};
};

template <class Network>
class Player {
 public:
  explicit Player(const World& world) : world_(world), network_({.track_limits = true}) {
    for (double capacity : world.egresses) network_.add_egress(capacity);
    for (std::size_t i = 0; i < world.sources.size(); ++i) {
      network_.add_source(world.sources[i].first, world.sources[i].second, world.weights[i]);
    }
    for (double capacity : world.zones) network_.add_zone(capacity);
    for (const HostKind& kind : world.kinds) network_.add_host_kind(kind);
    for (const auto& [zone, kind] : world.hosts) network_.add_host(zone, kind);
  }

  const std::vector<HostLevels>& levels() const { return levels_; }
  const Network& network() const { return network_; }

  std::map<std::uint64_t, Outcome> play() {
    std::size_t next = 0;
    for (;;) {
      network_.settle();

      const double action_at = next < world_.timed.size() ? world_.timed[next].at : kUnlimited;
      const double to = std::min(action_at, network_.next_completion());
      if (to == kUnlimited) return outcomes_;
      const auto ended = network_.advance(std::max(to, network_.now()));
      for (HostId h = 0; to == action_at && h < world_.hosts.size(); ++h) {
        levels_.push_back(network_.host_levels(h));
      }
      const std::vector<Completion> copy(ended.begin(), ended.end());
      for (const Completion& done : copy) {
        outcomes_[done.tag].finished = done.finished_seconds;
        outcomes_[done.tag].limited = done.limited;
        ids_.erase(done.tag);
        for (const Action& action : world_.chained) {
          if (action.after == done.tag) act(action);
        }
      }
      for (; next < world_.timed.size() && world_.timed[next].at <= to; ++next) {
        act(world_.timed[next]);
      }
    }
  }

 private:
  void act(const Action& action) {
    switch (action.kind) {
      case Action::Kind::flow:
        ids_[action.tag] = network_.start_flow(action.host, action.source, action.size, action.tag);
        break;
      case Action::Kind::work:
        ids_[action.tag] = network_.start_work(action.host, action.size, action.writes, action.tag);
        break;
      case Action::Kind::flush:
        ids_[action.tag] = network_.start_flush(action.host, action.size, action.tag);
        break;
      case Action::Kind::cancel:
        if (const auto found = ids_.find(action.tag); found != ids_.end()) {
          outcomes_[action.tag].cancelled_left = network_.cancel(found->second);
          ids_.erase(found);
        }
        break;
      case Action::Kind::host_kind:
        network_.set_host_kind(action.host, action.other);
        break;
      case Action::Kind::egress:
        network_.set_egress(action.other, action.size);
        break;
    }
  }

  const World& world_;
  Network network_;
  std::map<std::uint64_t, ActivityId> ids_;
  std::map<std::uint64_t, Outcome> outcomes_;
  std::vector<HostLevels> levels_;  // of all hosts at the times of actions
};

/// The largest difference of two outcomes, each relative to its size.
double difference(const Outcome& a, const Outcome& b) {
  double worst = std::abs(a.finished - b.finished) / std::max(1e-3, std::abs(b.finished));
  return std::max(worst, std::abs(a.cancelled_left - b.cancelled_left) /
                             std::max(1.0, std::abs(b.cancelled_left)));
}

struct Comparison {
  std::size_t activities = 0;
  double worst = 0;          // of finish times and of what cancelled ones still wanted, relative
  double worst_limited = 0;  // of seconds per limit
  double worst_level = 0;    // bytes
  std::uint64_t level_ends = 0;
};

double compare_levels(const std::vector<HostLevels>& got, const std::vector<HostLevels>& want) {
  double worst = 0;
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    worst = std::max({worst, std::abs(got[i].network_credit - want[i].network_credit),
                      std::abs(got[i].disk_credit - want[i].disk_credit),
                      std::abs(got[i].unwritten - want[i].unwritten)});
  }
  return worst;
}

Comparison compare_with_twin(std::uint32_t seeds, std::uint32_t crowd, bool levels = false) {
  Comparison comparison;
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    const World world = random_world(seed, crowd, levels);
    Player<FlowNetwork> fast_player(world);
    Player<NaiveNetwork> slow_player(world);
    const auto fast = fast_player.play();
    const auto slow = slow_player.play();
    INFO("seed " << seed);
    const double off_level = compare_levels(fast_player.levels(), slow_player.levels());
    CHECK(off_level <= kLevelTolerance);
    comparison.worst_level = std::max(comparison.worst_level, off_level);
    comparison.level_ends += fast_player.network().counters().level_events;
    REQUIRE(fast.size() == slow.size());
    for (const auto& [tag, want] : slow) {
      INFO("activity " << tag);
      REQUIRE(fast.count(tag) == 1);
      const Outcome& got = fast.at(tag);
      const double here = difference(got, want);
      if (here > kTolerance) CHECK(got.finished == want.finished);
      REQUIRE(here <= kTolerance);
      comparison.worst = std::max(comparison.worst, here);
      for (std::size_t i = 0; i < kLimitCount; ++i) {
        const double off = std::abs(got.limited[i] - want.limited[i]);
        if (off > kLimitTolerance) CHECK(got.limited[i] == want.limited[i]);
        comparison.worst_limited = std::max(comparison.worst_limited, off);
      }
      ++comparison.activities;
    }
  }
  return comparison;
}

}  // namespace

TEST_CASE("class clocks and the naive twin agree on 10,000 random worlds") {
  const Comparison comparison = compare_with_twin(10'000, 1);
  WARN(comparison.activities << " activities, largest relative difference " << comparison.worst
                             << ", of seconds per limit " << comparison.worst_limited);
  CHECK(comparison.activities > 80'000);
}

TEST_CASE("class clocks and the naive twin agree in crowds, where many hosts share a class") {
  const Comparison comparison = compare_with_twin(100, 15);
  WARN(comparison.activities << " activities, largest relative difference " << comparison.worst
                             << ", of seconds per limit " << comparison.worst_limited);
  CHECK(comparison.activities > 10'000);
}

TEST_CASE("credits and unwritten data on class clocks and in the naive twin agree") {
  const Comparison comparison = compare_with_twin(10'000, 1, true);
  WARN(comparison.activities << " activities, largest relative difference " << comparison.worst
                             << ", of seconds per limit " << comparison.worst_limited
                             << ", of levels " << comparison.worst_level << " bytes; "
                             << comparison.level_ends << " ends of levels");
  CHECK(comparison.activities > 80'000);
  CHECK(comparison.level_ends > 10'000);
}

TEST_CASE("credits and unwritten data agree in crowds") {
  const Comparison comparison = compare_with_twin(100, 15, true);
  WARN(comparison.activities << " activities, largest relative difference " << comparison.worst
                             << ", of levels " << comparison.worst_level << " bytes; "
                             << comparison.level_ends << " ends of levels");
  CHECK(comparison.activities > 10'000);
  CHECK(comparison.level_ends > 1'000);
}
