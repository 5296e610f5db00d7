// The SQLite file of a sweep: written under another name, then renamed, as all files are.
#include "tools/output/atomic_file.hpp"
#include "tools/output/result_run_json.hpp"
#include "tools/whatif/figures.hpp"
#include "tools/whatif/sweep_report.hpp"
#include "tools/whatif/vary.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>
#include <system_error>

namespace pullsim {
namespace {

constexpr const char* kTables = R"(
PRAGMA journal_mode = OFF;
BEGIN;
CREATE TABLE sweep (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE points (point INTEGER PRIMARY KEY, outcome TEXT, cheapest INTEGER NOT NULL,
  refused TEXT);
CREATE TABLE settings (point INTEGER NOT NULL REFERENCES points, path TEXT NOT NULL,
  value TEXT NOT NULL, number REAL, unit TEXT, PRIMARY KEY (point, path)) WITHOUT ROWID;
CREATE TABLE metrics (point INTEGER NOT NULL REFERENCES points, variant TEXT NOT NULL,
  metric TEXT NOT NULL, value REAL, low REAL, high REAL, unit TEXT NOT NULL,
  PRIMARY KEY (point, variant, metric)) WITHOUT ROWID;
CREATE TABLE runs (point INTEGER NOT NULL REFERENCES points, variant TEXT NOT NULL,
  run INTEGER NOT NULL, metric TEXT NOT NULL, value REAL NOT NULL,
  PRIMARY KEY (point, variant, run, metric)) WITHOUT ROWID;
CREATE TABLE thresholds (point INTEGER NOT NULL REFERENCES points, name TEXT NOT NULL,
  variant TEXT NOT NULL, outcome TEXT NOT NULL, value REAL, low REAL, high REAL, bound REAL,
  unit TEXT NOT NULL, runs_met INTEGER NOT NULL, runs INTEGER NOT NULL,
  PRIMARY KEY (point, name, variant)) WITHOUT ROWID;
)";

class Database {
 public:
  explicit Database(const std::string& file) {
    if (sqlite3_open(file.c_str(), &handle_) != SQLITE_OK) fail();
  }
  ~Database() {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const char* text) {
    if (sqlite3_exec(handle_, text, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }
  sqlite3_stmt* prepare(const std::string& table, int columns) {
    std::string text = "INSERT INTO " + table + " VALUES (?";
    for (int i = 1; i < columns; ++i) text += ",?";
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, (text + ")").c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      fail();
    }
    statements_.push_back(statement);
    return statement;
  }
  /// One row; a null for what is not there.
  void insert(sqlite3_stmt* statement, const std::vector<Json>& row) {
    sqlite3_reset(statement);
    for (std::size_t i = 0; i < row.size(); ++i) bind(statement, static_cast<int>(i) + 1, row[i]);
    if (sqlite3_step(statement) != SQLITE_DONE) fail();
  }

 private:
  static void bind(sqlite3_stmt* statement, int place, const Json& value) {
    if (value.is_number_integer()) {
      sqlite3_bind_int64(statement, place, value.get<std::int64_t>());
    } else if (value.is_number()) {
      sqlite3_bind_double(statement, place, value.get<double>());
    } else if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      // SQLite's own way of saying that it has to copy the text.
      sqlite3_bind_text(statement, place, text.c_str(), static_cast<int>(text.size()),
                        SQLITE_TRANSIENT);  // NOLINT
    } else {
      sqlite3_bind_null(statement, place);
    }
  }
  [[noreturn]] void fail() const {
    throw OutputError(
        fmt::format("the SQLite file cannot be written: {}", sqlite3_errmsg(handle_)));
  }

  sqlite3* handle_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
};

Json member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? Json() : *found;
}

Json end_of(const Json& object, const char* key, std::size_t end) {
  const auto found = object.find(key);
  return found == object.end() ? Json() : (*found)[end];
}

/// The statements, and one function for each table.
class Tables {
 public:
  explicit Tables(Database& database)
      : database_(database),
        points_(database.prepare("points", 4)),
        settings_(database.prepare("settings", 5)),
        metrics_(database.prepare("metrics", 7)),
        runs_(database.prepare("runs", 5)),
        thresholds_(database.prepare("thresholds", 11)) {}

  void add(const Json& point, bool cheapest) {
    const Json& number = point.at("point");
    const Json refused = member(point, "refused");
    database_.insert(points_,
                     {number, refused.is_null() ? member(point, "outcome") : Json("refused"),
                      cheapest ? 1 : 0, refused.is_null() ? Json() : Json(refused.dump())});
    add_settings(number, point);
    if (!refused.is_null()) return;
    for (const Json& variant : point.at("variants")) add_variant(number, variant);
    for (const Json& judged : point.at("thresholds")) {
      database_.insert(
          thresholds_,
          {number, judged.at("name"), judged.at("variant"), judged.at("outcome"),
           member(judged, "value"), end_of(judged, "interval", 0), end_of(judged, "interval", 1),
           member(judged, "limit"), judged.at("unit"), judged.at("runs_met"), judged.at("runs")});
    }
  }

 private:
  void add_settings(const Json& number, const Json& point) {
    for (const auto& [path, value] : point.at("settings").items()) {
      const auto read = read_value(value.get_ref<const std::string&>());
      database_.insert(settings_, {number, path, value, read ? Json(read->number) : Json(),
                                   read ? Json(unit_of(read->kind)) : Json()});
    }
  }

  void add_variant(const Json& number, const Json& variant) {
    const Json& name = variant.at("name");
    for (const auto& [key, figure] : variant.at("figures").items()) {
      database_.insert(metrics_,
                       {number, name, key, member(figure, "value"), end_of(figure, "interval95", 0),
                        end_of(figure, "interval95", 1), figure.at("unit")});
    }
    for (const Json& run : variant.at("runs")) {
      for (const auto& [key, value] : run.items()) {
        if (key == "run" || !value.is_number()) continue;
        database_.insert(runs_, {number, name, run.at("run"), key, value});
      }
    }
  }

  Database& database_;
  sqlite3_stmt* points_;
  sqlite3_stmt* settings_;
  sqlite3_stmt* metrics_;
  sqlite3_stmt* runs_;
  sqlite3_stmt* thresholds_;
};

}  // namespace

void write_sweep_sqlite(const std::string& header, SweepLines* lines, const std::string& file) {
  const std::string temporary = file + ".partial-db";
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  const SweepVerdict verdict = sweep_verdict(lines);
  {
    Database database(temporary);
    database.run(kTables);
    sqlite3_stmt* sweep = database.prepare("sweep", 2);
    const Json top = Json::parse(header);
    for (const auto& [key, value] : top.items()) {
      database.insert(sweep, {key, value.is_string() ? value : Json(value.dump())});
    }
    Tables tables(database);
    lines->for_each([&](std::int64_t number, const std::string& line) {
      tables.add(Json::parse(line), verdict.cheapest == number);
    });
    database.run("COMMIT");
  }
  std::error_code error;
  std::filesystem::rename(temporary, file, error);
  if (error) throw OutputError(fmt::format("`{}` cannot be written: {}", file, error.message()));
}

}  // namespace pullsim
