// See the header. Rules are tried from top to bottom; the first that matches counts.
#include "tools/contents/step_origin.hpp"

#include "tools/contents/build_step.hpp"
#include "tools/contents/step_words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace pullsim {
namespace {

bool any_command(const BuildLine& line, bool (*matches)(const ShellCommand&)) {
  return std::any_of(line.commands.begin(), line.commands.end(), matches);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// An archive unpacked to /, or what makers of base images write.
bool is_root_file_system(std::string_view created_by, const BuildLine& line) {
  if (contains(created_by, "debian.sh") || created_by == "apko") return true;
  if (contains(line.text, "rootfs")) return true;
  const std::string& text = line.text;
  const bool to_root = text.size() > 2 && text.substr(text.size() - 2) == " /";
  return line.verb == "ADD" && to_root;
}

/// Tools under a name of their own that are taken away at the end of the step.
bool names_temporary_packages(const BuildLine& line) {
  return contains(line.text, "--virtual") || contains(line.text, "buildDeps=") ||
         contains(line.text, "BUILD_DEPS=");
}

StepOrigin origin_of_run(const BuildLine& line) {
  const bool tools = any_command(line, installs_build_tools);
  const bool removed = any_command(line, removes_packages);
  const bool builds = any_command(line, builds_application);
  if (any_command(line, installs_dependencies)) {
    const bool development = any_command(line,
                                         [](const ShellCommand& command) {
                                           return installs_dependencies(command) &&
                                                  with_development_dependencies(command);
                                         }) &&
                             !contains(line.text, "NODE_ENV=production") &&
                             !contains(line.text, " prune");
    const bool maybe = development || (tools && !removed);
    return {Origin::dependencies,
            tools && !removed ? "dependencies and build tools in one step"
            : development     ? "dependencies, also those of development"
                              : "dependencies",
            maybe ? BuildOnly::maybe : BuildOnly::no, builds};
  }
  if (tools && (removed || names_temporary_packages(line))) {
    if (!removed && line.cut) return {};
    return {Origin::other, "software made with tools that the same step removes", BuildOnly::no,
            false};
  }
  if (names_temporary_packages(line) && line.cut) return {};
  if (builds) return {Origin::application, "the application is built", BuildOnly::no, true};
  if (tools) return {Origin::build_tools, "build tools among the packages", BuildOnly::yes, false};
  if (any_command(line, fetches_build_tools)) {
    return {Origin::build_tools, "a compiler or build system", BuildOnly::yes, false};
  }
  if (any_command(line, installs_packages)) {
    return {Origin::other, "packages of the operating system", BuildOnly::no, false};
  }
  if (any_command(line, fetches_software)) {
    return {Origin::other, "software fetched or built", BuildOnly::no, false};
  }
  const bool settings = !line.commands.empty() && !line.cut &&
                        std::all_of(line.commands.begin(), line.commands.end(), is_setting);
  if (settings) return {Origin::other, "users, folders, settings", BuildOnly::no, false};
  return {};
}

StepOrigin origin_of_copy(const BuildLine& line) {
  constexpr std::array<std::string_view, 9> folders = {
      "node_modules", "site-packages", "dist-packages",     "/venv",        "/.venv",
      "/vendor",      "/.m2",          "/usr/local/bundle", "/BOOT-INF/lib"};
  for (const std::string_view folder : folders) {
    if (contains(line.text, folder)) {
      return {Origin::dependencies, "a folder of dependencies", BuildOnly::no, false};
    }
  }
  return {Origin::application, "files of the build context or of another stage", BuildOnly::no,
          false};
}

}  // namespace

std::string_view origin_name(Origin origin) {
  constexpr std::array<std::string_view, kOrigins> names = {
      "base image", "build tools", "dependencies", "application", "other", "unknown"};
  return names[static_cast<std::size_t>(origin)];
}

std::string_view origin_key(Origin origin) {
  constexpr std::array<std::string_view, kOrigins> names = {
      "base_image", "build_tools", "dependencies", "application", "other", "unknown"};
  return names[static_cast<std::size_t>(origin)];
}

StepOrigin origin_of_step(std::string_view created_by, bool lowest) {
  const BuildLine line = read_build_line(created_by);
  if (lowest && is_root_file_system(created_by, line)) {
    return {Origin::base_image, "root file system", BuildOnly::no, false};
  }
  if (line.verb == "RUN") return origin_of_run(line);
  if (line.verb == "COPY" || line.verb == "ADD") return origin_of_copy(line);
  if (!line.verb.empty()) return {Origin::other, "settings", BuildOnly::no, false};
  return {};
}

std::string_view user_of_step(std::string_view created_by) {
  if (read_build_line(created_by).verb != "USER") return {};
  const std::size_t at = created_by.find("USER");
  std::string_view rest = created_by.substr(at + 4);
  const std::size_t first = rest.find_first_not_of(" [");
  if (first == std::string_view::npos) return {};
  rest.remove_prefix(first);
  return rest.substr(0, rest.find_first_of(" ]\t\n"));
}

bool is_command_step(std::string_view created_by) {
  return read_build_line(created_by).verb == "CMD";
}

}  // namespace pullsim
