// Which steps run again after which change: a table written from the documented rules (Docker's
// pages on cache invalidation, the Dockerfile reference on ARG, ENV, COPY --link and mounts, and
// BuildKit: LABEL, CMD and the like are configuration of the image, not steps).
#include "tests/dockerfile/build_case.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

struct Case {
  const char* name;
  std::string dockerfile;
  CaseChange change;
  std::vector<std::string> runs;
  CaseWorld world = {};
};

const std::string kOneStage =
    "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm install\nRUN npm run build\n";
const std::string kDependenciesFirst =
    "FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n";
const std::string kTwoStages =
    "FROM node:20-alpine AS builder\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n"
    "RUN npm run build\n"
    "FROM alpine:3.20\nRUN apk add nodejs\nWORKDIR /app\n"
    "COPY --from=builder /app/dist ./dist\nUSER app\nCMD [\"node\", \"dist/app.js\"]\n";
const std::string kArgLate =
    "FROM alpine\nRUN one\nARG VERSION=1\nRUN two\nCOPY README.md /\nRUN three\n";
const std::string kMounted =
    "FROM golang AS build\nWORKDIR /src\n"
    "RUN --mount=type=bind,source=go.mod,target=go.mod go mod download\n"
    "RUN --mount=type=bind,target=. --mount=type=cache,target=/root/.cache go build -o /out/app\n"
    "FROM scratch\nCOPY --from=build /out/app /app\n";
const std::string kParallel =
    "FROM node AS web\nCOPY src /web\nRUN build web\n"
    "FROM golang AS api\nCOPY go.mod go.sum /api/\nRUN build api\n"
    "FROM alpine AS unused\nCOPY README.md /\nRUN never\n"
    "FROM alpine\nCOPY --from=web /web/dist /web\nCOPY --from=api /api/bin /bin/api\n";
const std::string kLinked = "FROM alpine\nRUN apk add curl\nCOPY --link src /src\nRUN after\n";

