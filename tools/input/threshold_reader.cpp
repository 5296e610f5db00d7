// Forms of a threshold, and the checks between thresholds.
#include "tools/input/threshold_reader.hpp"

#include "tools/input/field_table.hpp"
#include "tools/input/threshold_text.hpp"

#include <algorithm>

namespace pullsim {

namespace {

constexpr const char* kRunKeys[] = {"workload", "image", "pool", "node"};
constexpr const char* kBuildKeys[] = {"build", "commit"};

// The long form before its condition is read.
struct LongForm {
  Threshold threshold;
  YamlNode metric;
  YamlNode require;
  YamlNode across;
  YamlNode variant;
  YamlNode where;
};

Place part_of(const YamlNode& node, std::size_t offset, std::size_t length) {
  Place place = node.place;
  const int quotes = node.quoted ? 1 : 0;
  const bool one_line = place.length == static_cast<int>(node.text.size()) + 2 * quotes;
  if (!one_line) return place;
  place.column += static_cast<int>(offset) + quotes;
  place.length = static_cast<int>(length);
  return place;
}

void report(Reader& reader, const YamlNode& node, const ConditionFault& fault) {
  reader.error(fault.code.c_str(), part_of(node, fault.offset, fault.length), fault.text,
               {fault.label, fault.help, ""});
}

void set_condition(Threshold& out, const Condition& condition, std::string text) {
  out.metric = condition.metric;
  out.aggregate = condition.aggregate;
  out.op = condition.op;
  out.limit = condition.limit;
  out.text = std::move(text);
}

template <YamlNode LongForm::*member>
void keep(Reader& reader, const YamlNode& node, LongForm& out) {
  if (member == &LongForm::where ? reader.is_mapping(node) : reader.is_scalar(node)) {
    out.*member = node;
  }
}

void read_severity(Reader& reader, const YamlNode& node, LongForm& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"fail", "warn"}, &index)) out.threshold.warn_only = index == 1;
}

const FieldTable<LongForm>& long_form_table() {
  static const FieldTable<LongForm> table = [] {
    FieldTable<LongForm> t;
    const auto because = [](LongForm& form) -> std::string& { return form.threshold.because; };
    const auto name = [](LongForm& form) -> std::string& { return form.threshold.name; };
    t.about(
        "Short: `pod_ready p(95) < 5m`, judged for every variant, or `slim: pod_ready p(95) < 90s` "
        "(a block of one key, not a text in quotes) for one. Long: the keys below. Metrics and "
        "aggregates: [statistics.md](statistics.md).");
    t.add("name", name, "Name in results.");
    t.custom({"metric", "metric", "required", "What is measured."}, true, keep<&LongForm::metric>);
    t.custom({"require", "condition", "required",
              "Aggregate, operator and limit: `p(95) < 90s`, or against another variant "
              "`p(95) <= large * 0.6`."},
             true, keep<&LongForm::require>);
    t.custom({"variant", "name", "every variant", "The one variant that is judged."}, false,
             keep<&LongForm::variant>);
    t.custom(
        {"where", "block", "everything",
         "Only what matches: `workload`, `image`, `pool` or `node` and a name; of builds `build` "
         "or `commit`."},
        false, keep<&LongForm::where>);
    t.custom({"across", "text", "80% of runs",
              "How runs are joined: `80% of runs`, `every run`, `mean of runs`."},
             false, keep<&LongForm::across>);
    t.custom({"severity", "`fail` or `warn`", "fail", "`warn` leaves the exit code alone."}, false,
             read_severity);
    t.add("because", because, "Shown next to the outcome.");
    return t;
  }();
  return table;
}

bool read_across(Reader& reader, const YamlNode& node, Across& out) {
  constexpr std::string_view kOfRuns = " of runs";
  const std::string& text = node.text;
  if (text == "every run") {
    out = {Across::Kind::every_run, 1, true};
    return true;
  }
  if (text == "mean of runs") {
    out = {Across::Kind::mean_of_runs, 0, true};
    return true;
  }
  if (text.size() > kOfRuns.size() &&
      text.compare(text.size() - kOfRuns.size(), kOfRuns.size(), kOfRuns) == 0) {
    const std::string_view share = std::string_view(text).substr(0, text.size() - kOfRuns.size());
    const Reading<double> percent = read_percent(share);
    if (percent.value && *percent.value > 0 && *percent.value <= 100) {
      out = {Across::Kind::share_of_runs, *percent.value / 100, true};
      return true;
    }
  }
  reader.error("PS4012", node.place, fmt::format("`across` cannot be `{}`", text),
               {"", "write `80% of runs`, `every run` or `mean of runs`", ""});
  return false;
}

bool matches(const BuildSpec& build, const std::string& key, const std::string& value) {
  if (key == "build") return build.name == value;
  return std::any_of(build.commits.begin(), build.commits.end(),
                     [&](const BuildCommit& commit) { return commit.name == value; });
}

