// See the header.
#include "tools/input/variant_findings.hpp"

#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <map>

namespace pullsim {
namespace {

std::string identity(const Diagnostic& finding) {
  return fmt::format("{}|{}|{}|{}|{}", finding.code, finding.file, finding.at.line,
                     finding.at.column, finding.text);
}

}  // namespace

void join_findings(const std::vector<Diagnostics>& findings, const std::vector<std::string>& names,
                   Diagnostics* all) {
  std::map<std::string, std::vector<std::string>> found_in;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    for (const Diagnostic& finding : findings[i].list()) {
      found_in[identity(finding)].push_back(names[i]);
    }
  }
  for (const Diagnostics& of_variant : findings) {
    for (Diagnostic finding : of_variant.list()) {
      const std::vector<std::string>& having = found_in[identity(finding)];
      if (having.size() < findings.size()) {
        finding.notes.push_back(
            fmt::format("in variant{} {}", having.size() > 1 ? "s" : "", name_list(having)));
      }
      all->add_from(of_variant, std::move(finding));
    }
  }
}

}  // namespace pullsim
