// Keys of workloads that only some kinds have: StatefulSet, DaemonSet, Job, CronJob.
#include "tools/input/scenario_draft.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace pullsim {

namespace {

constexpr std::array<std::string_view, 6> kKinds = {"Deployment", "StatefulSet", "Job",
                                                    "CronJob",    "DaemonSet",   "ReplicaSet"};
constexpr std::size_t kKindsKnown = 5;  // of these, in the order of WorkloadKind

WorkloadDraft& itself(WorkloadDraft& workload) { return workload; }

void read_pod_management(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"OrderedReady", "Parallel"}, &index)) {
    out.stateful_set.parallel = index == 1;
  }
}

void read_update_type(Reader& reader, const YamlNode& node, WorkloadDraft&) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"RollingUpdate", "OnDelete"}, &index) || index == 0) return;
  reader.not_supported(node.place, "update strategy `OnDelete`", "write `RollingUpdate`");
}

const FieldTable<WorkloadDraft>& rolling_update_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.add("partition",
          [](WorkloadDraft& draft) -> std::int64_t& { return draft.stateful_set.partition; },
          "Of a StatefulSet: pods of lower ordinals keep their image.", {.max = INT32_MAX});
    t.add("maxUnavailable", &WorkloadDraft::daemon_max_unavailable,
          "Of a DaemonSet: nodes without an available pod during a roll-out.", {.fallback = "1"});
    return t;
  }();
  return table;
}

const FieldTable<WorkloadDraft>& update_strategy_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.custom({"type", "`RollingUpdate`", "RollingUpdate", "`OnDelete` is not supported yet."},
             false, read_update_type);
    t.block("rollingUpdate", itself, rolling_update_table, "see below", "How pods are replaced.");
    return t;
  }();
  return table;
}

void read_concurrency(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"Allow", "Forbid", "Replace"}, &index)) {
    out.cron_job.concurrency = static_cast<ConcurrencyPolicy>(index);
  }
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t cut = text.find(by);
    parts.push_back(text.substr(0, cut));
    if (cut == std::string_view::npos) return parts;
    text.remove_prefix(cut + 1);
  }
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `*`, `5`, `1-5`, `*/15`, `8-18/2`, and lists of these, of values below `count`; one bit each.
std::optional<std::uint64_t> cron_field(std::string_view text, int count) {
  std::uint64_t bits = 0;
  for (const std::string_view part : split(text, ',')) {
    const auto stepped = split(part, '/');
    const auto range = split(stepped[0], '-');
    if (stepped.size() > 2 || range.size() > 2) return std::nullopt;
    std::optional<int> first = 0;
    std::optional<int> last = count - 1;
    if (stepped[0] != "*") {
      first = number(range[0]);
      last = range.size() == 2 ? number(range[1]) : stepped.size() == 2 ? last : first;
    }
    const std::optional<int> step = stepped.size() == 2 ? number(stepped[1]) : 1;
    if (!first || !last || !step || *first < 0 || *last >= count || *first > *last || *step < 1) {
      return std::nullopt;
    }
    for (int value = *first; value <= *last; value += *step) bits |= std::uint64_t{1} << value;
  }
  return bits;
}

void read_schedule(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  if (!reader.is_scalar(node)) return;
  std::vector<std::string_view> fields;
  for (const std::string_view field : split(node.text, ' ')) {
    if (!field.empty()) fields.push_back(field);
  }
  const bool five = fields.size() == 5;
  const auto minutes = five ? cron_field(fields[0], 60) : std::nullopt;
  const auto hours = five ? cron_field(fields[1], 24) : std::nullopt;
  const bool every_day = five && std::all_of(fields.begin() + 2, fields.end(),
                                             [](std::string_view field) { return field == "*"; });
  if (minutes && hours && every_day) {
    out.cron_job.schedule = {*minutes, static_cast<std::uint32_t>(*hours)};
    return;
  }
  reader.error("PS2005", node.place, fmt::format("`{}` is not a schedule", reader.path()),
               {"", "write minutes, hours and three times `*`, as in `*/15 8-18 * * *`",
                "days, months and days of the week cannot be told apart in a run of hours"});
}

