// M/G/1 processor sharing: Poisson arrivals at one link, mean sojourn E[S] / (1 - load) whatever
// the distribution of sizes (Kleinrock, Queueing Systems II, 4.4). Batch means, three standard
// errors.
#include <pullsim/flow_network.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace pullsim;

namespace {

/// A counter through SplitMix64's finaliser: uniform on (0, 1).
class Uniform {
 public:
  explicit Uniform(std::uint64_t seed) : state_(seed) {}
  double next() {
    std::uint64_t x = (state_ += 0x9e3779b97f4a7c15u);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return (static_cast<double>(x >> 11) + 0.5) / 9007199254740992.0;
  }

 private:
  std::uint64_t state_;
};

struct Estimate {
  double mean = 0;
  double standard_error = 0;
};

/// Mean sojourn of `arrivals` flows, after as many again as one batch to warm up. Mean size 1, link
/// of capacity 1. shape 1: exponential sizes; below 1: Weibull, heavier-tailed.
Estimate mean_sojourn(double load, double shape, std::size_t arrivals, std::uint64_t seed) {
  constexpr std::size_t kBatches = 30;
  const std::size_t batch = arrivals / kBatches;
  const double scale = 1 / std::tgamma(1 + 1 / shape);
  Uniform uniform(seed);
  FlowNetwork network;
  const SourceId source = network.add_source(network.add_egress(1), kUnlimited);
  const ZoneId zone = network.add_zone(kUnlimited);
  const HostKindId kind = network.add_host_kind({});
  std::vector<HostId> idle;
  std::vector<double> arrived;
  std::vector<double> sums(kBatches + 1, 0);
  double next_arrival = 0;
  std::size_t finished = 0;
  while (finished < batch * (kBatches + 1)) {
    const bool more = arrived.size() < batch * (kBatches + 1);
    const double to =
        more ? std::min(next_arrival, network.next_completion()) : network.next_completion();
    for (const Completion& done : network.advance(to)) {
      sums[done.tag / batch] += done.finished_seconds - arrived[done.tag];
      idle.push_back(done.host);
      ++finished;
    }
    if (more && to == next_arrival) {
      if (idle.empty()) idle.push_back(network.add_host(zone, kind));
      const double size = scale * std::pow(-std::log(uniform.next()), 1 / shape);
      network.start_flow(idle.back(), source, size, arrived.size());
      idle.pop_back();
      arrived.push_back(to);
      next_arrival -= std::log(uniform.next()) / load;
    }
    network.settle();
  }
  Estimate estimate;
  for (std::size_t b = 1; b <= kBatches; ++b)
    estimate.mean += sums[b] / static_cast<double>(batch * kBatches);
  double squares = 0;
  for (std::size_t b = 1; b <= kBatches; ++b) {
    const double off = sums[b] / static_cast<double>(batch) - estimate.mean;
    squares += off * off;
  }
  estimate.standard_error = std::sqrt(squares / (kBatches - 1) / kBatches);
  return estimate;
}

}  // namespace

TEST_CASE("M/G/1 processor sharing: mean sojourn is E[S] / (1 - load), for any sizes") {
  for (const double load : {0.3, 0.6, 0.9}) {
    for (const double shape : {1.0, 0.6}) {
      const Estimate got = mean_sojourn(load, shape, 600'000, 11);
      const double want = 1 / (1 - load);
      INFO("load " << load << ", Weibull shape " << shape << ": " << got.mean << " +- "
                   << got.standard_error << ", theory " << want);
      CHECK(std::abs(got.mean - want) <= 3 * got.standard_error);
      CHECK(got.standard_error < 0.05 * want);
    }
  }
}
