// Streams by name: the generator against its published vectors, the layout of key and counter
// against a second writing of it, recorded numbers, and the statistics that neighbouring names must
// show. Every draw is fixed by its name, so a bound here holds always or never; the bounds are the
// one-in-10,000 quantiles of what independent uniform numbers would give.
#include <pullsim/random.hpp>

#include "sim/check.hpp"
#include "tests/support/catch.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

using pullsim::RandomStream;

namespace {

constexpr double kNormal9999 = 3.891;  // two-sided, one in 10,000

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  const r123::Philox4x32::ctr_type c{{counter[0], counter[1], counter[2], counter[3]}};
  const auto block = r123::Philox4x32{}(c, r123::Philox4x32::key_type{{key[0], key[1]}});
  return {block[0], block[1], block[2], block[3]};
}

std::uint64_t split_mix(std::uint64_t state) {
  std::uint64_t z = state + 11400714819323198485u;
  z = (z ^ (z >> 30)) * 13787848793156543929u;
  z = (z ^ (z >> 27)) * 10723151780598845931u;
  return z ^ (z >> 31);
}

/// The layout as docs/models/random.md states it, written a second time.
double draw_by_the_book(std::uint64_t seed, std::uint32_t run, const std::string& entity,
                        const std::string& purpose, std::uint64_t ordinal) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : entity + '\0' + purpose) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  std::uint64_t name = split_mix(hash);
  const std::uint64_t epoch = ordinal / (std::uint64_t{1} << 33);
  if (epoch > 0) name = split_mix(name + epoch);
  const std::uint64_t key = split_mix(seed);
  const auto word = [](std::uint64_t x) { return static_cast<std::uint32_t>(x & 0xffffffffu); };
  const auto block =
      philox({word(ordinal / 2), run, word(name), word(name >> 32)}, {word(key), word(key >> 32)});
  const std::uint64_t low = block[ordinal % 2 == 0 ? 0 : 2];
  const std::uint64_t high = block[ordinal % 2 == 0 ? 1 : 3];
  const std::uint64_t cell = (high << 32 | low) >> 12;
  return std::ldexp(2.0 * static_cast<double>(cell) + 1.0, -53);
}

/// Pearson's chi-square of cells that should be equally full, as a standard normal number
/// (Wilson-Hilferty).
double chi_square_score(const std::vector<int>& cells, double draws) {
  const double expected = draws / static_cast<double>(cells.size());
  double sum = 0;
  for (const int count : cells) sum += (count - expected) * (count - expected) / expected;
  const double freedom = static_cast<double>(cells.size()) - 1;
  const double spread = 2 / (9 * freedom);
  return (std::cbrt(sum / freedom) - (1 - spread)) / std::sqrt(spread);
}

}  // namespace

TEST_CASE("Philox4x32-10 gives its published known answers") {
  // Random123 1.14, tests/kat_vectors.
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox({ones, ones, ones, ones}, {ones, ones}) ==
        std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a draw is the documented function of seed, run, entity, purpose and ordinal") {
  const std::uint64_t ordinals[] = {0,
                                    1,
                                    2,
                                    3,
                                    1000,
                                    (std::uint64_t{1} << 32) - 1,
                                    std::uint64_t{1} << 32,
                                    (std::uint64_t{1} << 33) - 1,
                                    std::uint64_t{1} << 33,
                                    (std::uint64_t{1} << 40) + 5,
                                    ~std::uint64_t{0}};
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    for (const std::uint32_t run : {0u, 1u, 0xffffffffu}) {
      for (const char* entity : {"", "node-7", "web/\xc3\xa9t\xc3\xa9"}) {
        const RandomStream stream(seed, run, entity, "boot");
        for (const std::uint64_t ordinal : ordinals) {
          CHECK(stream.at(ordinal) == draw_by_the_book(seed, run, entity, "boot", ordinal));
        }
      }
    }
  }
}

TEST_CASE("recorded draws never change") {
  struct Case {
    std::uint64_t seed;
    std::uint32_t run;
    const char* entity;
    const char* purpose;
    std::uint64_t ordinal;
    double want;
  };
  const Case cases[] = {
      {1u, 0u, "node-0", "boot", 0u, 0x1.66dd251a273e9p-1},
      {1u, 0u, "node-0", "boot", 1u, 0x1.2a04df4886b15p-1},
      {1u, 0u, "node-0", "boot", 2u, 0x1.ace7ce8f6673fp-1},
      {1u, 0u, "node-1", "boot", 0u, 0x1.3c33c72a42fe8p-4},
      {1u, 1u, "node-0", "boot", 0u, 0x1.8656a7c298052p-2},
      {2u, 0u, "node-0", "boot", 0u, 0x1.6b977db0ff364p-3},
      {1u, 0u, "node-0", "sandbox", 0u, 0x1.f86d5a8300e91p-1},
      {42u, 7u, "general/3", "provisioning", 0u, 0x1.aac557ba993a2p-2},
      {18446744073709551615u, 4294967295u, "", "", 1099511627776u, 0x1.92ba5a58e09fbp-1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.seed, c.run, c.entity, c.purpose, c.ordinal);
    CHECK(RandomStream(c.seed, c.run, c.entity, c.purpose).at(c.ordinal) == c.want);
  }
}

TEST_CASE("a stream does not depend on which streams exist or in which order they are used") {
  RandomStream alone(5, 2, "node-1", "boot");
  std::vector<double> expected;
  for (int i = 0; i < 100; ++i) expected.push_back(alone.next());

  RandomStream other(5, 2, "node-0", "boot");
  RandomStream same(5, 2, "node-1", "boot");
  for (std::size_t i = 0; i < 100; ++i) {
    other.next();
    RandomStream(5, 2, "late-comer", "boot").next();
    CHECK(same.next() == expected[i]);
  }
  for (std::size_t i = 100; i-- > 0;) CHECK(same.at(i) == expected[i]);
}