const std::vector<std::string> kNone;
const std::vector<Case> kCases = {
    {"nothing changed", kOneStage, {{}}, kNone},
    {"copy all: a source file runs everything after COPY",
     kOneStage,
     {{"src/app.js"}},
     {"3/5", "4/5", "5/5"}},
    {"copy all: so does a file that no step needs",
     kOneStage,
     {{"README.md"}},
     {"3/5", "4/5", "5/5"}},
    {"copy all: not if .dockerignore leaves it out",
     kOneStage,
     {{"README.md"}},
     kNone,
     {{}, "", "*.md\n"}},
    {"dependencies first: a source file installs nothing",
     kDependenciesFirst,
     {{"src/app.js"}},
     {"5/6", "6/6"}},
    {"dependencies first: package.json runs all from its COPY",
     kDependenciesFirst,
     {{"package.json"}},
     {"3/6", "4/6", "5/6", "6/6"}},
    {"dependencies first: the lock file, too",
     kDependenciesFirst,
     {{"package-lock.json"}},
     {"3/6", "4/6", "5/6", "6/6"}},
    {"a base image with another digest runs all of its stage, FROM first",
     kDependenciesFirst,
     {{}, {"node:20"}},
     {"1/6", "2/6", "3/6", "4/6", "5/6", "6/6"}},
    {"two stages: a source file runs COPY, the build and the copy of its result",
     kTwoStages,
     {{"src/app.js"}},
     {"builder 5/6", "builder 6/6", "stage-1 4/4"}},
    {"two stages: dependencies leave the second stage's own steps alone",
     kTwoStages,
     {{"package.json"}},
     {"builder 3/6", "builder 4/6", "builder 5/6", "builder 6/6", "stage-1 4/4"}},
    {"two stages: the base of the second stage does not build again",
     kTwoStages,
     {{}, {"alpine:3.20"}},
     {"stage-1 1/4", "stage-1 2/4", "stage-1 3/4", "stage-1 4/4"}},
    {"two stages: the base of the first stage runs it, and what copies from it",
     kTwoStages,
     {{}, {"node:20-alpine"}},
     {"builder 1/6", "builder 2/6", "builder 3/6", "builder 4/6", "builder 5/6", "builder 6/6",
      "stage-1 4/4"}},
    {"--no-cache runs every step, images stay",
     kTwoStages,
     {{}, {}, {}, {}, "", true},
     {"builder 2/6", "builder 3/6", "builder 4/6", "builder 5/6", "builder 6/6", "stage-1 2/4",
      "stage-1 3/4", "stage-1 4/4"}},
    {"a fresh builder pulls images, too",
     kOneStage,
     {{}, {}, {}, {}, "", false, true},
     {"1/5", "2/5", "3/5", "4/5", "5/5"}},
    {"ARG: RUN after its declaration sees another value, RUN before it does not",
     kArgLate,
     {{}, {}, {}, {{"VERSION", "2"}}},
     {"3/5", "4/5", "5/5"}},
    {"ARG: a value that is given and equals the default changes nothing",
     kArgLate,
     {{}, {}, {}, {{"VERSION", "1"}}},
     kNone},
    {"ARG: COPY right after it does not see it",
     "FROM alpine\nARG V=1\nCOPY README.md /\n",
     {{}, {}, {}, {{"V", "2"}}},
     kNone},
    {"ARG: COPY that names it does",
     "FROM alpine\nARG F=README.md\nCOPY $F /\nRUN x\n",
     {{}, {}, {}, {{"F", "go.mod"}}},
     {"2/3", "3/3"}},
    {"ARG before FROM is for FROM alone",
     "ARG TAG=3\nFROM alpine\nRUN echo $TAG\n",
     {{}, {}, {}, {{"TAG", "4"}}},
     kNone},
    {"ARG before FROM: another image runs all",
     "ARG TAG=3\nFROM alpine:$TAG\nRUN x\n",
     {{}, {}, {}, {{"TAG", "4"}}},
     {"1/2", "2/2"}},
    {"ARG before FROM, declared again in the stage, is seen there",
     "ARG V=1\nFROM alpine\nRUN one\nARG V\nRUN two\n",
     {{}, {}, {}, {{"V", "2"}}},
     {"3/3"}},
    {"ARG of one stage is not seen in another",
     "FROM alpine AS a\nARG V=1\nRUN a\nFROM alpine\nRUN b\nCOPY --from=a /x /x\n",
     {{}, {}, {}, {{"V", "2"}}},
     {"a 2/2", "stage-1 3/3"}},
    {"ARG is inherited by a stage on the stage",
     "FROM alpine AS a\nARG V=1\nFROM a\nRUN b\n",
     {{}, {}, {}, {{"V", "2"}}},
     {"stage-1 1/1"}},
    {"an argument that nothing declares changes nothing",
     kArgLate,
     {{}, {}, {}, {{"HTTP_PROXY", "http://p"}}},
     kNone},
    {"ENV hides ARG of the same name",
     "FROM alpine\nARG V=1\nENV V=fixed\nRUN x\n",
     {{}, {}, {}, {{"V", "2"}}},
     kNone},
    {"ENV from ARG: RUN sees it, COPY does not",
     "FROM alpine\nARG V=1\nENV A=$V\nARG V=\nCOPY README.md /\nRUN x\n",
     {{}, {}, {}, {{"V", "2"}}},
     {"3/3"}},
    {"LABEL is no step and changes no later one",
     "FROM alpine\nARG V=1\nLABEL v=1\nCOPY README.md /\nRUN x\n",
     {{}, {}, {}, {}, "FROM alpine\nARG V=1\nLABEL v=2\nCOPY README.md /\nRUN x\n"},
     kNone},
    {"CMD, ENTRYPOINT, EXPOSE and HEALTHCHECK neither",
     "FROM alpine\nEXPOSE 80\nCMD [\"a\"]\nRUN x\n",
     {{}, {}, {}, {}, "FROM alpine\nEXPOSE 81\nHEALTHCHECK NONE\nENTRYPOINT [\"b\"]\nRUN x\n"},
     kNone},
    {"USER changes RUN after it, not COPY",
     "FROM alpine\nUSER a\nCOPY README.md /\nRUN x\n",
     {{}, {}, {}, {}, "FROM alpine\nUSER b\nCOPY README.md /\nRUN x\n"},
     {"3/3"}},
    {"SHELL changes commands in shell form alone",
     "FROM alpine\nRUN [\"x\"]\nRUN x\n",
     {{}, {}, {}, {}, "FROM alpine\nSHELL [\"/bin/bash\", \"-c\"]\nRUN [\"x\"]\nRUN x\n"},
     {"3/3"}},
    {"another command runs it and all after it",
     "FROM alpine\nRUN one\nRUN two\nRUN three\n",
     {{}, {}, {}, {}, "FROM alpine\nRUN one\nRUN 2\nRUN three\n"},
     {"3/4", "4/4"}},
    {"a comment and another layout of lines change nothing",
     "FROM alpine\nRUN one two\n",
     {{}, {}, {}, {}, "# new\nFROM   alpine\n\nRUN one \\\n# why\ntwo\n"},
     kNone},
    {"a step put in between runs, with all after it",
     "FROM alpine\nRUN one\nRUN two\n",
     {{}, {}, {}, {}, "FROM alpine\nRUN one\nRUN new\nRUN two\n"},
     {"3/4", "4/4"}},
    {"a renamed stage is the same stage",
     "FROM alpine AS a\nRUN x\nFROM alpine\nCOPY --from=a /x /x\n",
     {{}, {}, {}, {}, "FROM alpine AS b\nRUN x\nFROM alpine\nCOPY --from=b /x /x\n"},
     kNone},
    {"a here-document is a part of its command",
     "FROM alpine\nRUN <<EOF\necho 1\nEOF\n",
     {{}, {}, {}, {}, "FROM alpine\nRUN <<EOF\necho 2\nEOF\n"},
     {"2/2"}},
    {"COPY of a here-document reads no file of the context",
     "FROM alpine\nCOPY <<EOF /etc/motd\nhello\nEOF\n",
     {{"README.md", "src/app.js"}},
     kNone},
    {"COPY of a folder: a file elsewhere changes nothing",
     "FROM alpine\nCOPY src /src\nRUN x\n",
     {{"assets/logo.png"}},
     kNone},
    {"COPY of a folder: a file deep inside does",
     "FROM alpine\nCOPY src /src\nRUN x\n",
     {{"src/lib/util.js"}},
     {"2/3", "3/3"}},
    {"COPY --exclude leaves files out of the key",
     "FROM alpine\nCOPY --exclude=*.md . /app\nRUN x\n",
     {{"README.md"}},
     kNone},
    {"COPY --link does not depend on what is below it",
     kLinked,
     {{}, {}, {}, {}, "FROM alpine\nRUN apk add wget\nCOPY --link src /src\nRUN after\n"},
     {"2/4", "4/4"}},
    {"COPY --link: its own files run it and what stands on it",
     kLinked,
     {{"src/app.js"}},
     {"3/4", "4/4"}},
    {"COPY --link as the last step: another base image is not even pulled",
     "FROM alpine\nCOPY --link src /src\n",
     {{}, {"alpine"}},
     kNone},
    {"ADD of an address with other content",
     "FROM alpine\nADD https://example.com/a.tgz /a\nRUN x\n",
     {{}, {}, {"https://example.com/a.tgz"}},
     {"2/3", "3/3"}},
    {"COPY from an image with another digest",
     "FROM alpine\nCOPY --from=nginx:1 /etc/nginx /etc/nginx\nRUN x\n",
     {{}, {"nginx:1"}},
     {"2/3", "3/3"}},
    {"bind mounts: only the files that are mounted count",
     kMounted,
     {{"src/app.js"}},
     {"build 4/4", "stage-1 1/1"},
     {}},
    {"bind mounts: go.mod runs both",
     kMounted,
     {{"go.mod"}},
     {"build 3/4", "build 4/4", "stage-1 1/1"}},
    {"a cache mount keeps what it keeps; its options are a part of the command",
     "FROM alpine\nRUN --mount=type=cache,target=/a x\n",
     {{}, {}, {}, {}, "FROM alpine\nRUN --mount=type=cache,target=/b x\n"},
     {"2/2"}},
    {"a secret's value is not seen, so nothing changes",
     "FROM alpine\nRUN --mount=type=secret,id=token x\n",
     {{"README.md"}},
     kNone},
    {"independent stages: one runs, the other is cached",
     kParallel,
     {{"src/app.js"}},
     {"web 2/3", "web 3/3", "stage-3 2/3", "stage-3 3/3"}},
    {"a stage that the target does not need never runs", kParallel, {{"README.md"}}, kNone},
    {"--target builds what that stage needs",
     kTwoStages,
     {{"package.json"}},
     {"builder 3/6", "builder 4/6", "builder 5/6", "builder 6/6"},
     {{}, "builder"}},
    {"a stage on a stage goes on where that one ends",
     "FROM alpine AS a\nCOPY go.mod /\nFROM a AS b\nCOPY go.sum /\nFROM b\nRUN x\n",
     {{"go.sum"}},
     {"b 1/1", "stage-2 1/1"}},
    {"stages by number",
     "FROM alpine\nCOPY src /src\nFROM alpine\nCOPY --from=0 /src /src\n",
     {{"src/app.js"}},
     {"stage-0 2/2", "stage-1 2/2"}},
};

}  // namespace

