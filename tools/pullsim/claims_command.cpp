// `pullsim claims`, for tools/claims.sh.
#include "tools/claims/claim.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/messages.hpp"

#include <filesystem>
#include <stdexcept>
#include <thread>

namespace pullsim {

int claims_command(const std::string& folder) {
  std::vector<Claim> claims;
  try {
    claims = compute_claims(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  } catch (const std::runtime_error& error) {
    print_error({"PS1001",
                 "the claims cannot be computed here",
                 {error.what()},
                 "call tools/claims.sh of the project"});
    return kExitBadInput;
  }
  const std::filesystem::path root(folder);
  for (const auto& [name, text] : {std::pair{"claims.md", claims_page(claims)},
                                   std::pair{"claims.json", claims_json(claims)}}) {
    AtomicFile out((root / name).string());
    out.write(text);
    out.commit();
  }
  return kExitDone;
}

}  // namespace pullsim
