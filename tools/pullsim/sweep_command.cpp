// `pullsim sweep` and `pullsim merge`.
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/flag_values.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/pullsim/whatif_commands.hpp"
#include "tools/whatif/merged_sweep.hpp"
#include "tools/whatif/sweep.hpp"
#include "tools/whatif/sweep_report.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

namespace pullsim {
namespace {

std::optional<std::int64_t> environment_number(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return read_count(name, text, 0, std::int64_t{1} << 40);
}

/// Number and count of the shard that the surroundings name; see docs/what-if-cluster.md.
Shard shard_of_environment(std::optional<std::int64_t> count) {
  struct Engine {
    const char* number;
    const char* first;  // the number of the first task; none: 0
    const char* count;
  };
  constexpr Engine kEngines[] = {
      {"JOB_COMPLETION_INDEX", "", "PULLSIM_SHARDS"},
      {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT"},
      {"OMPI_COMM_WORLD_RANK", "", "OMPI_COMM_WORLD_SIZE"}};
  for (const Engine& engine : kEngines) {
    const auto number = environment_number(engine.number);
    if (!number) continue;
    const auto all = count ? count : environment_number(engine.count);
    if (!all) {
      refuse(kMissing,
             fmt::format("`--shard auto` finds {} and no number of shards", engine.number),
             fmt::format("set {}, or write `--shard auto/N`", engine.count));
    }
    const std::int64_t first = environment_number(engine.first).value_or(0);
    const Shard shard{*number - first + 1, *all};
    if (shard.index >= 1 && shard.index <= shard.count) return shard;
    refuse(kBadValue,
           fmt::format("{} is {}, and there are {} shards", engine.number, *number, *all),
           "tasks are numbered without gaps");
  }
  refuse(kMissing, "`--shard auto` finds no number of a task in the environment",
         "it reads JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID and OMPI_COMM_WORLD_RANK");
}

Shard read_shard(const std::string& text) {
  if (text.empty()) return {};
  const std::size_t slash = text.find('/');
  const std::string index = text.substr(0, slash);
  std::optional<std::int64_t> count;
  constexpr std::int64_t kShardsMost = 1'000'000;
  if (slash != std::string::npos) {
    count = read_count("--shard", text.substr(slash + 1), 1, kShardsMost);
  }
  if (index == "auto") return shard_of_environment(count);
  if (!count) refuse(kBadValue, fmt::format("`--shard` takes I/N, not `{}`", text), "write `2/8`");
  return {read_count("--shard", index, 1, *count), *count};
}

std::string result_file(const std::string& name, const Shard& shard) {
  constexpr std::string_view kPlace = "{shard}";
  std::string file = name;
  const std::size_t at = file.find(kPlace);
  const auto digits = static_cast<int>(std::to_string(shard.count).size());
  if (at != std::string::npos) {
    file.replace(at, kPlace.size(), fmt::format("{:0{}}", shard.index, digits));
  }
  return file;
}

DesignKind design_of(const WhatIfArguments& arguments) {
  if (!arguments.points) {
    if (!arguments.design.empty()) {
      refuse(kMissing, "`--design` needs `--points`", "write `--points 200 --design sobol`");
    }
    return DesignKind::grid;
  }
  if (arguments.design.empty()) return DesignKind::latin_hypercube;
  const auto choice = read_choice("--design", arguments.design, {"latin-hypercube", "sobol"});
  return choice == 0 ? DesignKind::latin_hypercube : DesignKind::sobol;
}

/// All values once, before anything runs; the study of the first point.
std::optional<Study> check_points(const Question& question, const Design& design, int* exit_code) {
  Diagnostics findings;
  std::optional<Study> first;
  for (const std::int64_t probe : design.probes()) {
    auto study = study_at(question, design.point(probe), findings);
    if (!first) first = std::move(study);
  }
  if (!findings.list().empty()) std::fputs(findings.render().c_str(), stderr);
  *exit_code = exit_code_of(findings);
  if (*exit_code != kExitDone) first.reset();
  return first;
}

void write_format(TableFormat format, const std::string& header, SweepLines* lines,
                  std::size_t width, const Write& write) {
  switch (format) {
    case TableFormat::table:
      return write_sweep_table(header, lines, width, write);
    case TableFormat::json:
      return write_sweep_json(header, lines, write);
    case TableFormat::csv:
      return write_sweep_csv(header, lines, write);
  }
}

void write_outputs(const WhatIfArguments& arguments, const std::string& header, SweepLines* lines) {
  for (const auto& [format, file] : arguments.reports) {
    if (format == "sqlite") {
      write_sweep_sqlite(header, lines, file);
      continue;
    }
    AtomicFile out(file);
    const auto as = format == "csv"    ? TableFormat::csv
                    : format == "json" ? TableFormat::json
                                       : TableFormat::table;
    write_format(as, header, lines, terminal_width(),
                 [&](std::string_view text) { out.write(text); });
    out.commit();
  }
  if (arguments.quiet) {
    std::string first;
    write_sweep_table(header, lines, terminal_width(), [&](std::string_view text) {
      if (first.empty()) first = text.substr(0, text.find('\n') + 1);
    });
    return write_stdout(first);
  }
  write_format(arguments.format, header, lines, terminal_width(),
               [](std::string_view text) { write_stdout(text); });
}

int stopped(const std::string& file, std::size_t done, std::int64_t signal) {
  Message message{"PS6003", "stopped by a signal", {}, ""};
  if (file.empty()) {
    message.notes = {
        fmt::format("{} points were done, and there is no `--result` that keeps them", done)};
  } else {
    message.notes = {fmt::format("{} points are kept in {}.partial", done, file)};
    message.help = "give the same command again: it goes on where it stopped";
  }
  print_error(message);
  return kExitInterrupted + static_cast<int>(signal);
}

int run_points(const WhatIfArguments& arguments, const SweepPlan& plan, const Study& first) {
  const std::string header = sweep_header(plan, first);
  const std::string file = result_file(arguments.result, plan.shard);
  std::optional<SweepLines> kept;
  try {
    file.empty() ? kept.emplace() : kept.emplace(file, header);
  } catch (const SweepMismatch& mismatch) {
    print_error({"PS6005", mismatch.what(), {}, mismatch.help});
    return kExitBadInput;
  }
  SweepLines& lines = *kept;
  bool whole = false;
  {
    const std::int64_t all = (plan.design.size() - plan.shard.index) / plan.shard.count + 1;
    auto done = static_cast<std::int64_t>(lines.size());
    ProgressLine progress(arguments.progress, all, done, "point");
    progress.show(done, "");
    whole = run_sweep(plan, &lines, [&](std::int64_t) { progress.show(++done, ""); });
  }
  const int signal = watch_signals().load();
  if (!whole && signal != 0) return stopped(file, lines.size(), signal);
  if (!whole) {  // --max-time
    print_error({"PS6006", "the time of `--max-time` ended before all points were done", {}, ""});
    return kExitUnsure;
  }
  lines.commit();
  write_outputs(arguments, header, &lines);
  if (plan.shard.count > 1) return kExitDone;  // the verdict is that of `merge`
  return exit_code_for(sweep_verdict(&lines).outcome(), arguments);
}

}  // namespace

int sweep_command(const WhatIfArguments& arguments) {
  if (arguments.varies.empty()) {
    print_error({kMissing, "`sweep` needs `--vary`", {}, "write `--vary PATH=A,B,C`"});
    return kExitBadInput;
  }
  try {
    const Question question = question_of(arguments, arguments.files.front());
    std::vector<Vary> varies;
    for (const std::string& text : arguments.varies) varies.push_back(read_vary(text));
    Design design(std::move(varies), design_of(arguments), arguments.points.value_or(0),
                  arguments.seed.value_or(1));
    SweepPlan plan{question, std::move(design), read_shard(arguments.shard)};
    if (plan.shard.count > plan.design.size()) {
      refuse(kBadValue,
             fmt::format("{} shards for {} points", plan.shard.count, plan.design.size()),
             "give no more shards than points");
    }
    int code = kExitDone;
    const auto first = check_points(question, plan.design, &code);
    if (!first) return code;
    return run_points(arguments, plan, *first);
  } catch (const VaryFault& fault) {
    print_error({kBadValue, fault.what(), {}, fault.help});
  } catch (const Refused& refused) {
    print_error(refused.message);
  }
  return kExitBadInput;
}

int merge_command(const WhatIfArguments& arguments) {
  Diagnostics findings;
  SweepLines lines;
  const auto header = merge_sweeps(arguments.files, &lines, findings);
  if (!findings.list().empty()) std::fputs(findings.render().c_str(), stderr);
  if (!header) return exit_code_of(findings);
  if (!arguments.result.empty()) {
    AtomicFile whole(arguments.result);
    whole.write(*header + "\n");
    lines.for_each([&](std::int64_t, const std::string& line) { whole.write(line + "\n"); });
    whole.commit();
  }
  write_outputs(arguments, *header, &lines);
  return exit_code_for(sweep_verdict(&lines).outcome(), arguments);
}

}  // namespace pullsim
