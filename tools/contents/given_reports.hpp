// Which report is of which image, as the command line says it: `web.json=trivy.json`, or a report
// alone where there is one image.
#pragma once

#include "tools/contents/contents.hpp"
#include "tools/contents/image_origin.hpp"
#include "tools/images/image_reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// Reads all reports; one entry for each image, absent where none was given. What a report says of
/// itself that does not fit its image becomes a warning of the image. Errors: PS5019, PS5020.
std::vector<std::optional<ImageContents>> read_given_reports(const std::vector<std::string>& given,
                                                             std::vector<ImageFile>& images,
                                                             Diagnostics& diagnostics);

/// Base images by their files. One on which none of the images stands is PS5021.
std::vector<BaseImage> read_bases(const std::vector<std::string>& files,
                                  const ImageReadOptions& options,
                                  const std::vector<ImageFile>& images, Diagnostics& diagnostics);
/// The one with most layers of those that the image stands on; null: none.
const BaseImage* base_of(const ImageFile& image, const std::vector<BaseImage>& bases);

}  // namespace pullsim
