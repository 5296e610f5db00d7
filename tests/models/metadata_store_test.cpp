// Transactions of a node's runtime: one after the other, in turns.
#include "models/metadata_store.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

constexpr Duration seconds(std::int64_t count) { return std::chrono::seconds(count); }

}  // namespace

TEST_CASE("Transactions are made one after the other, and who has several takes turns") {
  Engine engine;
  MetadataStore store(engine);
  std::vector<std::pair<char, SimTime>> ends;
  const auto note = [&](char who) {
    return Callback([&ends, &engine, who] { ends.emplace_back(who, engine.now()); });
  };
  store.run(2, seconds(1), note('a'));  // 0 to 1, then behind the others: 4 to 5
  store.run(1, seconds(2), note('b'));  // 1 to 3
  store.run(1, seconds(1), note('c'));  // 3 to 4
  CHECK(ends.empty());
  engine.run(kSimStart + seconds(100));
  REQUIRE(ends.size() == 3);
  CHECK(ends[0] == std::pair('b', kSimStart + seconds(3)));
  CHECK(ends[1] == std::pair('c', kSimStart + seconds(4)));
  CHECK(ends[2] == std::pair('a', kSimStart + seconds(5)));
}

TEST_CASE("What takes no time waits for nobody and is done at once") {
  Engine engine;
  MetadataStore store(engine);
  int done = 0;
  store.run(1, seconds(5), [&done] { ++done; });
  store.run(3, Duration{0}, [&done] { done += 10; });
  store.run(0, seconds(1), [&done] { done += 100; });
  CHECK(done == 110);
  engine.run(kSimStart + seconds(100));
  CHECK(done == 111);
}

TEST_CASE("A caller that comes at the end of its own transactions waits behind whoever is there") {
  struct World {
    Engine engine;
    MetadataStore store{engine};
    std::vector<SimTime> ends;
  } world;
  world.store.run(1, seconds(1), [&world] {
    world.store.run(1, seconds(1), [&world] { world.ends.push_back(world.engine.now()); });
  });
  world.store.run(1, seconds(3), [&world] { world.ends.push_back(world.engine.now()); });
  world.engine.run(kSimStart + seconds(100));
  CHECK(world.ends == std::vector<SimTime>{kSimStart + seconds(4), kSimStart + seconds(5)});
}