const FieldTable<WorkloadDraft>& kind_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.custom({"podManagementPolicy", "`OrderedReady`, `Parallel`", "OrderedReady",
              "Of a StatefulSet: pods one after the other, or at once."},
             false, read_pod_management);
    t.block("updateStrategy", itself, update_strategy_table, "see below",
            "Roll-outs of a StatefulSet or a DaemonSet.");
    t.add("completions", [](WorkloadDraft& d) -> std::int64_t& { return d.job.completions; },
          "Of a Job: pods that have to succeed.", {.min = 1, .max = INT32_MAX});
    t.add("parallelism", [](WorkloadDraft& d) -> std::int64_t& { return d.job.parallelism; },
          "Of a Job: pods at a time.", {.min = 1, .max = INT32_MAX});
    t.add("backoffLimit", [](WorkloadDraft& d) -> std::int64_t& { return d.job.backoff_limit; },
          "Of a Job: failed pods that it takes.", {.max = INT32_MAX});
    t.add("runTime", &WorkloadDraft::run_time,
          "Of a Job: from the start of a pod's containers to their end. Default assumed.");
    t.custom({"schedule", "cron schedule", "none",
              "Of a CronJob: minutes and hours, from the scenario's `timeOfDay` on."},
             false, read_schedule);
    t.custom({"concurrencyPolicy", "`Allow`, `Forbid`, `Replace`", "Allow",
              "Of a CronJob: what becomes of a Job that still runs when the next one is due."},
             false, read_concurrency);
    return t;
  }();
  return table;
}

/// Which kinds have a key, as bits in the order of kKinds.
struct KindKey {
  const char* key;
  unsigned kinds;
};
constexpr unsigned kDeployment = 1;
constexpr unsigned kStateful = 2;
constexpr unsigned kJob = 4;
constexpr unsigned kCron = 8;
constexpr unsigned kDaemon = 16;  // what it must not have is checked with the nodes
constexpr KindKey kKindKeys[] = {
    {"replicas", kDeployment | kStateful | kDaemon},
    {"minReadySeconds", kDeployment | kStateful | kDaemon},
    {"strategy", kDeployment},
    {"progressDeadlineSeconds", kDeployment},
    {"horizontalPodAutoscaler", kDeployment | kStateful | kDaemon},
    {"scaledObject", kDeployment | kStateful},
    {"podManagementPolicy", kStateful},
    {"updateStrategy", kStateful | kDaemon},
    {"completions", kJob | kCron},
    {"parallelism", kJob | kCron},
    {"backoffLimit", kJob | kCron},
    {"runTime", kJob | kCron},
    {"schedule", kCron},
    {"concurrencyPolicy", kCron},
};

std::size_t kind_of(const YamlNode& item) {
  const YamlEntry* kind = item.find("kind");
  if (kind == nullptr) return 0;
  return static_cast<std::size_t>(std::find(kKinds.begin(), kKinds.end(), kind->value.text) -
                                  kKinds.begin());
}

}  // namespace

void read_workload_kind(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  std::size_t index = 0;
  const std::vector<std::string> words(kKinds.begin(), kKinds.end());
  out.kind_wrong = !read_word(reader, node, words, &index);
  if (out.kind_wrong) return;
  if (index < kKindsKnown) {
    out.kind = static_cast<WorkloadKind>(index);
    return;
  }
  reader.not_supported(node.place, fmt::format("workload kind `{}`", node.text),
                       "write `Deployment`");
}

void add_kind_fields(FieldTable<WorkloadDraft>& table) { table.include(itself, kind_table()); }

void check_kind_keys(Reader& reader, const YamlNode& item) {
  const std::size_t kind = kind_of(item);
  if (item.kind != YamlNode::Kind::mapping || kind >= kKindsKnown) return;
  for (const KindKey& one : kKindKeys) {
    const YamlEntry* entry = item.find(one.key);
    if (entry == nullptr || (one.kinds >> kind & 1U) != 0) continue;
    reader.error("PS2011", entry->place, fmt::format("a {} has no `{}`", kKinds[kind], one.key),
                 {"", "leave it out, or write another `kind`", ""});
  }
  if (kKinds[kind] != "CronJob" || item.find("schedule") != nullptr) return;
  reader.error("PS2002", item.place, fmt::format("`{}.schedule` is missing", reader.path()),
               {"", "a CronJob needs `schedule`, as in `*/15 * * * *`", ""});
}

}  // namespace pullsim
