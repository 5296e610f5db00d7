// The cases of Kubernetes' own tests against models/decisions. PULLSIM_K8S_CASES names another
// folder with files of the same names and format.
#include "tests/k8s_cases/case_runner.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <iostream>

TEST_CASE("decisions are those of Kubernetes, case by case") {
  const char* named = std::getenv("PULLSIM_K8S_CASES");
  const std::string folder =
      named != nullptr && *named != '\0' ? named : PULLSIM_SOURCE_DIR "/tests/data/k8s-cases";
  std::cout << "cases of " << folder << '\n';
  const bool good = pullsim::k8s_cases::run_folder(folder, std::cout);
  std::cout << std::flush;
  CHECK(good);
}
