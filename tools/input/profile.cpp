// Form of a profile, and its draws; see the header.
#include "tools/input/profile.hpp"

#include "tools/input/field_table.hpp"

#include <pullsim/random.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace pullsim {

namespace {

constexpr double kNormal95 = 1.959963984540054;
// What is not identifiable is drawn within the fit's prior: a factor of e. Used where a profile
// does not carry the covariance, which holds the prior already.
constexpr double kPriorLogDeviation = 1.0;
// A profile's own intervals may reach further than any number of a scenario.
constexpr double kDeviationMost = 5.0;

constexpr std::array<std::string_view, kPredictedBy> kPredictedByWords = {"fitted", "heldBack",
                                                                          "test"};

struct ProfileDraft : Profile {
  std::vector<std::vector<double>> covariance;  // lower triangle, of logarithms
};

// As programs write numbers: `8.7e-09`.
struct FloatCodec {
  static bool read(Reader& reader, const YamlNode& node, double& out, const Rule&) {
    if (!reader.is_scalar(node)) return false;
    const char* end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, out);
    if (error == std::errc() && stop == end && std::isfinite(out)) return true;
    reader.error("PS2005", node.place,
                 fmt::format("`{}` is not written as a number", reader.path()),
                 {"", "write it as `pullsim calibrate` does", ""});
    return false;
  }
  static std::string type(const Rule&) { return "number"; }
  static std::string show(const double& value) { return fmt::format("{:g}", value); }
};

void read_interval(Reader& reader, const YamlNode& node, ProfileParameter& out) {
  if (!reader.is_list(node)) return;
  if (node.items.size() != 2) {
    reader.error("PS2018", node.place, fmt::format("`{}` has not two ends", reader.path()),
                 {"", "write `[low, high]`", ""});
    return;
  }
  FloatCodec::read(reader, node.items[0], out.low, {});
  FloatCodec::read(reader, node.items[1], out.high, {});
}

const FieldTable<ProfileParameter>& parameter_table() {
  static const FieldTable<ProfileParameter> table = [] {
    FieldTable<ProfileParameter> t;
    t.add<TextCodec>("name", &ProfileParameter::name, "", {.required = true});
    t.add<FloatCodec>("value", &ProfileParameter::value, "", {.required = true});
    t.add<TextCodec>("unit", &ProfileParameter::unit, "", {.required = true});
    t.custom({"interval95", "list", "required", ""}, true, read_interval);
    t.add<BoolCodec>("identifiable", &ProfileParameter::identifiable, "");
    return t;
  }();
  return table;
}

const FieldTable<ProfileError>& error_table() {
  static const FieldTable<ProfileError> table = [] {
    FieldTable<ProfileError> t;
    t.add<FloatCodec>("median", &ProfileError::median, "", {.required = true});
    t.add<FloatCodec>("p90", &ProfileError::p90, "", {.required = true});
    t.add<FloatCodec>("bias", &ProfileError::bias, "", {.required = true});
    return t;
  }();
  return table;
}

const FieldTable<ProfileDraft>& fitted_table() {
  static const FieldTable<ProfileDraft> table = [] {
    FieldTable<ProfileDraft> t;
    t.add<TextCodec>("file", &ProfileDraft::fitted_file, "", {.required = true});
    t.add<CountCodec>("cases", &ProfileDraft::fitted_cases, "", {.required = true});
    return t;
  }();
  return table;
}

void read_parameters(Reader& reader, const YamlNode& node, ProfileDraft& out) {
  read_named_list(reader, node, parameter_table(), "parameters", out.parameters,
                  [](const YamlNode&, ProfileParameter&) { return true; });
}

void read_covariance(Reader& reader, const YamlNode& node, ProfileDraft& out) {
  read_list(reader, node, [&](const YamlNode& row, std::size_t) {
    std::vector<double>& numbers = out.covariance.emplace_back();
    read_list(reader, row, [&](const YamlNode& number, std::size_t) {
      FloatCodec::read(reader, number, numbers.emplace_back(), {});
    });
  });
}

const FieldTable<ComparedCase>& compared_case_table() {
  static const FieldTable<ComparedCase> table = [] {
    FieldTable<ComparedCase> t;
    t.add<TextCodec>("id", &ComparedCase::id, "", {.required = true});
    t.add<FloatCodec>("predictedSeconds", &ComparedCase::predicted_seconds, "", {.required = true});
    t.add<FloatCodec>("measuredSeconds", &ComparedCase::measured_seconds, "", {.required = true});
    return t;
  }();
  return table;
}

void read_predicted_by(Reader& reader, const YamlNode& node, ComparedGroup& out) {
  if (!reader.is_scalar(node)) return;
  if (const auto by = predicted_by(node.text)) {
    out.by = *by;
    return;
  }
  reader.error("PS2007", node.place,
               fmt::format("`{}` does not know `{}`", reader.path(), node.text),
               {"", fmt::format("choices: `{}`", fmt::join(kPredictedByWords, "`, `")), ""});
}

