// One build after the other.
#include "tools/input/build_reader.hpp"

#include "tools/dockerfile/build_graph.hpp"
#include "tools/dockerfile/dockerfile.hpp"
#include "tools/input/build_context.hpp"
#include "tools/input/build_steps.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace pullsim {
namespace {

constexpr double kShareSlack = 1e-6;

/// Arguments that every build knows without a declaration.
bool is_predefined(const std::string& name) {
  static const std::vector<std::string> names = {
      "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY",        "ftp_proxy",
      "NO_PROXY",   "no_proxy",   "ALL_PROXY",   "all_proxy",   "SOURCE_DATE_EPOCH"};
  return std::find(names.begin(), names.end(), name) != names.end() ||
         name.rfind("BUILDKIT_", 0) == 0;
}

class BuildReader {
 public:
  BuildReader(Reader& reader, const BuildDraft& draft, ConfigFiles& files)
      : reader_(reader), draft_(draft), files_(files) {}

  std::optional<BuildSpec> read() {
    const std::size_t before = reader_.diagnostics().error_count();
    spec_.name = draft_.name;
    spec_.machine = {draft_.max_parallelism, draft_.push};
    check_shares();
    auto context = read_build_files(reader_, draft_, files_);
    if (!context) return std::nullopt;
    context_ = std::move(*context);
    const auto plan = plan_of(draft_.dockerfile, {});
    if (!plan) return std::nullopt;
    plan_ = *plan;
    check_names(draft_.args, plan_.declared_args);
    StepFacts facts(reader_, draft_, context_, files_);
    facts.apply(plan_, files_.path_of(draft_.dockerfile.text));
    spec_.graph = finish_plan(plan_);
    for (const BuildCommitDraft& commit : draft_.commits) read_commit(commit, facts);
    if (reader_.diagnostics().error_count() > before) return std::nullopt;
    return std::move(spec_);
  }

 private:
  /// `more` comes over the arguments of the build.
  std::optional<BuildPlan> plan_of(const PlacedText& dockerfile,
                                   const std::vector<BuildArgDraft>& more) {
    const auto text = files_.text(reader_, reference_of(dockerfile));
    if (!text) return std::nullopt;
    const std::string path = files_.path_of(dockerfile.text);
    const auto file = read_dockerfile(*text, path, reader_.diagnostics());
    if (!file) return std::nullopt;
    PlanOptions options;
    options.target = draft_.target.text;
    for (const auto* args : {&draft_.args, &more}) {
      for (const BuildArgDraft& arg : *args) options.args[arg.name] = arg.value;
    }
    auto plan = plan_build(*file, context_.context, options, reader_.diagnostics());
    if (plan && !plan->target) {
      std::vector<std::string> names;
      for (const PlannedStage& stage : plan->stages) names.push_back(stage.name);
      reader_.error("PS5103", draft_.target.place,
                    fmt::format("`{}` is no stage of `{}`", options.target, dockerfile.text),
                    {"", spelling_help(options.target, names, "the Dockerfile"), ""});
      return std::nullopt;
    }
    return plan;
  }

  void check_names(const std::vector<BuildArgDraft>& args,
                   const std::vector<std::string>& declared) {
    for (const BuildArgDraft& arg : args) {
      const bool known = std::find(declared.begin(), declared.end(), arg.name) != declared.end();
      if (known || is_predefined(arg.name)) continue;
      reader_.error("PS3001", arg.place,
                    fmt::format("`{}` is no argument of the Dockerfile", arg.name),
                    {"", spelling_help(arg.name, declared, "the Dockerfile"), ""});
    }
  }

