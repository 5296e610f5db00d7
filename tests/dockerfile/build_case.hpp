// A Dockerfile and a change in a few words, and what the builder does about it.
#pragma once

#include <pullsim/build.hpp>

#include "models/decisions/build_cache.hpp"
#include "tests/support/catch.hpp"
#include "tools/dockerfile/build_graph.hpp"
#include "tools/dockerfile/patterns.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace pullsim::test {

/// What a commit changes; empty members change nothing.
struct CaseChange {
  std::vector<std::string> files;
  std::vector<std::string> images = {};
  std::vector<std::string> remotes = {};
  DockerVariables args = {};
  std::string dockerfile = {};
  bool no_cache = false;
  bool fresh_builder = false;
};

struct CaseWorld {
  DockerVariables args = {};
  std::string target = {};
  std::string ignore = {};
};

/// A small project.
inline BuildContext project(const IgnoreFile& ignore = {}) {
  BuildContext context;
  context.complete = true;
  for (const char* path :
       {"Dockerfile", "README.md", "assets/logo.png", "go.mod", "go.sum", "package-lock.json",
        "package.json", "src/app.js", "src/lib/util.js", "test/app.test.js"}) {
    if (!ignore.ignores(path)) context.files.push_back({path, Bytes{1000}});
  }
  return context;
}

inline BuildPlan plan_text(const std::string& text, const CaseWorld& world,
                           const DockerVariables& more = {}) {
  Diagnostics diagnostics;
  const IgnoreFile ignore = IgnoreFile::read(world.ignore, ".dockerignore", diagnostics);
  const auto file = read_dockerfile(text, "Dockerfile", diagnostics);
  INFO(diagnostics.render());
  REQUIRE(file);
  PlanOptions options{world.args, world.target};
  for (const auto& [name, value] : more) options.args[name] = value;
  const auto plan = plan_build(*file, project(ignore), options, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(plan);
  REQUIRE(plan->target);
  return *plan;
}

/// Names of the steps that run, in the order of the graph.
inline std::vector<std::string> names_that_run(const BuildGraph& graph,
                                               const std::vector<BuildDecision>& decisions) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (decisions[i].state == BuildStepState::run) names.push_back(graph.steps[i].name);
  }
  return names;
}

inline BuildChange change_of(const CaseChange& change) {
  BuildChange out;
  out.files = change.files;
  std::sort(out.files.begin(), out.files.end());
  out.images = change.images;
  out.remotes = change.remotes;
  out.no_cache = change.no_cache;
  out.fresh_builder = change.fresh_builder;
  return out;
}

inline std::vector<std::string> rerun(const std::string& text, const CaseChange& change,
                                      const CaseWorld& world = {}) {
  const BuildGraph before = finish_plan(plan_text(text, world));
  const std::string& after_text = change.dockerfile.empty() ? text : change.dockerfile;
  const BuildGraph after = finish_plan(plan_text(after_text, world, change.args));
  return names_that_run(after, decide_build(before, after, change_of(change)));
}

}  // namespace pullsim::test
