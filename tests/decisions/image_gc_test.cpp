// The image garbage collector's arithmetic and order, from tables.
#include "models/decisions/image_gc.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

using Numbers = std::vector<std::size_t>;
constexpr std::int64_t kGB = 1'000'000'000;

SimTime at(std::int64_t seconds) { return kSimStart + std::chrono::seconds(seconds); }
Bytes gb(std::int64_t count) { return Bytes{count * kGB}; }

GcImage unused(std::size_t image, std::int64_t size_gb, std::optional<std::int64_t> detected,
               std::optional<std::int64_t> used) {
  GcImage out;
  out.image = image;
  out.size = gb(size_gb);
  if (detected) out.first_detected = at(*detected);
  if (used) out.last_used = at(*used);
  return out;
}

}  // namespace

TEST_CASE("use of the disk in percent is rounded against what is available") {
  struct Case {
    const char* name;
    std::int64_t capacity, available, percent;
  };
  for (const Case& c :
       {Case{"empty", 100, 100, 0}, Case{"full", 100, 0, 100},
        Case{"a little less than 16 % left counts as 15", 1000, 159, 85},
        Case{"exactly 16 % left", 1000, 160, 84}, Case{"more available than there is", 100, 120, 0},
        Case{"no capacity", 0, 0, 100}}) {
    INFO(c.name);
    CHECK(disk_usage_percent(Bytes{c.capacity}, Bytes{c.available}) == c.percent);
  }
}

TEST_CASE("a pass wants what is missing at the low threshold, once the high one is reached") {
  const DiskPolicySpec policy;  // 85, 80
  CHECK_FALSE(bytes_to_free(policy, gb(100), gb(16)));
  CHECK(bytes_to_free(policy, gb(100), gb(15)) == gb(5));
  CHECK(bytes_to_free(policy, gb(100), Bytes{15 * kGB + 1}) == Bytes{5 * kGB - 1});
  CHECK(bytes_to_free(policy, gb(100), gb(0)) == gb(20));
}

TEST_CASE("unused images go by last use, then by detection, until enough is counted") {
  const Duration two_minutes = std::chrono::minutes(2);
  std::vector<GcImage> images = {unused(0, 4, 100, 900), unused(1, 4, 50, 300),
                                 unused(2, 4, 20, 300), unused(3, 4, std::nullopt, std::nullopt),
                                 unused(4, 4, 10, std::nullopt)};
  // Never used before used; among equals first detected first, there from the start before all.
  CHECK(free_images(images, std::nullopt, two_minutes, at(1000)).removed == Numbers{3, 4, 2, 1, 0});
  const GcPass pass = free_images(images, gb(5), two_minutes, at(1000));
  CHECK(pass.removed == Numbers{3, 4});
  CHECK(pass.freed == gb(8));
  CHECK(free_images(images, gb(4), two_minutes, at(1000)).removed == Numbers{3});

  SECTION("in use, used now or detected too lately: stays") {
    images[3].in_use = true;
    images[4].last_used = at(1000);
    images[2].first_detected = at(881);
    CHECK(free_images(images, std::nullopt, two_minutes, at(1000)).removed == Numbers{1, 0});
    images[2].first_detected = at(880);
    CHECK(free_images(images, std::nullopt, two_minutes, at(1000)).removed == Numbers{1, 2, 0});
  }
  SECTION("not enough: what there is goes") {
    CHECK(free_images(images, gb(100), two_minutes, at(1000)).freed == gb(20));
  }
}

TEST_CASE("too old: by last use, once the kubelet itself is old enough") {
  const std::vector<GcImage> images = {unused(0, 1, 0, 100), unused(1, 1, 0, 200),
                                       unused(2, 1, 0, std::nullopt)};
  const Duration age = std::chrono::seconds(500);
  CHECK(old_images(images, Duration{0}, std::nullopt, at(10'000)).removed.empty());
  CHECK(old_images(images, age, std::nullopt, at(700)).removed == Numbers{2, 0});
  CHECK(old_images(images, age, std::nullopt, at(600)).removed == Numbers{2});
  CHECK(old_images(images, age, at(200), at(700)).removed.empty());
  CHECK(old_images(images, age, at(199), at(700)).removed == Numbers{2, 0});
}
