// See the header. Three places are looked for by bisection, on one set of values tried: where the
// runs as they are change from holding to not, and where they show each with confidence.
#include "tools/whatif/solve.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr double kSide = 0.025;  // error of each side of a 95 % interval

/// Judged at 2.5 % a side: shares have one-sided bounds, means two-sided intervals.
Verdict at_95(const Judged& judged) {
  const auto& t = *judged.threshold;
  const bool paired_mean = !t.limit.variant.empty() && !t.across.given;
  const bool share = t.across.kind == Across::Kind::share_of_runs && !paired_mean;
  return judge(t, judged.result.variant, judged.runs, share ? kSide : 2 * kSide).outcome;
}

bool holds_as_it_is(const Judged& judged) {
  const ThresholdResult& result = judged.result;
  const Threshold& t = *judged.threshold;
  if (result.runs == 0 || result.runs_unmeasured == result.runs) return false;
  const bool paired_mean = !t.limit.variant.empty() && !t.across.given;
  if (t.across.kind == Across::Kind::mean_of_runs || paired_mean) {
    if (!result.value || !result.limit || result.runs_never > 0) return false;
    // The mean with nothing around it: the rule itself on one repeated value.
    ThresholdRuns mean_runs;
    mean_runs.values = {result.value, result.value};
    if (!judged.runs.others.empty()) {
      const double other = (*result.limit - t.limit.offset) / t.limit.factor;
      mean_runs.others = {other, other};
    }
    mean_runs.runs_identical = true;
    return judge(t, result.variant, mean_runs).outcome == Verdict::pass;
  }
  const double share = t.across.kind == Across::Kind::every_run ? 1 : t.across.share;
  return static_cast<double>(result.runs_met) >= share * static_cast<double>(result.runs);
}

Tried tried_of(double value, const StudyResult& result) {
  Tried tried;
  tried.value = value;
  tried.holds = !result.thresholds.empty();
  tried.verdict = Verdict::pass;
  for (const Judged& judged : result.thresholds) {
    tried.thresholds.push_back(judged.result);
    tried.holds = tried.holds && holds_as_it_is(judged);
    const Verdict verdict = at_95(judged);
    if (verdict == Verdict::fail) tried.verdict = Verdict::fail;
    if (verdict == Verdict::unsure && tried.verdict == Verdict::pass) tried.verdict = verdict;
  }
  return tried;
}

class Solver {
 public:
  Solver(const Vary& range, const SolveOptions& options,
         const std::function<Tried(double)>& try_value)
      : kind_(range.low->kind),
        low_(range.low->number),
        high_(range.high->number),
        options_(options),
        try_value_(try_value) {}

  Solution find() {
    scan();
    Solution solution;
    solution.kind = kind_;
    const bool at_low = at(low_).holds;
    const bool at_high = at(high_).holds;
    if (at_low == at_high) {
      solution.monotone = changes() == 0;
      solution.reason =
          at_low ? "it holds at both ends of the range" : "it holds at neither end of the range";
      if (!solution.monotone) solution.reason += ", and not the same in between";
      return close(std::move(solution));
    }
    solution.largest = at_low;
    const auto [from, to] = outermost_change(at_low);
    const auto [a, b] = bisect(from, to, [](const Tried& t) { return t.holds; });
    solution.bracket_low = a;
    solution.bracket_high = b;
    solution.value = at_low ? a : b;
    set_interval(&solution);
    solution.monotone = changes() == 1;
    return close(std::move(solution));
  }

 private:
  const Tried& at(double value) {
    const auto found = tried_.find(value);
    if (found != tried_.end()) return found->second;
    return tried_.emplace(value, try_value_(value)).first->second;
  }

  double middle(double a, double b) const {
    if (kind_ == ValueKind::count) return std::floor((a + b) / 2);
    return rounded({kind_, a > 0 ? std::sqrt(a * b) : (a + b) / 2}).number;
  }

