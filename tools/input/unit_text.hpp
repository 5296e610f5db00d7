// Numbers with units as people write them, both ways. The number reader is our own: plain decimal
// digits with at most one point between digits. Leading zeros, hexadecimal, exponents, signs,
// underscores and the words for infinity are refused with the reason, since readers of YAML
// disagree about them. One space may stand before the unit.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pullsim {

/// Why a text is not the number that belongs there.
struct TextFault {
  enum class Kind : std::uint8_t { form, unit, range };
  Kind kind = Kind::form;
  std::string label;  ///< short, for under the mark: "plain number"
  std::string help;   ///< what to write instead; may be empty
};

template <class T>
struct Reading {
  std::optional<T> value;
  TextFault fault;  ///< when there is no value
};

/// `12`, `0`, `-3`; fits 64 bits.
Reading<std::int64_t> read_count(std::string_view text);
/// `12`, `0.25`, `-3.5`.
Reading<double> read_number(std::string_view text);
/// `31MB`, `80GiB`, `512Mi`, `100B`; rounded to a byte.
Reading<Bytes> read_size(std::string_view text);
/// Kubernetes' memory: the units of sizes, `512M`, `8Gi`, and plain bytes.
Reading<Bytes> read_memory(std::string_view text);
/// Kubernetes' CPU: `2`, `0.5`, `500m`; nothing finer than a thousandth of a core.
Reading<MilliCpu> read_cpu(std::string_view text);
/// Kubernetes' quantity of anything, rounded to thousandths: `10`, `0.5`, `500m`, `2k`, `1Mi`.
Reading<std::int64_t> read_quantity(std::string_view text);
/// `10Gbit/s`, `10Gbps` (bits), `85MB/s`, `1GiB/s` (bytes).
Reading<Bandwidth> read_rate(std::string_view text);
/// `30s`, `250ms`, `1m30s`: one unit or several that fall; rounded to a nanosecond.
Reading<Duration> read_duration(std::string_view text);
/// As read_duration, not rounded: `8.7ns`. In seconds.
Reading<double> read_seconds(std::string_view text);
/// `25%`: 25.
Reading<double> read_percent(std::string_view text);
/// `2000/s`, `600/m`, `10/h`; per second.
Reading<double> read_frequency(std::string_view text);

/// "2.1 GB", "8 GiB" where that is exact, "512 B".
std::string format_bytes(Bytes bytes);
/// "8.7 ns", "250 ms", "1.5 s", "1m30s", "20m".
std::string format_duration(Duration duration);
/// The same for seconds that are not whole nanoseconds.
std::string format_seconds(double seconds);
/// "10 Gbit/s".
std::string format_rate(Bandwidth rate);
/// "500m", "2".
std::string format_cpu(MilliCpu cpu);

}  // namespace pullsim
