#include "tools/input/study.hpp"
#include "tools/images/image_reader.hpp"
