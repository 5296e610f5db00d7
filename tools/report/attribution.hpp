// Two variants against each other: how much sooner or later pods are ready, what the difference is
// made of and what stays whatever the image, and which layers one has and the other lacks. Read
// from the evidence of a result; means over runs.
#pragma once

#include "tools/run/study_result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct PhasePair {
  std::string name;
  double base = 0;  ///< seconds
  double other = 0;
};

struct Attribution {
  std::size_t base = 0;  ///< index of the variant that the other is compared with
  std::size_t other = 0;
  Estimate base_p95;  ///< of pod_ready
  Estimate other_p95;
  Estimate difference;            ///< other - base, paired by run
  std::vector<PhasePair> phases;  ///< of the pods at p95, created to ready
  std::optional<PhasePair> to_traffic;
};

/// Of the pair that a threshold compares, else of the first and the quickest variant. Absent with a
/// single variant or where pods never become ready.
std::optional<Attribution> attribution(const StudyResult& result);

/// "slim pods are ready 23.5 s sooner than large at p95".
std::string difference_sentence(const StudyResult& result, const Attribution& pair);

/// Whether a phase is the same in both, as far as the difference goes: a twentieth of all that
/// moved.
bool stays(const Attribution& pair, const PhasePair& phase);

struct LayerPlace {
  std::string image;
  std::size_t position = 0;  ///< from 1, as people count
  std::size_t layers = 0;    ///< of the image
  std::string digest;
  std::int64_t compressed_bytes = 0;
  std::string created_by;  ///< may be empty
};
/// Layers that the images of `variant` have and those of `without` lack, largest first.
std::vector<LayerPlace> own_layers(const VariantResult& variant, const VariantResult& without);

}  // namespace pullsim
