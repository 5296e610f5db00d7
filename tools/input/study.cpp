// From a file name to a Study: text, tree, overrides, one reading for each variant, thresholds. All
// findings are collected; a finding that only some variants have says which.
#include "tools/input/study.hpp"

#include "tools/input/drawn_scenario.hpp"
#include "tools/input/kubernetes_objects.hpp"
#include "tools/input/overrides.hpp"
#include "tools/input/scenario_reader.hpp"
#include "tools/input/sha256.hpp"
#include "tools/input/study_tree.hpp"
#include "tools/input/text_file.hpp"
#include "tools/input/threshold_reader.hpp"
#include "tools/input/variant_findings.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

namespace pullsim {

namespace {

// Keys that are one for the whole study.
constexpr const char* kStudyKeys[] = {"apiVersion", "kind",         "name",     "question",
                                      "seed",       "replications", "variants", "thresholds"};

struct Override {
  std::string path;
  Place place;
  YamlNode value;
};

struct VariantText {
  std::string name;
  std::vector<Override> overrides;
};

bool is_study_key(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('.'));
  return std::any_of(std::begin(kStudyKeys), std::end(kStudyKeys),
                     [&](const char* key) { return first == key; });
}

class StudyReader {
 public:
  StudyReader(const std::string& file, const StudyOptions& options, Diagnostics& diagnostics)
      : file_(file),
        options_(options),
        diagnostics_(diagnostics),
        files_(std::make_shared<StudyFiles>(
            file == "-" ? "" : std::filesystem::path(file).parent_path().string())) {
    sources_.push_back(file);
    for (const std::string& set : options.sets) sources_.push_back(set_source_name(set));
    sources_.push_back(until_source());
  }

  std::optional<Study> read(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const auto root = read_yaml(*text, {file_, 0, true}, diagnostics_);
    Reader reader(sources_, diagnostics_);
    if (!root || !reader.is_mapping(*root)) return std::nullopt;
    study_.file = file_;
    study_.sha256 = sha256_hex(*text);
    read_sets();
    root_ = *root;
    const std::size_t before = diagnostics_.error_count();
    expand_objects(reader, root_, files_->configs, sources_, warnings_);
    if (diagnostics_.error_count() > before) return std::nullopt;  // workloads would seem to lack
    read_variants(reader);
    select_variants();
    for (const VariantText& variant : variants_) read_variant(variant);
    std::vector<std::string> read_names;
    for (const VariantText& variant : variants_) read_names.push_back(variant.name);
    join_findings(findings_, read_names, &diagnostics_);
    read_study_thresholds(reader);
    check_measurable(reader);
    if (diagnostics_.has_errors()) return std::nullopt;
    finish();
    return std::move(study_);
  }

 private:
  /// Thresholds of runs where builds stand alone.
  void check_measurable(Reader& reader) {
    if (study_.variants.empty()) return;
    const Variant& first = study_.variants.front();
    if (!first.no_cluster || !first.releases.empty()) return;
    for (const Threshold& threshold : study_.thresholds) {
      if (is_build_metric(threshold.metric)) continue;
      const Place place{0, threshold.place.line, threshold.place.column, 1};
      reader.error("PS4005", place, "the scenario has builds and nothing that runs",
                   {"", "measure `build_time` or `build_pushed`", ""});
    }
  }

  void read_sets() {
    for (std::size_t i = 0; i < options_.sets.size(); ++i) {
      auto set = read_set_option(options_.sets[i], static_cast<int>(i) + 1, diagnostics_);
      if (set) sets_.push_back(std::move(*set));
    }
  }

