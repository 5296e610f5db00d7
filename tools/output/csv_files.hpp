// The rows of one run as text of the four CSV files; columns and meaning: docs/output-files.md.
// Times are printed from integer nanoseconds, never through floating point. An empty cell is "did
// not happen". Rows of one run are sorted by time (rows without one last), then by entity.
#pragma once

#include <pullsim/result.hpp>

#include <pullsim/scenario.hpp>
#include "tools/output/text_sink.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace pullsim {

inline constexpr std::string_view kPodsHeader =
    "variant,run,pod,workload,node,created_seconds,scheduled_seconds,sandbox_seconds,"
    "pull_started_seconds,pull_finished_seconds,started_seconds,ready_seconds,served_seconds,"
    "node_wait_seconds,outcome\n";
inline constexpr std::string_view kPullsHeader =
    "variant,run,node,image,requested_seconds,started_seconds,finished_seconds,wait_seconds,"
    "resolve_seconds,download_seconds,unpack_seconds,duration_seconds,bytes_fetched,"
    "layers_fetched,layers_reused,attempts,outcome,bottleneck\n";
inline constexpr std::string_view kLayersHeader =
    "variant,run,node,image,layer,digest,compressed_bytes,unpacked_bytes,requested_seconds,"
    "first_byte_seconds,committed_seconds,unpack_started_seconds,unpack_finished_seconds,source\n";
inline constexpr std::string_view kTimelineHeader =
    "variant,run,time_seconds,series,entity,value,unit\n";

/// Takes a file's text, some lines at a time.

void pods_csv(std::string_view variant, const Scenario& scenario, const RunResult& result,
              const TextSink& sink);
void pulls_csv(std::string_view variant, const Scenario& scenario, const RunResult& result,
               const TextSink& sink);
void layers_csv(std::string_view variant, const Scenario& scenario, const RunResult& result,
                const TextSink& sink);
void timeline_csv(std::string_view variant, const RunResult& result, const TextSink& sink);

/// A cell of text: quoted where commas, quotes or line ends ask for it; control characters become
/// spaces; a text that a spreadsheet would take for a formula (= + - @ first) gets a ' in front.
std::string csv_text(std::string_view text);

std::string_view outcome_text(Outcome outcome);
std::string_view bottleneck_word(Bottleneck bottleneck);  ///< as in pulls.csv; empty for none

}  // namespace pullsim
