// Fields of a case, read strictly: a field that a kind needs and that is not there, or is of
// another type, is an error that names it. Whole numbers may be written as floats; `null` is
// "absent" where a kind says so. Fields that no kind knows are passed over.
#pragma once

#include <pullsim/scenario.hpp>
#include <pullsim/units.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim::k8s_cases {

using Json = nlohmann::json;

struct CaseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline std::int64_t whole_number(const Json& value, const std::string& name) {
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    throw CaseError("field '" + name + "' does not fit 64 bits");
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number()) throw CaseError("field '" + name + "' is no whole number");
  const double number = value.get<double>();
  if (std::floor(number) != number || std::fabs(number) >= 9.0e18) {
    throw CaseError("field '" + name + "' is no whole number");
  }
  return static_cast<std::int64_t>(number);
}

inline std::int32_t small_number(const Json& value, const std::string& name) {
  const std::int64_t number = whole_number(value, name);
  if (number != static_cast<std::int32_t>(number)) {
    throw CaseError("field '" + name + "' does not fit 32 bits");
  }
  return static_cast<std::int32_t>(number);
}

/// Seconds from now; now is the zero of the clock.
inline Duration seconds_of(const Json& value, const std::string& name) {
  if (!value.is_number()) throw CaseError("field '" + name + "' is no number of seconds");
  const double seconds = value.get<double>();
  if (!(std::fabs(seconds) <= 4.0e9)) throw CaseError("field '" + name + "' is out of range");
  if (value.is_number_integer()) return std::chrono::seconds(value.get<std::int64_t>());
  return Duration{std::llround(seconds * kNanosecondsPerSecond)};
}

/// The members of one object.
class Fields {
 public:
  explicit Fields(const Json& object, std::string what = "input") : object_(object) {
    if (!object.is_object()) throw CaseError("'" + what + "' is no object");
  }

  const Json& at(const std::string& name) const {
    const auto member = object_.find(name);
    if (member == object_.end()) throw CaseError("field '" + name + "' is missing");
    return *member;
  }
  /// Null where the member is not there or is `null`.
  const Json* find(const std::string& name) const {
    const auto member = object_.find(name);
    return member == object_.end() || member->is_null() ? nullptr : &*member;
  }

  std::int64_t whole(const std::string& name) const { return whole_number(at(name), name); }
  std::int32_t small(const std::string& name) const { return small_number(at(name), name); }
  std::int64_t whole_or(const std::string& name, std::int64_t otherwise) const {
    const Json* value = find(name);
    return value == nullptr ? otherwise : whole_number(*value, name);
  }
  std::int32_t small_or(const std::string& name, std::int32_t otherwise) const {
    const Json* value = find(name);
    return value == nullptr ? otherwise : small_number(*value, name);
  }
  /// Must be there; `null` is none.
  std::optional<std::int64_t> whole_or_null(const std::string& name) const {
    const Json& value = at(name);
    return value.is_null() ? std::nullopt : std::optional(whole_number(value, name));
  }
  /// Must be there; `null` is `otherwise`.
  std::int32_t small_or_null(const std::string& name, std::int32_t otherwise) const {
    return at(name).is_null() ? otherwise : small(name);
  }
  double number(const std::string& name) const {
    if (!at(name).is_number()) throw CaseError("field '" + name + "' is no number");
    return at(name).get<double>();
  }
  Duration seconds(const std::string& name) const { return seconds_of(at(name), name); }
  SimTime moment(const std::string& name) const { return SimTime{seconds(name)}; }
  std::optional<SimTime> moment_or_null(const std::string& name) const {
    return at(name).is_null() ? std::nullopt : std::optional(moment(name));
  }
  bool truth(const std::string& name) const {
    if (!at(name).is_boolean()) throw CaseError("field '" + name + "' is neither true nor false");
    return at(name).get<bool>();
  }
  std::string text(const std::string& name) const {
    if (!at(name).is_string()) throw CaseError("field '" + name + "' is no text");
    return at(name).get<std::string>();
  }
  const Json& list(const std::string& name) const {
    if (!at(name).is_array()) throw CaseError("field '" + name + "' is no list");
    return at(name);
  }
  Fields object(const std::string& name) const { return Fields(at(name), name); }
  std::vector<std::int64_t> whole_list(const std::string& name) const {
    std::vector<std::int64_t> values;
    for (const Json& value : list(name)) values.push_back(whole_number(value, name));
    return values;
  }

 private:
  const Json& object_;
};

/// What Kubernetes makes of an IntOrString: a number is a count, a text must be a percentage of
/// whole digits. Empty: an error there.
inline std::optional<IntOrPercent> int_or_percent(const Json& value, const std::string& name) {
  if (value.is_null()) return IntOrPercent{0, false};  // an absent field resolves to 0
  if (!value.is_string()) return IntOrPercent{whole_number(value, name), false};
  const std::string text = value.get<std::string>();
  std::string_view digits = text;
  if (digits.empty() || digits.back() != '%') return std::nullopt;
  digits.remove_suffix(1);
  if (!digits.empty() && digits.front() == '+') {
    digits.remove_prefix(1);
    if (!digits.empty() && digits.front() == '-') return std::nullopt;
  }
  std::int64_t percent = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return IntOrPercent{percent, true};
}

}  // namespace pullsim::k8s_cases
