// docs/errors.md lists the codes that the source can give, and tests raise every one of them.
#include "tests/support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace fs = std::filesystem;

namespace {

const fs::path kRoot = PULLSIM_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void add_codes(const std::string& text, const std::regex& pattern, std::set<std::string>& out) {
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    out.insert((*at)[1].str());
  }
}

// Codes of findings that are expected under `folder`; without this file.
std::set<std::string> codes_in(const fs::path& folder, const char* pattern) {
  std::set<std::string> out;
  const std::regex expression(pattern);
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const bool text = entry.path().extension() == ".cpp" || entry.path().extension() == ".txt";
    if (!text || entry.path().filename() == "error_codes_test.cpp") continue;
    add_codes(text_of(entry.path()), expression, out);
  }
  return out;
}

}  // namespace

TEST_CASE("every code of the source is in docs/errors.md") {
  std::set<std::string> listed;
  add_codes(text_of(kRoot / "docs/errors.md"), std::regex("\n\\| (PS[0-9]{4}) \\|"), listed);
  std::set<std::string> used = codes_in("tools", "\"(PS[0-9]{4})\"");
  used.merge(codes_in("models", "\"(PS[0-9]{4})\""));
  for (const std::string& code : used) {
    INFO(code);
    CHECK(listed.count(code) == 1);
  }
  CHECK(used.size() > 60);
}

TEST_CASE("every code of the readers of scenarios and of the models is expected by a test") {
  std::set<std::string> used = codes_in("tools/input", "\"(PS[0-9]{4})\"");
  used.merge(codes_in("models", "\"(PS[0-9]{4})\""));
  const std::set<std::string> expected = codes_in("tests", "(PS[0-9]{4})");
  for (const std::string& code : used) {
    INFO(code);
    CHECK(expected.count(code) == 1);
  }
}

TEST_CASE("every code of docs/errors.md has a wrong example and a mended one") {
  const std::string page = text_of(kRoot / "docs/errors.md");
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| PS", 0) != 0) continue;
    INFO(line);
    CHECK(std::count(line.begin(), line.end(), '|') >= 5);
    CHECK(line.find("|  |") == std::string::npos);
  }
}