bool matches(const Scenario& scenario, const std::string& key, const std::string& value) {
  const auto named = [&](const auto& things) {
    return std::any_of(things.begin(), things.end(),
                       [&](const auto& thing) { return thing.name == value; });
  };
  if (key == "workload") return named(scenario.workloads);
  if (key == "image") return named(scenario.images);
  if (key == "pool") return named(scenario.node_pools);
  const std::size_t hyphen = value.rfind('-');  // "general-3"
  const std::string pool = value.substr(0, hyphen);
  const Reading<std::int64_t> ordinal =
      read_count(hyphen == std::string::npos ? "" : value.substr(hyphen + 1));
  return ordinal.value && std::any_of(scenario.node_pools.begin(), scenario.node_pools.end(),
                                      [&](const NodePoolSpec& p) { return p.name == pool; });
}

template <class T>
bool any_matches(const std::vector<const T*>& things, const std::string& key,
                 const std::string& value) {
  return things.empty() || std::any_of(things.begin(), things.end(),
                                       [&](const T* thing) { return matches(*thing, key, value); });
}

void read_where(Reader& reader, const YamlNode& node, const ThresholdNames& names, Threshold& out) {
  const bool of_builds = is_build_metric(out.metric);
  std::vector<std::string> known(std::begin(kRunKeys), std::end(kRunKeys));
  if (of_builds) known.assign(std::begin(kBuildKeys), std::end(kBuildKeys));
  for (const YamlEntry& entry : node.entries) {
    const Reader::Scope scope(reader, entry.key);
    if (entry.key == "phase") {
      reader.not_supported(entry.place, "`where.phase`", "leave it out");
      continue;
    }
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      reader.error("PS2001", entry.place, fmt::format("unknown key `{}`", entry.key),
                   {"", spelling_help(entry.key, known, "`where` of this metric"), ""});
      continue;
    }
    if (!reader.is_scalar(entry.value)) continue;
    const std::string& value = entry.value.text;
    out.where[entry.key] = value;
    const bool found = of_builds ? any_matches(names.builds, entry.key, value)
                                 : any_matches(names.scenarios, entry.key, value);
    if (found) continue;
    reader.error("PS4005", entry.value.place,
                 fmt::format("no {} of the scenario is named `{}`", entry.key, entry.value.text),
                 {"", "a threshold needs at least one thing to measure", ""});
  }
}

bool known_variant(Reader& reader, const std::string& name, const Place& place,
                   const ThresholdNames& names) {
  const auto& known = names.variants;
  if (std::find(known.begin(), known.end(), name) != known.end()) return true;
  reader.error("PS4009", place, fmt::format("`{}` is not a variant", name),
               {"", spelling_help(name, known, "the scenario"), ""});
  return false;
}

void read_short(Reader& reader, const YamlNode& node, const ThresholdNames& names, Threshold& out) {
  ConditionFault fault;
  const auto condition = parse_condition(node.text, {std::nullopt, names.variants}, &fault);
  if (!condition) {
    const std::size_t colon = node.text.find(": ");
    const std::string variant = node.text.substr(0, colon);
    const auto& known = names.variants;
    if (node.quoted && std::find(known.begin(), known.end(), variant) != known.end()) {
      fault.text =
          fmt::format("`{}` is a variant, and the threshold is one text in quotes", variant);
      fault.help = fmt::format("leave the quotes out: `{}`", node.text);
    }
    return report(reader, node, fault);
  }
  set_condition(out, *condition, node.text);
  out.name = node.text;
}

void read_long(Reader& reader, const YamlNode& node, const ThresholdNames& names, Threshold& out) {
  LongForm form;
  long_form_table().read(reader, node, form);
  const FilePlace place = out.place;
  out = form.threshold;
  out.place = place;
  if (form.variant.kind == YamlNode::Kind::scalar) {
    out.variant = form.variant.text;
    known_variant(reader, out.variant, form.variant.place, names);
  }
  if (form.across.kind == YamlNode::Kind::scalar) read_across(reader, form.across, out.across);
  ConditionFault fault;
  const auto metric = metric_of(form.metric.text, &fault);
  out.metric = metric.value_or(Metric::pod_ready);
  read_where(reader, form.where, names, out);
  if (form.metric.kind != YamlNode::Kind::scalar || form.require.kind != YamlNode::Kind::scalar) {
    return;
  }
  if (!metric) return report(reader, form.metric, fault);
  const auto condition = parse_condition(form.require.text, {metric, names.variants}, &fault);
  if (!condition) return report(reader, form.require, fault);
  if (is_build_metric(*metric) && out.across.given) {
    reader.error("PS4012", form.across.place, "`across` joins runs, and a build has none",
                 {"", "leave it out", ""});
  }
  set_condition(out, *condition, form.metric.text + " " + form.require.text);
  if (out.name.empty()) out.name = out.text;
}

// `slim: pod_ready p(95) < 90s`
bool is_variant_form(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::mapping || node.entries.size() != 1) return false;
  const auto& words = threshold_words();
  return std::find(words.begin(), words.end(), node.entries[0].key) == words.end();
}

