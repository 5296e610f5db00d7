// Queues and maps of few entries against those of the standard library.
#include "sim/fifo.hpp"

#include <pullsim/random.hpp>

#include "sim/flat_map.hpp"
#include "tests/support/catch.hpp"

#include <deque>
#include <map>

using namespace pullsim;

TEST_CASE("a Fifo is a queue") {
  RandomStream chance(1, 0, "fifo", "twin");
  Fifo<int> queue;
  std::deque<int> plain;
  for (int step = 0; step < 20'000; ++step) {
    const double what = chance.next();
    if (what < 0.5 || plain.empty()) {
      queue.push_back(step);
      plain.push_back(step);
    } else if (what < 0.97) {
      REQUIRE(queue.front() == plain.front());
      queue.pop_front();
      plain.pop_front();
    } else {
      const auto place =
          static_cast<std::ptrdiff_t>(chance.next() * static_cast<double>(plain.size()));
      queue.erase(queue.begin() + place);
      plain.erase(plain.begin() + place);
    }
    REQUIRE(queue.size() == plain.size());
    REQUIRE(queue.empty() == plain.empty());
    if (!plain.empty()) REQUIRE(queue.back() == plain.back());
    REQUIRE(std::equal(queue.begin(), queue.end(), plain.begin(), plain.end()));
  }
}

TEST_CASE("a FlatMap is a map") {
  RandomStream chance(1, 0, "flat-map", "twin");
  FlatMap<int, int> map;
  std::map<int, int> plain;
  for (int step = 0; step < 20'000; ++step) {
    const int key = static_cast<int>(chance.next() * 30);
    if (chance.next() < 0.5) {
      const auto [entry, fresh] = map.try_emplace(key);
      const auto [known, added] = plain.try_emplace(key);
      REQUIRE(fresh == added);
      if (added) entry->second = known->second = step;
      REQUIRE(map.at(key) == plain.at(key));
    } else if (plain.count(key) > 0) {
      REQUIRE(map.find(key)->second == plain.at(key));
      const auto next = map.erase(map.find(key));
      const auto known = plain.erase(plain.find(key));
      REQUIRE((next == map.end()) == (known == plain.end()));
      if (known != plain.end()) REQUIRE(next->first == known->first);
    } else {
      REQUIRE(map.find(key) == map.end());
    }
  }
}
