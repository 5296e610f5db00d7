// What a runtime does after an answer, case by case.
#include "models/decisions/request_retry.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

using Kind = NextRequest::Kind;
using Answer = RegistryAnswer;

NextRequest again(std::int64_t seconds = 0) { return {Kind::again, std::chrono::seconds(seconds)}; }

struct Case {
  const char* name;
  const char* runtime;
  RequestState state;
  NextRequest want;
};

}  // namespace

TEST_CASE("after an answer a runtime goes on, asks again, asks elsewhere or gives up") {
  const std::vector<Case> cases = {
      {"a good answer", "containerd", {Answer::good, 1, 0, true}, {Kind::done}},
      {"a good answer after four 429", "containerd", {Answer::good, 5, 0, true}, {Kind::done}},
      {"429 is asked again at once", "containerd", {Answer::throttled, 1, 0, true}, again()},
      {"429 for the fourth time", "containerd", {Answer::throttled, 4, 0, true}, again()},
      {"429 for the fifth", "containerd", {Answer::throttled, 5, 0, true}, {Kind::give_up}},
      {"429 of a mirror for the fifth",
       "containerd",
       {Answer::throttled, 5, 0, false},
       {Kind::next_host}},
      {"refused", "containerd", {Answer::no_connection, 1, 0, true}, again()},
      {"refused by a mirror too", "containerd", {Answer::no_connection, 4, 0, false}, again()},
      {"refused five times", "containerd", {Answer::no_connection, 5, 0, false}, {Kind::next_host}},
      {"404 of a mirror", "containerd", {Answer::not_found, 1, 0, false}, {Kind::next_host}},
      {"404 of the last host", "containerd", {Answer::not_found, 1, 0, true}, {Kind::give_up}},
      {"5xx of a mirror", "containerd", {Answer::server_error, 1, 1, false}, {Kind::next_host}},
      {"5xx of the last host", "containerd", {Answer::server_error, 1, 1, true}, again()},
      {"5xx of the last host again",
       "containerd",
       {Answer::server_error, 2, 2, true},
       {Kind::give_up}},
      {"5xx after four 429", "containerd", {Answer::server_error, 5, 1, true}, {Kind::give_up}},
      {"429 of CRI-O", "cri-o", {Answer::throttled, 1, 0, true}, again(2)},
      {"429 of CRI-O, doubled", "cri-o", {Answer::throttled, 4, 0, true}, again(16)},
      {"429 of CRI-O for the fifth", "cri-o", {Answer::throttled, 5, 0, true}, {Kind::give_up}},
      {"refused, of CRI-O", "cri-o", {Answer::no_connection, 1, 0, true}, {Kind::give_up}},
      {"5xx of CRI-O", "cri-o", {Answer::server_error, 1, 1, false}, {Kind::next_host}},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    RuntimeSpec runtime;
    runtime.name = c.runtime;
    CHECK(after_answer(retry_rules(runtime), c.state) == c.want);
  }
}
