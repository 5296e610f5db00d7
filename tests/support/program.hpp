// Runs programs of the build in a folder of their own and keeps what they said.
#pragma once

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace pullsim::test {

struct Ran {
  int code = -1;  ///< exit code; 128 + number when a signal ended it
  std::string out;
  std::string err;
};

using Folder = TemporaryFolder;

inline std::string text_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Runs a shell command inside the folder.
inline Ran shell(const std::string& command, const Folder& folder) {
  const std::string whole = "cd '" + (folder / "") + "' && ( " + command + " ) >out.txt 2>err.txt";
  const int status = std::system(whole.c_str());
  Ran ran;
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.out = text_of(folder / "out.txt");
  ran.err = text_of(folder / "err.txt");
  return ran;
}

inline Ran run_pullsim(const std::string& words, const Folder& folder) {
  return shell(std::string(PULLSIM_BINARY) + " " + words, folder);
}
inline Ran run_pullsim(const std::string& words) {
  const Folder folder;
  return run_pullsim(words, folder);
}

}  // namespace pullsim::test
