// The image list of a node's status, from tables.
#include "models/decisions/status_images.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

TEST_CASE("the largest images are listed, no more than the maximum") {
  const std::vector<StatusImage> images = {
      {0, Bytes{5}}, {1, Bytes{9}}, {2, Bytes{5}}, {3, Bytes{1}}};
  using Numbers = std::vector<std::size_t>;
  CHECK(status_images(images, 50) == Numbers{1, 0, 2, 3});
  CHECK(status_images(images, 2) == Numbers{1, 0});
  CHECK(status_images(images, -1) == Numbers{1, 0, 2, 3});
  CHECK(status_images(images, 0).empty());
}

TEST_CASE("the scheduler sees a change after the cache's tick and then the status's") {
  StatusClocks clocks;
  clocks.cache_phase = std::chrono::seconds(7);   // 7, 37, 67
  clocks.status_phase = std::chrono::seconds(2);  // 2, 12, 22
  struct Case {
    std::int64_t change, listed, reported;
  };
  for (const Case& c :
       {Case{0, 7, 12}, Case{7, 7, 12}, Case{8, 37, 42}, Case{36, 37, 42}, Case{38, 67, 72}}) {
    const SimTime change = kSimStart + std::chrono::seconds(c.change);
    const SimTime listed = listed_at(clocks, change);
    CHECK(listed == kSimStart + std::chrono::seconds(c.listed));
    CHECK(reported_at(clocks, listed) == kSimStart + std::chrono::seconds(c.reported));
    CHECK(reported_at(clocks, listed) - change < std::chrono::seconds(40));
  }
}
