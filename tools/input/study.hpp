// A scenario file as read: its variants as plain scenarios, what is to be judged, and where each
// thing was written. The core never sees this.
#pragma once

#include <pullsim/build.hpp>
#include <pullsim/release_train.hpp>
#include <pullsim/scenario.hpp>

#include "tools/input/diagnostic.hpp"
#include "tools/input/price_book.hpp"
#include "tools/input/service_objective.hpp"
#include "tools/input/used_profile.hpp"

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace pullsim {

struct FilePlace {
  std::string file;
  int line = 0;
  int column = 0;
};

enum class Metric : std::uint8_t {
  pod_ready,
  pod_started,
  pod_served,
  pull_time,
  pull_wait,
  unpack_time,
  node_ready,
  scaleout_done,
  registry_egress,
  registry_throttled,
  nic_use,
  disk_use,
  cache_hits,
  unserved,
  cost,
  build_time,  ///< of `pullsim build`, as the one below
  build_pushed,
  // Of release trains, from here on: no run measures them.
  release_pulled,
  release_cache_hits,
  release_stored,
  release_disk_use,
  release_pulls_failed,
  release_bill
};
constexpr bool is_of_releases(Metric metric) { return metric >= Metric::release_pulled; }

/// Measured of builds, not of runs.
inline bool is_build_metric(Metric metric) {
  return metric == Metric::build_time || metric == Metric::build_pushed;
}

struct Aggregate {
  enum class Kind : std::uint8_t { mean, min, max, percentile, count, total, peak, fraction, at };
  Kind kind = Kind::mean;
  double parameter = 0;           ///< percentile 0..100; `fraction`: the value; `at`: seconds
  std::string fraction_operator;  ///< "<" ...
};

enum class Operator : std::uint8_t { less, less_equal, greater, greater_equal, equal };

/// What a threshold compares with: a number (base unit: seconds, bytes, bytes/s, share, count) or
/// another variant's aggregate of the same run, times factor plus offset.
struct ThresholdLimit {
  double value = 0;
  std::string variant;  ///< empty: the number above
  double factor = 1;
  double offset = 0;
  std::string currency;  ///< of an amount of money; empty: none is given
};

struct Across {
  enum class Kind : std::uint8_t { share_of_runs, every_run, mean_of_runs };
  Kind kind = Kind::share_of_runs;
  double share = 0.8;
  bool given = false;  ///< written by the user, not the default
};

struct Threshold {
  std::string name;  ///< as written, or the condition in the short form
  std::string text;  ///< the condition as written: "pod_ready p(95) < 5m"
  Metric metric = Metric::pod_ready;
  Aggregate aggregate;
  Operator op = Operator::less;
  ThresholdLimit limit;
  Across across;
  std::string variant;                       ///< empty: judged for every variant
  std::map<std::string, std::string> where;  ///< workload, image, pool, node; build, commit
  bool warn_only = false;
  std::string because;
  FilePlace place;
};

/// The ranges of a run met in a way that no scenario can have.
struct DrawRefused : std::runtime_error {
  DrawRefused(const std::string& findings, std::uint32_t run_)
      : std::runtime_error(findings), run(run_) {}
  std::uint32_t run;
};

struct Variant {
  std::string name;
  Scenario scenario;  ///< every range at its middle
  /// The scenario of a run, for any thread; empty where no range is: `scenario` is that of all
  /// runs. Throws DrawRefused.
  std::function<Scenario(std::uint32_t)> drawn;
  Scenario of_run(std::uint32_t run) const { return drawn ? drawn(run) : scenario; }
  std::vector<ServiceObjective> objectives;  ///< of its traffic
  std::vector<ReleaseTrainSpec> releases;    ///< no part of a run
  std::optional<PriceBook> prices;
  std::vector<BuildSpec> builds;
  bool no_cluster = false;                  ///< builds or releases alone
  std::vector<std::string> warnings;        ///< what had to be assumed
  std::map<std::string, FilePlace> places;  ///< of every path of the tree after overrides
  /// Where `path` ("workloads.web.replicas") was written, or the nearest block above it.
  FilePlace place_of(const std::string& path) const;
};

struct InputFile {
  std::string file;  ///< as named in the scenario
  std::string sha256;
};

/// How the number of runs was found where it was not given (tools/run/run_budget.hpp).
struct RunsFound {
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::optional<double> precision;  ///< half width wanted, as a share of the value
  std::int64_t pilot = 0;           ///< runs that only said how many are needed
  std::int64_t looks = 1;           ///< at the runs that count
  bool reached = true;              ///< settled and precise; false: the budget ended before
};

struct Study {
  std::string name;
  std::string question;
  std::string file;    ///< as the user named it
  std::string sha256;  ///< of the scenario file
  std::uint64_t seed = 1;
  std::int64_t replications = 20;
  std::uint32_t first_run = 0;      ///< runs are first_run, first_run + 1, ...
  std::optional<RunsFound> budget;  ///< absent: `replications` was given
  std::vector<Variant> variants;
  std::vector<Threshold> thresholds;          ///< that runs are judged by
  std::vector<Threshold> release_thresholds;  ///< that release trains are judged by
  std::vector<Threshold> build_thresholds;    ///< of `pullsim build`
  std::vector<std::string> warnings;  ///< settings against predicted times, told before the runs
  std::vector<InputFile> inputs;      ///< manifests and the like
  std::vector<std::string> ranges;    ///< paths of numbers written as ranges, sorted
  std::vector<UsedProfile> profiles;  ///< sorted by file
  /// What happens in the first variant, in words; empty: as its scenario says (summary_tables.cpp).
  /// Studies that come from a stored result have no scenarios.
  std::string happens;
  std::string resolved_json;  ///< the scenario after overrides, as JSON, one object a variant
};

/// What a study is read for: runs need workloads, release trains need `releases`.
enum class StudyPurpose : std::uint8_t { runs, releases, builds, any };

struct StudyOptions {
  std::vector<std::string> sets;      ///< "path=value", applied to every variant
  std::vector<std::string> variants;  ///< names to keep; empty: all
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> replications;
  StudyPurpose purpose = StudyPurpose::runs;
  std::string until;  ///< a threshold in its short form in the place of the file's; empty: those
};

/// Reads a scenario file ("-": stdin) with everything it names. On errors the study is absent and
/// `diagnostics` says all of them; warnings may be there in both cases.
std::optional<Study> read_study(const std::string& file, const StudyOptions& options,
                                Diagnostics& diagnostics);
/// The same of a text that is to become `file`.
std::optional<Study> read_study_text(const std::string& text, const std::string& file,
                                     Diagnostics& diagnostics);

}  // namespace pullsim
