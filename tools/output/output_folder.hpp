// The files of one study in one folder: opened before anything runs, filled run by run, put in
// place together at the end. Until then, and after any fault, earlier files stay as they were.
#pragma once

#include <pullsim/result.hpp>

#include "tools/input/study.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/output/text_sink.hpp"

#include <functional>
#include <string>
#include <vector>

namespace pullsim {

class OutputFolder {
 public:
  /// Makes the folder; `with_result` adds result.json to the CSV files.
  OutputFolder(std::string folder, bool with_result);

  void add_run(const Variant& variant, const RunResult& result);
  /// `write_result` gives result.json to a sink. It comes last: when it is there, all others are.
  void commit(const std::function<void(const TextSink&)>& write_result);

  const std::string& folder() const { return folder_; }
  std::vector<std::string> names() const;

 private:
  std::string folder_;
  std::vector<AtomicFile> files_;  ///< pods, pulls, layers, timeline, then the result if wanted
};

}  // namespace pullsim