void read_compared_cases(Reader& reader, const YamlNode& node, ComparedGroup& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    ComparedCase& one = out.cases.emplace_back();
    const std::size_t before = reader.errors();
    compared_case_table().read(reader, item, one);
    if (reader.errors() > before || (one.predicted_seconds > 0 && one.measured_seconds > 0)) return;
    reader.error("PS2018", item.place, fmt::format("`{}` has a time that is not above 0", one.id),
                 {"", "a profile is what `pullsim calibrate` writes", ""});
  });
}

const FieldTable<ComparedGroup>& compared_group_table() {
  static const FieldTable<ComparedGroup> table = [] {
    FieldTable<ComparedGroup> t;
    t.custom({"predictedBy", "", "", ""}, true, read_predicted_by);
    t.add<CountCodec>("measured", &ComparedGroup::measured, "", {.required = true});
    t.add<FloatCodec>("median", &ComparedGroup::median, "", {.required = true});
    t.add<FloatCodec>("p90", &ComparedGroup::p90, "", {.required = true});
    t.custom({"cases", "", "", ""}, true, read_compared_cases);
    return t;
  }();
  return table;
}

void read_compared(Reader& reader, const YamlNode& node, ProfileDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    compared_group_table().read(reader, item, out.compared.emplace_back());
  });
}

void read_word_of_format(Reader& reader, const YamlNode& node, const char* wanted) {
  if (!reader.is_scalar(node) || node.text == wanted) return;
  reader.error(
      "PS2012", node.place, fmt::format("`{}` `{}` is not known", reader.path(), node.text),
      {"", fmt::format("write `{}`; a profile is what `pullsim calibrate` writes", wanted), ""});
}

const FieldTable<ProfileDraft>& profile_table() {
  static const FieldTable<ProfileDraft> table = [] {
    FieldTable<ProfileDraft> t;
    t.custom({"apiVersion", "", "", ""}, true,
             [](Reader& reader, const YamlNode& node, ProfileDraft&) {
               read_word_of_format(reader, node, "pullsim/v1");
             });
    t.custom({"kind", "", "", ""}, true, [](Reader& reader, const YamlNode& node, ProfileDraft&) {
      read_word_of_format(reader, node, "Profile");
    });
    t.add<TextCodec>("runtime", &ProfileDraft::runtime, "");
    t.block(
        "fittedOn", [](ProfileDraft& draft) -> ProfileDraft& { return draft; }, fitted_table, "",
        "");
    t.block("error", &ProfileDraft::error, error_table, "", "");
    t.block("heldBackError", &ProfileDraft::held_back_error, error_table, "", "");
    t.custom({"parameters", "", "", ""}, true, read_parameters);
    t.custom({"logCovariance", "", "", ""}, false, read_covariance);
    t.custom({"compared", "", "", ""}, false, read_compared);
    return t;
  }();
  return table;
}

bool check_numbers(Reader& reader, const YamlNode& root, const ProfileDraft& draft) {
  const Place place = place_of_key(root, "parameters");
  for (const ProfileParameter& one : draft.parameters) {
    if (one.low > 0 && one.low <= one.value && one.value <= one.high) continue;
    reader.error("PS2018", place,
                 fmt::format("`{}` has no value above 0 inside its interval", one.name),
                 {"", "a profile is what `pullsim calibrate` writes", ""});
    return false;
  }
  if (draft.covariance.empty()) return true;
  bool fits = draft.covariance.size() == draft.parameters.size();
  for (std::size_t i = 0; fits && i < draft.covariance.size(); ++i) {
    fits = draft.covariance[i].size() == i + 1 && draft.covariance[i][i] >= 0;
  }
  for (std::size_t i = 0; fits && i < draft.covariance.size(); ++i) {
    for (std::size_t j = 0; fits && j < i; ++j) {
      const double most = std::sqrt(draft.covariance[i][i] * draft.covariance[j][j]);
      fits = std::abs(draft.covariance[i][j]) <= most * (1 + 1e-5);
    }
  }
  if (fits) return true;
  reader.error("PS2018", place_of_key(root, "logCovariance"),
               "`logCovariance` is no lower triangle of a covariance of the parameters",
               {"", "leave it out: parameters are then drawn independently", ""});
  return false;
}

