// A sweep that is done, for people and programs: table, CSV, JSON, SQLite. Reads lines of points
// one after the other, so that memory does not grow with them, and is the same function for one
// process and for joined shards.
#pragma once

#include "tools/run/verdict.hpp"
#include "tools/whatif/sweep_file.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace pullsim {

/// What all points together say. PASS: some point passes; FAIL: each fails; else UNSURE.
struct SweepVerdict {
  std::int64_t points = 0;
  std::int64_t passed = 0;
  std::int64_t failed = 0;
  std::int64_t unsure = 0;
  std::int64_t refused = 0;
  bool judged = false;  ///< there are thresholds
  std::optional<std::int64_t>
      cheapest;                   ///< of those that pass: least price of nodes, else node time
  std::string cheapest_settings;  ///< "registries.main.egress=1Gbit/s"
  std::string cheapest_cost;      ///< "12.4 node-h"
  Verdict outcome() const;
};
SweepVerdict sweep_verdict(SweepLines* lines);

using Write = std::function<void(std::string_view)>;

/// One row a point and variant, under a line that says the verdict.
void write_sweep_table(const std::string& header, SweepLines* lines, std::size_t width,
                       const Write& write);
void write_sweep_csv(const std::string& header, SweepLines* lines, const Write& write);
/// One JSON document: the header's members, `verdict`, `cheapest`, `points`.
void write_sweep_json(const std::string& header, SweepLines* lines, const Write& write);
/// A new database in place of `file`; tables: docs/what-if-files.md. OutputError.
void write_sweep_sqlite(const std::string& header, SweepLines* lines, const std::string& file);

}  // namespace pullsim
