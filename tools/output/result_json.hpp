// The stored result: everything that reports, comparisons and merges need, so that nothing has to
// be simulated again. Fields: docs/output-files.md; form: docs/result.schema.json. Holds no
// wall-clock time, no path of the machine beyond what the user named, and no NaN or infinity: what
// does not exist is absent, what never happened is counted.
#pragma once

#include "tools/input/study.hpp"
#include "tools/output/text_sink.hpp"
#include "tools/run/study_result.hpp"

#include <string>

namespace pullsim {

/// Indented JSON with a line end, in pieces: its runs may be many.
void write_result_json(const Study& study, const StudyResult& result, const TextSink& sink);
/// The same as one text.
std::string result_json(const Study& study, const StudyResult& result);

/// Warnings of reader and models, each once; those of a single variant start with its name.
std::vector<std::string> all_warnings(const Study& study, const StudyResult& result);

}  // namespace pullsim
