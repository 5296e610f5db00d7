// flow_bench: the flow network alone, with a fixed interface, so that its speed and its results can
// be checked with other people's workloads. Reading and writing are not timed.
#include "sim/check.hpp"
#include "tools/flow_bench/storm.hpp"
#include "tools/flow_bench/workload.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace pullsim;
using namespace pullsim::flow_bench;

constexpr int kBadInput = 2;
constexpr int kSurroundings = 4;
constexpr int kFault = 70;

/// The disk or a permission, not what the user wrote.
struct DiskTrouble : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Arguments {
  std::string input;
  std::string output;
  bool counters = false;
  bool generate = false;
  HostOptions hosts{.baseline_share = 0.1};
  GenerateOptions generator;
};

std::string read_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) throw BadInput(path + ": error: this is a directory");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const std::string text = path + ": error: cannot be read: " + std::strerror(errno);
    if (errno == ENOENT || errno == ENOTDIR) throw BadInput(text);
    throw DiskTrouble(text);
  }
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) throw DiskTrouble(path + ": error: cannot be read to its end");
  return text;
}

/// Whole or not at all: a regular file appears under its name only when it is complete.
void write_file(const std::string& path, const std::string& text) {
  std::error_code ignored;
  const bool special =
      std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
  const std::string target = special ? path : path + ".partial";
  errno = 0;
  std::ofstream file(target, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code moved;
  if (file && !special) std::filesystem::rename(target, path, moved);
  if (file && !moved) return;
  const std::string why = moved ? moved.message() : std::strerror(errno);
  if (!special) std::filesystem::remove(target, ignored);
  throw DiskTrouble(path + ": error: cannot be written: " + why);
}

void run(const Arguments& arguments) {
  if (arguments.generate) {
    write_file(arguments.output, generate_workload(arguments.generator));
    return;
  }
  Workload workload = parse_workload(read_file(arguments.input), arguments.input);
  workload.hosts = arguments.hosts;
  const std::clock_t cpu_begin = std::clock();
  const auto begin = std::chrono::steady_clock::now();
  FlowNetwork network;
  const StormResult result = Storm(workload, network).run();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  const double cpu = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;

  std::string csv = "node,finish_seconds\n";
  for (std::size_t i = 0; i < result.finish_seconds.size(); ++i) {
    csv += fmt::format("{},{:.9f}\n", i, result.finish_seconds[i]);
  }
  write_file(arguments.output, csv);
  const auto events = static_cast<double>(result.events);
  const double rate = wall.count() > 0 ? events / wall.count() : 0;
  fmt::print("{} events\n{:.6f} wall seconds\n{:.0f} events per second\n", result.events,
             wall.count(), rate);
  if (arguments.counters) {
    const FlowNetworkCounters& c = network.counters();
    fmt::print(stderr,
               "{:.6f} cpu seconds, {:.3f} microseconds per event\n"
               "{} flows, {} at most at once\n{} solves\n{} heap operations, {:.2f} per event\n"
               "{} classes at most, {} ends of levels\n{:.0f} bytes of state per node\n",
               cpu, cpu * 1e6 / std::max(1.0, events), c.activities_started, c.activities_peak,
               c.solves, c.heap_operations,
               static_cast<double>(c.heap_operations) / std::max(1.0, events), c.classes_peak,
               c.level_events,
               static_cast<double>(c.state_bytes) /
                   std::max(1.0, static_cast<double>(result.finish_seconds.size())));
  }
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"Simulates a storm of pulls on the flow network alone, or makes one up."};
  auto* input = app.add_option("--input", arguments.input, "Workload to read, JSON");
  app.add_option("--output", arguments.output, "File to write: node,finish_seconds")->required();
  app.add_flag("--counters", arguments.counters, "Print counted work on stderr");
  const auto host_option = [&](const char* name, double& value, const char* text) {
    return app.add_option(name, value, text)->needs(input)->check(CLI::Range(1e-15, 1e18));
  };
  auto* credit = host_option("--credit", arguments.hosts.credit_bytes,
                             "Bytes for which interfaces are bursts above a baseline");
  app.add_option("--baseline", arguments.hosts.baseline_share,
                 "Baseline, as a share of the interface")
      ->needs(credit)
      ->check(CLI::Range(1e-6, 0.999999));
  host_option("--disk", arguments.hosts.disk_bytes_per_second, "Bytes per second of every disk");
  host_option("--cores", arguments.hosts.cores, "Cores of every node");
  host_option("--receive-cpu", arguments.hosts.receive_cpu_seconds_per_byte,
              "CPU seconds for each byte received");
  auto* unpack = host_option("--unpack-cpu", arguments.hosts.unpack_cpu_seconds_per_byte,
                             "CPU seconds for each byte of a job that follows each layer");
  host_option("--unpack-ratio", arguments.hosts.unpack_ratio, "Bytes the job writes for each")
      ->needs(unpack);
  app.add_option("--registries", arguments.hosts.registries,
                 "Layers come in turn from so many registries that share the egress equally")
      ->needs(input)
      ->check(CLI::Range(1u, 100u));
  app.add_option("--weights", arguments.hosts.weights, "Flows share with so many weights")
      ->needs(input)
      ->check(CLI::Range(1u, 1000u));
  auto* generate = app.add_option("--generate", arguments.generator.nodes,
                                  "Write a workload of so many nodes to --output instead");
  generate->check(CLI::Range(1u, 10'000'000u))->excludes(input);
  app.add_option("--layers", arguments.generator.layers, "Layers to make up")->needs(generate);
  app.add_option("--zones", arguments.generator.zones, "Zones to make up")->needs(generate);
  app.add_option("--networks", arguments.generator.networks, "Different interfaces to make up")
      ->needs(generate);
  app.add_option("--egress", arguments.generator.egress_bytes_per_second,
                 "Bytes per second of the egress")
      ->needs(generate)
      ->check(CLI::Range(1.0, 1e18));
  app.add_option("--spread", arguments.generator.spread_seconds, "Seconds over which nodes start")
      ->needs(generate)
      ->check(CLI::Range(0.0, 1e9));
  app.add_option("--seed", arguments.generator.seed, "Seed of what is made up")->needs(generate);
  try {
    app.parse(argc, argv);
    arguments.generate = generate->count() > 0;
    if (!arguments.generate && input->count() == 0) throw CLI::RequiredError("--input");
    run(arguments);
    return 0;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kBadInput;
  } catch (const BadInput& e) {
    fmt::print(stderr, "{}\n", e.what());
    return kBadInput;
  } catch (const DiskTrouble& e) {
    fmt::print(stderr, "{}\n", e.what());
    return kSurroundings;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "flow_bench: error: out of memory\n");
    return kSurroundings;
  } catch (const Fault& e) {
    fmt::print(stderr, "flow_bench: fault of the program: {}\n", e.what());
    return kFault;
  }
}
