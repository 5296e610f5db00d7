// Claims about what is in an image.
#include "tools/claims/claim.hpp"
#include "tools/contents/image_origin.hpp"
#include "tools/images/image_reader.hpp"
#include "tools/whatif/levers.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace pullsim {
namespace {

ImageFile image_of(const char* file) {
  Diagnostics findings;
  auto image = read_image(file, {}, findings);
  if (!image) throw std::runtime_error(findings.render());
  return std::move(*image);
}

double unpacked_megabytes(const ImageFile& image) {
  constexpr double kMega = 1e6;
  double sum = 0;
  for (const LayerSpec& layer : image.image.layers) {
    sum += static_cast<double>(layer.unpacked.count);
  }
  return sum / kMega;
}

Claim only_to_build() {
  const ImageFile large = image_of("scenarios/images/web-large.json");
  const ImageFile slim = image_of("scenarios/images/web-slim.json");
  const ImageFile on_node = image_of("scenarios/images/node-22-20260919.json");
  BaseImage base;
  for (const LayerSpec& layer : on_node.image.layers) base.digests.push_back(layer.digest);
  const ImageOrigin origin = origin_of_image(large, &base);
  const auto all = static_cast<double>(transferred(large.image).count);
  const double least = static_cast<double>(origin.build_only_least_bytes) / all;
  const double most = static_cast<double>(origin.build_only_most_bytes) / all;
  constexpr double kClaimed = 0.95;
  Claim claim;
  claim.id = "only-needed-to-build";
  claim.claim = "95 % of an image was only needed to build it.";
  claim.scenario = "scenarios/images/web-large.json";
  claim.what = "share of the transferred bytes that the slim twin does without";
  claim.computed = 1 - static_cast<double>(transferred(slim.image).count) / all;
  claim.unit = "share";
  claim.holds = least >= kClaimed ? Holds::yes : Holds::depends;
  claim.when = fmt::format(
      "The slim twin does without {:.1f} % of the bytes on the wire, and part of that is another "
      "base. By the history of the large image, {:.0f} % were needed for building alone, and up to "
      "{:.0f} % with dependencies and sources that may have been. On disk it is {:.0f} MB against "
      "{:.0f} MB.",
      claim.computed * 100, least * 100, most * 100, unpacked_megabytes(large),
      unpacked_megabytes(slim));
  claim.command =
      "pullsim inspect scenarios/images/web-large.json --base "
      "scenarios/images/node-22-20260919.json";
  return claim;
}

}  // namespace

std::vector<Claim> claims_of_contents() { return {only_to_build()}; }

}  // namespace pullsim
