// Jobs begun in order, made side by side on some threads, and handed on in order: what comes out is
// the same for any number of threads. At most twice as many jobs are alive as there are threads.
#pragma once

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <cstddef>
#include <memory>

namespace pullsim {

/// `begin()` gives a shared pointer to the next job, null after the last; `make(Job*)` is called on
/// any thread and must not throw; `hand_on(job)` on one at a time, and what it throws ends it all.
template <class Begin, class Make, class HandOn>
void run_in_order(std::size_t threads, const Begin& begin, const Make& make,
                  const HandOn& hand_on) {
  using Job = decltype(begin());
  if (threads <=
      1) {  // also inside a task of another one, where the limit below would hold for all
    while (const auto job = begin()) {
      make(job.get());
      hand_on(job);
    }
    return;
  }
  const auto next = [&](tbb::flow_control& control) {
    auto job = begin();
    if (!job) control.stop();
    return job;
  };
  const auto made = [&](Job job) {
    make(job.get());
    return job;
  };
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    tbb::parallel_pipeline(
        2 * threads, tbb::make_filter<void, Job>(tbb::filter_mode::serial_in_order, next) &
                         tbb::make_filter<Job, Job>(tbb::filter_mode::parallel, made) &
                         tbb::make_filter<Job, void>(tbb::filter_mode::serial_in_order, hand_on));
  });
}

}  // namespace pullsim
