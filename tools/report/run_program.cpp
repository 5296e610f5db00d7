// Input and output go through files without names, so that neither side waits for the other.
#include "tools/report/run_program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

extern char** environ;

namespace pullsim {
namespace {

constexpr int kNotFound = 127;  // as shells say it

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File unnamed_file() {
  File file(std::tmpfile(), &std::fclose);
  if (!file) throw ProgramFailed("no temporary file can be made", false);
  return file;
}

std::string text_of(std::FILE* file) {
  std::rewind(file);
  std::string text;
  std::array<char, 65536> part{};
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), file)) {
    text.append(part.data(), got);
  }
  return text;
}

}  // namespace

std::string run_program(const std::vector<std::string>& words, const std::string& input) {
  const File in = unnamed_file();
  const File out = unnamed_file();
  const File errors = unnamed_file();
  if (std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() ||
      std::fflush(in.get()) != 0) {
    throw ProgramFailed("a temporary file cannot be written", false);
  }
  std::rewind(in.get());
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out.get()), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(errors.get()), STDERR_FILENO);
  pid_t child = 0;
  const int fault =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (fault != 0) throw ProgramFailed("`" + words[0] + "` cannot be started", true);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw ProgramFailed("`" + words[0] + "` got lost", false);
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const bool missing = WIFEXITED(status) && WEXITSTATUS(status) == kNotFound;
    throw ProgramFailed("`" + words[0] + "` failed: " + text_of(errors.get()).substr(0, 300),
                        missing);
  }
  return text_of(out.get());
}

}  // namespace pullsim
