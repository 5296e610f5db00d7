// See the header.
#include "tools/input/percent.hpp"

#include <fmt/format.h>

namespace pullsim {

bool read_percent_of_whole(Reader& reader, const YamlNode& node, double& percent) {
  const Reading<double> read = read_percent(node.text);
  if (!read.value) {
    reader.fault(node, read.fault);
    return false;
  }
  if (*read.value < 0 || *read.value > kWholePercent) {
    reader.error("PS2006", node.place, fmt::format("`{}` is out of range", reader.path()),
                 {"", "write `0%` to `100%`", ""});
    return false;
  }
  percent = *read.value;
  return true;
}

}  // namespace pullsim