  void read_variants(Reader& reader) {
    const auto entry = std::find_if(root_.entries.begin(), root_.entries.end(),
                                    [](const YamlEntry& e) { return e.key == "variants"; });
    if (entry == root_.entries.end()) return name_only_variant();
    const YamlNode node = std::move(entry->value);
    root_.entries.erase(entry);
    const Reader::Scope scope(reader, "variants");
    if (!reader.is_mapping(node)) return name_only_variant();
    for (const YamlEntry& variant : node.entries) read_variant_text(reader, variant);
    if (variants_.empty()) name_only_variant();
  }

  void name_only_variant() {
    const YamlEntry* name = root_.find("name");
    variants_.push_back({name != nullptr ? name->value.text : "", {}});
    variant_names_.push_back(variants_.back().name);
  }

  void read_variant_text(Reader& reader, const YamlEntry& entry) {
    const Reader::Scope scope(reader, entry.key);
    const auto& words = threshold_words();
    if (!is_dns_label(entry.key) ||
        std::find(words.begin(), words.end(), entry.key) != words.end()) {
      reader.error("PS3014", entry.place, fmt::format("`{}` cannot name a variant", entry.key),
                   {"", "variants have names like others, and no words of thresholds",
                    "words of thresholds are " + name_list(words)});
    }
    VariantText variant{entry.key, {}};
    const bool given = entry.value.kind != YamlNode::Kind::null;
    if (given && !reader.is_mapping(entry.value)) return;
    for (const YamlEntry& change : entry.value.entries) {
      if (is_study_key(change.key)) {
        reader.error("PS2015", change.place,
                     fmt::format("`{}` is the same for all variants", change.key),
                     {"", "set it once, at the top of the file", ""});
        continue;
      }
      variant.overrides.push_back({change.key, change.place, change.value});
    }
    variant_names_.push_back(entry.key);
    variants_.push_back(std::move(variant));
  }

  void select_variants() {
    if (options_.variants.empty()) return;
    for (const std::string& wanted : options_.variants) {
      const auto& known = variant_names_;
      if (std::find(known.begin(), known.end(), wanted) != known.end()) continue;
      Diagnostic finding;
      finding.code = "PS3014";
      finding.text = fmt::format("`{}` is not a variant", wanted);
      finding.file = "--variant " + wanted;
      finding.help = spelling_help(wanted, known, "the scenario");
      diagnostics_.add(std::move(finding));
    }
    const auto left_out = [&](const VariantText& variant) {
      const auto& wanted = options_.variants;
      return std::find(wanted.begin(), wanted.end(), variant.name) == wanted.end();
    };
    variants_.erase(std::remove_if(variants_.begin(), variants_.end(), left_out), variants_.end());
  }

  // The tree of the study itself takes --set alone; that of a variant its overrides before.
  YamlNode overridden(Reader& reader, const std::vector<Override>& overrides) const {
    YamlNode tree = root_;
    for (const Override& change : overrides) {
      apply_override(reader, tree, change.path, change.place, change.value);
    }
    for (const SetOption& set : sets_) {
      if (set.path.substr(0, set.path.find('.')) == "variants") {
        reader.error("PS2015", set.place, "`variants` cannot be overridden",
                     {"", "override the value itself; it then holds for every variant", ""});
      } else {
        apply_override(reader, tree, set.path, set.place, set.value);
      }
    }
    return tree;
  }

  void read_variant(const VariantText& text) {
    Diagnostics found;
    Reader reader(sources_, found);
    YamlNode tree = overridden(reader, text.overrides);
    Variant variant;
    variant.name = text.name;
    variant.warnings = warnings_;
    apply_profiles(reader, tree, files_->configs, files_->profiles, variant.warnings);
    auto read = read_scenario(reader, tree, files_->images, files_->configs);
    if (read) check_purpose(reader, tree, *read);
    findings_.push_back(std::move(found));
    if (!read) return;
    variant.builds = std::move(read->builds);
    variant.no_cluster = read->no_cluster;
    if (options_.seed) read->scenario.seed = *options_.seed;
    variant.places = places_of(tree, sources_);
    for (std::string& warning : read->warnings) variant.warnings.push_back(std::move(warning));
    if (!reader.drawn().empty()) {
      variant.drawn = drawn_scenarios(tree, sources_, files_, read->scenario.seed);
      drawn_.insert(reader.drawn().begin(), reader.drawn().end());
    }
    study_.name = read->scenario.name;
    study_.question = read->question;
    study_.seed = read->scenario.seed;
    study_.replications = options_.replications.value_or(read->replications);
    variant.scenario = std::move(read->scenario);
    variant.objectives = std::move(read->objectives);
    variant.releases = std::move(read->releases);
    variant.prices = std::move(read->prices);
    study_.variants.push_back(std::move(variant));
    trees_.emplace_back(text.name, std::move(tree));
  }

