// Tables of `builds`.
#include "tools/input/build_draft.hpp"
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

bool PlacedTextCodec::read(Reader& reader, const YamlNode& node, PlacedText& out,
                           const Rule& rule) {
  if (!TextCodec::read(reader, node, out.text, rule)) return false;
  out.place = node.place;
  return true;
}

namespace {

constexpr std::int64_t kParallelMax = 10'000;
constexpr double kPercent = 100;

void read_texts(Reader& reader, const YamlNode& node, std::vector<PlacedText>& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    PlacedText text;
    if (PlacedTextCodec::read(reader, item, text, {})) out.push_back(std::move(text));
  });
}

template <auto member>
void texts_at(Reader& reader, const YamlNode& node, BuildCommitDraft& out) {
  read_texts(reader, node, out.*member);
}

template <auto member>
void step_texts_at(Reader& reader, const YamlNode& node, BuildStepDraft& out) {
  read_texts(reader, node, (out.*member).emplace());
}

template <class T>
void read_args(Reader& reader, const YamlNode& node, T& out) {
  if (!reader.is_mapping(node)) return;
  for (const YamlEntry& entry : node.entries) {
    const Reader::Scope scope(reader, entry.key);
    if (!reader.is_scalar(entry.value)) continue;
    out.args.push_back({entry.key, entry.value.text, entry.place});
  }
}

void read_share(Reader& reader, const YamlNode& node, BuildCommitDraft& out) {
  if (!reader.is_scalar(node)) return;
  const Reading<double> percent = read_percent(node.text);
  if (!percent.value) return reader.fault(node, percent.fault);
  if (*percent.value <= 0 || *percent.value > kPercent) {
    reader.error("PS2006", node.place, fmt::format("`{}` is out of range", reader.path()),
                 {"", "write a share above 0 and up to 100, as in `70%`", ""});
    return;
  }
  out.share = *percent.value / kPercent;
}

const FieldTable<BuildFileDraft>& build_file_table() {
  static const FieldTable<BuildFileDraft> table = [] {
    FieldTable<BuildFileDraft> t;
    t.about("A file of the build context.");
    t.add("path", &BuildFileDraft::path, "Relative to the context.", {.required = true});
    t.add("size", &BuildFileDraft::size, "Its bytes.", {.zero = true, .fixed = true});
    return t;
  }();
  return table;
}

void read_files(Reader& reader, const YamlNode& node, BuildDraft& out) {
  out.files.emplace();
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    BuildFileDraft file;
    build_file_table().read(reader, item, file);
    if (!file.path.empty()) out.files->push_back(std::move(file));
  });
}

const FieldTable<BuildStepDraft>& build_step_table() {
  static const FieldTable<BuildStepDraft> table = [] {
    FieldTable<BuildStepDraft> t;
    t.about(
        "What is known of steps beside the Dockerfile. `step`, `line` or `match` says which; what "
        "stands here comes before `progress` and `history`.");
    t.add("step", &BuildStepDraft::step, "As BuildKit names it: `builder 4/6`, `2/5`.");
    t.add("line", &BuildStepDraft::line, "Line of the Dockerfile on which it begins.", {.min = 1});
    t.add("match", &BuildStepDraft::match,
          "How the instruction begins, as in `RUN npm ci`; all that begin so.");
    t.add("duration", &BuildStepDraft::duration,
          "How long it takes when it runs. Needed for every RUN; else 0, assumed.",
          {.zero = true, .fallback = "`progress`, else `assumedDuration`", .fixed = true});
    t.add("size", &BuildStepDraft::size, "Bytes of its layer as it is pushed.",
          {.fallback = "`unpacked` over 2.6, the median of Docker Hub layers", .fixed = true});
    t.add("unpacked", &BuildStepDraft::unpacked, "Bytes of its layer on disk.",
          {.fallback = "`history`; of COPY the sizes of the files; else `size` times 2.6",
           .fixed = true});
    t.custom({"outputs", "list of text", "anywhere",
              "Folders and files of the image that it writes; others of the stage stay as they are "
              "for COPY --from."},
             false, step_texts_at<&BuildStepDraft::outputs>);
    t.custom({"dependsOn", "list of text", "everything before it",
              "Files of the context, or patterns, on which alone what it writes depends: other "
              "changes make it run, and COPY --from still finds the same."},
             false, step_texts_at<&BuildStepDraft::depends_on>);
    t.add("reproducible", &BuildStepDraft::reproducible,
          "Run again without a change it makes the same layer to the bit, which need not be "
          "pushed.");
    return t;
  }();
  return table;
}

void read_steps(Reader& reader, const YamlNode& node, BuildDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    BuildStepDraft step;
    step.place = item.place;
    build_step_table().read(reader, item, step);
    const int given =
        (step.step.empty() ? 0 : 1) + (step.line ? 1 : 0) + (step.match.empty() ? 0 : 1);
    if (given != 1) {
      reader.error("PS2011", item.place, fmt::format("`{}` does not say one step", reader.path()),
                   {"", "give one of `step`, `line` and `match`", ""});
    }
    out.steps.push_back(std::move(step));
  });
}