TEST_CASE("every part of the name counts, and where one part ends") {
  std::vector<double> draws = {
      RandomStream(1, 2, "ab", "c").at(0),  RandomStream(2, 1, "ab", "c").at(0),
      RandomStream(1, 2, "a", "bc").at(0),  RandomStream(1, 2, "abc", "").at(0),
      RandomStream(1, 2, "", "abc").at(0),  RandomStream(1, 2, "c", "ab").at(0),
      RandomStream(1, 2, "AB", "c").at(0),  RandomStream(1, 2, "ab", "c").at(1),
      RandomStream(1, 0, "ab", "c").at(0),  RandomStream(0, 2, "ab", "c").at(0),
      RandomStream(1, 2, "ab ", "c").at(0), RandomStream(1, 2, std::string("a\0b", 3), "c").at(0),
  };
  std::sort(draws.begin(), draws.end());
  CHECK(std::adjacent_find(draws.begin(), draws.end()) == draws.end());
}

TEST_CASE("a purpose with a zero byte could be taken for part of the entity and is a fault") {
  CHECK_THROWS_AS(RandomStream(1, 0, "a", std::string_view("b\0c", 3)), pullsim::Fault);
}

TEST_CASE("100,000 names share no draw") {
  std::vector<double> draws;
  for (int i = 0; i < 50'000; ++i) {
    draws.push_back(RandomStream(1, 0, "node-" + std::to_string(i), "boot").at(0));
    draws.push_back(RandomStream(1, 0, "node-" + std::to_string(i), "sandbox").at(0));
  }
  std::sort(draws.begin(), draws.end());
  CHECK(std::adjacent_find(draws.begin(), draws.end()) == draws.end());
  CHECK(draws.front() > 0);
  CHECK(draws.back() < 1);
}

TEST_CASE("draws are odd multiples of 2^-53, so 1 - u is exact") {
  const RandomStream stream(3, 0, "grid", "u");
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const double cells = std::ldexp(stream.at(i), 53);
    REQUIRE(cells == std::floor(cells));
    REQUIRE(std::fmod(cells, 2.0) == 1.0);
    REQUIRE(1.0 - (1.0 - stream.at(i)) == stream.at(i));
  }
}

TEST_CASE("draws are uniform along a stream, across names, across runs and across seeds") {
  constexpr int draws = 100'000;
  using Source = std::function<double(int)>;
  const RandomStream stream(1, 0, "node-0", "boot");
  const std::pair<const char*, Source> sources[] = {
      {"ordinals", [&](int i) { return stream.at(static_cast<std::uint64_t>(i)); }},
      {"names",
       [](int i) { return RandomStream(1, 0, "node-" + std::to_string(i), "boot").at(0); }},
      {"runs",
       [](int i) { return RandomStream(1, static_cast<std::uint32_t>(i), "node", "boot").at(0); }},
      {"seeds",
       [](int i) { return RandomStream(static_cast<std::uint64_t>(i), 0, "node", "boot").at(0); }},
  };
  for (const auto& [name, source] : sources) {
    DYNAMIC_SECTION(name) {
      double sum = 0;
      double squares = 0;
      double products = 0;  // of neighbours
      std::vector<int> cells(1000);
      std::vector<int> pairs(32 * 32);
      double before = source(draws);
      for (int i = 0; i < draws; ++i) {
        const double u = source(i);
        sum += u - 0.5;
        squares += (u - 0.5) * (u - 0.5);
        products += (u - 0.5) * (before - 0.5);
        ++cells[static_cast<std::size_t>(u * 1000)];
        ++pairs[static_cast<std::size_t>(u * 32) * 32 + static_cast<std::size_t>(before * 32)];
        before = u;
      }
      // Standard errors: u has variance 1/12, (u - 1/2)^2 has 1/180, a product of two has 1/144.
      CHECK(std::abs(sum) < kNormal9999 * std::sqrt(draws / 12.0));
      CHECK(std::abs(squares - draws / 12.0) < kNormal9999 * std::sqrt(draws / 180.0));
      CHECK(std::abs(products) < kNormal9999 * std::sqrt(draws / 144.0));
      CHECK(std::abs(chi_square_score(cells, draws)) < kNormal9999);
      CHECK(std::abs(chi_square_score(pairs, draws)) < kNormal9999);
    }
  }
}

TEST_CASE("streams of neighbouring names, runs and purposes are not correlated") {
  constexpr int length = 100;
  constexpr int streams = 1000;
  const auto correlation_score = [](const std::function<RandomStream(int)>& stream_of) {
    double products = 0;
    for (int k = 0; k < streams; ++k) {
      RandomStream here = stream_of(k);
      RandomStream next = stream_of(k + 1);
      for (int i = 0; i < length; ++i) products += (here.next() - 0.5) * (next.next() - 0.5);
    }
    return products / std::sqrt(streams * length / 144.0);
  };
  CHECK(std::abs(correlation_score([](int k) {
          return RandomStream(1, 0, "node-" + std::to_string(k), "boot");
        })) < kNormal9999);
  CHECK(std::abs(correlation_score([](int k) {
          return RandomStream(1, static_cast<std::uint32_t>(k), "node-0", "boot");
        })) < kNormal9999);
  CHECK(std::abs(correlation_score([](int k) {
          return RandomStream(1, 0, "node-0", "purpose-" + std::to_string(k));
        })) < kNormal9999);
}
