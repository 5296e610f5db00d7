// What the files of `pullsim inspect` share.
#pragma once

#include "tools/output/inspect.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace pullsim {

/// Three significant digits in decimal units: "31.4 MB", "1.10 GB", "512 B".
std::string size_text(double bytes);
std::string size_text(std::int64_t bytes);
/// "41.8 %"; "-" of nothing.
std::string share_text(std::int64_t part, std::int64_t whole);
/// Words broken into lines of at most `width` characters, two spaces in; later lines six.
std::string indented(std::string_view text, std::size_t width);

/// Lines under the heading of an image: user, origin of the bytes, contents.
std::string details_text(const ImageFile& image, const ImageDetails& details, std::size_t width);
/// The same as members of the image's object, and of its layers.
void add_details(nlohmann::ordered_json& json, const ImageFile& image, const ImageDetails& details);

}  // namespace pullsim
