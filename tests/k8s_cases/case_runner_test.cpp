// The program that runs the cases: it notices every wrong expectation, every missing field and
// file, and does not mind how the same values are written.
#include "tests/k8s_cases/case_runner.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace pullsim;
using namespace pullsim::k8s_cases;

namespace {

/// The cases of the repository with their kinds.
std::vector<std::pair<Json, const k8s_cases::KindTable*>> all_cases() {
  std::vector<std::pair<Json, const k8s_cases::KindTable*>> cases;
  for (const auto& [file, kinds] : case_files()) {
    std::ifstream stream(PULLSIM_SOURCE_DIR "/tests/data/k8s-cases/" + file);
    for (Json& item : Json::parse(stream)) cases.emplace_back(std::move(item), &kinds);
  }
  return cases;
}

/// Every copy of `value` in which one leaf is another value of its kind.
std::vector<Json> altered_copies(const Json& value) {
  std::vector<Json> copies;
  if (value.is_structured()) {
    for (const auto& [key, member] : value.items()) {
      for (Json& altered : altered_copies(member)) {
        Json copy = value;
        if (value.is_object()) {
          copy[key] = std::move(altered);
        } else {
          copy[std::stoul(key)] = std::move(altered);
        }
        copies.push_back(std::move(copy));
      }
    }
    return copies;
  }
  if (value.is_boolean()) copies.emplace_back(!value.get<bool>());
  if (value.is_number()) copies.emplace_back(value.get<std::int64_t>() + 1);
  if (value.is_string()) copies.emplace_back(value.get<std::string>() + "x");
  return copies;
}

void write_whole_numbers_as_floats(Json* value) {
  if (value->is_number_integer() && std::abs(value->get<std::int64_t>()) < (1LL << 50)) {
    *value = static_cast<double>(value->get<std::int64_t>());
  }
  if (value->is_structured()) {
    for (Json& member : *value) write_whole_numbers_as_floats(&member);
  }
}

std::string output_of(const std::string& text) {
  std::ostringstream out;
  run_cases("hpa.json", text, case_files().front().second, out);
  return out.str();
}

const char* const kRight =
    R"({"id": "a", "kind": "multiple_metrics", "name": "n",
        "input": {"proposals": [4, null], "current_replicas": 3},
        "expected": {"replicas_before_limits": 4}})";

std::string with(std::string text, const std::string& part, const std::string& other) {
  return text.replace(text.find(part), part.size(), other);
}

}  // namespace

TEST_CASE("a case fails when any one of its expected values is another") {
  std::size_t altered = 0;
  for (const auto& [item, kinds] : all_cases()) {
    CAPTURE(item["id"].get<std::string>());
    REQUIRE(fault_of(*kinds, item) == "");
    for (Json& expected : altered_copies(item["expected"])) {
      Json copy = item;
      copy["expected"] = std::move(expected);
      CHECK(fault_of(*kinds, copy) != "");
      ++altered;
    }
  }
  CHECK(altered > 150);
}

TEST_CASE("a case fails when an input it needs is missing") {
  // Not looked at by the kind, or said to be optional.
  const std::set<std::string> optional = {"object_average_value/pods",
                                          "external_average_value/pods"};
  for (const auto& [item, kinds] : all_cases()) {
    for (const auto& [name, value] : item["input"].items()) {
      const std::string place = item["kind"].get<std::string>() + "/" + name;
      CAPTURE(place);
      Json copy = item;
      copy["input"].erase(name);
      const bool noticed =
          fault_of(*kinds, copy).find("field '" + name + "' is missing") != std::string::npos;
      CHECK(noticed == (optional.count(place) == 0));
    }
  }
}

TEST_CASE("whole numbers may be written as floats") {
  for (const auto& [item, kinds] : all_cases()) {
    CAPTURE(item["id"].get<std::string>());
    Json copy = item;
    write_whole_numbers_as_floats(&copy);
    CHECK(fault_of(*kinds, copy) == "");
  }
}

