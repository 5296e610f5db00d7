// What the page carries and Node draws charts with: the scripts from npm, the notices that go with
// them, our own style and script. Part of the program (CMake puts them in).
#pragma once

#include <string_view>

namespace pullsim {

std::string_view page_libraries();  ///< Vega, Vega-Lite, vega-embed
std::string_view page_notices();    ///< their licences
std::string_view page_style();
std::string_view page_script();
std::string_view drawing_script();   ///< for Node
std::string_view chart_templates();  ///< page/charts.json

}  // namespace pullsim
