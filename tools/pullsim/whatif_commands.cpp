// What the what-if verbs have in common, and their help.
#include "tools/pullsim/whatif_commands.hpp"

#include "tools/pullsim/terminal.hpp"

#include <algorithm>
#include <array>

namespace pullsim {
namespace {

constexpr std::string_view kRunsHelp = R"(
What is run at each point:
  --set PATH=VALUE       override a value everywhere; repeatable
  --variant NAME         only this variant; repeatable
  --seed N, --replications N, -j, --jobs N    as in `run`
  --replications A..B, --precision 2%         as many runs as are needed, as in `run`
)";

constexpr std::string_view kCompare =
    R"(  pullsim compare before.yaml after.yaml
  pullsim compare s.yaml --image web=new.json --against web=old.json
  pullsim compare main/result.json branch/result.json --regressions-only

pullsim compare BASE CANDIDATE: two scenarios, two results, or one scenario with two images, on the
same random numbers; differences with intervals; thresholds against `baseline` are judged.

  --image NAME=FILE      manifest of the candidate's image NAME
  --against NAME=FILE    that of the base's
  --contents FILE=REPORT a report of Trivy, Grype or Syft of one of these two; repeatable
  --regressions-only     leave out what already fails for the base: 0 no worse, 1 worse
  -o, --output FORMAT    table (default) or json
  --unsure pass|fail, --exit-zero, --strict, -q    as in `run`
)";

constexpr std::string_view kSweep =
    R"(  pullsim sweep s.yaml --vary nodePools.general.nodes.initial=2..10:+2 \
    --vary images.web.scaledTo=50MB..1.6GB:x2
  pullsim sweep s.yaml --vary registries.main.egress=1Gbit/s..20Gbit/s --points 200 --design sobol
  pullsim sweep s.yaml --vary ... --shard 2/8 --result part-{shard}.jsonl

pullsim sweep SCENARIO --vary PATH=VALUES...: every combination of values, or `--points N` spread
over ranges; a row for each point, the cheapest that passes marked.

  --vary PATH=A,B,C      a list; LOW..HIGH:+STEP, LOW..HIGH:xFACTOR; LOW..HIGH with --points
  --points N             points between the ends instead of combinations
  --design NAME          latin-hypercube (default) or sobol
  --until THRESHOLD      instead of the scenario's: 'pod_ready p(95) < 60s'
  --result FILE          the sweep as a file; stopped, the same command goes on where it was
  --shard I/N            only this part (I from 1); `auto` or `auto/N` reads the task's number from
                         JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID or OMPI_COMM_WORLD_RANK
  -o, --output FORMAT    table (default), csv or json
  --report FORMAT=FILE   table, csv, json or sqlite; repeatable
  --max-time TIME        begin no further point after this time
Exit code: 0 some point passes, 1 every one fails, 3 neither; of a shard 0 when its work is done.
)";

constexpr std::string_view kMerge =
    R"(  pullsim merge part-*.jsonl --report sqlite=sweep.db

pullsim merge RESULT...: joins the shards of a sweep, in any order; verdict and outputs are those of
the sweep made by one process.

  --result FILE, -o, --output FORMAT, --report FORMAT=FILE    as in `sweep`
)";

constexpr std::string_view kSolve =
    R"(  pullsim solve s.yaml --vary images.web.scaledTo=20MB..4GB --until 'pod_ready p(95) < 60s'
  pullsim solve s.yaml --vary nodePools.general.nodes.initial=3..40 -o json | jq .value

pullsim solve SCENARIO --vary PATH=LOW..HIGH: the largest or smallest value for which the thresholds
hold, between which two values it was found, and its interval.

  --until THRESHOLD      instead of the scenario's: 'pod_ready p(95) < 60s', or of a variant:
                         'slim: pod_ready max < 2m'
  --tolerance 0.2%       how close the two values have to be
  -o, --output FORMAT    table (default) or json
Exit code: 0 found, 1 it holds nowhere in the range, 3 it holds everywhere or not in one piece.
)";

constexpr std::string_view kSensitivity =
    R"(  pullsim sensitivity s.yaml
  pullsim sensitivity s.yaml --vary registries.main.egress=5Gbit/s..20Gbit/s --points 256

pullsim sensitivity SCENARIO: what moves the p95 of pod_ready: every range of the scenario, and
every `--vary PATH=LOW..HIGH`, at its ends one at a time, and all of them together (Sobol indices).

  --vary PATH=LOW..HIGH  a range beside those of the scenario; repeatable
  --points N             points of each of 8 estimates of the indices (default 64); 0: no indices
  -o, --output FORMAT    table (default) or json
)";

constexpr std::string_view kReleases =
    R"(  pullsim releases scenarios/release-train.yaml
  pullsim releases s.yaml --variant slim -o json | jq .variants[0].figures

pullsim releases SCENARIO: weeks of releases on a registry and on nodes, as `releases` of the
scenario says: what is pushed, stored and pulled, how full disks get, and the bill.

  --release NAME         one train alone
  -o, --output FORMAT    table (default) or json
  --set PATH=VALUE       override a value, as in `variants`; repeatable
  --variant NAME         only this variant; repeatable
  --seed N, --replications N, -j, --jobs N    as in `run`
  --strict, --exit-zero, --unsure pass|fail, -q, --quiet    as in `run`
)";

struct Help {
  std::string_view verb;
  std::string_view text;
  bool runs;
};
constexpr std::array<Help, 6> kHelp = {Help{"compare", kCompare, true},
                                       Help{"sweep", kSweep, true},
                                       Help{"merge", kMerge, false},
                                       Help{"solve", kSolve, true},
                                       Help{"sensitivity", kSensitivity, true},
                                       Help{"releases", kReleases, false}};

}  // namespace

bool is_whatif_verb(std::string_view verb) {
  return std::any_of(kHelp.begin(), kHelp.end(), [&](const Help& h) { return h.verb == verb; });
}

std::string whatif_help(std::string_view verb) {
  for (const Help& help : kHelp) {
    if (help.verb == verb) return std::string(help.text) + std::string(help.runs ? kRunsHelp : "");
  }
  return "";
}

Question question_of(const WhatIfArguments& arguments, const std::string& file) {
  Question question;
  question.scenario = file;
  question.options.sets = arguments.sets;
  question.options.variants = arguments.variants;
  question.options.seed = arguments.seed;
  question.options.replications = arguments.runs.replications;
  question.options.until = arguments.until;
  question.strict = arguments.strict;
  question.runs = arguments.runs.budget;
  question.execution.threads = arguments.threads;
  question.execution.stop = &watch_signals();
  question.execution.enough = arguments.runs.deadline();
  return question;
}

int exit_code_for(Verdict verdict, const WhatIfArguments& arguments) {
  if (arguments.exit_zero) return kExitDone;
  const int code = exit_code_of(verdict);
  if (code != kExitUnsure || arguments.unsure == UnsureAs::itself) return code;
  return arguments.unsure == UnsureAs::pass ? kExitDone : kExitFailed;
}

}  // namespace pullsim
