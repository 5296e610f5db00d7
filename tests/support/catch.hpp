// The one place that includes Catch2: versions 2 and 3 have different headers.
#pragma once
#include <catch2/catch.hpp>
