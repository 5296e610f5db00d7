// Optional values for rows of which a run keeps very many. MaybeTime and MaybeIndex: one value of
// the type stands for "absent", so that they take half the room of std::optional and are used like
// it. OnDemand: what a row has late, or never, costs it a
// pointer until then.
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

/// The number of a row that there may not be; below 2^32 - 1.
class MaybeIndex {
 public:
  constexpr MaybeIndex() = default;
  constexpr MaybeIndex(std::nullopt_t) {}
  constexpr MaybeIndex(std::size_t index) : index_(static_cast<std::uint32_t>(index)) {}
  constexpr MaybeIndex(const std::optional<std::size_t>& index)
      : MaybeIndex(index.value_or(kAbsent)) {}

  constexpr bool has_value() const { return index_ != kAbsent; }
  constexpr explicit operator bool() const { return has_value(); }
  constexpr std::size_t operator*() const { return index_; }
  constexpr std::size_t value() const {
    if (!has_value()) throw std::bad_optional_access();
    return index_;
  }
  constexpr void reset() { index_ = kAbsent; }
  constexpr operator std::optional<std::size_t>() const {
    return has_value() ? std::optional<std::size_t>(index_) : std::nullopt;
  }
  friend constexpr bool operator==(const MaybeIndex&, const MaybeIndex&) = default;

 private:
  static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t index_ = kAbsent;
};

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
