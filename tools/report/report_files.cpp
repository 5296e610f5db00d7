// Formats by name; see the header.
#include "tools/report/report_files.hpp"

#include "sim/check.hpp"
#include "tools/output/result_json.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace pullsim {
namespace {

std::string json_report(const ReportInput& input) { return result_json(input.study, input.result); }

/// GitHub shows one file for all that a step says: what is there stays in front.
std::string already_there(const ReportFormat& format, const std::string& path) {
  const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
  if (std::string(format.name) != "markdown" || summary == nullptr || path != summary) return "";
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats = {
      {"json", json_report},

      {"junit", junit_report},       {"github", github_report},
      {"markdown", markdown_report}, {"openmetrics", openmetrics_report},
      {"html", html_report},         {"trace", trace_report}};
  return formats;
}

const ReportFormat* find_report_format(const std::string& name) {
  for (const ReportFormat& format : report_formats()) {
    if (name == format.name) return &format;
  }
  return nullptr;
}

const std::vector<std::pair<const char*, ChartFormat>>& chart_formats() {
  static const std::vector<std::pair<const char*, ChartFormat>> formats = {
      {"svg", ChartFormat::svg}, {"png", ChartFormat::png}, {"vega-lite", ChartFormat::vega_lite}};
  return formats;
}

std::vector<std::string> report_format_names() {
  std::vector<std::string> names;
  for (const ReportFormat& format : report_formats()) names.emplace_back(format.name);
  for (const auto& [name, format] : chart_formats()) names.emplace_back(name);
  return names;
}

ReportFiles::ReportFiles(const std::vector<ReportTarget>& targets) {
  for (const ReportTarget& target : targets) {
    bool folder = false;
    for (const auto& [name, format] : chart_formats()) {
      if (target.format != name) continue;
      make_folder(target.path);
      folders_.emplace_back(format, target.path);
      folder = true;
    }
    if (folder) continue;
    const ReportFormat* format = find_report_format(target.format);
    PULLSIM_CHECK(format != nullptr, "the command line lets known formats through only");
    if (target.path == "-") {
      standard_output_.push_back(format);
    } else {
      files_.emplace_back(format, AtomicFile(target.path));
    }
  }
}

void ReportFiles::commit(const ReportInput& input) {
  for (auto& [format, file] : files_) {
    file.write(already_there(*format, file.path()));
    file.write(format->write(input));
  }
  std::vector<AtomicFile> charts;
  for (const auto& [format, folder] : folders_) {
    for (const auto& [name, text] : static_charts(input, format)) {
      charts.emplace_back((std::filesystem::path(folder) / name).string());
      charts.back().write(text);
    }
  }
  for (AtomicFile& chart : charts) chart.commit();
  for (auto& [format, file] : files_) file.commit();
}

std::string ReportFiles::standard_output(const ReportInput& input) const {
  std::string text;
  for (const ReportFormat* format : standard_output_) text += format->write(input);
  return text;
}

}  // namespace pullsim
