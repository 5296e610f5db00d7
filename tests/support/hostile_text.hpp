// Texts that a stranger's scenario may hold, and a study full of them.
#pragma once

#include "tests/support/result_builder.hpp"
#include "tools/run/study_result.hpp"

#include <string>
#include <vector>

namespace pullsim::test {

inline std::vector<std::string> hostile_texts() {
  return {"<script>alert(1)</script>",
          "=cmd|' /C calc'!A0",
          "a\x1b[31m\x07\x01 red",
          "]]> --> </details> | `x` @team #1 [a](javascript:alert(1)) ![i](http://x/y)",
          "::error file=x,line=1::%0Aowned\n::set-output name=a::b",
          "\"} 1\npullsim_fake{a=\"",
          "\xE2\x80\xA8 \xE2\x80\xAE reversed \xFF\xFE bad",
          std::string(1'000'000, 'x')};
}

/// Two variants, three runs, one threshold that fails and one that holds; `text` wherever a file
/// can put one.
struct NamedStudy {
  Study study = study_of({"large", "slim"}, 3);
  StudyResult result;

  explicit NamedStudy(const std::string& text) {
    study.name = study.question = study.file = text;
    study.resolved_json = R"({"large": {"seed": 1}, "slim": {"seed": 1}})";
    study.inputs.push_back({text, "00"});
    Threshold threshold;
    threshold.name = threshold.because = text;
    threshold.text = "pod_ready p(95) < 30s";
    threshold.aggregate = {Aggregate::Kind::percentile, 95, ""};
    threshold.limit.value = 30;
    threshold.place = {text, 40, 5};
    study.thresholds = {threshold};
    for (std::uint32_t number = 0; number < 3; ++number) {
      add_run(study, 0, one_run(number, 40), &result);
      add_run(study, 1, one_run(number, 4), &result);
    }
    finish(study, false, &result);
    result.variants[0].warnings.push_back(text);
    result.command = text;
  }

  static RunResult one_run(std::uint32_t number, double download) {
    RunBuilder run;
    const auto node = run.node(true, 0, 0);
    run.pod(60, node, 0, run.pull(node, 60.5, 0, 1, download + number, 2), 1.5);
    RunResult& result = run.result();
    result.run = number;
    result.digest = number;
    result.scale_outs.push_back({0, moment(60), result.pods[0].ready, 1});
    return result;
  }
};

}  // namespace pullsim::test