  void check_purpose(Reader& reader, const YamlNode& tree, const ReadScenario& read) const {
    if (options_.purpose == StudyPurpose::releases && read.releases.empty()) {
      reader.error("PS3101", tree.place, "the scenario has no releases",
                   {"", "give `releases`, or use `pullsim run`", ""});
    }
    if (options_.purpose != StudyPurpose::runs || !read.no_cluster) return;
    if (read.releases.empty()) {
      reader.error("PS3013", tree.place, "the scenario has builds and nothing that could be run",
                   {"", "ask `pullsim build`, or give `images`, `nodePools` and `workloads`", ""});
    } else {
      reader.error("PS3100", place_of_key(tree, "releases"),
                   "the scenario has releases and nothing to simulate",
                   {"", "use `pullsim releases`, or give images, node pools and workloads", ""});
    }
  }

  void read_study_thresholds(Reader& reader) {
    Diagnostics ignored;  // overrides of this tree were reported with the variants
    Reader quiet(sources_, ignored);
    const YamlNode tree = overridden(quiet, {});
    const YamlEntry* entry = tree.find("thresholds");
    if (entry == nullptr && options_.until.empty()) return;
    ThresholdNames names{variant_names_, {}, {}, file_};
    if (study_.variants.size() == variants_.size()) {
      for (const Variant& variant : study_.variants) {
        names.scenarios.push_back(&variant.scenario);
        for (const BuildSpec& build : variant.builds) names.builds.push_back(&build);
      }
    }
    const Reader::Scope scope(reader, "thresholds");
    if (options_.until.empty()) {
      keep_thresholds(read_thresholds(reader, entry->value, names));
    } else if (const auto list = until_list()) {
      names.file = until_source();
      keep_thresholds(read_thresholds(reader, *list, names));
    }
  }

  /// Those of runs and those of release trains, which have nothing to do with each other.
  void keep_thresholds(std::vector<Threshold> all) {
    for (Threshold& threshold : all) {
      if (is_of_releases(threshold.metric)) check_of_releases(threshold);
      auto& list = is_of_releases(threshold.metric) ? study_.release_thresholds : study_.thresholds;
      list.push_back(std::move(threshold));
    }
  }

  void check_of_releases(const Threshold& threshold) {
    if (!threshold.where.empty()) {
      add_finding(threshold, "PS4005", "`where` chooses nothing among releases",
                  "leave it out: the metric is of all release trains");
    }
    for (const Variant& variant : study_.variants) {
      const std::string known = variant.prices ? variant.prices->currency : "";
      if (threshold.limit.currency.empty() || threshold.limit.currency == known) continue;
      return add_finding(
          threshold, "PS3102",
          fmt::format("a threshold is in {} and the bill is {}", threshold.limit.currency,
                      known.empty() ? "without prices" : known),
          "give `prices` in the currency of the threshold");
    }
  }

  void add_finding(const Threshold& threshold, const char* code, std::string text,
                   std::string help) {
    Diagnostic finding;
    finding.code = code;
    finding.text = std::move(text);
    finding.file = threshold.place.file;
    finding.at.line = threshold.place.line;
    finding.at.column = threshold.place.column;
    finding.help = std::move(help);
    diagnostics_.add(std::move(finding));
  }

