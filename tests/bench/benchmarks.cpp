// The benchmarks: pullsim_bench [--benchmark_filter=REGEX] and the other flags of Google Benchmark.
// CPU time counts, since other jobs may share the machine.
#include "tests/bench/cases.hpp"

#include <benchmark/benchmark.h>

#include <string>

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const pullsim::bench::Case& piece : pullsim::bench::cases()) {
    for (const std::uint32_t size : piece.sizes) {
      const std::string name = std::string(piece.name) + "/" + std::to_string(size);
      benchmark::RegisterBenchmark(name.c_str(), [&piece, size](benchmark::State& state) {
        const auto work = piece.prepare(size);
        for (auto _ : state) benchmark::DoNotOptimize(work());
        state.counters[std::string("per ") + piece.size_of] = benchmark::Counter(
            size, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
      })->Unit(benchmark::kMillisecond);
    }
  }
  benchmark::RunSpecifiedBenchmarks();
}
