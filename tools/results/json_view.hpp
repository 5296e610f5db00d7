// A value of a JSON file that is read with its path, so that what is missing or has the wrong form
// is named. The file's own form (depth, keys given twice, UTF-8) was checked before.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace pullsim {

/// Something in a stored file is not what its form says: "`variants.0.name` is no text".
struct MalformedFile : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class JsonView {
 public:
  using Json = nlohmann::ordered_json;

  explicit JsonView(const Json& node, std::string path = {})
      : node_(&node), path_(std::move(path)) {}

  /// Member of an object; MalformedFile if it is not there.
  JsonView at(const char* key) const;
  /// Absent where the member is.
  std::optional<JsonView> find(const char* key) const;
  std::vector<JsonView> list() const;

  std::string text() const;
  std::string text_or_empty(const char* key) const;
  double number() const;  ///< finite
  std::optional<double> number(const char* key) const;
  std::int64_t count() const;  ///< 0 to 2^63 - 1
  std::int64_t count_or_zero(const char* key) const;
  std::uint64_t unsigned_count() const;
  bool is_true(const char* key) const;

  const Json& json() const { return *node_; }
  const std::string& path() const { return path_; }
  [[noreturn]] void fail(const std::string& is) const;

 private:
  const Json* node_;
  std::string path_;
};

}  // namespace pullsim
