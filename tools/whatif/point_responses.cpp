// See the header.
#include "tools/whatif/point_responses.hpp"

#include "tools/whatif/figures.hpp"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <exception>

namespace pullsim {
namespace {

Response response_of(const StudyResult& result) {
  Response response;
  for (const VariantResult& variant : result.variants) {
    response.push_back(figure_runs(variant, kLeadingFigure));
  }
  return response;
}

}  // namespace

PointResponses::PointResponses(Question question, Diagnostics* findings,
                               std::function<void(std::int64_t)> after)
    : question_(std::move(question)),
      threads_(std::max(question_.execution.threads, 1)),
      findings_(findings),
      after_(std::move(after)) {
  question_.execution.threads = 1;  // points go side by side, runs one after the other
}

std::vector<Response> PointResponses::at(const std::vector<Point>& points) {
  std::vector<Response> responses(points.size());
  std::exception_ptr failure;
  tbb::task_arena arena(threads_);
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, points.size(), [&](std::size_t i) {
      if (failed_) return;
      try {
        responses[i] = evaluate_one(points[i]);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex_);
        failed_ = true;
        failure = std::current_exception();
      }
    });
  });
  if (failure) std::rethrow_exception(failure);
  return responses;
}

Response PointResponses::evaluate_one(const Point& point) {
  Diagnostics findings;
  auto study = study_at(question_, point, findings);
  if (!study) {
    const std::lock_guard<std::mutex> lock(mutex_);
    failed_ = true;
    for (const Diagnostic& finding : findings.list()) findings_->add_from(findings, finding);
    return {};
  }
  const Evaluated evaluated = evaluate(question_, std::move(*study));
  if (evaluated.result.partial) failed_ = true;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (variants_.empty()) {
    for (const Variant& variant : evaluated.study.variants) variants_.push_back(variant.name);
  }
  ++done_;
  if (after_) after_(done_);
  return response_of(evaluated.result);
}

}  // namespace pullsim
