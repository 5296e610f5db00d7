// Reads the tables of the page; see the header.
#include "tools/explain/error_codes.hpp"

#include "sim/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace pullsim {

extern const char* const kErrorsPage;

namespace {

constexpr std::size_t kColumns = 4;

/// The cells of a row of a table: what stands between bars, without the spaces around it. A bar
/// inside a code span is escaped there as `\|`.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cells.back() += line[++i];
    } else if (line[i] == '|') {
      cells.emplace_back();
    } else {
      cells.back() += line[i];
    }
  }
  for (std::string& cell : cells) {
    const std::size_t begin = cell.find_first_not_of(' ');
    cell = begin == std::string::npos ? ""
                                      : cell.substr(begin, cell.find_last_not_of(' ') - begin + 1);
  }
  return cells;
}

}  // namespace

const std::vector<ErrorCode>& error_codes() {
  static const std::vector<ErrorCode> codes = [] {
    std::vector<ErrorCode> list;
    std::istringstream page(kErrorsPage);
    for (std::string line; std::getline(page, line);) {
      if (line.rfind("| PS", 0) != 0) continue;
      const auto cells = cells_of(line);
      PULLSIM_CHECK(cells.size() > kColumns, "a row of the errors page has four cells");
      list.push_back({cells[0], cells[1], cells[2], cells[3]});
    }
    return list;
  }();
  return codes;
}

std::optional<ErrorCode> find_error_code(std::string_view code) {
  const auto& codes = error_codes();
  const auto found = std::find_if(codes.begin(), codes.end(),
                                  [&](const ErrorCode& known) { return known.code == code; });
  if (found == codes.end()) return std::nullopt;
  return *found;
}

std::string explain_text(const ErrorCode& code) {
  return fmt::format("{}: {}\n  wrong:  {}\n  mended: {}\n", code.code, code.means, code.wrong,
                     code.mended);
}

}  // namespace pullsim
