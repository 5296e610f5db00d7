// One message for each kind of exception, with the exit code that belongs to it.
#include "tools/pullsim/messages.hpp"

#include "sim/check.hpp"
#include "tools/input/diagnostic.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/guarded.hpp"
#include "tools/report/run_program.hpp"
#include "tools/run/replications.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <new>

namespace pullsim {
namespace {

constexpr const char* kReport =
    "please report it with the scenario, the files it names and these numbers";

Message fault_message(const std::string& rule, const std::string& where) {
  return {"PS9001",
          "pullsim broke its own rule: " + rule,
          {"this is a fault in pullsim, not in your scenario", where},
          kReport};
}

}  // namespace

void print_error(const Message& message) {
  std::string text = fmt::format("error[{}]: {}\n", message.code, printable(message.text));
  for (const std::string& note : message.notes) {
    text += fmt::format("   = note: {}\n", printable(note));
  }
  if (!message.help.empty()) text += fmt::format("   = help: {}\n", printable(message.help));
  std::fputs(text.c_str(), stderr);
}

void print_warning(const std::string& text) {
  std::fputs(fmt::format("warning: {}\n", printable(text)).c_str(), stderr);
}

int explain_exception(const std::exception_ptr& thrown) {
  const std::string version = fmt::format("version {}", PULLSIM_VERSION);
  try {
    std::rethrow_exception(thrown);
  } catch (const RunFault& fault) {
    print_error(
        fault_message(fault.what(), fmt::format("seed {}, replication {}, variant `{}`, {}",
                                                fault.seed, fault.run, fault.variant, version)));
    return kExitFault;
  } catch (const RunBudgetSpent& budget) {
    print_error(
        {"PS6001",
         "a run took more events than the scenario allows",
         {budget.what(), fmt::format("replication {} of variant `{}`", budget.run, budget.variant)},
         "make the scenario smaller or shorter"});
    return kExitBadInput;
  } catch (const DrawRefused& refused) {
    std::fputs(refused.what(), stderr);
    print_error({"PS6004",
                 fmt::format("the ranges of replication {} meet in a way that no scenario can have",
                             refused.run),
                 {"the findings above are those of its values"},
                 "make the ranges narrower"});
    return kExitBadInput;
  } catch (const OutputError& error) {
    print_error({"PS7001", error.what(), {}, "check the place, its permissions and free space"});
    return kExitSurroundings;
  } catch (const ProgramFailed& failed) {
    print_error({"PS7002",
                 failed.what(),
                 {"charts as svg and png are drawn by other programs"},
                 failed.missing ? "install `nodejs`, and `librsvg2-bin` for png; html and "
                                  "vega-lite need neither"
                                : "try `--report vega-lite=FOLDER`, which needs no other program"});
    return kExitSurroundings;
  } catch (const std::bad_alloc&) {
    print_error({"PS6002", "memory ran out", {}, "fewer threads (`-j 1`) need less of it"});
    return kExitSurroundings;
  } catch (const std::exception& error) {
    print_error(fault_message(error.what(), version));
    return kExitFault;
  }
}

std::string shell_word(const std::string& word) {
  const std::string plain = "-_./=:,+@%";
  const bool safe = !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || plain.find(c) != std::string::npos;
  });
  if (safe) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace pullsim
