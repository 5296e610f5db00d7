// The help texts, and the names that later versions will know.
#include "tools/pullsim/help_text.hpp"

#include "tools/pullsim/whatif_commands.hpp"

#include <algorithm>
#include <array>

namespace pullsim {
namespace {

constexpr std::string_view kGeneral =
    R"(pullsim simulates Kubernetes scale-outs and takes image pulls seriously.

  pullsim run scenarios/large-vs-slim.yaml --out out/large-vs-slim
  pullsim inspect scenarios/images/web-large.json scenarios/images/web-slim.json
  pullsim validate my-scenario.yaml

Verbs:
  run SCENARIO        simulates, judges the thresholds, prints a summary
  report RESULT       a stored result in any format, without simulating
  build SCENARIO      what each commit costs: time of its build and push, steps that run, bytes
  compare A B         differences between two scenarios, results or images, with intervals
  sweep SCENARIO      many points: combinations of values, or points between ends
  merge RESULT...     joins the parts of a sweep
  solve SCENARIO      the largest or smallest value for which the thresholds hold
  sensitivity FILE    what moves the result
  releases SCENARIO   weeks of releases: storage, transfer, disks of nodes, the bill
  validate FILE...    checks scenarios without simulating
  inspect IMAGE...    layers, sizes and what images share
  explain SCENARIO    why one pod took so long, and what one change would have saved
  calibrate           fits the model to measured pulls, says how well it fits
  import FILE...      a first scenario from what kubectl prints of a cluster
  schema scenario     the JSON Schema of scenario files, for editors; `schema result` of results
  init [FILE]         a first scenario to change, with comments
  config view         every setting with its value and where it came from
  completion SHELL    a completion script for bash, zsh or fish
  version             version of the program and of its file formats

`pullsim VERB --help` tells more, docs/pullsim.1 is the manual page. A file named `-` is standard
input. `--config FILE` names a file of settings. Texts are as wide as the terminal, in a pipe as
COLUMNS says, from 60 to 100; NO_COLOR turns colour off.
Exit codes: 0 done, 1 a threshold fails, 2 bad input, 3 unsure, 4 the surroundings failed.
)";

constexpr std::string_view kRun =
    R"(  pullsim run scenarios/large-vs-slim.yaml
  pullsim run s.yaml --out out/s --set registries.main.egress=5Gbit/s
  pullsim run s.yaml -o json | jq .verdict

pullsim run SCENARIO [FLAGS]: simulates every variant, judges the thresholds.

What is run:
  --set PATH=VALUE       override a value, as in `variants`; repeatable
  --variant NAME         only this variant; repeatable
  --seed N               instead of the scenario's
  --replications N       instead of the scenario's; A..B: as many as the verdict needs
  --precision 2%         as many as make intervals so narrow (half the width, of the value)
  --max-time 60s         begin no further run then; what is unclear is UNSURE
  -j, --jobs N           threads; never changes a result (default: all cores)

What is written:
  --out DIR              result.json, report.html, pods.csv, pulls.csv, layers.csv, timeline.csv
  -o, --output FORMAT    standard output: table (default) or json
  --report FORMAT=PATH   html, json, junit, github, markdown, openmetrics, trace, or a folder: csv,
                         svg, png, vega-lite; repeatable; github=- prints annotations
  -q, --quiet            the verdict line alone
  --no-progress          no progress line on a terminal
  --color WHEN           auto (default), always or never

What the exit code says:
  --unsure pass|fail     3 becomes 0 or 1
  --strict               warnings count as failures
  --exit-zero            the verdict does not change the exit code
)";

constexpr std::string_view kInit =
    R"(  pullsim init scenario.yaml
  pullsim run scenario.yaml --out out

pullsim init [FILE]: a first scenario to change; on standard output without FILE. Beside each key
stands what the reference says of it. Never writes over a file.
)";

constexpr std::string_view kCompletion =
    R"(  source <(pullsim completion bash)
  source <(pullsim completion zsh)
  pullsim completion fish > ~/.config/fish/completions/pullsim.fish

pullsim completion SHELL: a script that completes verbs, flags, what a flag takes, and files.
While somebody types it asks for what a scenario has:

  completion paths SCENARIO [WORD]      steps of paths that begin with WORD, for --set and --vary
  completion variants SCENARIO [WORD]   names of variants
)";

constexpr std::string_view kReport =
    R"(  pullsim report out/large-vs-slim/result.json --report html=report.html
  pullsim report result.json -o markdown
  pullsim report result.json --report junit=junit.xml --report github=-

pullsim report RESULT: a stored result in any format; nothing is simulated.

  --report FORMAT=PATH   html, json, junit, github, markdown, openmetrics, trace, or a folder: svg,
                         png, vega-lite; repeatable
  -o, --output FORMAT    standard output: table (default), or one of the formats that are no folder
  -q, --quiet            the verdict line alone
  --color WHEN           auto (default), always or never
)";

constexpr std::string_view kBuild =
    R"(  pullsim build scenarios/build-two-stages.yaml
  pullsim build s.yaml --build web --commit source
  pullsim build s.yaml -o json | jq '.builds[].expected_seconds'

pullsim build SCENARIO: the scenario's `builds`: which steps of a Dockerfile each kind of commit
makes run and why, how long build and push take, which layers are pushed. Nothing is simulated.

  --build NAME           show this build alone
  --commit NAME          show this kind of commit alone
  --variant NAME         only this variant; repeatable
  --set PATH=VALUE       override a value, as in `run`; repeatable
  -o, --output FORMAT    table (default) or json

Exit codes: 0 done, 1 a threshold about builds fails, 2 bad input, 4 a file cannot be read.
)";

