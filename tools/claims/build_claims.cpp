// Claims about builds. Nothing of a build is drawn, so none of them has an interval.
#include "tools/claims/claim.hpp"
#include "tools/claims/evidence.hpp"
#include "tools/output/number_text.hpp"
#include "tools/run/build_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace pullsim {
namespace {

constexpr double kMinute = 60;

const BuildResult& build_of(const BuildAnswers& answers, const std::string& variant) {
  for (const BuildResult& build : answers.builds) {
    if (build.variant == variant) return build;
  }
  throw std::runtime_error("no builds of variant `" + variant + "`");
}

const CommitResult& commit_of(const BuildAnswers& answers, const std::string& variant,
                              const std::string& commit) {
  for (const CommitResult& each : build_of(answers, variant).commits) {
    if (each.commit->name == commit) return each;
  }
  throw std::runtime_error("no commit `" + commit + "`");
}

double seconds_of(const BuildAnswers& answers, const std::string& variant,
                  const std::string& commit) {
  return to_seconds(commit_of(answers, variant, commit).outcome.total());
}

std::string minutes(double seconds) { return fmt::format("{:.1f} min", seconds / kMinute); }
std::string percent(double share) { return fmt::format("{:.0f} %", share * 100); }

Claim eighteen_to_four(const Study& study, const BuildAnswers& answers) {
  const double before = seconds_of(answers, "one-stage", "source");
  const double after = seconds_of(answers, "two-stages", "source");
  const double mix = build_of(answers, "two-stages").expected_seconds;
  constexpr double kClaimed = 4 * kMinute;
  Claim claim;
  claim.id = "ci-18-to-4-minutes";
  claim.claim = "CI falls from 18 to 4 minutes with two stages.";
  claim.scenario = study.file;
  claim.what = "build and push of a commit that touches the source alone, with two stages";
  claim.computed = after;
  claim.unit = "s";
  claim.holds = after > kClaimed ? Holds::no : mix > kClaimed ? Holds::depends : Holds::yes;
  claim.when = fmt::format(
      "From {} to {} for source commits, where installing and pushing are 14 of the 18 minutes and "
      "the build itself takes less than 4; all step times are assumed. Over the mix of commits it "
      "is {}. The builder has to keep its cache between builds.",
      minutes(before), minutes(after), minutes(mix));
  claim.command = "pullsim build " + claim.scenario;
  return claim;
}

Claim repeated_builds(const Study& study, const BuildAnswers& answers) {
  const auto saved = [&](const std::string& suffix) {
    return 1 - seconds_of(answers, "dependencies-first" + suffix, "source") /
                   seconds_of(answers, "copy-all" + suffix, "source");
  };
  constexpr double kClaimed = 0.6;
  Claim claim;
  claim.id = "repeated-builds-60-percent";
  claim.claim = "Repeated builds are 60 % faster when dependencies are copied before the source.";
  claim.scenario = study.file;
  claim.what = "share of build and push that a source commit saves";
  claim.computed = saved("");
  claim.unit = "share";
  const bool slow = saved("") >= kClaimed;
  const bool quick = saved("-quick-install") >= kClaimed;
  claim.holds = slow && quick ? Holds::yes : slow || quick ? Holds::depends : Holds::no;
  claim.when = fmt::format(
      "True where installing, with export and push of what it installs, takes at least 1.5 times "
      "all the rest: {} with an installation of 620 s, {} with one of 120 s and half the bytes "
      "(both assumed). A commit that changes the dependencies saves next to nothing.",
      percent(saved("")), percent(saved("-quick-install")));
  claim.command = "pullsim build " + claim.scenario;
  return claim;
}

Claim npm_ci(const Study& study, const BuildAnswers& answers) {
  const double before = seconds_of(answers, "one-stage", "dependencies");
  const double after = seconds_of(answers, "two-stages", "dependencies");
  const double source = seconds_of(answers, "two-stages", "source");
  Claim claim;
  claim.id = "npm-ci-against-npm-install";
  claim.claim = "`npm ci` instead of `npm install` makes builds faster and the same each time.";
  claim.scenario = study.file;
  claim.what = "seconds that a commit of dependencies is quicker with `npm ci` and two stages";
  claim.computed = before - after;
  claim.unit = "s";
  claim.holds = Holds::depends;
  claim.when = fmt::format(
      "Only for commits that install at all: {} instead of {} there. The difference of the two "
      "installations is assumed (300 s against 620 s) and never measured here; the rest is what "
      "two stages need not push. With dependencies copied first, other commits run neither ({} "
      "with either). That builds are the same each time is no matter of seconds: pullsim does not "
      "compute it.",
      minutes(after), minutes(before), minutes(source));
  claim.command = "pullsim build " + claim.scenario;
  return claim;
}

Claim not_root(const Study& study, const BuildAnswers& answers) {
  // `USER app` stands in the Dockerfile and in the image's configuration, and is no step.
  const CommitResult& fresh = commit_of(answers, "two-stages", "base");
  const auto& steps = fresh.graph->steps;
  const auto users = std::count_if(steps.begin(), steps.end(), [](const BuildStep& step) {
    return step.text.rfind("USER", 0) == 0;
  });
  std::int64_t bytes = 0;
  for (const std::size_t step : fresh.outcome.pushed) {
    if (steps[step].text.rfind("USER", 0) == 0) bytes += steps[step].size.count;
  }
  Claim claim;
  claim.id = "not-root";
  claim.claim = "The container does not run as root.";
  claim.scenario = study.file;
  claim.what = "bytes of all layers that `USER app` adds to the image";
  claim.computed = static_cast<double>(bytes);
  claim.unit = "bytes";
  claim.holds = users == 0 && bytes == 0 ? Holds::yes : Holds::depends;
  claim.when =
      "It costs nothing: USER makes no layer and no second, whatever the image. `pullsim inspect` "
      "shows the user where the file holds the image's configuration. What it is worth is a "
      "question of security, which pullsim does not compute.";
  claim.command = "pullsim build " + claim.scenario + " --variant two-stages --commit base";
  return claim;
}

}  // namespace

std::vector<Claim> claims_of_builds() {
  const Study orders = study_of("scenarios/build-one-stage.yaml", StudyPurpose::builds);
  const Study stages = study_of("scenarios/build-two-stages.yaml", StudyPurpose::builds);
  const BuildAnswers of_orders = answer_builds(orders);
  const BuildAnswers of_stages = answer_builds(stages);
  return {eighteen_to_four(stages, of_stages), repeated_builds(orders, of_orders),
          npm_ci(stages, of_stages), not_root(stages, of_stages)};
}

}  // namespace pullsim
