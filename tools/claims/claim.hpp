// The claims of the article "Docker image from 2.1 GB to 47 MB", each with the scenario that tests
// it and what pullsim computes of it. docs/claims.md and docs/claims.json are made from here.
#pragma once

#include <pullsim/statistics.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

enum class Holds { yes, no, depends };

struct Claim {
  std::string id;
  std::string claim;     ///< of the article, in our words
  std::string scenario;  ///< file, from the root of the project
  std::string what;      ///< what `computed` is
  double computed = 0;
  std::string unit;  ///< "s", "share", "bytes", "count", "days"
  std::optional<Interval> interval;
  Holds holds = Holds::depends;
  std::string when;     ///< the conditions, with their figures
  std::string command;  ///< that shows the figure
};

/// All of them, in the order of the page. Reads the scenarios of the folder that the program is
/// started in. Throws std::runtime_error when one of them is not there or has other parts.
std::vector<Claim> compute_claims(int threads);

/// Those of one kind, for compute_claims().
std::vector<Claim> claims_of_pulls(int threads);
std::vector<Claim> claims_of_builds();
std::vector<Claim> claims_of_releases(int threads);
std::vector<Claim> claims_of_contents();

std::string claims_json(const std::vector<Claim>& claims);
std::string claims_page(const std::vector<Claim>& claims);

}  // namespace pullsim
