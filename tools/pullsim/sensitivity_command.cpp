// `pullsim sensitivity`.
#include "tools/input/diagnostic.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/result_run_json.hpp"
#include "tools/pullsim/flag_values.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/pullsim/whatif_commands.hpp"
#include "tools/whatif/sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pullsim {
namespace {

constexpr std::int64_t kRunsAtAPoint = 4;  // the same at every point: few of them will do

/// An infinite value is told, unlike in results.
Json moved_json(const Estimate& estimate) {
  Json object = value_json(estimate.value);
  if (estimate.interval) object["interval95"] = {estimate.interval->low, estimate.interval->high};
  return object;
}

std::string to_json(const std::vector<Factor>& factors,
                    const std::vector<VariantSensitivity>& all) {
  Json root;
  root["apiVersion"] = "pullsim/v1";
  root["kind"] = "Sensitivity";
  root["figure"] = "pod_ready_p95";
  root["unit"] = "s";
  root["variants"] = Json::array();
  for (const VariantSensitivity& variant : all) {
    Json object;
    object["variant"] = variant.variant;
    object["middle"] = moved_json(variant.middle);
    object["factors"] = Json::array();
    for (const TornadoBar& bar : variant.bars) {
      const Factor& factor = factors[bar.factor];
      Json one;
      one["path"] = factor.range.path;
      one["low"] = value_text(*factor.range.low);
      one["high"] = value_text(*factor.range.high);
      one["at_low"] = moved_json(bar.at_low);
      one["at_high"] = moved_json(bar.at_high);
      if (!variant.indices.empty()) {
        one["first_order"] = moved_json(variant.indices[bar.factor].first);
        one["total"] = moved_json(variant.indices[bar.factor].total);
      }
      object["factors"].push_back(std::move(one));
    }
    root["variants"].push_back(std::move(object));
  }
  return root.dump(1) + "\n";
}

std::string change(const Estimate& estimate) {
  return estimate.value ? signed_quantity_text(*estimate.value, "s") : "never";
}

std::string index_text(const Estimate& estimate) {
  if (!estimate.value) return "-";
  const double half =
      estimate.interval ? (estimate.interval->high - estimate.interval->low) / 2 : 0;
  return fmt::format("{:.2f} +-{:.2f}", *estimate.value, half);
}

std::string to_text(const std::vector<Factor>& factors,
                    const std::vector<VariantSensitivity>& all) {
  std::string text;
  constexpr std::size_t kBar = 12;
  for (const VariantSensitivity& variant : all) {
    const std::string middle =
        variant.middle.value ? quantity_text(*variant.middle.value, "s") : "never";
    text += fmt::format("{}{}: pod ready p95 {} with every range at its middle\n\n",
                        text.empty() ? "" : "\n", printable(variant.variant), middle);
    std::size_t width = 4;
    std::size_t ends = 8;
    double longest = 0;
    for (const TornadoBar& bar : variant.bars) {
      const Factor& factor = factors[bar.factor];
      width = std::max(width, shown_width(printable(factor.range.path)));
      ends = std::max(
          ends, value_text(*factor.range.low).size() + value_text(*factor.range.high).size() + 4);
      longest = std::max({longest, std::abs(bar.at_low.value.value_or(0)),
                          std::abs(bar.at_high.value.value_or(0))});
    }
    const bool indices = !variant.indices.empty();
    text += "  " + pad_right("path", width) + "  " + pad_right("range", ends) +
            "  at low     at high  " + std::string(kBar + 2, ' ') +
            (indices ? "alone        with all others" : "") + "\n";
    for (const TornadoBar& bar : variant.bars) {
      const Factor& factor = factors[bar.factor];
      const double reach =
          std::max(std::abs(bar.at_low.value.value_or(0)), std::abs(bar.at_high.value.value_or(0)));
      text +=
          "  " + pad_right(printable(factor.range.path), width) + "  " +
          pad_right(value_text(*factor.range.low) + " .. " + value_text(*factor.range.high), ends) +
          "  " + pad_right(change(bar.at_low), 9) + "  " + pad_right(change(bar.at_high), 9) +
          "  " +
          pad_right(bar_text(longest > 0 ? reach / longest : 0, kBar, locale_is_utf8()), kBar);
      if (indices) {
        text += "  " + pad_right(index_text(variant.indices[bar.factor].first), 11) + "  " +
                index_text(variant.indices[bar.factor].total);
      }
      text.erase(text.find_last_not_of(' ') + 1);
      text += "\n";
    }
  }
  return text;
}

/// The scenario's ranges and those of the command line; the latter win.
std::vector<Factor> all_factors(const WhatIfArguments& arguments, const Study& study) {
  std::vector<std::string> left_out;
  std::vector<Factor> factors = factors_of(study, &left_out);
  for (const std::string& path : left_out) {
    print_warning(fmt::format("`{}` is no plain number with a unit and is left out", path));
  }
  for (const std::string& text : arguments.varies) {
    Factor factor{read_vary(text), std::nullopt};
    if (!factor.range.is_range()) {
      refuse(kBadValue, fmt::format("`{}` needs a range without steps", factor.range.path),
             "write `--vary PATH=LOW..HIGH`");
    }
    std::erase_if(factors, [&](const Factor& f) { return f.range.path == factor.range.path; });
    factors.push_back(std::move(factor));
  }
  if (!factors.empty()) return factors;
  refuse(kMissing, "there is no range whose weight could be found",
         "give ranges in the scenario, as in `egress: {low: 5Gbit/s, high: 10Gbit/s}`, or "
         "`--vary PATH=LOW..HIGH`");
}

}  // namespace

int sensitivity_command(const WhatIfArguments& arguments) {
  try {
    Question question = question_of(arguments, arguments.files.front());
    if (!question.options.replications) question.options.replications = kRunsAtAPoint;
    Diagnostics findings;
    const auto study = study_at(question, {}, findings);
    if (!findings.list().empty()) std::fputs(findings.render().c_str(), stderr);
    if (!study) return exit_code_of(findings);
    const auto factors = all_factors(arguments, *study);
    SensitivityOptions options;
    if (arguments.points) options.points = static_cast<std::size_t>(*arguments.points);
    Diagnostics later;
    std::vector<VariantSensitivity> found;
    {
      ProgressLine progress(arguments.progress, 1, 0, "point");
      found =
          sensitivity(question, factors, options, later, [&](std::int64_t done, std::int64_t all) {
            progress.set_total(all);
            progress.show(done, "");
          });
    }
    if (later.has_errors()) {
      std::fputs(later.render().c_str(), stderr);
      return exit_code_of(later);
    }
    if (found.empty()) {
      const int signal = watch_signals().load();
      print_error(
          {signal != 0 ? "PS6003" : "PS6006",
           signal != 0 ? "stopped by a signal" : "the time of `--max-time` ended before an answer",
           {},
           ""});
      return signal != 0 ? kExitInterrupted + signal : kExitUnsure;
    }
    write_stdout(arguments.format == TableFormat::json ? to_json(factors, found)
                                                       : to_text(factors, found));
    return kExitDone;
  } catch (const VaryFault& fault) {
    print_error({kBadValue, fault.what(), {}, fault.help});
  } catch (const Refused& refused) {
    print_error(refused.message);
  }
  return kExitBadInput;
}

}  // namespace pullsim
