// Texts of events in the forms of all kubelet versions, Go's durations, Kubernetes' times.
#include "tools/calibrate/event_message.hpp"
#include "tests/support/catch.hpp"

using namespace pullsim;
using Kind = EventMessage::Kind;

TEST_CASE("durations are read as Go prints them") {
  const struct {
    const char* text;
    std::optional<double> seconds;
  } rows[] = {{"393ms", 0.393},
              {"1.2s", 1.2},
              {"1m21.284220239s", 81.284220239},
              {"2h3m4s", 7384.0},
              {"1h0m0.5s", 3600.5},
              {"15.981s", 15.981},
              {"712.5\xC2\xB5s", 712.5e-6},
              {"712.5\xCE\xBCs", 712.5e-6},
              {"712us", 712e-6},
              {"250ns", 250e-9},
              {"0s", 0.0},
              {"0", 0.0},
              {".5s", 0.5},
              {"", std::nullopt},
              {"5", std::nullopt},
              {"s", std::nullopt},
              {"1.2", std::nullopt},
              {"-1s", std::nullopt},
              {"1 s", std::nullopt},
              {"1e3s", std::nullopt},
              {"1s2", std::nullopt},
              {"infs", std::nullopt},
              {"9999999999999h", std::nullopt}};
  for (const auto& row : rows) {
    INFO(row.text);
    const auto read = read_go_duration(row.text);
    REQUIRE(read.has_value() == row.seconds.has_value());
    if (read) CHECK(*read == Approx(*row.seconds).epsilon(1e-12));
  }
}

TEST_CASE("times are read with fraction and offset, and written as they were") {
  const struct {
    const char* text;
    std::optional<std::int64_t> microseconds;
  } rows[] = {{"1970-01-01T00:00:00Z", 0},
              {"2026-11-25T10:00:03Z", 1795600803000000},
              {"2026-11-25T10:00:03.123456Z", 1795600803123456},
              {"2026-11-25T12:00:03+02:00", 1795600803000000},
              {"2024-02-29T23:59:59Z", 1709251199000000},
              {"2000-03-01T00:00:00Z", 951868800000000},
              {"2026-11-25T10:00:03.123456789Z", 1795600803123456},
              {"2026-11-25 10:00:03Z", std::nullopt},
              {"2026-13-25T10:00:03Z", std::nullopt},
              {"2026-11-25T10:00:03", std::nullopt},
              {"2026-11-25T24:00:03Z", std::nullopt},
              {"yesterday", std::nullopt}};
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(read_kubernetes_time(row.text) == row.microseconds);
  }
  for (const char* text : {"2026-11-25T10:00:03Z", "2024-02-29T23:59:59.500000Z",
                           "1999-12-31T23:59:59Z", "1969-12-31T23:59:59Z"}) {
    CHECK(kubernetes_time_text(*read_kubernetes_time(text)) == text);
  }
}

TEST_CASE("messages of all versions say what they say") {
  struct Row {
    const char* text;
    Kind kind;
    std::optional<double> seconds, waiting;
    std::optional<std::int64_t> bytes;
    const char* container = "";
  };
  const Row rows[] = {
      {"Pulling image \"X\"", Kind::pulling, {}, {}, {}},
      {"Successfully pulled image \"X\"", Kind::pulled, {}, {}, {}},
      {"Successfully pulled image \"X\" in 49.18401355s", Kind::pulled, 49.18401355, {}, {}},
      {"Successfully pulled image \"X\" in 1.234s (5.678s including waiting)",
       Kind::pulled,
       1.234,
       5.678,
       {}},
      {"Successfully pulled image \"X\" in 15.981s (15.981s including waiting). Image size: "
       "129338587 bytes.",
       Kind::pulled, 15.981, 15.981, 129338587},
      {"Successfully pulled image \"X\" in 393ms. Image size: 5 bytes.",
       Kind::pulled,
       0.393,
       {},
       5},
      {"spec.containers{web}: Successfully pulled image \"X\" in 2s (2s including waiting)",
       Kind::pulled,
       2.0,
       2.0,
       {},
       "web"},
      {"spec.initContainers{setup}: Pulling image \"X\"", Kind::pulling, {}, {}, {}, "setup"},
      {"(combined from similar events): Successfully pulled image \"X\" in 2s (3s including "
       "waiting)",
       Kind::pulled,
       2.0,
       3.0,
       {}},
      {"Successfully pulled image \"X\" in some time", Kind::unreadable, {}, {}, {}},
      {"Successfully pulled image \"X\" in 1s and then some", Kind::unreadable, 1.0, {}, {}},
      {"Successfully pulled image \"X\" in 1s (2s including waiting). Image size: many bytes.",
       Kind::unreadable,
       1.0,
       2.0,
       {}},
      {"Container image \"X\" already present on machine", Kind::present, {}, {}, {}},
      {"Container image \"X\" already present on machine and can be accessed by the pod",
       Kind::present,
       {},
       {},
       {}},
      {"Container image \"X\" is not present with pull policy of Never", Kind::other, {}, {}, {}},
      {"Failed to pull image \"X\": rpc error: code = NotFound", Kind::failed, {}, {}, {}},
      {"Back-off pulling image \"X\"", Kind::back_off, {}, {}, {}},
      {"Back-off pulling image \"X\": ErrImagePull: rpc error", Kind::back_off, {}, {}, {}},
      {"Created container: web", Kind::other, {}, {}, {}},
      {"", Kind::other, {}, {}, {}},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const EventMessage read = read_event_message(row.text);
    CHECK(read.kind == row.kind);
    CHECK(read.container == row.container);
    CHECK(read.seconds.has_value() == row.seconds.has_value());
    if (row.seconds) CHECK(read.seconds.value_or(-1) == Approx(*row.seconds));
    CHECK(read.waiting_seconds.has_value() == row.waiting.has_value());
    if (row.waiting) CHECK(read.waiting_seconds.value_or(-1) == Approx(*row.waiting));
    CHECK(read.image_bytes == row.bytes);
    if (row.kind != Kind::other) CHECK(read.image == "X");
  }
  const EventMessage scheduled =
      read_event_message("Successfully assigned default/web-1 to ip-10-0-0-7.ec2.internal");
  CHECK(scheduled.kind == Kind::scheduled);
  CHECK(scheduled.node == "ip-10-0-0-7.ec2.internal");
}
