// Runs in parallel into places of their own, then everything in order.
#include "tools/run/release_study.hpp"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

namespace pullsim {

namespace {

/// FNV-1a over numbers.
class Hash {
 public:
  void add(std::uint64_t number) {
    constexpr std::uint64_t kPrime = 1099511628211ULL;
    constexpr unsigned kByte = 8;
    for (unsigned i = 0; i < sizeof number; ++i) {
      value_ = (value_ ^ ((number >> (kByte * i)) & 0xFFU)) * kPrime;
    }
  }
  void add(std::int64_t number) { add(static_cast<std::uint64_t>(number)); }
  void add(Bytes bytes) { add(bytes.count); }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 14695981039346656037ULL;
};

std::uint64_t digest_of(const ReleaseRun& run) {
  Hash hash;
  for (const ReleaseTrainResult& train : run.trains) {
    for (const RolloutRow& row : train.rollouts) {
      hash.add(row.pushed);
      hash.add(row.pulled);
      hash.add(row.layers_pulled);
      hash.add(row.failed);
    }
    for (const ReleaseNodeRow& row : train.nodes) {
      hash.add(row.pulled);
      hash.add(row.disk_most);
      hash.add(row.disk_end);
    }
    hash.add(train.stored);
    hash.add(train.nodes_replaced);
  }
  return hash.value();
}

ReleaseRun one_run(const Variant& variant, std::uint64_t seed, std::uint32_t run) {
  ReleaseRun out;
  for (const ReleaseTrainSpec& train : variant.releases) {
    out.trains.push_back(simulate_releases(train, seed, run));
  }
  return out;
}

template <class Get>
Estimate estimate_of(std::size_t runs, Get get) {
  std::vector<std::optional<double>> values;
  for (std::size_t i = 0; i < runs; ++i) values.push_back(get(i));
  return estimate(values);
}

}  // namespace

ReleaseStudy run_releases(Study& study, const ReleaseOptions& options) {
  study.thresholds = study.release_thresholds;
  const auto runs = static_cast<std::size_t>(study.replications);
  ReleaseStudy out;
  for (const Variant& variant : study.variants) {
    out.variants.push_back({variant.name, std::vector<ReleaseRun>(runs)});
  }
  const auto threads = static_cast<std::size_t>(std::max(options.threads, 1));
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, runs * study.variants.size(), [&](std::size_t job) {
      const std::size_t v = job / runs;
      const auto run = static_cast<std::uint32_t>(job % runs);
      out.variants[v].runs[job % runs] =
          one_run(study.variants[v], study.seed, study.first_run + run);
    });
  });
  for (std::size_t v = 0; v < study.variants.size(); ++v) {
    VariantResult& result = out.judged.variants.emplace_back();
    result.name = study.variants[v].name;
    for (std::size_t r = 0; r < runs; ++r) {
      RunSummary summary;
      summary.run = study.first_run + static_cast<std::uint32_t>(r);
      summary.digest = digest_of(out.variants[v].runs[r]);
      for (const Threshold& threshold : study.thresholds) {
        summary.thresholds.push_back(measure_releases(threshold.metric, threshold.aggregate,
                                                      study.variants[v], out.variants[v].runs[r]));
      }
      result.runs.push_back(std::move(summary));
    }
  }
  finish(study, options.strict, &out.judged);
  return out;
}

std::vector<Estimate> figure_estimates(const ReleaseVariant& variant) {
  std::vector<std::vector<double>> figures;
  for (const ReleaseRun& run : variant.runs) figures.push_back(release_figures(run));
  std::vector<Estimate> out;
  for (std::size_t i = 0; i < kReleaseFigures.size(); ++i) {
    out.push_back(estimate_of(figures.size(), [&](std::size_t run) { return figures[run][i]; }));
  }
  return out;
}

BillEstimates release_bill_estimates(const Variant& variant, const ReleaseVariant& runs) {
  if (!variant.prices) return {};
  std::vector<std::vector<BillLine>> bills;
  for (const ReleaseRun& run : runs.runs) bills.push_back(release_bill(variant, run));
  return bill_estimates(bills);
}

std::optional<FirstFullDisk> first_full_disk(const ReleaseVariant& variant) {
  std::optional<FirstFullDisk> first;
  for (std::size_t run = 0; run < variant.runs.size(); ++run) {
    const auto& trains = variant.runs[run].trains;
    for (std::size_t train = 0; train < trains.size(); ++train) {
      const auto& full = trains[train].first_full;
      if (full && (!first || full->at < first->disk.at)) first = {run, train, *full};
    }
  }
  return first;
}

}  // namespace pullsim
