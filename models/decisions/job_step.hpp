// What a Job does in one sync, and when a CronJob's Jobs are made. Leaves out indexed completions,
// pod failure and success policies, suspension and deadlines.
//
// Facts: Kubernetes pkg/controller/job/job_controller.go (manageJob: no more active pods than
// completions are missing; a failed pod is replaced after 10 s, doubling, to 6 min; a Job has
// failed when more pods did than backoffLimit), pkg/controller/cronjob/cronjob_controllerv2.go,
// v1.28, the last from general knowledge.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>

namespace pullsim {

struct JobStatus {
  std::int64_t active = 0;  ///< pods, those being made included
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
};

struct JobStep {
  enum class Kind : std::uint8_t { none, create, complete, fail };
  Kind kind = Kind::none;
  std::int64_t create = 0;
  friend bool operator==(const JobStep&, const JobStep&) = default;
};

JobStep job_step(const JobSpec& spec, const JobStatus& status);

/// From the n-th failure in a row (from 1) to the next pod.
Duration job_backoff(std::int64_t failures);

/// From a time of day to the next one of the schedule, at least a nanosecond.
Duration until_next(const CronSchedule& schedule, Duration time_of_day);

}  // namespace pullsim
