// flow_bench as its users meet it: the program, its files, its messages and its exit codes.
#include "tests/support/catch.hpp"
#include "tests/support/naive_network.hpp"
#include "tools/flow_bench/storm.hpp"
#include "tools/flow_bench/workload.hpp"

#include <nlohmann/json.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

using namespace pullsim;
namespace fs = std::filesystem;

namespace {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "flow_bench_XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name), std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  Outcome run(const std::string& arguments) const {
    const std::string command = "cd '" + path_.string() + "' && '" PULLSIM_FLOW_BENCH "' " +
                                arguments + " >out.txt 2>err.txt";
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), read("out.txt"), read("err.txt")};
  }

 private:
  fs::path path_;
};

std::string refusal(const std::string& workload) {
  const Folder folder;
  folder.write("w.json", workload);
  const Outcome outcome = folder.run("--input w.json --output f.csv");
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK_FALSE(fs::exists(folder.file("f.csv")));
  return outcome.err;
}

/// The same workload on the twin, flow by flow.
std::vector<double> twin_finish_times(const std::string& text,
                                      const flow_bench::HostOptions& hosts = {}) {
  flow_bench::Workload workload = flow_bench::parse_workload(text, "w.json");
  workload.hosts = hosts;
  NaiveNetwork network;
  return flow_bench::Storm(workload, network).run().finish_seconds;
}

/// The program's finish times, to its nine decimals, are the twin's.
void agrees_with_twin(const Folder& folder, const std::string& flags, std::size_t nodes,
                      const flow_bench::HostOptions& hosts = {}) {
  REQUIRE(folder.run("--input w.json --output f.csv " + flags).code == 0);
  const std::vector<double> twin = twin_finish_times(folder.read("w.json"), hosts);
  REQUIRE(twin.size() == nodes);
  std::istringstream csv(folder.read("f.csv"));
  std::string line;
  std::getline(csv, line);
  std::size_t node = 0;
  for (; std::getline(csv, line); ++node) {
    REQUIRE(node < twin.size());
    CHECK(line.substr(0, line.find(',')) == std::to_string(node));
    const double finished = std::stod(line.substr(line.find(',') + 1));
    CHECK(std::abs(finished - twin[node]) <= 1e-9 * twin[node] + 5e-10);
  }
  CHECK(node == nodes);
}

const std::string kTiny = R"({
  "egress_bytes_per_second": 100, "connection_bytes_per_second": 40, "concurrency": 2,
  "layers_bytes": [80, 40, 60], "zones": [],
  "nodes": [{"start_seconds": 0, "nic_bytes_per_second": 60},
            {"start_seconds": 10, "nic_bytes_per_second": 1000}]})";

}  // namespace

TEST_CASE("a tiny workload ends when arithmetic says") {
  // Node 0: two at 30 until 40 is done (4/3 s); 80 has 40 left, 60 joins: both 30, 80 done at
  // 8/3 s; 60 has 20 left, alone at its cap of 40: 8/3 + 1/2. Node 1, egress 100, caps 40: 40 done
  // at 11; 80 has 40 left and 60 joins at 11: 80 done at 12, 60 at 12.5.
  const Folder folder;
  folder.write("w.json", kTiny);
  const Outcome outcome = folder.run("--input w.json --output f.csv");
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(folder.read("f.csv") == "node,finish_seconds\n0,3.166666667\n1,12.500000000\n");
  std::istringstream lines(outcome.out);
  std::string line;
  std::vector<std::string> all;
  while (std::getline(lines, line)) all.push_back(line);
  REQUIRE(all.size() == 3);
  CHECK(all[0] == "8 events");
  CHECK(all[1].find(" wall seconds") != std::string::npos);
  CHECK(all[2].find(" events per second") != std::string::npos);
}

TEST_CASE("three zones agree with the naive twin") {
  const Folder folder;
  REQUIRE(folder.run("--generate 60 --zones 3 --spread 20 --seed 5 --output w.json").code == 0);
  REQUIRE(nlohmann::json::parse(folder.read("w.json"))["zones"].size() == 3);
  agrees_with_twin(folder, "", 60);
}

TEST_CASE("every interface another, weights, disk, cores, unpacking, credit: as the naive twin") {
  const Folder folder;
  REQUIRE(folder.run("--generate 60 --networks 60 --spread 20 --seed 7 --output w.json").code == 0);
  agrees_with_twin(folder,
                   "--weights 3 --disk 125e6 --cores 2 --receive-cpu 5.5e-9 --unpack-cpu 20e-9 "
                   "--unpack-ratio 2.6 --credit 5e7 --baseline 0.3",
                   60,
                   {.baseline_share = 0.3,
                    .credit_bytes = 5e7,
                    .disk_bytes_per_second = 125e6,
                    .cores = 2,
                    .receive_cpu_seconds_per_byte = 5.5e-9,
                    .weights = 3,
                    .unpack_cpu_seconds_per_byte = 20e-9,
                    .unpack_ratio = 2.6});
}

