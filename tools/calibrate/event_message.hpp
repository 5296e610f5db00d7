// What the kubelet writes into its events about pulls, in the forms of all its versions, and how Go
// and Kubernetes write durations and times. Text in, numbers out; leaves out JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pullsim {

/// Go's Duration text in seconds: `393ms`, `1m21.284220239s`, `2h3m4s`, `1.5µs`, `0s`.
std::optional<double> read_go_duration(std::string_view text);

/// RFC 3339 as Kubernetes writes it, with or without a fraction: microseconds since 1970.
std::optional<std::int64_t> read_kubernetes_time(std::string_view text);

/// "2026-11-25T10:00:03Z"; a fraction only where there is one.
std::string kubernetes_time_text(std::int64_t microseconds);

struct EventMessage {
  enum class Kind : std::uint8_t {
    other,
    pulling,     ///< `Pulling image "X"`
    pulled,      ///< `Successfully pulled image "X"`, with what the version adds
    unreadable,  ///< says that it was pulled, in a form that is not known
    present,     ///< `Container image "X" already present on machine`
    failed,      ///< `Failed to pull image "X": ...`
    back_off,    ///< `Back-off pulling image "X"`
    scheduled,   ///< `Successfully assigned NS/POD to NODE`
  };
  Kind kind = Kind::other;
  std::string image;
  std::string node;       ///< scheduled
  std::string container;  ///< from a prefix `spec.containers{NAME}: `
  /// `in D`: with waiting when that is all, as up to 1.26; without when `waiting_seconds` is there.
  std::optional<double> seconds;
  std::optional<double> waiting_seconds;  ///< `(D including waiting)`
  std::optional<std::int64_t> image_bytes;
};

EventMessage read_event_message(std::string_view message);

/// NAME of `spec.containers{NAME}`; empty for other texts.
std::string container_of_field_path(std::string_view path);

}  // namespace pullsim