  std::string until_source() const { return "--until " + options_.until; }

  /// The text of `--until` as a list of one threshold.
  std::optional<YamlNode> until_list() {
    if (!check_text(options_.until, until_source(), diagnostics_)) return std::nullopt;
    const auto source = static_cast<int>(sources_.size()) - 1;
    auto node = read_yaml(options_.until, {until_source(), source, false}, diagnostics_);
    if (!node) return std::nullopt;
    YamlNode list;
    list.kind = YamlNode::Kind::sequence;
    list.place = node->place;
    list.items.push_back(std::move(*node));
    return list;
  }

  bool is_read(const std::string& variant) const {
    return variant.empty() || variant == "baseline" ||
           std::any_of(study_.variants.begin(), study_.variants.end(),
                       [&](const Variant& v) { return v.name == variant; });
  }

  /// What the runs draw beside chance: ranges of the file, and profiles.
  void add_unknowns() {
    std::map<std::string, std::set<std::string>> of_profiles;
    for (const auto& [path, name] : drawn_) {
      const std::size_t hash = name.rfind('#');
      const std::string file = hash == std::string::npos ? "" : name.substr(0, hash);
      if (files_->profiles.count(file) > 0) {
        of_profiles[file].insert(name);
      } else {
        study_.ranges.push_back(path);
      }
    }
    for (const auto& [file, names] : of_profiles) {
      study_.profiles.push_back(files_->profiles.at(file).used(names.size()));
    }
  }

  void finish() {
    select_judged(study_.thresholds);
    select_judged(study_.release_thresholds);
    add_unknowns();
    study_.inputs = files_->images.inputs();
    const std::vector<InputFile> configs = files_->configs.inputs();
    study_.inputs.insert(study_.inputs.end(), configs.begin(), configs.end());
    std::sort(study_.inputs.begin(), study_.inputs.end(),
              [](const InputFile& a, const InputFile& b) { return a.file < b.file; });
    study_.resolved_json = resolved_json(trees_);
  }

  void select_judged(std::vector<Threshold>& thresholds) {
    std::vector<Threshold> judged;
    for (Threshold& threshold : thresholds) {
      if (!is_read(threshold.variant)) continue;
      if (is_read(threshold.limit.variant)) {
        const bool build = is_build_metric(threshold.metric);
        (build ? study_.build_thresholds : judged).push_back(std::move(threshold));
        continue;
      }
      study_.variants.front().warnings.push_back(
          fmt::format("threshold {} is not judged: variant {} is not run", threshold.name,
                      threshold.limit.variant));
    }
    thresholds = std::move(judged);
  }

  const std::string& file_;
  const StudyOptions& options_;
  Diagnostics& diagnostics_;
  std::shared_ptr<StudyFiles> files_;
  std::vector<std::string> sources_;
  std::vector<std::string> warnings_;  // of the file as a whole
  std::vector<SetOption> sets_;
  YamlNode root_;
  std::vector<VariantText> variants_;
  std::vector<std::string> variant_names_;  // all, also those that are not read
  std::vector<Diagnostics> findings_;       // of each variant
  std::vector<std::pair<std::string, YamlNode>> trees_;
  std::set<std::pair<std::string, std::string>> drawn_;  // path and name of each draw
  Study study_;
};

}  // namespace

std::optional<Study> read_study(const std::string& file, const StudyOptions& options,
                                Diagnostics& diagnostics) {
  const auto text = read_text_file(file, kScenarioFileMax, diagnostics);
  return StudyReader(file, options, diagnostics).read(text);
}

std::optional<Study> read_study_text(const std::string& text, const std::string& file,
                                     Diagnostics& diagnostics) {
  diagnostics.set_source(file, text);
  return StudyReader(file, {}, diagnostics).read(text);
}

}  // namespace pullsim