const FieldTable<BuildPush>& build_push_table() {
  static const FieldTable<BuildPush> table = [] {
    FieldTable<BuildPush> t;
    t.about("Export and push of the layers that the registry lacks, one after the other.");
    t.add("bandwidth", &BuildPush::bandwidth, "To the registry. Without it pushing takes no time.",
          {.fixed = true});
    t.add("perLayer", &BuildPush::per_layer, "Requests for each layer that is pushed.",
          {.zero = true, .fixed = true});
    t.add("compress", &BuildPush::compress,
          "Unpacked bytes a second when layers are exported. Without it that takes no time.",
          {.fixed = true});
    return t;
  }();
  return table;
}

const FieldTable<BuildCommitDraft>& build_commit_table() {
  static const FieldTable<BuildCommitDraft> table = [] {
    FieldTable<BuildCommitDraft> t;
    t.about(
        "A kind of commit, built where the build before is cached. Nothing given: nothing has "
        "changed.");
    t.add<NameCodec>("name", &BuildCommitDraft::name, "Name in answers.", {.required = true});
    t.custom({"share", "percent", "all equally often",
              "Of all commits. Either every commit has one, and they add up to 100 %, or none."},
             false, read_share);
    t.custom({"touches", "list of text", "none",
              "Files of the context with other content, new or gone; patterns as in "
              ".dockerignore; addresses of ADD."},
             false, texts_at<&BuildCommitDraft::touches>);
    t.custom({"baseChanged", "list of text", "none",
              "Images as FROM, COPY --from and mounts name them, with another digest."},
             false, texts_at<&BuildCommitDraft::base_changed>);
    t.custom({"args", "text by name", "as before", "Other values of `--build-arg`."}, false,
             read_args<BuildCommitDraft>);
    t.add<PlacedFileCodec>("dockerfile", &BuildCommitDraft::dockerfile,
                           "The Dockerfile after the commit.", {.fallback = "the same"});
    t.add("noCache", &BuildCommitDraft::no_cache,
          "`--no-cache`: every step runs; base images are there.");
    t.add("freshBuilder", &BuildCommitDraft::fresh_builder,
          "On a builder that has nothing: every step runs, and FROM, too.");
    return t;
  }();
  return table;
}

void read_commits(Reader& reader, const YamlNode& node, BuildDraft& out) {
  out.commits_place = node.place;
  read_named_list(reader, node, build_commit_table(), "commits", out.commits,
                  [](const YamlNode& item, BuildCommitDraft& commit) {
                    commit.place = place_of_key(item, "name");
                    return true;
                  });
}

}  // namespace

const FieldTable<BuildDraft>& build_table() {
  static const FieldTable<BuildDraft> table = [] {
    FieldTable<BuildDraft> t;
    t.about(
        "Builds of images, for `pullsim build`; [builds.md](builds.md). Sizes, rates and times are "
        "one value here, not ranges.");
    t.add<NameCodec>("name", &BuildDraft::name, "Name in answers.", {.required = true});
    t.add<PlacedFileCodec>("dockerfile", &BuildDraft::dockerfile, "The Dockerfile.",
                           {.required = true});
    t.add<PlacedFileCodec>("context", &BuildDraft::context,
                           "Folder of the build context, relative to the scenario. Only names and "
                           "sizes of its files are read.",
                           {.fallback = "`files`"});
    t.custom<BuildFileDraft>({"files", "list of blocks", "those that commits touch",
                              "The files of the build context, written here."},
                             false, read_files, build_file_table, "[]");
    t.add<PlacedFileCodec>(
        "dockerignore", &BuildDraft::dockerignore, "A .dockerignore.",
        {.fallback = "`NAME.dockerignore` beside the Dockerfile `NAME`, else that of the folder "
                     "`context`"});
    t.add("target", &BuildDraft::target, "Stage that is built, by name or number.",
          {.fallback = "the last"});
    t.custom({"args", "text by name", "none", "Values of `--build-arg`."}, false,
             read_args<BuildDraft>);
    t.custom<BuildStepDraft>({"steps", "list of blocks", "none", "Durations and sizes of steps."},
                             false, read_steps, build_step_table, "[]");
    t.add("assumedDuration", &BuildDraft::assumed_duration,
          "Duration of each RUN of which nothing says it; every use is a warning.",
          {.zero = true, .fallback = "none: a finding", .fixed = true});
    t.add<PlacedFileCodec>("progress", &BuildDraft::progress,
                           "What `docker buildx build --progress=rawjson` printed: durations.",
                           {.fallback = "none"});
    t.add<PlacedFileCodec>("history", &BuildDraft::history,
                           "What `docker history --no-trunc --format json IMAGE` printed of the "
                           "image: sizes.",
                           {.fallback = "none"});
    t.add("maxParallelism", &BuildDraft::max_parallelism, "Steps that run at once.",
          {.min = 1, .max = kParallelMax, .fallback = "no limit"});
    t.block("push", &BuildDraft::push, build_push_table, "takes no time", "Where the image goes.");
    t.custom<BuildCommitDraft>({"commits", "list of blocks", "required", "What is built again."},
                               true, read_commits, build_commit_table, "[]");
    return t;
  }();
  return table;
}

void read_builds(Reader& reader, const YamlNode& node, std::vector<BuildDraft>& out) {
  read_named_list(reader, node, build_table(), "builds", out,
                  [](const YamlNode& item, BuildDraft& build) {
                    build.place = place_of_key(item, "name");
                    return true;
                  });
}

}  // namespace pullsim