TEST_CASE("steps that run again, by Dockerfile and change") {
  CHECK(kCases.size() >= 30);
  for (const Case& one : kCases) {
    DYNAMIC_SECTION(one.name) { CHECK(rerun(one.dockerfile, one.change, one.world) == one.runs); }
  }
}

TEST_CASE("each step that runs says why") {
  const BuildGraph graph = finish_plan(plan_text(kTwoStages, {}));
  const auto decisions = decide_build(graph, graph, change_of({{"src/app.js", "README.md"}}));
  const auto of = [&](const std::string& name) {
    for (std::size_t i = 0; i < graph.steps.size(); ++i) {
      if (graph.steps[i].name == name) return decisions[i];
    }
    return BuildDecision{};
  };
  CHECK(of("builder 5/6").cause == BuildCause::files);
  CHECK(of("builder 5/6").detail == "README.md");
  CHECK(of("builder 5/6").count == 2);
  CHECK(of("builder 6/6").cause == BuildCause::parent);
  CHECK(of("builder 6/6").detail == "COPY . .");
  CHECK(of("stage-1 4/4").cause == BuildCause::stage);
  CHECK(of("stage-1 4/4").detail == "/app/dist of builder");
  CHECK(of("stage-1 2/4").state == BuildStepState::cached);
  const auto fresh = decide_build(graph, graph, change_of({{}, {}, {}, {}, "", true}));
  CHECK(fresh.back().cause == BuildCause::fresh);
  const auto base = decide_build(graph, graph, change_of({{}, {"alpine:3.20"}}));
  CHECK(base[6].cause == BuildCause::image);
  CHECK(base[6].detail == "alpine:3.20");
}

