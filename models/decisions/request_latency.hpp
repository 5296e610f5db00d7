// How long a request takes, from its arrival to its answer. Below full load: a queue M/M/c, every
// pod one server with exponential service times of mean 1 / (requests per second that it can
// serve), one line for all. Above it, or while a line is left: the line's length over what is
// served in a second, and then the service. Leaves out the network, pods that handle several
// requests at once (their service times are longer, their waits shorter) and chance above full
// load, where the line itself outweighs it.
//
// Facts: Erlang C; the distribution of the response time of M/M/c with first come, first served
// (D. Gross, J. Shortle, J. Thompson, C. Harris, Fundamentals of Queueing Theory, 4th ed., 2.4).
#pragma once

#include "models/decisions/request_queue.hpp"

#include <cstdint>

namespace pullsim {

struct RequestLatency {
  double mean_seconds = 0;
  double p95_seconds = 0;
};

/// Erlang's C: the share of requests that have to wait. `load`: requests per service time, less
/// than `servers`.
double share_that_waits(std::int64_t servers, double load);

/// The same for servers that come one by one, each in a step: the recursion goes on where it was.
/// A share below 1e-40 counts as none, which no latency can tell.
class WaitingShare {
 public:
  double of(std::int64_t servers, double load);

 private:
  std::int64_t servers_ = 0;
  double load_ = -1;
  double blocked_ = 1;  // Erlang's B
};

/// Of requests that arrive now. `servers`: pods that are served. No wait is longer than the
/// patience. Without pods everybody waits as long as that.
RequestLatency request_latency(const RequestQueue& queue, const RequestFlow& flow,
                               std::int64_t servers);

/// The same again and again, while pods come and go: what is worked out is kept.
class RequestLatencies {
 public:
  RequestLatency of(const RequestQueue& queue, const RequestFlow& flow, std::int64_t servers);

 private:
  WaitingShare waiting_;
  // Of requests that do not wait, for these times: what the halving ends at.
  double longest_ = -1;
  double service_end_ = 0;
};

}  // namespace pullsim
