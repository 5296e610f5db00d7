// Parameters from the pulls of a cluster's events. A duration alone cannot tell what each layer
// cost, so few numbers are fitted: how fast the cores are, how long a request takes, and what one
// connection carries where the scenario does not say. Every prediction is a run of the simulator.
#pragma once

#include "tools/calibrate/calibration.hpp"
#include "tools/calibrate/event_cases.hpp"

#include <array>
#include <optional>
#include <vector>

namespace pullsim {

/// By index: the factor on all CPU costs of the runtime, seconds of a request, bytes per second of
/// a connection. Logarithms of them over their starts are what is searched.
struct EventValues {
  double cost_factor = 1;
  double request_latency = 0.030;
  double per_connection = 70e6;
};

struct EventPrediction {
  double makespan_seconds = 0;
  std::vector<double> pull_seconds;  ///< by EventCase::pulls
};

/// A case with its scenario made, to be predicted under any values.
class PreparedCase {
 public:
  PreparedCase(const EventCases& all, const EventCase& one);
  EventPrediction predict(const EventValues& values) const;

 private:
  Scenario scenario_;
  std::vector<PullRequest> requests_;
};

/// `observed` needs a case. Deterministic.
Calibration calibrate_events(const EventCases& observed, const std::optional<EventCases>& test);

}  // namespace pullsim