TEST_CASE("what a stage is known to leave unchanged is not copied again") {
  const std::string text =
      "FROM node AS builder\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n"
      "RUN npm run build\nFROM node\nCOPY --from=builder /app/node_modules /app/node_modules\n"
      "COPY --from=builder /app/dist /app/dist\n";
  BuildPlan plan = plan_text(text, {});
  const auto run_with = [&](const std::string& file) {
    const BuildGraph graph = finish_plan(plan);
    return names_that_run(graph, decide_build(graph, graph, change_of({{file}})));
  };
  const std::vector<std::string> all = {"builder 5/6", "builder 6/6", "stage-1 2/3", "stage-1 3/3"};
  CHECK(run_with("src/app.js") == all);
  SECTION("where a step says what it writes") {
    plan.steps[5].writes = {"app/dist"};
    CHECK(run_with("src/app.js") ==
          std::vector<std::string>{"builder 5/6", "builder 6/6", "stage-1 3/3"});
  }
  SECTION("where a step says on which files its output depends") {
    plan.steps[5].writes = {"app/dist"};
    plan.steps[5].depends_on = {"src/app.js"};
    CHECK(run_with("README.md") == std::vector<std::string>{"builder 5/6", "builder 6/6"});
    CHECK(run_with("src/app.js").size() == 3);
  }
}
