// Where pieces of a text go, in order.
#pragma once

#include <functional>
#include <string_view>

namespace pullsim {

using TextSink = std::function<void(std::string_view)>;

}  // namespace pullsim
