#include <pullsim/simulate.hpp>