TEST_CASE("several registries agree with the naive twin") {
  const Folder folder;
  REQUIRE(folder.run("--generate 40 --networks 8 --zones 2 --spread 20 --output w.json").code == 0);
  agrees_with_twin(folder, "--registries 3 --weights 2", 40, {.registries = 3, .weights = 2});
}

TEST_CASE("the same workload gives the same bytes, and a made-up one the same file") {
  const Folder folder;
  REQUIRE(folder.run("--generate 50 --output a.json").code == 0);
  REQUIRE(folder.run("--generate 50 --output b.json").code == 0);
  CHECK(folder.read("a.json") == folder.read("b.json"));
  REQUIRE(folder.run("--input a.json --output a.csv").code == 0);
  REQUIRE(folder.run("--input a.json --output b.csv").code == 0);
  CHECK(folder.read("a.csv") == folder.read("b.csv"));
}

TEST_CASE("no layers and no nodes are fine") {
  const Folder folder;
  folder.write("w.json", R"({"egress_bytes_per_second": 1, "connection_bytes_per_second": 0,
    "concurrency": 1, "layers_bytes": [], "nodes": [{"start_seconds": 2.5,
    "nic_bytes_per_second": 1}]})");
  CHECK(folder.run("--input w.json --output f.csv").code == 0);
  CHECK(folder.read("f.csv") == "node,finish_seconds\n0,2.500000000\n");
  folder.write("w.json", R"({"egress_bytes_per_second": 1, "connection_bytes_per_second": 0,
    "concurrency": 1, "layers_bytes": [1], "nodes": []})");
  CHECK(folder.run("--input w.json --output f.csv").code == 0);
  CHECK(folder.read("f.csv") == "node,finish_seconds\n");
}

TEST_CASE("all mistakes of a workload are named at once") {
  CHECK(refusal(R"({"egress_bytes_per_second": 0, "connection_bytes_per_second": -1,
    "concurrency": 1.5, "layers_bytes": [1, "2", -3], "zones": [{"uplink": 3}],
    "nodes": [{"start_seconds": 0, "nic_bytes_per_second": 1, "zone": 1}, 7]})") ==
        "w.json: error: egress_bytes_per_second must be positive\n"
        "w.json: error: connection_bytes_per_second must be zero or more\n"
        "w.json: error: concurrency must be a whole number up to a million\n"
        "w.json: error: layers_bytes[1] must be a number, it is string\n"
        "w.json: error: layers_bytes[2] must be zero or more\n"
        "w.json: error: zones[0] does not know the key \"uplink\"; it knows "
        "`uplink_bytes_per_second`\n"
        "w.json: error: zones[0] needs the key `uplink_bytes_per_second`\n"
        "w.json: error: nodes[0].zone must be the number of a zone, from 0, of 1\n"
        "w.json: error: nodes[1] must be an object\n"
        "9 errors, nothing was run\n");
}

TEST_CASE("text that is no workload is refused with its place") {
  CHECK(refusal("{\n  \"nodes\": [1,,2]\n}") ==
        "w.json:2:15: error: this is not valid JSON\n1 error, nothing was run\n");
  CHECK(refusal("") == "w.json:1:1: error: this is not valid JSON\n1 error, nothing was run\n");
  CHECK(refusal("[]") ==
        "w.json: error: the workload must be an object\n1 error, nothing was run\n");
  CHECK(refusal("{\"nodes\": [], \"nodes\": []}") ==
        "w.json: error: the key \"nodes\" is given twice in one object\n"
        "1 error, nothing was run\n");
  CHECK(refusal("{\"egress_bytes_per_second\": 1e999}") ==
        "w.json: error: a number is out of range\n1 error, nothing was run\n");
  CHECK(refusal("{\"a\": \"\xff\"}").find("this is not valid JSON") != std::string::npos);
}

TEST_CASE("wrong use, missing files and a full disk have their own codes") {
  const Folder folder;
  folder.write("w.json", kTiny);
  CHECK(folder.run("").code == 2);
  CHECK(folder.run("--output f.csv").code == 2);
  CHECK(folder.run("--input w.json").code == 2);
  CHECK(folder.run("--input w.json --output f.csv --what").code == 2);
  CHECK(folder.run("--generate -1 --output f.json").code == 2);
  CHECK(folder.run("--help").code == 0);
  CHECK(folder.run("--input . --output f.csv").code == 2);
  const Outcome missing = folder.run("--input none.json --output f.csv");
  CHECK(missing.code == 2);
  CHECK(missing.err == "none.json: error: cannot be read: No such file or directory\n");
  const Outcome nowhere = folder.run("--input w.json --output none/f.csv");
  CHECK(nowhere.code == 4);
  CHECK(nowhere.err == "none/f.csv: error: cannot be written: No such file or directory\n");
  CHECK(folder.run("--input w.json --output /dev/full").code == 4);
}
