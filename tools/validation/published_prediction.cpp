// Figures from runs, and the fit of the public registry; see the header.
#include "tools/validation/published_prediction.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

/// The pulls of the image in question, by their start; kubelet's durations, without its queue.
struct Pulls {
  std::vector<double> durations;
  double first_start = 0;
  double last_end = 0;
  double last_pod_started = 0;  ///< since the event; 0 without pods
};

Pulls pulls_of(const PublishedSetup& setup) {
  const RunResult result = setup.requests.empty()
                               ? simulate(setup.scenario, 0)
                               : simulate_pulls(setup.scenario, setup.requests, 0);
  std::vector<std::pair<double, double>> spans;
  for (const PullRow& pull : result.pulls) {
    if (pull.image != 0) continue;
    PULLSIM_CHECK(pull.finished.has_value(), "a published set-up has time enough for its pulls");
    spans.emplace_back(to_seconds(*pull.started), to_seconds(*pull.finished));
  }
  PULLSIM_CHECK(!spans.empty(), "a published set-up pulls something");
  std::stable_sort(spans.begin(), spans.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Pulls pulls;
  pulls.first_start = spans.front().first;
  for (const auto& [start, end] : spans) {
    pulls.durations.push_back(end - start);
    pulls.last_end = std::max(pulls.last_end, end);
  }
  const double event = setup.scenario.events.empty() ? 0 : to_seconds(setup.scenario.events[0].at);
  for (const PodRow& pod : result.pods) {
    if (!pod.started) continue;
    pulls.last_pod_started = std::max(pulls.last_pod_started, to_seconds(*pod.started) - event);
  }
  return pulls;
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

PublishedFigure figure_of(const PublishedCase::Measured& measured, const Pulls& pulls) {
  PublishedFigure figure{"pull", measured.seconds, pulls.durations.front()};
  if (measured.key == "pull_seconds_p50") {
    figure.what = "median pull";
    figure.predicted = median_of(pulls.durations);
  } else if (measured.key == "pull_seconds_max") {
    figure.what = "slowest pull";
    figure.predicted = *std::max_element(pulls.durations.begin(), pulls.durations.end());
  } else if (measured.key == "wall_clock_seconds_first_start_to_last_stop") {
    figure.what = kWholeTime;
    figure.predicted = pulls.last_end - pulls.first_start;
  } else if (measured.key == "all_pods_created_to_started_seconds") {
    figure.what = "all pods started";
    figure.predicted = pulls.last_pod_started;
  } else if (measured.key == "unpack_seconds") {
    figure.what = "unpacking";
  }
  return figure;
}

/// Sum of squared logarithms of predicted over measured medians.
double misfit(const std::vector<const PublishedCase*>& cases,
              const PublishedParameters& parameters) {
  double sum = 0;
  for (const PublishedCase* one : cases) {
    const PublishedFigure figure = predict_published(*one, parameters).figures.front();
    const double error = std::log(figure.predicted / figure.measured);
    sum += error * error;
  }
  return sum;
}

}  // namespace

PublishedResult predict_published(const PublishedCase& published,
                                  const PublishedParameters& parameters) {
  PublishedResult result;
  result.published = &published;
  const PublishedSetup setup = setup_of(published, parameters);
  result.not_replayed = setup.not_replayed;
  if (!setup.not_replayed.empty()) return result;
  result.assumptions = setup.assumptions;
  const Pulls pulls = pulls_of(setup);
  for (const PublishedCase::Measured& one : published.measured) {
    result.figures.push_back(figure_of(one, pulls));
  }
  if (published.kind == PublishedCase::Kind::fleet_rolling && !published.in_start_order.empty()) {
    result.figures.push_back(
        {"first pull", published.in_start_order.front(), pulls.durations.front()});
  }
  const auto read_again = [&](const Reading& reading, const char* how) {
    result.other_readings.push_back(predict_reading(published, parameters, reading));
    result.other_readings.back().what += how;
  };
  Reading other;
  other.size_is_unpacked = true;
  if (size_is_open(published)) read_again(other, ", if the size is the unpacked one");
  other = Reading{};
  other.volume = Reading::Volume::ssd;
  if (volume_is_open(published)) read_again(other, ", if the volume is an SSD of its size");
  return result;
}

PublishedFigure predict_reading(const PublishedCase& published,
                                const PublishedParameters& parameters, const Reading& reading) {
  const Pulls pulls = pulls_of(setup_of(published, parameters, reading));
  return figure_of(published.measured.front(), pulls);
}

bool fitted_on(const PublishedCase& published) {
  return published.id.rfind("spegel-2024-baseline", 0) == 0;
}

// A pattern search: up and down each parameter by a factor that shrinks when nothing gets better.
PublishedParameters fit_public_registry(const std::vector<PublishedCase>& cases,
                                        const ParameterValues& laboratory) {
  PublishedParameters best;
  best.laboratory = laboratory;
  std::vector<const PublishedCase*> used;
  for (const PublishedCase& one : cases) {
    if (fitted_on(one)) used.push_back(&one);
  }
  if (used.empty()) return best;
  double least = misfit(used, best);
  constexpr double kFirstFactor = 1.3;
  constexpr double kLastFactor = 1.004;
  for (double factor = kFirstFactor; factor > kLastFactor;) {
    bool better = false;
    for (double PublishedParameters::*parameter :
         {&PublishedParameters::public_request_seconds,
          &PublishedParameters::public_cold_bytes_per_second}) {
      for (const double by : {factor, 1 / factor}) {
        PublishedParameters tried = best;
        tried.*parameter *= by;
        const double value = misfit(used, tried);
        if (!(value < least)) continue;
        least = value;
        best = tried;
        better = true;
      }
    }
    if (!better) factor = std::sqrt(factor);
  }
  return best;
}

}  // namespace pullsim
