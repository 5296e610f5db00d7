// Streams of random numbers by name, on Philox4x32-10: a block cipher of a counter under a key, so
// any draw is one function call and no stream has a state to be carried along. It leaves out the
// distributions (distributions.cpp).
//
// Layout; docs/models/random.md has the reasons:
//   key      64 bits  mix(seed)
//   counter  32 bits  block: ordinal / 2, low 32 bits
//            32 bits  run
//            64 bits  name: mix(FNV-1a of entity, a zero byte, purpose)
// A block gives two draws. Ordinals from 2^33 on change the name, as another entity would.
// The key is a bijection of the seed, hence different (seed, run, name, ordinal below 2^33) never
// meet the same block; only names can collide, at 64 bits.
#include <pullsim/random.hpp>

#include "sim/check.hpp"

#include <Random123/philox.h>

namespace pullsim {
namespace {

/// SplitMix64 (Steele, Lea & Flood 2014): a bijection of 64 bits, each of whose output bits depends
/// on every input bit.
constexpr std::uint64_t kGoldenRatio = 0x9e3779b97f4a7c15u;
constexpr std::uint64_t mix(std::uint64_t x) {
  x += kGoldenRatio;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}
static_assert(mix(0) == 0xe220a8397b1dcdafu, "first output of SplitMix64 from state 0");

/// FNV-1a, 64 bits (Fowler, Noll & Vo), continued from `hash`.
constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325u;
constexpr std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3u;
  }
  return hash;
}
static_assert(fnv1a(kFnvOffset, "foobar") == 0x85944171f73967e8u, "published FNV-1a value");

constexpr std::uint32_t low_word(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high_word(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

/// The upper 52 bits as the odd multiple of 2^-53 in the middle of their cell.
constexpr double open_unit(std::uint64_t bits) {
  return static_cast<double>(((bits >> 12) << 1) | 1u) * 0x1p-53;
}
static_assert(open_unit(0) > 0.0 && open_unit(~std::uint64_t{0}) < 1.0);

constexpr int kOrdinalBits = 33;  // 32 bits of block number, 2 draws to a block

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::uint32_t run, std::string_view entity,
                           std::string_view purpose)
    : key_(mix(seed)), run_(run) {
  PULLSIM_CHECK(purpose.find('\0') == std::string_view::npos,
                "the last zero byte separates entity and purpose");
  const std::uint64_t hash = fnv1a(fnv1a(kFnvOffset, entity), std::string_view("\0", 1));
  name_ = mix(fnv1a(hash, purpose));
}

double RandomStream::at(std::uint64_t ordinal) const {
  const std::uint64_t epoch = ordinal >> kOrdinalBits;
  const std::uint64_t name = epoch == 0 ? name_ : mix(name_ + epoch);
  const r123::Philox4x32::ctr_type counter{
      {low_word(ordinal >> 1), run_, low_word(name), high_word(name)}};
  const r123::Philox4x32::key_type key{{low_word(key_), high_word(key_)}};
  const auto block = r123::Philox4x32{}(counter, key);
  const std::size_t half = (ordinal & 1) * 2;
  return open_unit(std::uint64_t{block[half]} | std::uint64_t{block[half + 1]} << 32);
}

}  // namespace pullsim
