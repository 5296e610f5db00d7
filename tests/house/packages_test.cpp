// The list of Debian packages that the two commands install: complete for the third-party headers
// that the source includes, and without a library that nothing includes. That the list suffices on
// a bare system was tried in a chroot (CONTRIBUTING.md); this keeps it so.
#include <map>
#include <regex>
#include <set>

#include "tests/house/source_tree.hpp"
#include "tests/support/catch.hpp"

namespace pullsim::house {
namespace {

/// By the first part of the name in angle brackets.
const std::map<std::string, std::string> kPackageOfHeader = {
    {"yaml-cpp", "libyaml-cpp-dev"},
    {"nlohmann", "nlohmann-json3-dev"},
    {"CLI", "libcli11-dev"},
    {"fmt", "libfmt-dev"},
    {"toml++", "libtomlplusplus-dev"},
    {"tbb", "libtbb-dev"},
    {"oneapi", "libtbb-dev"},
    {"Random123", "librandom123-dev"},
    {"Eigen", "libeigen3-dev"},
    {"unsupported", "libeigen3-dev"},
    {"boost", "libboost-dev"},
    {"pugixml.hpp", "libpugixml-dev"},
    {"sqlite3.h", "libsqlite3-dev"},
    {"catch2", "catch2"},
    {"benchmark", "libbenchmark-dev"},
    {"valijson", "libvalijson-dev"},
    {"archive.h", "libarchive-dev"},
    {"valijson", "libvalijson-dev"},
    {"archive_entry.h", "libarchive-dev"},
};
const std::set<std::string> kOwnOrSystem = {"sys",      "pullsim", "fcntl.h", "signal.h",
                                            "unistd.h", "errno.h", "spawn.h", "malloc.h"};
/// Used where it is there; nothing else needs it.
const std::set<std::string> kOptional = {"simgrid"};
const std::set<std::string> kPrograms = {"g++",
                                         "cmake",
                                         "ninja-build",
                                         "clang-tidy",
                                         "shellcheck",
                                         "nodejs",
                                         "npm",
                                         "chromium",
                                         "librsvg2-bin",
                                         "libxml2-utils",
                                         "python3-prometheus-client",
                                         "slurm-wlm",
                                         "munge",
                                         "parallel"};

std::set<std::string> listed_packages() {
  std::set<std::string> names;
  const auto path = std::filesystem::path(PULLSIM_SOURCE_DIR) / "tools/packages.txt";
  for (const std::string& line : lines_of(read_text(path))) {
    if (!line.empty() && line.front() != '#') names.insert(line.substr(0, line.find(' ')));
  }
  return names;
}

std::set<std::string> needed_packages() {
  static const std::regex include(R"(^\s*#\s*include\s*<([^/>]+(?=/)|[^/>]+\.h(?:pp)?)>?)");
  std::set<std::string> names;
  for (const char* folder : {"include", "sim", "models", "tools", "tests"}) {
    for (const SourceFile& file : files_under(folder, {".hpp", ".cpp"})) {
      for (const std::string& line : lines_of(file.text)) {
        std::smatch match;
        if (!std::regex_search(line, match, include)) continue;
        if (kOwnOrSystem.contains(match[1].str()) || kOptional.contains(match[1].str())) continue;
        INFO(file.path << ": " << match[1].str());
        REQUIRE(kPackageOfHeader.contains(match[1].str()));
        names.insert(kPackageOfHeader.at(match[1].str()));
      }
    }
  }
  return names;
}

TEST_CASE("the list of packages is what the source includes, no more and no less") {
  std::set<std::string> expected = needed_packages();
  expected.insert(kPrograms.begin(), kPrograms.end());
  CHECK(listed_packages() == expected);
}

}  // namespace
}  // namespace pullsim::house