  void check_shares() {
    const auto& commits = draft_.commits;
    if (commits.empty()) {
      reader_.error("PS3013", draft_.commits_place,
                    fmt::format("build `{}` has no commits", draft_.name),
                    {"", "give at least one: `commits: [{name: source, touches: [src]}]`", ""});
      return;
    }
    double sum = 0;
    std::size_t given = 0;
    for (const BuildCommitDraft& commit : commits) {
      sum += commit.share.value_or(0);
      given += commit.share ? 1 : 0;
    }
    if (given == 0 || (given == commits.size() && std::abs(sum - 1) < kShareSlack)) return;
    reader_.error(
        "PS3080", draft_.commits_place,
        given < commits.size()
            ? fmt::format("some commits of `{}` have a share and some have none", draft_.name)
            : fmt::format("the shares of the commits of `{}` add up to {:.4g} %", draft_.name,
                          sum * 100),
        {"", "give every commit its share, 100 % together, or none", ""});
  }

  void read_commit(const BuildCommitDraft& draft, StepFacts& facts) {
    BuildCommit commit;
    commit.name = draft.name;
    commit.share = draft.share.value_or(1.0 / static_cast<double>(draft_.commits.size()));
    BuildChange& change = commit.change;
    change.no_cache = draft.no_cache;
    change.fresh_builder = draft.fresh_builder;
    for (const PlacedText& name : draft.touches) {
      if (is_address(name.text)) continue;
      for (std::string& file : named_files(reader_, name, context_)) {
        change.files.push_back(std::move(file));
      }
    }
    std::sort(change.files.begin(), change.files.end());
    change.files.erase(std::unique(change.files.begin(), change.files.end()), change.files.end());
    const BuildPlan* after = &plan_;
    std::optional<BuildPlan> other;
    if (draft.dockerfile.given() || !draft.args.empty()) {
      const PlacedText& file = draft.dockerfile.given() ? draft.dockerfile : draft_.dockerfile;
      other = plan_of(file, draft.args);
      if (!other) return;
      check_names(draft.args, other->declared_args);
      facts.apply_after(plan_, *other, files_.path_of(file.text));
      commit.after = finish_plan(*other);
      after = &*other;
    }
    read_addresses(draft, *after, change);
    for (const PlacedText& image : draft.base_changed) {
      const auto& known = after->images;
      if (std::find(known.begin(), known.end(), image.text) == known.end()) {
        reader_.error("PS3001", image.place,
                      fmt::format("`{}` is no image that the Dockerfile names", image.text),
                      {"", spelling_help(image.text, known, "the Dockerfile"), ""});
      }
      change.images.push_back(image.text);
    }
    spec_.commits.push_back(std::move(commit));
  }

  void read_addresses(const BuildCommitDraft& draft, const BuildPlan& after, BuildChange& change) {
    std::vector<std::string> known;
    for (const PlannedStep& step : after.steps) {
      for (const BuildRead& read : step.reads) {
        if (read.kind == BuildRead::Kind::remote) known.push_back(read.name);
      }
    }
    for (const PlacedText& name : draft.touches) {
      if (!is_address(name.text)) continue;
      if (std::find(known.begin(), known.end(), name.text) == known.end()) {
        reader_.error("PS3081", name.place, fmt::format("no ADD fetches `{}`", name.text),
                      {"", "write the address as in the Dockerfile", ""});
      }
      change.remotes.push_back(name.text);
    }
  }

  Reader& reader_;
  const BuildDraft& draft_;
  ConfigFiles& files_;
  BuildFiles context_;
  BuildPlan plan_;
  BuildSpec spec_;
};

}  // namespace

std::vector<BuildSpec> resolve_builds(Reader& reader, const std::vector<BuildDraft>& drafts,
                                      ConfigFiles& files) {
  std::vector<BuildSpec> out;
  const Reader::Scope scope(reader, "builds");
  for (const BuildDraft& draft : drafts) {
    if (!draft.dockerfile.given()) continue;  // told before
    const Reader::Scope own(reader, draft.name);
    if (auto spec = BuildReader(reader, draft, files).read()) out.push_back(std::move(*spec));
  }
  return out;
}

}  // namespace pullsim
