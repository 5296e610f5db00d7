// See the header.
#include "tools/pullsim/runs_progress.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/output/number_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace pullsim {
namespace {

constexpr double kNormal95 = 1.96;  // of a line that is gone in a moment
constexpr double kMillion = 1e6;

std::int64_t all_runs(const Study& study) {
  return study.replications * static_cast<std::int64_t>(study.variants.size());
}

}  // namespace

RunsProgress::RunsProgress(bool wanted, const Study& study)
    : line_(wanted, all_runs(study)), figures_(study.variants.size()) {
  line_.show(0, printable(study.variants.front().name));
}

void RunsProgress::add(const Study& study, std::size_t variant, const RunSummary& run) {
  ++done_;
  events_ += run.counters.events;
  Figure& figure = figures_.at(variant);
  const auto& value =
      run.metrics[0].values[static_cast<std::size_t>(SummaryAggregate::p95)];  // pod_ready
  if (value && std::isfinite(*value)) {
    ++figure.runs;
    const double off = *value - figure.mean;
    figure.mean += off / static_cast<double>(figure.runs);
    figure.squares += off * (*value - figure.mean);
  }
  if (!line_.due()) return;
  // A budget makes runs in batches: those of this batch are still to come.
  line_.set_total(std::max(
      done_, all_runs(study) + study.first_run * static_cast<std::int64_t>(study.variants.size())));
  line_.show(done_, figure_text(study.variants[variant].name, figure));
}

std::string RunsProgress::figure_text(const std::string& variant, const Figure& figure) const {
  std::string text = printable(variant);
  if (figure.runs > 0) text += " p95 " + quantity_text(figure.mean, "s");
  if (figure.runs > 1 && figure.mean > 0) {
    const auto runs = static_cast<double>(figure.runs);
    const double half = kNormal95 * std::sqrt(figure.squares / (runs - 1) / runs);
    text += fmt::format(" +-{:.1f} %", 100 * half / figure.mean);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  const double speed = static_cast<double>(events_) / std::max(seconds, 1e-3);
  return text + fmt::format("   {:.2f} M events/s", speed / kMillion);
}

}  // namespace pullsim
