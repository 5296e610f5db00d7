// Parts of result.json that are about thresholds: as written, as judged, and the verdict of all.
#pragma once

#include "tools/output/json_stream.hpp"
#include "tools/output/result_run_json.hpp"
#include "tools/run/study_result.hpp"

namespace pullsim {

/// A threshold of the study as written, judged or not.
Json condition_json(const Threshold& threshold);
/// A judged threshold with its value in each run, into the list that is open.
void write_threshold(const Judged& judged, JsonStream* out);
Json verdict_json(const StudyResult& result);

}  // namespace pullsim
