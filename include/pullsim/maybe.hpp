// Optional values for rows of which a run keeps very many. MaybeTime and MaybeIndex: one value of
// the type stands for "absent", so that they take half the room of std::optional and are used like
// it. OnDemand: what a row has late, or never, costs it a pointer until then.
#pragma once

#include <pullsim/units.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

namespace pullsim {

/// A moment that may not have happened.
class MaybeTime {
 public:
  constexpr MaybeTime() = default;
  constexpr MaybeTime(std::nullopt_t) {}
  constexpr MaybeTime(SimTime time) : time_(time) {}
  constexpr MaybeTime(const std::optional<SimTime>& time) : time_(time.value_or(kAbsent)) {}

  constexpr bool has_value() const { return time_ != kAbsent; }
  constexpr explicit operator bool() const { return has_value(); }
  constexpr const SimTime& operator*() const { return time_; }
  constexpr const SimTime* operator->() const { return &time_; }
  constexpr SimTime value() const {
    if (!has_value()) throw std::bad_optional_access();
    return time_;
  }
  constexpr SimTime value_or(SimTime other) const { return has_value() ? time_ : other; }
  constexpr void reset() { time_ = kAbsent; }
  constexpr operator std::optional<SimTime>() const {
    return has_value() ? std::optional(time_) : std::nullopt;
  }
  /// As of std::optional: absent equals absent, and comes before every moment.
  friend constexpr auto operator<=>(const MaybeTime&, const MaybeTime&) = default;
  friend constexpr bool operator==(const MaybeTime&, const MaybeTime&) = default;
  friend constexpr bool operator==(const MaybeTime& a, const SimTime& b) {
    return a.has_value() && *a == b;
  }
  friend constexpr bool operator==(const MaybeTime& a, std::nullopt_t) { return !a.has_value(); }

 private:
  static constexpr SimTime kAbsent = SimTime::min();
  SimTime time_ = kAbsent;
};

/// A number below 2^32 - 1 that there may not be, given and taken as a Number.
template <class Number>
class MaybeNumber {
 public:
  constexpr MaybeNumber() = default;
  constexpr MaybeNumber(std::nullopt_t) {}
  constexpr MaybeNumber(Number number) : number_(static_cast<std::uint32_t>(number)) {}
  constexpr MaybeNumber(const std::optional<Number>& number)
      : MaybeNumber(number.value_or(static_cast<Number>(kAbsent))) {}

  constexpr bool has_value() const { return number_ != kAbsent; }
  constexpr explicit operator bool() const { return has_value(); }
  constexpr Number operator*() const { return number_; }
  constexpr Number value() const {
    if (!has_value()) throw std::bad_optional_access();
    return number_;
  }
  constexpr void reset() { number_ = kAbsent; }
  constexpr operator std::optional<Number>() const {
    return has_value() ? std::optional<Number>(number_) : std::nullopt;
  }
  friend constexpr bool operator==(const MaybeNumber&, const MaybeNumber&) = default;

 private:
  static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t number_ = kAbsent;
};

/// Of a row in its list.
using MaybeIndex = MaybeNumber<std::size_t>;

/// A value that reads as T{} until it is edited, and takes room from then on only.
template <class T>
class OnDemand {
 public:
  OnDemand() = default;
  OnDemand(const OnDemand& other) : value_(other.value_ ? std::make_unique<T>(*other) : nullptr) {}
  OnDemand(OnDemand&&) noexcept = default;
  OnDemand& operator=(const OnDemand& other) { return *this = OnDemand(other); }
  OnDemand& operator=(OnDemand&&) noexcept = default;
  ~OnDemand() = default;

  const T& operator*() const { return value_ ? *value_ : untouched(); }
  const T* operator->() const { return &**this; }
  T& edit() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }

 private:
  static const T& untouched() {
    static const T value{};
    return value;
  }
  std::unique_ptr<T> value_;
};

}  // namespace pullsim
