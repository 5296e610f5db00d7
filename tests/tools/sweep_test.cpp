// Sweeps: rows, the cheapest point, shards and joining to the byte, going on, files for programs.
#include "tools/whatif/sweep_file.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/whatif_scenario.hpp"

#include <sqlite3.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

using namespace pullsim;
using namespace pullsim::test;
using Json = nlohmann::json;

namespace {

const std::string kVary =
    " --vary images.web.scaledTo=100MB..800MB:x2 --vary nodePools.general.nodes.initial=6,5"
    " --vary nodePools.general.nodes.min=5";

Ran sweep(const std::string& flags, const Folder& folder) {
  return run_pullsim("sweep s.yaml" + kVary + flags, folder);
}

std::string query(const std::string& file, const char* text) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  std::string rows;
  const auto add = [](void* out, int columns, char** values, char**) {
    for (int i = 0; i < columns; ++i) {
      *static_cast<std::string*>(out) += std::string(values[i] ? values[i] : "-") + "|";
    }
    return 0;
  };
  CHECK(sqlite3_exec(database, text, add, &rows, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  return rows;
}

}  // namespace

TEST_CASE("A sweep: a row for each point, the cheapest that passes marked, exit code 0") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  const Ran ran = sweep(" -o json --report sqlite=s.db --report csv=s.csv", folder);
  INFO(ran.err);
  CHECK(ran.code == 0);
  const Json sweep = Json::parse(ran.out);
  CHECK(sweep["points"] == 8);
  REQUIRE(sweep["results"].size() == 8);
  // 400 MB at 80 MB/s are 5 s, 800 MB are 10 s; the limit is 6 s.
  for (const Json& point : sweep["results"]) {
    const std::string size = point["settings"]["images.web.scaledTo"];
    CHECK(point["outcome"] == (size == "800MB" ? "FAIL" : "PASS"));
  }
  // Five nodes are cheaper than six; of the sizes the first.
  CHECK(sweep["verdict"]["cheapest"] == 1);
  CHECK(query(folder / "s.db", "SELECT count(*), sum(cheapest) FROM points") == "8|1|");
  CHECK(query(folder / "s.db",
              "SELECT number, outcome FROM points JOIN settings USING (point) WHERE path = "
              "'images.web.scaledTo' AND point = 7") == "800000000.0|FAIL|");
  CHECK(query(folder / "s.db",
              "SELECT count(*) FROM runs WHERE metric = 'pull_time_max' AND value > 9") == "8|");
  CHECK(query(folder / "s.db", "SELECT count(*) FROM thresholds WHERE bound = 6") == "8|");
  const std::string csv = text_of(folder / "s.csv");
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 9);
}

TEST_CASE("Shards joined in any order, and any number of threads, give the bytes of one process") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  REQUIRE(sweep(" -j 1 --result one.jsonl -o csv", folder).code == 0);
  const std::string table = text_of(folder / "out.txt");
  REQUIRE(sweep(" -j 2 --result two.jsonl -q", folder).code == 0);
  CHECK(text_of(folder / "one.jsonl") == text_of(folder / "two.jsonl"));
  for (const int shards : {2, 3, 8}) {
    std::string files;
    for (int i = 1; i <= shards; ++i) {
      // Half of the points of some shards fail: that is for `merge` to say.
      const std::string shard = std::to_string(i) + "/" + std::to_string(shards);
      CHECK(sweep(" -q --shard " + shard + " --result p{shard}.jsonl", folder).code == 0);
      files = " p" + std::to_string(i) + ".jsonl" + files;
    }
    const Ran merged = run_pullsim("merge" + files + " --result all.jsonl -o csv", folder);
    CHECK(merged.code == 0);
    CHECK(merged.out == table);
    CHECK(text_of(folder / "all.jsonl") == text_of(folder / "one.jsonl"));
  }
}

TEST_CASE("The number of a shard comes from what started the task") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  const std::string program = std::string(PULLSIM_BINARY) + " sweep s.yaml -q" + kVary;
  const auto shard_of = [&](const std::string& environment, const std::string& flag) {
    const Ran ran =
        shell(environment + " " + program + " --shard " + flag + " --result r.jsonl", folder);
    if (ran.code != 0) return ran.err.substr(0, ran.err.find('\n'));
    const std::string text = text_of(folder / "r.jsonl");
    return Json::parse(text.substr(0, text.find('\n')))["shard"].dump();
  };
  CHECK(shard_of("JOB_COMPLETION_INDEX=0 PULLSIM_SHARDS=4", "auto") == "[1,4]");
  CHECK(shard_of("JOB_COMPLETION_INDEX=3", "auto/4") == "[4,4]");
  CHECK(shard_of("SLURM_ARRAY_TASK_ID=12 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_COUNT=4",
                 "auto") == "[3,4]");
  CHECK(shard_of("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2", "auto") == "[2,2]");
  CHECK(shard_of("", "auto").find("PS2902") != std::string::npos);
  CHECK(shard_of("JOB_COMPLETION_INDEX=4", "auto/4").find("PS2901") != std::string::npos);
  CHECK(shard_of("JOB_COMPLETION_INDEX=1", "auto").find("no number of shards") !=
        std::string::npos);
  CHECK(shard_of("", "0/4").find("PS2901") != std::string::npos);
  CHECK(shard_of("", "9/9").find("9 shards for 8 points") != std::string::npos);
}