  bool close_enough(double a, double b) const {
    if (kind_ == ValueKind::count) return b - a <= 1;
    const double m = middle(a, b);
    return b - a <= options_.tolerance * b || m <= a || m >= b;
  }

  void scan() {
    const auto steps = static_cast<double>(std::max<std::int64_t>(options_.scan, 2) - 1);
    for (double i = 0; i <= steps; ++i) {
      double value =
          low_ > 0 ? low_ * std::pow(high_ / low_, i / steps) : low_ + (high_ - low_) * i / steps;
      if (i == 0) value = low_;
      if (i == steps) value = high_;
      at(i == 0 || i == steps ? value : rounded({kind_, value}).number);
    }
  }

  /// Of the values tried, the change that is nearest to the end at which it does not hold: up to
  /// there "largest" (down to there "smallest") is meant.
  std::pair<double, double> outermost_change(bool at_low) const {
    std::pair<double, double> found{low_, high_};
    for (auto next = std::next(tried_.begin()); next != tried_.end(); ++next) {
      const auto before = std::prev(next);
      if (before->second.holds == next->second.holds) continue;
      found = {before->first, next->first};
      if (at_low) break;  // the first change from below: up to there it holds without a gap
    }
    return found;
  }

  std::int64_t changes() const {
    std::int64_t count = 0;
    for (auto next = std::next(tried_.begin()); next != tried_.end(); ++next) {
      count += std::prev(next)->second.holds != next->second.holds ? 1 : 0;
    }
    return count;
  }

  template <class Says>
  std::pair<double, double> bisect(double a, double b, Says says) {
    const bool at_a = says(at(a));
    while (!close_enough(a, b)) {
      const double m = middle(a, b);
      (says(at(m)) == at_a ? a : b) = m;
    }
    return {a, b};
  }

  /// The outermost value at which the verdict is still `wanted`, seen from the end where it is.
  double reach(bool from_low, Verdict wanted, bool* open) {
    const double end = from_low ? low_ : high_;
    const double other = from_low ? high_ : low_;
    const auto says = [wanted](const Tried& t) { return t.verdict == wanted; };
    *open = !says(at(end));
    if (*open) return end;
    if (says(at(other))) {
      *open = true;
      return other;
    }
    const auto [a, b] = bisect(low_, high_, says);
    return from_low ? a : b;
  }

  void set_interval(Solution* solution) {
    const bool up = solution->largest;  // PASS at the low end
    const double low =
        reach(true, up ? Verdict::pass : Verdict::fail, &solution->interval_open_low);
    const double high =
        reach(false, up ? Verdict::fail : Verdict::pass, &solution->interval_open_high);
    solution->interval =
        Interval{std::min(low, *solution->value), std::max(high, *solution->value)};
  }

  Solution close(Solution solution) {
    for (auto& [value, tried] : tried_) solution.tried.push_back(std::move(tried));
    return solution;
  }

  ValueKind kind_;
  double low_;
  double high_;
  const SolveOptions& options_;
  const std::function<Tried(double)>& try_value_;
  std::map<double, Tried> tried_;
};

/// Ends a search in the midst: findings, or a signal.
struct Ended {};

}  // namespace

Solution solve_function(const Vary& range, const SolveOptions& options,
                        const std::function<Tried(double)>& try_value) {
  return Solver(range, options, try_value).find();
}

std::optional<Solution> solve(const Question& question, const Vary& range,
                              const SolveOptions& options, Diagnostics& findings,
                              const std::function<void(const Tried&)>& after) {
  try {
    return solve_function(range, options, [&](double value) {
      const Value at{range.low->kind, value};
      auto study = study_at(question, {{range.path, value_text(at)}}, findings);
      if (!study) throw Ended();
      const Evaluated evaluated = evaluate(question, std::move(*study));
      if (evaluated.result.partial) throw Ended();
      Tried tried = tried_of(value, evaluated.result);
      if (after) after(tried);
      return tried;
    });
  } catch (const Ended&) {
    return std::nullopt;
  }
}

}  // namespace pullsim