bool check_compared(Reader& reader, const YamlNode& root, const ProfileDraft& draft) {
  std::size_t cases = 0;
  for (const ComparedGroup& group : draft.compared) cases += group.cases.size();
  std::string text;
  if (cases > kComparedCasesMost) {
    text = fmt::format("`compared` has {} cases, {} at most are read", cases, kComparedCasesMost);
  }
  for (const ComparedGroup& group : draft.compared) {
    const auto carried = static_cast<std::int64_t>(group.cases.size());
    if (carried > 0 && carried <= group.measured && group.median >= 0 && group.p90 >= group.median)
      continue;
    text = fmt::format("the cases and errors of `{}` in `compared` do not fit together",
                       predicted_by_word(group.by));
  }
  if (text.empty()) return true;
  reader.error("PS2018", place_of_key(root, "compared"), text,
               {"", "leave `compared` out: it is only shown", ""});
  return false;
}

/// Rows of unit length; a direction in which nothing is left to vary adds nothing.
void add_factor(ProfileDraft& draft) {
  const std::size_t size = draft.parameters.size();
  std::vector<std::vector<double>>& factor = draft.factor;
  factor.assign(size, std::vector<double>(size, 0.0));
  for (std::size_t i = 0; i < size; ++i) {
    if (draft.covariance.empty() || draft.covariance[i][i] == 0) {
      factor[i][i] = 1;
      continue;
    }
    double left = 1;
    for (std::size_t j = 0; j < i; ++j) {
      const double scale = std::sqrt(draft.covariance[i][i] * draft.covariance[j][j]);
      double rest = scale > 0 ? draft.covariance[i][j] / scale : 0;
      for (std::size_t k = 0; k < j; ++k) rest -= factor[i][k] * factor[j][k];
      factor[i][j] = factor[j][j] > 0 ? rest / factor[j][j] : 0;
      left -= factor[i][j] * factor[i][j];
    }
    factor[i][i] = left > 1e-9 ? std::sqrt(left) : 0;
    double length = 0;
    for (const double part : factor[i]) length += part * part;
    for (double& part : factor[i]) part /= std::sqrt(length);
  }
}

/// Intervals of what is drawn: of the covariance, which knows the fit's prior; without one those
/// that are written, no wider than the prior where the data say nothing.
void add_drawn_intervals(ProfileDraft& draft) {
  for (std::size_t i = 0; i < draft.parameters.size(); ++i) {
    ProfileParameter& one = draft.parameters[i];
    double up = std::log(one.high / one.value) / kNormal95;
    double down = std::log(one.value / one.low) / kNormal95;
    if (!draft.covariance.empty()) up = down = std::sqrt(draft.covariance[i][i]);
    const double most = one.identifiable ? kDeviationMost : kPriorLogDeviation;
    one.high = one.value * std::exp(kNormal95 * std::min(up, most));
    one.low = one.value * std::exp(-kNormal95 * std::min(down, most));
  }
}

}  // namespace

double Profile::share(std::uint64_t seed, std::uint32_t run, std::size_t index) const {
  const Distribution normal_log{Distribution::Kind::lognormal, 0, 1, {}};
  double sum = 0;
  for (std::size_t i = 0; i <= index; ++i) {
    if (factor[index][i] == 0) continue;
    const RandomStream stream(seed, run, draw_name(file, parameters[i].name), "parameter");
    sum += factor[index][i] * std::log(quantile(normal_log, stream.at(0)));
  }
  return std::clamp(std::erfc(-sum / std::sqrt(2.0)) / 2, 1e-12, 1 - 1e-12);
}

std::string_view predicted_by_word(PredictedBy by) {
  return kPredictedByWords.at(static_cast<std::size_t>(by));
}

std::optional<PredictedBy> predicted_by(std::string_view word) {
  const auto found = std::find(kPredictedByWords.begin(), kPredictedByWords.end(), word);
  if (found == kPredictedByWords.end()) return std::nullopt;
  return static_cast<PredictedBy>(found - kPredictedByWords.begin());
}

UsedProfile Profile::used(std::size_t drawn) const {
  UsedProfile used{file, fitted_file, fitted_cases};
  used.parameters = static_cast<std::int64_t>(drawn);
  used.held_back = held_back_error.has_value();
  const auto& of = used.held_back ? held_back_error : error;
  if (of) {
    used.median = of->median;
    used.p90 = of->p90;
  }
  used.compared = compared;
  return used;
}

std::string draw_name(const std::string& file, const std::string& parameter) {
  return file + "#" + parameter;
}

std::optional<Profile> read_profile(const std::string& text, const std::string& file,
                                    const std::string& path, Diagnostics& diagnostics) {
  const auto root = read_yaml(text, {path, 0, true}, diagnostics);
  const std::vector<std::string> sources = {path};
  Reader reader(sources, diagnostics);
  if (!root || !reader.is_mapping(*root)) return std::nullopt;
  ProfileDraft draft;
  draft.file = file;
  profile_table().read(reader, *root, draft);
  if (reader.errors() > 0 || !check_numbers(reader, *root, draft) ||
      !check_compared(reader, *root, draft)) {
    return std::nullopt;
  }
  add_factor(draft);
  add_drawn_intervals(draft);
  return draft;
}

}  // namespace pullsim
