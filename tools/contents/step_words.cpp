// See the header.
#include "tools/contents/step_words.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

namespace pullsim {
namespace {

using Words = std::set<std::string_view>;

bool is_any(const std::string& word, const Words& words) { return words.count(word) != 0; }

bool has_any(const ShellCommand& command, const Words& words, std::size_t from = 1) {
  for (std::size_t i = from; i < command.size(); ++i) {
    if (is_any(command[i], words)) return true;
  }
  return false;
}

bool starts(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}
bool ends(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// A program and one of its sub-commands; flags may stand between them.
bool calls(const ShellCommand& command, const Words& programs, const Words& verbs) {
  return is_any(command.front(), programs) && has_any(command, verbs);
}

const Words& package_managers() {
  static const Words words = {"apt-get", "apt", "apk", "yum", "dnf", "microdnf", "tdnf", "zypper"};
  return words;
}

/// `git=1:2.39`, `gcc-12`, `su-exec>=0.2`: the name of a package.
std::string package_name(const std::string& word) {
  return word.substr(0, word.find_first_of("=<>~"));
}

bool is_build_tool(const std::string& word) {
  static const Words names = {
      "gcc",        "g++",           "cc",          "clang",       "llvm",
      "make",       "cmake",         "meson",       "ninja-build", "autoconf",
      "automake",   "libtool",       "bison",       "flex",        "patch",
      "binutils",   "binutils-gold", "nasm",        "yasm",        "build-essential",
      "build-base", "git",           "mercurial",   "subversion",  "bzr",
      "dpkg-dev",   "pkg-config",    "pkgconf",     "pkgconfig",   "linux-headers",
      "rust",       "rustc",         "cargo",       "golang",      "go",
      "maven",      "gradle",        "default-jdk", "node-gyp",    "alpine-sdk",
      "rpm-build",  "gcc-c++",       "build"};
  const std::string name = package_name(word);
  if (is_any(name, names)) return true;
  if (ends(name, "-dev") || ends(name, "-devel")) return true;
  for (const std::string_view versioned : {"gcc-", "g++-", "clang-", "llvm-", "golang-"}) {
    if (starts(name, versioned)) return true;
  }
  if (name.find("-jdk") != std::string::npos) return true;
  // Alpine's openjdk17 is the whole kit; Red Hat's java-17-openjdk runs programs only.
  constexpr std::string_view kAlpineJdk = "openjdk";
  return starts(name, kAlpineJdk) && name.size() > kAlpineJdk.size() &&
         std::all_of(name.begin() + kAlpineJdk.size(), name.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

bool installs_packages(const ShellCommand& command) {
  return calls(command, package_managers(), {"install", "add", "groupinstall"});
}

bool installs_build_tools(const ShellCommand& command) {
  return installs_packages(command) &&
         std::any_of(command.begin() + 1, command.end(), is_build_tool);
}

bool removes_packages(const ShellCommand& command) {
  return calls(command, package_managers(),
               {"purge", "remove", "autoremove", "del", "erase", "--auto-remove"});
}

bool installs_dependencies(const ShellCommand& command) {
  if (calls(command, {"npm", "pnpm", "yarn", "bun"}, {"-g", "--global", "global"})) return false;
  if (calls(command, {"npm"}, {"ci", "install", "i"})) return true;
  if (calls(command, {"pnpm", "bun"}, {"install", "i", "fetch", "deploy"})) return true;
  if (command.front() == "yarn") {
    return command.size() == 1 || command[1] == "install" || starts(command[1], "--");
  }
  if (calls(command, {"pip", "pip2", "pip3", "pipenv", "poetry"}, {"install", "sync"})) return true;
  if (calls(command, {"uv"}, {"sync", "install"})) return true;
  if (starts(command.front(), "python") && has_any(command, {"pip"}) &&
      has_any(command, {"install"})) {
    return true;
  }
  if (calls(command, {"conda", "mamba", "micromamba"}, {"install", "create", "update"}))
    return true;
  if (calls(command, {"go"}, {"download", "get"})) return true;
  if (calls(command, {"cargo"}, {"fetch", "vendor"})) return true;
  if (calls(command, {"bundle", "composer", "gem", "bower"}, {"install"})) return true;
  if (calls(command, {"dotnet", "nuget"}, {"restore"})) return true;
  if (calls(command, {"mix"}, {"deps.get"})) return true;
  if (calls(command, {"mvn", "mvnw"},
            {"dependency:go-offline", "dependency:resolve", "dependency:copy-dependencies"})) {
    return true;
  }
  return calls(command, {"gradle", "gradlew"}, {"dependencies", "downloadDependencies"});
}

bool with_development_dependencies(const ShellCommand& command) {
  static const Words managers = {"npm",      "pnpm",   "yarn",   "bun",
                                 "composer", "bundle", "poetry", "pipenv"};
  if (!is_any(command.front(), managers)) return false;
  if (command.front() == "pipenv" || command.front() == "bundle")
    return has_any(command, {"--dev"});
  return !has_any(command, {"--omit=dev", "--production", "--production=true", "--only=production",
                            "--only=prod", "--prod", "-P", "--no-dev", "--only=main",
                            "--without=dev", "dev", "main"});
}

bool builds_application(const ShellCommand& command) {
  if (calls(command, {"npm", "pnpm", "yarn", "bun"}, {"build", "compile", "bundle"})) return true;
  if (calls(command, {"npx"}, {"tsc", "webpack", "vite", "next", "ng", "esbuild"})) return true;
  if (is_any(command.front(), {"tsc", "webpack", "vite"})) return true;
  if (calls(command, {"mvn", "mvnw"}, {"package", "install", "verify", "compile"})) return true;
  if (calls(command, {"gradle", "gradlew"},
            {"build", "assemble", "bootJar", "jar", "installDist"})) {
    return true;
  }
  if (calls(command, {"go", "cargo"}, {"build", "install"})) return true;
  if (calls(command, {"dotnet"}, {"publish", "build"})) return true;
  return calls(command, {"mix"}, {"release", "compile"});
}

bool fetches_build_tools(const ShellCommand& command) {
  if (command.front() != "install" && command.front() != "build") return false;
  if (command.size() < 2) return false;
  const std::string& what = command[1];
  return is_any(what, {"go", "golang", "rust", "maven", "gradle"}) || starts(what, "jdk");
}

bool fetches_software(const ShellCommand& command) {
  if (is_any(command.front(), {"curl", "wget", "tar", "make", "gpg", "dpkg", "rpm"})) return true;
  if (calls(command, {"npm", "yarn", "pnpm"}, {"-g", "--global", "global"})) return true;
  // Summaries of the official images' steps: "install node 22.1.0", "build python 3.12.1".
  return (command.front() == "install" || command.front() == "build") && command.size() > 1 &&
         command[1][0] != '-';
}

bool is_setting(const ShellCommand& command) {
  static const Words words = {"useradd",  "adduser",    "groupadd",  "addgroup",
                              "usermod",  "mkdir",      "chown",     "chmod",
                              "chgrp",    "ln",         "rm",        "sed",
                              "echo",     "touch",      "set",       "cd",
                              "cat",      "locale-gen", "localedef", "update-ca-certificates",
                              "ldconfig", "true",       ":",         "fi",
                              "done",     "export",     "apt-get",   "apk",
                              "mv",       "printf",     "test",      "id",
                              "getent",   "install",    "groupmod",  "cp"};
  return is_any(command.front(), words);
}

}  // namespace pullsim
