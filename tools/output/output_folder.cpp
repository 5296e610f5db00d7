// The five files of --out by name and in the order in which they are put in place.
#include "tools/output/output_folder.hpp"

#include "tools/output/csv_files.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace pullsim {
namespace {

constexpr std::size_t kCsvFiles = 4;

std::string in_folder(const std::string& folder, const char* name) {
  return (std::filesystem::path(folder) / name).string();
}

}  // namespace

OutputFolder::OutputFolder(std::string folder, bool with_result) : folder_(std::move(folder)) {
  make_folder(folder_);
  for (const char* name : {"pods.csv", "pulls.csv", "layers.csv", "timeline.csv"}) {
    files_.emplace_back(in_folder(folder_, name));
  }
  if (with_result) files_.emplace_back(in_folder(folder_, "result.json"));
  files_[0].write(kPodsHeader);
  files_[1].write(kPullsHeader);
  files_[2].write(kLayersHeader);
  files_[3].write(kTimelineHeader);
}

void OutputFolder::add_run(const Variant& variant, const RunResult& result) {
  std::optional<Scenario> drawn;
  if (variant.drawn) drawn = variant.drawn(result.run);
  const Scenario& scenario = drawn ? *drawn : variant.scenario;
  const auto into = [this](std::size_t file) {
    return [this, file](std::string_view text) { files_[file].write(text); };
  };
  pods_csv(variant.name, scenario, result, into(0));
  pulls_csv(variant.name, scenario, result, into(1));
  layers_csv(variant.name, scenario, result, into(2));
  timeline_csv(variant.name, result, into(3));
}

void OutputFolder::commit(const std::function<void(const TextSink&)>& write_result) {
  if (files_.size() > kCsvFiles) {
    write_result([this](std::string_view text) { files_.back().write(text); });
  }
  for (AtomicFile& file : files_) file.commit();
}

std::vector<std::string> OutputFolder::names() const {
  std::vector<std::string> names;
  for (const AtomicFile& file : files_) {
    names.push_back(std::filesystem::path(file.path()).filename().string());
  }
  if (names.size() > kCsvFiles) std::rotate(names.begin(), names.end() - 1, names.end());
  return names;
}

}  // namespace pullsim
