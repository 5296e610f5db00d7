// How each type of a scenario's members is read from a scalar, named in the reference, and shown as
// a default. One Codec for a type; members that are written in another way (Kubernetes' bare
// seconds, its memory, costs in seconds a byte) name theirs in the field table.
#pragma once

#include <pullsim/scenario.hpp>

#include "tools/input/reader.hpp"

#include <limits>
#include <optional>
#include <string>

namespace pullsim {

/// What a value may be, beside its type.
struct Rule {
  bool required = false;
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  bool zero = false;               ///< sizes, rates and times: zero is taken
  const char* fallback = nullptr;  ///< default in words, where it is not the member's initialiser
  bool fixed = false;              ///< sizes, rates, times, numbers: a range is refused
};

template <class M>
struct Codec;

// NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses
#define PULLSIM_CODEC(Name, Member)                                                        \
  struct Name {                                                                            \
    static bool read(Reader& reader, const YamlNode& node, Member& out, const Rule& rule); \
    static std::string type(const Rule& rule);                                             \
    static std::string show(const Member& value);                                          \
  }
// NOLINTEND(bugprone-macro-parentheses)

PULLSIM_CODEC(BoolCodec, bool);
PULLSIM_CODEC(CountCodec, std::int64_t);
PULLSIM_CODEC(SeedCodec, std::uint64_t);
PULLSIM_CODEC(NumberCodec, double);
PULLSIM_CODEC(TextCodec, std::string);
PULLSIM_CODEC(NameCodec, std::string);
PULLSIM_CODEC(SizeCodec, Bytes);
PULLSIM_CODEC(MemoryCodec, Bytes);
PULLSIM_CODEC(RateCodec, Bandwidth);
PULLSIM_CODEC(TimeCodec, Duration);
PULLSIM_CODEC(BareSecondsCodec, Duration);
PULLSIM_CODEC(CostCodec, double);
PULLSIM_CODEC(FrequencyCodec, double);
PULLSIM_CODEC(CpuCodec, MilliCpu);
PULLSIM_CODEC(QuantityCodec, std::int64_t);
PULLSIM_CODEC(CountOrShareCodec, IntOrPercent);
PULLSIM_CODEC(PullPolicyCodec, PullPolicy);
PULLSIM_CODEC(CompressionCodec, Compression);
PULLSIM_CODEC(DistributionCodec, Distribution);
#undef PULLSIM_CODEC

template <>
struct Codec<bool> : BoolCodec {};
template <>
struct Codec<std::int64_t> : CountCodec {};
template <>
struct Codec<std::uint64_t> : SeedCodec {};
template <>
struct Codec<double> : NumberCodec {};
template <>
struct Codec<std::string> : TextCodec {};
template <>
struct Codec<Bytes> : SizeCodec {};
template <>
struct Codec<Bandwidth> : RateCodec {};
template <>
struct Codec<Duration> : TimeCodec {};
template <>
struct Codec<MilliCpu> : CpuCodec {};
template <>
struct Codec<IntOrPercent> : CountOrShareCodec {};
template <>
struct Codec<PullPolicy> : PullPolicyCodec {};
template <>
struct Codec<Compression> : CompressionCodec {};
template <>
struct Codec<Distribution> : DistributionCodec {};

/// Absent, or `null`, is "none".
template <class M>
struct Codec<std::optional<M>> {
  static bool read(Reader& reader, const YamlNode& node, std::optional<M>& out, const Rule& rule) {
    out.reset();
    if (node.kind == YamlNode::Kind::null) return true;
    M value{};
    if (!Codec<M>::read(reader, node, value, rule)) return false;
    out = value;
    return true;
  }
  static std::string type(const Rule& rule) { return Codec<M>::type(rule); }
  static std::string show(const std::optional<M>& value) {
    return value ? Codec<M>::show(*value) : "none";
  }
};

/// A word out of a fixed list; PS2007 with the list otherwise.
bool read_word(Reader& reader, const YamlNode& node, const std::vector<std::string>& words,
               std::size_t* index);

}  // namespace pullsim
