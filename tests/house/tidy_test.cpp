// The form of the checkout: sizes of files and functions, first comments, forbidden words, a page
// for each model and scenario, links that lead somewhere. The rules are tested on bad samples
// below.
#include "tests/house/tidy_rules.hpp"
#include "tests/support/catch.hpp"

namespace pullsim::house {
namespace {

std::vector<SourceFile> cpp_files() {
  std::vector<SourceFile> files;
  for (const char* folder : {"include", "sim", "models", "tools", "tests"}) {
    for (SourceFile& file : files_under(folder, {".hpp", ".cpp"})) files.push_back(std::move(file));
  }
  return files;
}

bool exists(const std::string& path) {
  return std::filesystem::exists(std::filesystem::path(PULLSIM_SOURCE_DIR) / path);
}

TEST_CASE("C++ files are short, say what they stand for, and hold short functions") {
  const auto files = cpp_files();
  CHECK(files.size() > 10);
  for (const SourceFile& file : files) {
    CHECK(cpp_file_faults(file.path, file.text) == Faults{});
    CHECK(long_lines(file.path, file.text) == Faults{});
    CHECK(long_functions(file.path, file.text) == Faults{});
    CHECK(reserved_names(file.path, file.text) == Faults{});
  }
}

TEST_CASE("no file has tabs, loose white space, marks of unfinished work or a machine's path") {
  for (const SourceFile& file : files_under("", {".hpp", ".cpp", ".md", ".yaml", ".txt", ".sh",
                                                 ".cmake", "CMakePresets.json", ".clang-tidy"})) {
    CHECK(white_space_faults(file.path, file.text) == Faults{});
    CHECK(forbidden_words(file.path, file.text) == Faults{});
  }
}

// CMake splits a name there, and the runner then finds no test and passes.
TEST_CASE("names of tests hold no semicolon") {
  for (const SourceFile& file : files_under("tests", {".cpp"})) {
    INFO(file.path);
    const std::string begin = std::string("TEST_CASE") + "(\"";
    for (std::size_t at = file.text.find(begin); at != std::string::npos;
         at = file.text.find(begin, at + 1)) {
      const std::string name = file.text.substr(at, file.text.find("\") {", at) - at);
      CHECK(name.find(';') == std::string::npos);
    }
  }
}

TEST_CASE("scripts, build files and scenarios keep to the line length") {
  for (const SourceFile& file : files_under("", {".sh", "CMakeLists.txt", ".cmake", ".yaml"})) {
    CHECK(long_lines(file.path, file.text) == Faults{});
  }
}

TEST_CASE("no name of a test begins like a flag, which Catch would follow instead of running it") {
  const std::string flag = std::string("TEST_CASE(\"") + "-";
  for (const SourceFile& file : files_under("tests", {".cpp"})) {
    INFO(file.path);
    CHECK(file.text.find(flag) == std::string::npos);
  }
}

/// Headers that hold a run together and stand for nothing in the real world.
const std::set<std::string> kWiring = {"models/cluster.hpp", "models/context.hpp",
                                       "models/initial_placement.hpp", "models/recorder.hpp"};

TEST_CASE("every model has its page, and every page its six headings") {
  for (const std::string& path : kWiring) CHECK(exists(path));
  for (const SourceFile& file : files_under("models", {".hpp"})) {
    if (file.path.starts_with("models/decisions/") || kWiring.contains(file.path)) continue;
    INFO(page_of_model(file.path));
    CHECK(exists(page_of_model(file.path)));
  }
  for (const SourceFile& page : files_under("docs/models", {".md"})) {
    CHECK(model_page_faults(page.path, page.text) == Faults{});
  }
}

TEST_CASE("every scenario opens with its question, closes with thresholds and is explained") {
  std::string pages = read_text(std::filesystem::path(PULLSIM_SOURCE_DIR) / "README.md");
  for (const SourceFile& page : files_under("docs/scenarios", {".md"})) pages += page.text;
  for (const SourceFile& file : files_under("scenarios", {".yaml"})) {
    if (file.path.starts_with("scenarios/k8s/") || file.path.starts_with("scenarios/catalogue/")) {
      continue;
    }
    CHECK(scenario_faults(file.path, file.text) == Faults{});
    INFO(file.path);
    CHECK(pages.find(std::filesystem::path(file.path).filename().string()) != std::string::npos);
  }
}

TEST_CASE("every image has a row that says where its figures are from, and no row is left over") {
  const std::string table =
      read_text(std::filesystem::path(PULLSIM_SOURCE_DIR) / "scenarios/images/README.md");
  std::set<std::string> rows;
  static const std::regex row(R"(\n\| `([^`]+\.json)` \|)");
  for (std::sregex_iterator it(table.begin(), table.end(), row), end; it != end; ++it) {
    rows.insert((*it)[1].str());
  }
  std::set<std::string> files;
  for (const SourceFile& file : files_under("scenarios/images", {".json"})) {
    files.insert(std::filesystem::path(file.path).filename().string());
  }
  CHECK(rows == files);
}

TEST_CASE("relative links in Markdown lead to files") {
  for (const SourceFile& file : files_under("", {".md"})) {
    CHECK(broken_links(file.path, file.text, exists) == Faults{});
  }
}

// --- the rules themselves
// -------------------------------------------------------------------------

std::string repeat(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("a C++ file may have 400 lines and must open with a comment") {
  CHECK(cpp_file_faults("a.cpp", repeat("// x\n", 400)).empty());
  CHECK(cpp_file_faults("a.cpp", repeat("// x\n", 401)) == Faults{"a.cpp: 401 lines"});
  CHECK(cpp_file_faults("a.cpp", "#pragma once\n// late\n") ==
        Faults{"a.cpp: does not open with a comment"});
}

TEST_CASE("a line may have 100 columns, counted in characters") {
  CHECK(long_lines("a", std::string(100, 'x') + "\n").empty());
  CHECK(long_lines("a", repeat("\u00e9", 100) + "\n").empty());
  CHECK(long_lines("a", "\n" + std::string(101, 'x')) == Faults{"a:2: 101 columns"});
}

TEST_CASE("a function may have 70 lines, a namespace or a test case more") {
  const std::string body68 = repeat("  x();\n", 68);
  CHECK(long_functions("a", "int f() {\n" + body68 + "}\n").empty());
  CHECK(long_functions("a", "// why\nint f() {\n  y();\n" + body68 + "}\n") ==
        Faults{"a:2: function of 71 lines"});
  CHECK(long_functions("a", "int f(int a,\n      int b) {\n  y();\n" + body68 + "}\n").size() == 1);
  CHECK(long_functions("a", "namespace n {\nint g();\nint f() {\n  y();\n" + body68 +
                                "}\n}  // namespace n\n") == Faults{"a:3: function of 71 lines"});
  CHECK(long_functions("a", "TEST_CASE(\"t\") {\n" + body68 + body68 + "}\n").empty());
  CHECK(long_functions("a", "int f(int a,\n      int b);\nint g() {\n" + body68 + "}\n").empty());
  CHECK(long_functions("a", "int f() { return 1; }\nint g() {\n" + body68 + "}\n").empty());
  CHECK(long_functions("a", "template <class T>\nclass C {\n" + body68 + body68 + "};\n").empty());
  CHECK(long_functions("a", "struct S {\n" + body68 + body68 + "};\n").empty());
}

// In parts, so that this file does not find itself.
TEST_CASE("names of the implementation are found") {
  const std::string big = std::string("_") + "Big";
  const std::string lines = std::string("two_") + "_lines";
  CHECK(reserved_names("a", "int " + big + "; int " + lines + "; _small\n") ==
        Faults{"a:1: " + big, "a:1: " + lines});
  CHECK(reserved_names("a", "__LINE__ a_b _c d_\n").empty());
}

TEST_CASE("white space and forbidden words are found with their line") {
  CHECK(white_space_faults("a", "x\n\ty\n") == Faults{"a:2: tab"});
  CHECK(white_space_faults("a", "x \n") == Faults{"a:1: white space at the end"});
  CHECK(white_space_faults("a", "x") == Faults{"a: no newline at the end"});
  CHECK(forbidden_words("a",
                        "x\n// TO"
                        "DO later\n") == Faults{"a:2: 'TO"
                                                "DO'"});
  CHECK(forbidden_words("a",
                        "see /ho"
                        "me/me/x\n") == Faults{"a:1: '/ho"
                                               "me/'"});
  CHECK(forbidden_words("a", "a mastodon, homework\n").empty());
}

TEST_CASE("a model page has exactly six headings in one order") {
  const std::string page =
      "# R\n## Scope and limits\n## What it stands for\n## Equations\n```\n## not a heading\n```\n"
      "## Parameters\n## Validation\n## References\n";
  CHECK(model_page_faults("p", page).empty());
  CHECK(model_page_faults("p", page + "## More\n").size() == 1);
  CHECK(model_page_faults("p", "## What it stands for\n## Scope and limits\n").size() == 1);
  CHECK(page_of_model("models/image_puller.hpp") == "docs/models/image-puller.md");
}

TEST_CASE("a link to a missing file is found, one to the network or inside the page is not") {
  const auto only_b = [](const std::string& path) { return path == "docs/b.md"; };
  CHECK(broken_links("docs/a.md", "[x](b.md#part) [y](#here) [z](https://example.org/q)\n", only_b)
            .empty());
  CHECK(broken_links("docs/a.md", "\n[x](c.md)\n", only_b) == Faults{"docs/a.md:2: no file c.md"});
  CHECK(broken_links("docs/a.md", "```\n[x](c.md)\n```\n", only_b).empty());
}

TEST_CASE("a scenario without its opening comments or its thresholds is found") {
  const std::string opening = "# Question: q\n# Look at: l\n# Expected: e\nname: x\n";
  CHECK(scenario_faults("s", opening + "thresholds:\n  - pod_ready p(95) < 5m\n").empty());
  CHECK(scenario_faults("s", opening) == Faults{"s: does not close with its thresholds"});
  CHECK(scenario_faults("s", "name: x\nthresholds:\n  - a\n") ==
        Faults{"s: the three opening comments are not there"});
}

}  // namespace
}  // namespace pullsim::house