constexpr std::string_view kValidate =
    R"(  pullsim validate scenarios/*.yaml

pullsim validate FILE...: all findings of form and meaning; nothing is simulated.

  --report FORMAT=FILE   also as sarif or github; repeatable; github=- prints annotations

Exit codes: 0 no error, 2 errors, 4 a file cannot be read.
)";

constexpr std::string_view kInspect =
    R"(  pullsim inspect web-large.json web-slim.json
  docker manifest inspect -v node:20 | pullsim inspect -
  pullsim inspect web.json -o json | jq '.images[0].fetched_bytes'
  trivy image -f json --list-all-pkgs web:1 | pullsim inspect web.json --contents -

pullsim inspect IMAGE...: layers, largest first, where their bytes come from, and what the images
have in common.

  --contents REPORT      packages and known vulnerabilities from a JSON report of Trivy, Grype or
                         Syft; with several images IMAGE=REPORT; repeatable
  --base FILE            an image that others stand on: its layers are told apart; repeatable

  -o, --output FORMAT    table (default) or json
  --platform OS/ARCH     which image of an index (default linux/amd64)
  --unpacked-ratio X     unpacked over compressed size of layers that do not say
)";

constexpr std::string_view kCalibrate =
    R"(  pullsim calibrate --observed cases.json --out profile.yaml
  pullsim calibrate --observed a.json --test b.json --out profile.yaml -o json
  kubectl get events -A -o json > events.json
  pullsim calibrate --observed events.json --scenario my-cluster.yaml --out profile.yaml

pullsim calibrate: fits parameters to measured pulls and says how well they predict.

  --observed FILE        measured cases, or events as `kubectl get events -A -o json` prints them;
                         docs/calibration-inputs.md has both
  --test FILE            the same, predicted only; measured times of cases are optional there
  --scenario FILE        with events: images, registries and node pools of the cluster
  --runtime NAME         with events and no scenario: containerd (default) or cri-o
  --out FILE             the profile: parameters with 95 % intervals
  -o, --output FORMAT    table (default) or json
)";

constexpr std::string_view kImport =
    R"(  kubectl get nodes,pods,deployments,hpa -A -o json > cluster.json
  pullsim import cluster.json --out scenario.yaml

pullsim import FILE...: a first scenario of a cluster, with comments for what is made up, what is
left out and how to get the rest. Files may be one or several, in any order.

  --out FILE             the scenario (default: standard output)
  --name NAME            its name (default: imported)
)";

constexpr std::string_view kExplain =
    R"(  pullsim explain scenarios/large-vs-slim.yaml --at p95
  pullsim explain s.yaml --variant slim --pod web-12 -o json | jq .steps
  pullsim explain PS2004

pullsim explain SCENARIO: the critical path of one pod from its creation until it is ready, what
held each step up, and what one change at a time would have saved, each simulated.
pullsim explain CODE: what a code of a finding means, with an example.

  --at pN                the pod at this share of the pods (default p95); p100 is the last one
  --pod NAME             this pod, workload and ordinal
  --variant NAME         in this variant (default: the first)
  --run N                in this run (default: the middle one of all by its p95)
  --set PATH=VALUE       override a value, as in `run`; repeatable
  --seed N, --replications N, -j, --jobs N    as in `run`
  -o, --output FORMAT    table (default) or json
)";

constexpr std::string_view kSchema =
    R"(  pullsim schema scenario > scenario.schema.json
  pullsim schema result > result.schema.json

pullsim schema scenario: the JSON Schema (draft 7) of scenario files. An editor with a YAML language
server reads it when a file begins with `# yaml-language-server: $schema=PATH`.
pullsim schema result: the same of result.json.
)";

constexpr std::string_view kVersion =
    R"(  pullsim version
  pullsim version -o json
)";

constexpr std::string_view kConfig =
    R"(  pullsim config view
  PULLSIM_COLOR=never pullsim config view -o json

pullsim config view: every setting with its value and where it came from. A setting changes how a
result looks, never what it says. The strongest first: the flag of that name; the environment
(PULLSIM_COLOR, PULLSIM_JOBS, PULLSIM_NO_PROGRESS, PULLSIM_OUTPUT, PULLSIM_QUIET); the file of
`--config`, of PULLSIM_CONFIG, or .pullsim.yaml in the working folder;
$XDG_CONFIG_HOME/pullsim/config.yaml or ~/.config/pullsim/config.yaml. A file holds lines like
`color: never`.

  -o, --output FORMAT    table (default) or json
)";

constexpr std::array<std::string_view, 3> kLaterFlags = {"--result", "--verbose", "-v"};

}  // namespace

std::string help_text(std::string_view verb) {
  if (verb == "run") return std::string(kRun);
  if (verb == "build") return std::string(kBuild);
  if (verb == "init") return std::string(kInit);
  if (verb == "completion") return std::string(kCompletion);
  if (verb == "config") return std::string(kConfig);
  if (verb == "report") return std::string(kReport);
  if (verb == "validate") return std::string(kValidate);
  if (verb == "inspect") return std::string(kInspect);
  if (verb == "schema") return std::string(kSchema);
  if (verb == "explain") return std::string(kExplain);
  if (verb == "calibrate") return std::string(kCalibrate);
  if (verb == "import") return std::string(kImport);
  if (verb == "version") return std::string(kVersion);
  if (is_whatif_verb(verb)) return whatif_help(verb);
  return std::string(kGeneral);
}

bool is_later_flag(std::string_view flag) {
  const std::string_view name = flag.substr(0, flag.find('='));
  return std::find(kLaterFlags.begin(), kLaterFlags.end(), name) != kLaterFlags.end();
}

}  // namespace pullsim
