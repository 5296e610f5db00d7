// See the header. Files are read line by line: only one point is in memory at a time.
#include "tools/whatif/merged_sweep.hpp"

#include "tools/input/spelling.hpp"
#include "tools/whatif/sweep.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace pullsim {
namespace {

void report(Diagnostics& findings, const char* code, const std::string& file, std::string text,
            std::string help = "") {
  Diagnostic finding;
  finding.code = code;
  finding.file = file;
  finding.text = std::move(text);
  finding.help = std::move(help);
  findings.add(std::move(finding));
}

struct Head {
  std::string whole;  ///< without the shard
  std::int64_t points = 0;
};

std::optional<Head> read_head(const std::string& line) {
  const auto json = nlohmann::ordered_json::parse(line, nullptr, false);
  if (!json.is_object() || json.value("kind", "") != "Sweep" ||
      json.value("apiVersion", "") != "pullsim/v1") {
    return std::nullopt;
  }
  const auto points = json.find("points");
  if (points == json.end() || !points->is_number_unsigned()) return std::nullopt;
  return Head{whole_header(line), points->get<std::int64_t>()};
}

class Merge {
 public:
  Merge(SweepLines* lines, Diagnostics& findings) : lines_(lines), findings_(findings) {}

  void add_file(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) {
      return report(findings_, "PS1001", file, fmt::format("`{}` does not exist", file));
    }
    std::ifstream stream(file, std::ios::binary);
    std::string line;
    if (!std::getline(stream, line)) return no_sweep(file);
    const auto head = read_head(line);
    if (!head) return no_sweep(file);
    if (!head_) {
      head_ = head;
      first_file_ = file;
    } else if (head->whole != head_->whole) {
      return report(findings_, "PS6007", file,
                    fmt::format("`{}` belongs to another sweep than `{}`", file, first_file_),
                    "join shards of one scenario, version, seed and `--vary` alone");
    }
    while (std::getline(stream, line)) add_line(file, line);
  }

  std::optional<std::string> finish() {
    if (!head_ || findings_.has_errors()) return std::nullopt;
    std::vector<std::string> missing;
    std::int64_t count = 0;
    constexpr std::size_t kShown = 5;
    for (std::int64_t point = 0; point < head_->points; ++point) {
      if (lines_->has(point)) continue;
      ++count;
      if (missing.size() < kShown) missing.push_back(std::to_string(point));
    }
    if (count == 0) return head_->whole;
    report(findings_, "PS6007", first_file_,
           fmt::format("{} of {} points are in no file", count, head_->points),
           fmt::format("the first are {}; give the files of all shards", fmt::join(missing, ", ")));
    return std::nullopt;
  }

 private:
  void no_sweep(const std::string& file) {
    report(findings_, "PS1018", file, fmt::format("`{}` is no sweep", file),
           "give files that `pullsim sweep --result` wrote");
  }

  void add_line(const std::string& file, const std::string& line) {
    const std::int64_t point = point_of_line(line);
    if (point < 0 || point >= head_->points) {
      return report(findings_, "PS1018", file,
                    fmt::format("`{}` has a line that is no point", file),
                    "the file is damaged: make it again");
    }
    if (lines_->has(point)) {
      return report(findings_, "PS6007", file, fmt::format("point {} is there twice", point),
                    "give each shard once");
    }
    lines_->add(point, line);
  }

  SweepLines* lines_;
  Diagnostics& findings_;
  std::optional<Head> head_;
  std::string first_file_;
};

}  // namespace

std::optional<std::string> merge_sweeps(const std::vector<std::string>& files, SweepLines* lines,
                                        Diagnostics& findings) {
  Merge merge(lines, findings);
  for (const std::string& file : files) merge.add_file(file);
  return merge.finish();
}

}  // namespace pullsim