std::string condition_key(const Threshold& t) {
  std::string where;
  for (const auto& [key, value] : t.where) where += fmt::format("{}={};", key, value);
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", static_cast<int>(t.metric),
                     static_cast<int>(t.aggregate.kind), t.aggregate.parameter,
                     t.aggregate.fraction_operator, static_cast<int>(t.op), t.limit.value,
                     t.limit.variant, t.limit.factor, t.limit.offset,
                     static_cast<int>(t.across.kind), t.across.share, t.variant, where);
}

/// Nodes are what costs: theirs are the only filters, and every pool that counts has its price.
void check_cost(Reader& reader, const Threshold& threshold, const YamlNode& node,
                const ThresholdNames& names) {
  if (threshold.metric != Metric::cost) return;
  for (const char* key : {"workload", "image"}) {
    if (threshold.where.count(key) == 0) continue;
    reader.error("PS4005", node.place, fmt::format("`cost` is of nodes and has no {}", key),
                 {"", "filter it by `pool` or `node`", ""});
  }
  const auto pool = threshold.where.find("pool");
  std::vector<std::string> told;
  for (const Scenario* scenario : names.scenarios) {
    for (const NodePoolSpec& each : scenario->node_pools) {
      const bool counts = pool == threshold.where.end() || pool->second == each.name;
      if (each.price || !counts || std::count(told.begin(), told.end(), each.name) > 0) continue;
      told.push_back(each.name);
      reader.error(
          "PS3060", node.place, fmt::format("node pool `{}` has no price", each.name),
          {"", "give it `price`, of a node for an hour", "`cost` adds up prices of nodes"});
    }
  }
}

void warn_baseline(Reader& reader, const Threshold& threshold, const YamlNode& node) {
  if (threshold.limit.variant != "baseline") return;
  Diagnostic warning{Severity::warning,
                     "PS4010",
                     "`baseline` has a value in `compare` only",
                     threshold.place.file,
                     node.place.mark(),
                     std::nullopt,
                     {},
                     "in `run` this threshold is not judged"};
  reader.diagnostics().add(std::move(warning));
}

}  // namespace

const std::vector<std::string>& threshold_words() {
  static const std::vector<std::string> words = {
      "name", "metric", "variant", "require", "where", "across", "severity", "because", "baseline"};
  return words;
}

void describe_thresholds(const std::string& path, std::vector<BlockDoc>& docs) {
  long_form_table().describe(path, docs);
}

std::vector<Threshold> read_thresholds(Reader& reader, const YamlNode& node,
                                       const ThresholdNames& names) {
  std::vector<Threshold> out;
  std::vector<std::pair<std::string, Place>> seen_names;
  std::vector<std::pair<std::string, Place>> seen_conditions;
  const auto repeated = [](const auto& seen, const std::string& key) {
    return std::find_if(seen.begin(), seen.end(), [&](const auto& s) { return s.first == key; });
  };
  if (!reader.is_list(node)) return out;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const YamlNode& item = node.items[i];
    const Reader::Scope scope(reader, item_segment(item, i));
    Threshold threshold;
    threshold.place = {names.file, item.place.line, item.place.column};
    const std::size_t before = reader.errors();
    if (is_variant_form(item)) {
      const YamlEntry& entry = item.entries[0];
      threshold.variant = entry.key;
      known_variant(reader, entry.key, entry.place, names);
      if (reader.is_scalar(entry.value)) read_short(reader, entry.value, names, threshold);
    } else if (item.kind == YamlNode::Kind::mapping) {
      read_long(reader, item, names, threshold);
    } else if (reader.is_scalar(item)) {
      read_short(reader, item, names, threshold);
    }
    if (reader.errors() == before) check_cost(reader, threshold, item, names);
    if (reader.errors() != before) continue;
    if (is_build_metric(threshold.metric) && names.builds.empty() && !names.scenarios.empty()) {
      reader.error("PS4005", item.place, "the scenario has no builds",
                   {"", "a threshold needs at least one thing to measure", ""});
    }
    const Place named = item.find("name") != nullptr ? item.find("name")->value.place : item.place;
    const std::string key = condition_key(threshold);
    const auto same_name = repeated(seen_names, threshold.name);
    const auto same_condition = repeated(seen_conditions, key);
    if (same_condition != seen_conditions.end()) {
      reader.error_with_first("PS4007", item.place, same_condition->second,
                              "a threshold says the same as an earlier one");
    } else if (item.find("name") != nullptr && same_name != seen_names.end()) {
      reader.error_with_first("PS4006", named, same_name->second,
                              fmt::format("two thresholds are named `{}`", threshold.name));
    }
    if (item.find("name") != nullptr) seen_names.emplace_back(threshold.name, named);
    seen_conditions.emplace_back(key, item.place);
    warn_baseline(reader, threshold, item);
    out.push_back(std::move(threshold));
  }
  return out;
}

}  // namespace pullsim
