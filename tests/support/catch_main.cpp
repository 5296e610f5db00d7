// Builds the program of Catch2; the tests are in the other folders.
#define CATCH_CONFIG_MAIN
#include "tests/support/catch.hpp"
