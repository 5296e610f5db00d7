// Whether labels meet a selector, by the rules of the API. Leaves out the text forms of both.
#pragma once

#include <pullsim/scheduling.hpp>

namespace pullsim {

/// Every requirement holds; an empty selector selects everything.
bool matches(const LabelSelector& selector, const Labels& labels);

}  // namespace pullsim
