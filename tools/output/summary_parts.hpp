// Blocks of the summary, each a list of lines or nothing. summary.cpp puts them together.
#pragma once

#include "tools/output/summary.hpp"

#include <string>
#include <vector>

namespace pullsim {

using Lines = std::vector<std::string>;

/// "web to 13 pods at 60 s": the events of the first variant; empty without any.
std::string what_happens(const Study& study);
/// "FAIL  name   1 of 3 thresholds fails      0.9 s, 20 runs, seed 42"
std::string verdict_line(const Study& study, const StudyResult& result,
                         const SummaryOptions& options);
Lines threshold_lines(const Study& study, const StudyResult& result, const SummaryOptions& options);
/// When pods are ready, variants side by side, with their differences.
Lines ready_lines(const Study& study, const StudyResult& result, const SummaryOptions& options);
/// Phases of the pod at p95 of the middle run, and what held each up.
Lines phase_lines(const StudyResult& result, const SummaryOptions& options);
/// What the difference between two variants is made of, and what is the same in both.
Lines attribution_lines(const StudyResult& result, const SummaryOptions& options);
/// What would help most, where alternatives were simulated.
Lines advice_lines(const StudyResult& result, const SummaryOptions& options);

/// Breaks `text` at spaces; lines after the first are indented by `indent`.
Lines wrapped(const std::string& text, std::size_t width, std::size_t indent);

/// At most two variants are taken apart: of many, the first pair that a threshold compares, else
/// the first and the quickest. Only those with a pod that became ready.
std::vector<const VariantResult*> shown_variants(const StudyResult& result);

/// Runs sorted by the p95 of pod_ready; the one in the middle (the lower of two). Null: no runs.
const RunSummary* middle_run(const VariantResult& variant);

}  // namespace pullsim
