// Type and sign are looked at before a value is taken: the library converts without a word.
#include "tools/results/json_view.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace pullsim {

void JsonView::fail(const std::string& is) const {
  throw MalformedFile(fmt::format("`{}` {}", path_.empty() ? "the whole" : path_, is));
}

std::optional<JsonView> JsonView::find(const char* key) const {
  if (!node_->is_object()) fail("is no object");
  const auto found = node_->find(key);
  if (found == node_->end()) return std::nullopt;
  return JsonView(*found, path_.empty() ? key : path_ + "." + key);
}

JsonView JsonView::at(const char* key) const {
  const auto found = find(key);
  if (!found) fail(fmt::format("has no `{}`", key));
  return *found;
}

std::vector<JsonView> JsonView::list() const {
  if (!node_->is_array()) fail("is no list");
  std::vector<JsonView> items;
  items.reserve(node_->size());
  for (std::size_t i = 0; i < node_->size(); ++i) {
    items.emplace_back((*node_)[i], fmt::format("{}.{}", path_, i));
  }
  return items;
}

std::string JsonView::text() const {
  if (!node_->is_string()) fail("is no text");
  return node_->get<std::string>();
}

std::string JsonView::text_or_empty(const char* key) const {
  const auto found = find(key);
  return found ? found->text() : "";
}

double JsonView::number() const {
  if (!node_->is_number()) fail("is no number");
  const auto value = node_->get<double>();
  if (!std::isfinite(value)) fail("is no finite number");
  return value;
}

std::optional<double> JsonView::number(const char* key) const {
  const auto found = find(key);
  if (!found) return std::nullopt;
  return found->number();
}

std::uint64_t JsonView::unsigned_count() const {
  if (!node_->is_number_unsigned()) fail("is no whole number from 0 on");
  return node_->get<std::uint64_t>();
}

std::int64_t JsonView::count() const {
  const std::uint64_t value = unsigned_count();
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    fail("is too large");
  }
  return static_cast<std::int64_t>(value);
}

std::int64_t JsonView::count_or_zero(const char* key) const {
  const auto found = find(key);
  return found ? found->count() : 0;
}

bool JsonView::is_true(const char* key) const {
  const auto found = find(key);
  return found && found->json().is_boolean() && found->json().get<bool>();
}

}  // namespace pullsim
