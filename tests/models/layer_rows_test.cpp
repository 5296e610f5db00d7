// Rows of layers as they are kept: what went in comes out, and sorting keeps to pull and layer.
#include <pullsim/random.hpp>
#include <pullsim/result.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <vector>

using namespace pullsim;

namespace {

auto all_of(const LayerRow& row) {
  return std::tuple(row.pull, row.layer, row.node, row.image, row.source, row.registry,
                    row.requested, row.first_byte, row.committed, row.unpack_started,
                    row.unpack_finished);
}

bool by_pull_and_layer(const LayerRow& a, const LayerRow& b) {
  return std::tie(a.pull, a.layer) < std::tie(b.pull, b.layer);
}

}  // namespace

TEST_CASE("Rows of layers come out as they went in, then by pull and layer") {
  RandomStream chance(1, 0, "layers", "rows");
  const auto below = [&chance](int count) { return static_cast<RowIndex>(chance.next() * count); };
  LayerRows rows;
  std::vector<LayerRow> plain;
  for (int attempt = 0; attempt < 200; ++attempt) {
    LayerRow row;
    row.pull = below(60);  // several attempts of one pull
    row.node = row.pull % 7;
    row.image = row.pull % 3;
    for (RowIndex layer = 0; layer < 1 + below(12); ++layer) {
      row.layer = layer * 90;
      row.registry = below(300);
      row.source = static_cast<LayerRow::Source>(below(4));
      for (MaybeTime LayerRow::*moment :
           {&LayerRow::requested, &LayerRow::first_byte, &LayerRow::committed,
            &LayerRow::unpack_started, &LayerRow::unpack_finished}) {
        row.*moment = below(3) == 0 ? MaybeTime(SimTime{Duration{below(1000)}}) : MaybeTime();
      }
      rows.push_back(row);
      plain.push_back(row);
    }
  }
  REQUIRE(rows.size() == plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) REQUIRE(all_of(rows[i]) == all_of(plain[i]));
  rows.sort();
  std::stable_sort(plain.begin(), plain.end(), by_pull_and_layer);
  std::size_t i = 0;
  for (const LayerRow& row : rows) REQUIRE(all_of(row) == all_of(plain[i++]));
  CHECK_THROWS_AS(rows.at(rows.size()), std::out_of_range);
}

// As pulls write them: of an image that the node has, one after the other without a moment; several
// attempts of a pull overlap.
TEST_CASE(
    "Rows of layers with nothing of their own come out one by one, before and after sorting") {
  RandomStream chance(2, 0, "layers", "spans");
  const auto below = [&chance](int count) { return static_cast<RowIndex>(chance.next() * count); };
  LayerRows rows;
  std::vector<LayerRow> plain;
  for (int attempt = 0; attempt < 3000; ++attempt) {
    LayerRow row;
    row.pull = below(2500);
    row.node = row.pull % 7;
    row.image = row.pull % 3;
    const RowIndex fetched_from = below(3) == 0 ? below(10) : 12;
    for (row.layer = below(4); row.layer < 10; ++row.layer) {
      const bool fetched = row.layer >= fetched_from;
      row.source = fetched ? LayerRow::Source::registry : LayerRow::Source::chain;
      row.requested = fetched ? MaybeTime(SimTime{Duration{attempt}}) : MaybeTime();
      rows.push_back(row);
      plain.push_back(row);
    }
  }
  REQUIRE(rows.size() == plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) REQUIRE(all_of(rows[i]) == all_of(plain[i]));
  for (int again = 0; again < 2; ++again) {
    rows.sort();
    std::stable_sort(plain.begin(), plain.end(), by_pull_and_layer);
    for (std::size_t i = 0; i < plain.size(); ++i) REQUIRE(all_of(rows[i]) == all_of(plain[i]));
  }
}

TEST_CASE("A moment or a number that is absent is like an optional without a value") {
  MaybeTime time;
  CHECK_FALSE(time);
  CHECK(time == std::nullopt);
  CHECK_THROWS_AS(time.value(), std::bad_optional_access);
  CHECK(time.value_or(kSimStart) == kSimStart);
  CHECK(MaybeTime(std::optional<SimTime>()) == time);
  time = kSimStart;
  CHECK(time);
  CHECK(*time == kSimStart);
  CHECK(MaybeTime() < time);
  CHECK(std::optional<SimTime>(time) == kSimStart);
  time.reset();
  CHECK_FALSE(time.has_value());
  MaybeIndex index;
  CHECK_FALSE(index);
  CHECK(std::optional<std::size_t>(index) == std::nullopt);
  index = 7;
  CHECK(*index == 7);
  CHECK(index != MaybeIndex(8));
}
