// The words by which a command of a build step is told: one question a function. Sources of the
// words: the manuals of the package managers; docs/contents.md has the table.
#pragma once

#include "tools/contents/build_step.hpp"

namespace pullsim {

/// apt-get, apt, apk, yum, dnf, microdnf, zypper, tdnf installing something.
bool installs_packages(const ShellCommand& command);
/// The same with a compiler, headers, a build system or version control among the packages.
bool installs_build_tools(const ShellCommand& command);
/// Takes packages away again.
bool removes_packages(const ShellCommand& command);
/// npm ci, pip install, go mod download and the like.
bool installs_dependencies(const ShellCommand& command);
/// Of a command that installs dependencies: nothing in it leaves those of development out.
bool with_development_dependencies(const ShellCommand& command);
/// npm run build, mvn package, go build and the like.
bool builds_application(const ShellCommand& command);
/// "install go 1.19.5", "install jdk-17": summaries of steps that fetch a compiler.
bool fetches_build_tools(const ShellCommand& command);
/// curl, wget, or a summary like "install node 22.1.0".
bool fetches_software(const ShellCommand& command);
/// useradd, mkdir, rm and what else leaves hardly any bytes.
bool is_setting(const ShellCommand& command);

}  // namespace pullsim
