// What is measured: named pieces of work of a given size, each with a digest of its results. The
// benchmarks time them; the tests run them tiny and compare the digests, so that they never rot and
// nobody makes them faster by changing what they mean.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace pullsim::bench {

struct Case {
  const char* name;
  const char* size_of;               ///< what `size` counts
  std::uint32_t tiny;                ///< the size in the tests
  std::uint64_t tiny_digest;         ///< recorded
  std::vector<std::uint32_t> sizes;  ///< of the benchmarks
  /// Makes the input; what it returns does the work, and is what is timed.
  std::function<std::uint64_t()> (*prepare)(std::uint32_t size);
};

std::span<const Case> cases();

}  // namespace pullsim::bench