TEST_CASE("A sweep goes on where it was cut off, even in the middle of a line") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  REQUIRE(sweep(" --result whole.jsonl -q", folder).code == 0);
  const std::string whole = text_of(folder / "whole.jsonl");
  std::size_t third = 0;
  for (int line = 0; line < 4; ++line) third = whole.find('\n', third) + 1;
  std::ofstream(folder / "r.jsonl.partial") << whole.substr(0, third + 40);
  CHECK(sweep(" --result r.jsonl -q", folder).code == 0);
  CHECK(text_of(folder / "r.jsonl") == whole);
  CHECK_FALSE(std::filesystem::exists(folder / "r.jsonl.partial"));
  // What belongs to another sweep is left alone.
  std::ofstream(folder / "r.jsonl.partial") << whole.substr(0, third);
  const Ran other =
      run_pullsim("sweep s.yaml --vary images.web.scaledTo=1MB --result r.jsonl", folder);
  CHECK(other.code == 2);
  CHECK(other.err.find("error[PS6005]: `r.jsonl.partial` belongs to another sweep") == 0);
  CHECK(text_of(folder / "r.jsonl.partial") == whole.substr(0, third));
}

TEST_CASE("A signal keeps the points that are done, and the same command goes on") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  const std::string command = std::string(PULLSIM_BINARY) +
                              " sweep s.yaml --vary images.web.scaledTo=1MB..4000MB:+1MB -q -j 1 "
                              "--result r.jsonl";
  const Ran ran = shell(command +
                            " & p=$!; while [ $(cat r.jsonl.partial 2>/dev/null | wc -l) -lt 5 ]; "
                            "do sleep 0.05; done; kill -TERM $p; wait $p",
                        folder);
  CHECK(ran.code == 143);
  CHECK(ran.err.find("error[PS6003]: stopped by a signal") == 0);
  const std::string kept = text_of(folder / "r.jsonl.partial");
  CHECK(std::count(kept.begin(), kept.end(), '\n') >= 5);
  CHECK(kept.back() == '\n');
  CHECK_FALSE(std::filesystem::exists(folder / "r.jsonl"));
}

TEST_CASE("Files that are no shards of one sweep are told, all at once") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  REQUIRE(sweep(" -q --shard 1/2 --result a.jsonl", folder).code == 0);
  REQUIRE(
      run_pullsim("sweep s.yaml -q --vary images.web.scaledTo=1MB,2MB --shard 2/2 --result b.jsonl",
                  folder)
          .code == 0);
  std::ofstream(folder / "c.jsonl") << "{}\n";
  const Ran ran = run_pullsim("merge a.jsonl b.jsonl c.jsonl none.jsonl", folder);
  CHECK(ran.code == 2);
  for (const char* text : {"belongs to another sweep", "PS1018", "PS1001"}) {
    CHECK(ran.err.find(text) != std::string::npos);
  }
  CHECK(run_pullsim("merge a.jsonl a.jsonl", folder).err.find("is there twice") !=
        std::string::npos);
  CHECK(run_pullsim("merge a.jsonl", folder).err.find("4 of 8 points are in no file") !=
        std::string::npos);
}

TEST_CASE(
    "Mistakes of a value are found before anything runs, a combination that cannot run is a row") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  const Ran wrong = run_pullsim("sweep s.yaml --vary images.web.scaledTo=1MB,2", folder);
  CHECK(wrong.code == 2);
  CHECK(wrong.err.find("PS2004") != std::string::npos);
  CHECK(run_pullsim("sweep s.yaml --vary images.web.scaledTo=1MB..2MB", folder)
            .err.find("is a range without steps") != std::string::npos);
  CHECK(run_pullsim("sweep s.yaml", folder).err.find("`sweep` needs `--vary`") !=
        std::string::npos);
  // 7 is more than max: 6, and is only a mistake where max is not raised.
  const Ran odd = run_pullsim(
      "sweep s.yaml --vary nodePools.general.nodes.max=7,6 "
      "--vary nodePools.general.nodes.initial=6,7 -o json",
      folder);
  INFO(odd.err);
  CHECK(odd.code == 0);
  CHECK(Json::parse(odd.out)["verdict"]["refused"] == 1);
}

TEST_CASE("Points over ranges: as many as asked for, the same again") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  const std::string flags =
      "sweep s.yaml --vary images.web.scaledTo=100MB..1GB --vary "
      "registries.main.egress=1Gbit/s..9Gbit/s"
      " --points 6 --replications 1 -o csv --design ";
  const Ran latin = run_pullsim(flags + "latin-hypercube", folder);
  CHECK(std::count(latin.out.begin(), latin.out.end(), '\n') == 7);
  CHECK(run_pullsim(flags + "latin-hypercube", folder).out == latin.out);
  CHECK(run_pullsim(flags + "sobol", folder).out != latin.out);
}
