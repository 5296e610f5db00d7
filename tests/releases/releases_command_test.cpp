// `pullsim releases` as a user calls it: the table's form, exact sums in the JSON, exit codes.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

using nlohmann::json;
using namespace pullsim::test;  // NOLINT: tests read better without the prefix

namespace {

const std::string kScenarios = std::string(PULLSIM_SOURCE_DIR) + "/scenarios/";

std::string train(const std::string& more = "") {
  return "apiVersion: pullsim/v1\nkind: Scenario\nname: s\nreplications: 14\nreleases:\n"
         "  - name: web\n    perDay: 4\n    days: 10\n    layers:\n"
         "      - {name: base, size: 40MB, unpacked: 100MB, changes: {every: 3d}}\n"
         "      - {name: app, size: 10MB, unpacked: 20MB, changes: {share: 50%}}\n"
         "    nodes: {count: 5, disk: 20GB, otherUse: 5GB, replacedPerDay: 1}\n"
         "    retention: {keepLast: 3}\n    billed: {natProcessing: 50%}\n" +
         more;
}

json first_run(const json& root, std::size_t variant = 0) {
  return root.at("variants").at(variant).at("first_run").at(0);
}

}  // namespace

TEST_CASE("the table has at most forty lines of a hundred columns") {
  const Folder folder;
  for (const char* name : {"release-train", "registry-bill", "disk-full"}) {
    INFO(name);
    const Ran ran = run_pullsim("releases " + kScenarios + name + ".yaml --replications 1", folder);
    CHECK(ran.code != 2);  // with one run no threshold may hold
    CHECK(ran.err.empty());
    std::istringstream lines(ran.out);
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      INFO(line);
      const auto shown = std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      });
      CHECK(shown <= 100);
    }
    CHECK(count <= 40);
  }
}

TEST_CASE("sums of the JSON are conserved to the byte") {
  const Folder folder;
  folder.write("s.yaml", train());
  const Ran ran = run_pullsim("releases s.yaml -o json", folder);
  REQUIRE(ran.code == 0);
  const json run = first_run(json::parse(ran.out));
  CHECK(run.at("pushed_bytes").get<std::int64_t>() ==
        run.at("stored_bytes").get<std::int64_t>() + run.at("deleted_bytes").get<std::int64_t>());
  std::int64_t pulled = run.at("pulled_replaced_bytes");
  for (const json& row : run.at("rollouts")) pulled += row.at("pulled_bytes").get<std::int64_t>();
  CHECK(run.at("pulled_bytes") == pulled);
  CHECK(run.at("rollouts").size() == 40);
  CHECK(run.at("by_day").size() == 10);
}

TEST_CASE("the same bytes come of any number of threads, others of another seed") {
  const Folder folder;
  folder.write("s.yaml", train());
  const Ran one = run_pullsim("releases s.yaml -o json -j 1", folder);
  CHECK(run_pullsim("releases s.yaml -o json -j 3", folder).out == one.out);
  CHECK(run_pullsim("releases s.yaml -o json --seed 2", folder).out != one.out);
}

TEST_CASE("a bill is the quantities times the prices, in one currency") {
  const Folder folder;
  folder.write("s.yaml", train("prices: {registryStorage: 0.5 EUR/GB-month, natProcessing: 2 "
                               "EUR/GB}\n"));
  const Ran ran = run_pullsim("releases s.yaml -o json --replications 1", folder);
  REQUIRE(ran.code == 0);
  const json root = json::parse(ran.out);
  const json run = first_run(root);
  const json& bill = root.at("variants").at(0).at("bill");
  CHECK(bill.at("currency") == "EUR");
  const double storage = run.at("stored_byte_seconds").get<double>() / 1e9 / (730 * 3600) * 0.5;
  const double nat = run.at("pulled_bytes").get<double>() / 2 / 1e9 * 2;
  REQUIRE(bill.at("lines").size() == 3);  // transfer has a quantity and no price
  CHECK(bill.at("lines").at(0).at("amount").at("value").get<double>() == Approx(storage));
  CHECK_FALSE(bill.at("lines").at(1).contains("amount"));
  CHECK(bill.at("total").at("value").get<double>() == Approx(storage + nat));
  const Ran table = run_pullsim("releases s.yaml --replications 1", folder);
  CHECK(table.out.find("no price") != std::string::npos);
  CHECK(table.out.find(" EUR") != std::string::npos);
}

TEST_CASE("thresholds decide the exit code") {
  const Folder folder;
  const auto code = [&](const std::string& threshold, const std::string& flags = "") {
    folder.write("s.yaml", train("prices: {registryStorage: 1 USD/GB-month}\nthresholds: [" +
                                 threshold + "]\n"));
    return run_pullsim("releases s.yaml " + flags, folder).code;
  };
  CHECK(code("release_pulls_failed total == 0") == 0);
  CHECK(code("release_pulls_failed total > 0") == 1);
  CHECK(code("release_pulls_failed total > 0", "--exit-zero") == 0);
  CHECK(code("release_bill total < 50USD") == 0);
  CHECK(code("release_bill total < 0.0001USD") == 1);
  CHECK(code("release_cache_hits mean > 20%") == 0);
  CHECK(code("release_stored max < 1GB") == 0);
  CHECK(code("release_disk_use max < 40%") == 0);
  CHECK(code("release_disk_use max < 25%") == 1);
  CHECK(code("release_cache_hits mean > 20%", "--replications 3") == 3);
}

TEST_CASE("a pull without room is told with the day, the node and what fills the disk") {
  const Ran ran = run_pullsim("releases " + kScenarios + "disk-full.yaml --variant large -q");
  CHECK(ran.out.find("Full disk, large: day 15, 01:12, node 0, release 141 of web wants") !=
        std::string::npos);
  CHECK(ran.out.find("other use 14.5 GB") != std::string::npos);
}

TEST_CASE("one train alone, and what the verb does not take") {
  const Folder folder;
  folder.write("s.yaml", train());
  CHECK(run_pullsim("releases s.yaml --release web --replications 1", folder).code == 0);
  const Ran unknown = run_pullsim("releases s.yaml --release wbe", folder);
  CHECK(unknown.code == 2);
  CHECK(unknown.err.find("PS2901") != std::string::npos);
  CHECK(unknown.err.find("`web`") != std::string::npos);
  for (const char* words : {"releases", "releases s.yaml s.yaml", "releases s.yaml -o csv",
                            "releases s.yaml --precision 2%", "releases s.yaml --replications 2..9",
                            "releases none.yaml"}) {
    INFO(words);
    CHECK(run_pullsim(words, folder).code == 2);
  }
  CHECK(run_pullsim("releases --help").out.find("--release NAME") != std::string::npos);
}

TEST_CASE("texts of a stranger's scenario reach no terminal as they are") {
  const Folder folder;
  folder.write("s.yaml", train("thresholds: [{name: \"a\\u001b[31m red\", metric: "
                               "release_pulls_failed, require: total == 0}]\n"));
  const Ran table = run_pullsim("releases s.yaml", folder);
  CHECK(table.code == 0);
  CHECK(table.out.find('\x1b') == std::string::npos);
  const Ran text = run_pullsim("releases s.yaml -o json", folder);
  CHECK(text.out.find('\x1b') == std::string::npos);
  CHECK(json::parse(text.out).at("thresholds").at(0).at("name") == "a\x1b[31m red");
}
