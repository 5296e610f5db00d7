// The leading figure of every variant at many points, on some threads. Equal for any number of
// them: answers stand in the order of the points.
#pragma once

#include "tools/whatif/evaluation.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// By variant, then by run.
using Response = std::vector<std::vector<std::optional<double>>>;

class PointResponses {
 public:
  /// `after` is told how many evaluations are done in all.
  PointResponses(Question question, Diagnostics* findings,
                 std::function<void(std::int64_t done)> after = {});

  /// Of no use once failed(): with findings, or stopped.
  std::vector<Response> at(const std::vector<Point>& points);
  bool failed() const { return failed_; }
  /// Names, known after the first evaluation.
  const std::vector<std::string>& variants() const { return variants_; }

 private:
  Response evaluate_one(const Point& point);

  Question question_;
  int threads_ = 1;
  Diagnostics* findings_;
  std::function<void(std::int64_t)> after_;
  std::mutex mutex_;  // of all below
  std::vector<std::string> variants_;
  std::atomic<bool> failed_{false};
  std::int64_t done_ = 0;
};

}  // namespace pullsim
