// What outputs tell of a profile that a study uses: what it was fitted on, how well it fits, and
// its predictions beside what was measured. Leaves out its parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

/// Of relative errors, (predicted - measured) / measured.
struct ProfileError {
  double median = 0;  ///< of absolute errors
  double p90 = 0;     ///< of absolute errors
  double bias = 0;
};

/// Who predicted measured pulls: the fit to them, fits that each had not seen the one in question,
/// or the fit to all for pulls of a file of their own.
enum class PredictedBy : std::uint8_t { fitted, held_back, test };
inline constexpr std::size_t kPredictedBy = 3;
/// As in files: "fitted", "heldBack", "test".
std::string_view predicted_by_word(PredictedBy by);
std::optional<PredictedBy> predicted_by(std::string_view word);

/// A measured pull, or several that were one case, beside the prediction. Both times are finite and
/// above 0.
struct ComparedCase {
  std::string id;
  double predicted_seconds = 0;
  double measured_seconds = 0;

  double relative_error() const { return predicted_seconds / measured_seconds - 1; }
};

/// Cases of one profile in files, results and charts, all groups together. Assumed.
inline constexpr std::size_t kComparedCasesMost = 200;

struct ComparedGroup {
  PredictedBy by = PredictedBy::fitted;
  std::int64_t measured = 0;  ///< cases that the errors are of
  double median = 0;          ///< of absolute relative errors
  double p90 = 0;
  std::vector<ComparedCase> cases;  ///< all, or evenly chosen ones by measured time
};

struct UsedProfile {
  std::string file;         ///< as named in the scenario
  std::string fitted_file;  ///< empty: not said
  std::int64_t fitted_cases = 0;
  std::int64_t parameters = 0;   ///< that are drawn
  bool held_back = false;        ///< the errors are of cases that the fit has not seen
  std::optional<double> median;  ///< of absolute relative errors
  std::optional<double> p90;
  std::vector<ComparedGroup> compared;  ///< the hardest test first; empty: the profile has none
};

}  // namespace pullsim