TEST_CASE("the count of cases and of failures is a line of its own") {
  CHECK(output_of(std::string("[") + kRight + "]") == "hpa.json\n1 cases ran, 0 failed\n");
  const std::string wrong = with(kRight, ": 4}", ": 5}");
  CHECK(output_of("[" + wrong + "]") ==
        "hpa.json\n"
        "  FAILED a (n): expected {\"replicas_before_limits\":5}, actual "
        "{\"no_change\":false,\"replicas_before_limits\":4}\n"
        "1 cases ran, 1 failed\n");
}

TEST_CASE("what cannot be judged is a failure") {
  struct Case {
    const char* name;
    std::string text;
    const char* says;
  };
  const std::string right = kRight;
  const Case cases[] = {
      {"unknown kind", "[" + with(right, "multiple_metrics", "unheard_of") + "]",
       "kind 'unheard_of' is not known"},
      {"fraction", "[" + with(right, ": 3}", ": 3.5}") + "]",
       "field 'current_replicas' is no whole number"},
      {"text for a number", "[" + with(right, ": 3}", ": \"3\"}") + "]", "is no whole number"},
      {"out of 32 bits", "[" + with(right, ": 3}", ": 4294967299}") + "]", "does not fit 32 bits"},
      {"nothing expected", "[" + with(right, "\"replicas_before_limits\": 4", "") + "]",
       "nothing is expected"},
      {"an expected field that no kind gives", "[" + with(right, "before_limits", "at_all") + "]",
       "FAILED a (n): expected"},
      {"an error that is not expected", "[" + with(right, "[4, null]", "[null]") + "]",
       "\"no_change\":true"},
      {"the same id twice", "[" + right + "," + right + "]", "its id is not its own"},
      {"no case", "[]", "no JSON array with cases"},
      {"no array", right, "no JSON array with cases"},
      {"no JSON", "[{", "no JSON array with cases"},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      const std::string out = output_of(c.text);
      CHECK(out.find(c.says) != std::string::npos);
      CHECK(out.find(" 1 failed\n") != std::string::npos);
    }
  }
}

TEST_CASE("a missing file is a failure, the other files are run") {
  const test::TemporaryFolder folder;
  for (const auto& [file, kinds] : case_files()) {
    std::filesystem::copy_file(PULLSIM_SOURCE_DIR "/tests/data/k8s-cases/" + file, folder / file);
  }
  std::ostringstream all;
  CHECK(run_folder(folder.path(), all));
  std::filesystem::remove(folder / "resources.json");
  std::ostringstream out;
  CHECK_FALSE(run_folder(folder.path(), out));
  CHECK(out.str().find("FAILED: cannot be read: ") != std::string::npos);
  CHECK(out.str().find("binpacking.json\n6 cases ran, 0 failed\n") != std::string::npos);
}

TEST_CASE("a folder that is not absolute is refused") {
  std::ostringstream out;
  CHECK_FALSE(run_folder("tests/data/k8s-cases", out));
  CHECK(out.str().find("not absolute") != std::string::npos);
}

TEST_CASE("counts and percentages as Kubernetes reads them") {
  struct Case {
    const char* json;
    std::optional<IntOrPercent> want;
  };
  const Case cases[] = {
      {"null", IntOrPercent{0, false}},
      {"3", IntOrPercent{3, false}},
      {"3.0", IntOrPercent{3, false}},
      {"\"25%\"", IntOrPercent{25, true}},
      {"\"+25%\"", IntOrPercent{25, true}},
      {"\"-25%\"", IntOrPercent{-25, true}},
      {"\"007%\"", IntOrPercent{7, true}},
      {"\"3\"", std::nullopt},
      {"\"\"", std::nullopt},
      {"\"%\"", std::nullopt},
      {"\"2.5%\"", std::nullopt},
      {"\" 5%\"", std::nullopt},
      {"\"5% \"", std::nullopt},
      {"\"+-5%\"", std::nullopt},
      {"\"99999999999999999999%\"", std::nullopt},
      {"\"urg\"", std::nullopt},
  };
  for (const Case& c : cases) {
    CAPTURE(c.json);
    CHECK(int_or_percent(Json::parse(c.json), "x") == c.want);
  }
}
