// See the header.
#include "tools/contents/given_reports.hpp"

#include "tools/images/shapes.hpp"

#include <algorithm>
#include <filesystem>

namespace pullsim {
namespace {

namespace fs = std::filesystem;

struct Given {
  std::string image;  ///< empty: the only one
  std::string file;
};

/// A path may hold the sign itself, so a file of that name comes first.
Given split(const std::string& text) {
  std::error_code error;
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || fs::exists(text, error)) return {{}, text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<std::size_t> images_of(const std::string& key, const std::vector<ImageFile>& images) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images[i].file == key) return {i};
    const ImageSpec& image = images[i].image;
    const std::string name = fs::path(images[i].file).filename().string();
    if (key == image.ref || key == image.name || key == name) found.push_back(i);
  }
  return found;
}

void refuse_given(Diagnostics& diagnostics, const std::string& code, const std::string& file,
                  const std::string& text, const std::string& help) {
  Diagnostic finding;
  finding.code = code;
  finding.file = file;
  finding.text = text;
  finding.help = help;
  diagnostics.add(std::move(finding));
}

std::string names_of(const std::vector<ImageFile>& images) {
  std::vector<std::string> names;
  names.reserve(images.size());
  for (const ImageFile& image : images) names.push_back("`" + image.file + "`");
  std::string text;
  for (const std::string& name : shortened(names)) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::optional<std::size_t> image_for(const Given& given, const std::vector<ImageFile>& images,
                                     Diagnostics& diagnostics) {
  if (given.image.empty() && images.size() == 1) return 0;
  if (given.image.empty()) {
    refuse_given(diagnostics, "PS5020", given.file, "this report does not say of which image it is",
                 "write IMAGE=REPORT with one of " + names_of(images));
    return std::nullopt;
  }
  const auto found = images_of(given.image, images);
  if (found.size() == 1) return found.front();
  refuse_given(diagnostics, "PS5020", given.file,
               "this report is of `" + printable(given.image) + "`, which is " +
                   (found.empty() ? "no image given here" : "more than one image given here"),
               "give it to one of " + names_of(images));
  return std::nullopt;
}

void add_warnings(const ImageContents& contents, ImageFile& image) {
  image.warnings.insert(image.warnings.end(), contents.warnings.begin(), contents.warnings.end());
  const auto layers = static_cast<std::int64_t>(image.image.layers.size());
  if (contents.layers && *contents.layers != layers && layers > 0) {
    image.warnings.push_back("the report is of an image with " + std::to_string(*contents.layers) +
                             " layers, this one has " + std::to_string(layers));
  }
}

}  // namespace

std::vector<std::optional<ImageContents>> read_given_reports(const std::vector<std::string>& given,
                                                             std::vector<ImageFile>& images,
                                                             Diagnostics& diagnostics) {
  std::vector<std::optional<ImageContents>> contents(images.size());
  for (const std::string& text : given) {
    const Given report = split(text);
    const auto image = image_for(report, images, diagnostics);
    auto read = read_contents(report.file, diagnostics);
    if (!image || !read) continue;
    auto& slot = contents[*image];
    if (!slot) {
      slot = std::move(read);
      continue;
    }
    auto both = joined(std::move(*slot), std::move(*read));
    if (!both) {
      refuse_given(diagnostics, "PS5020", report.file, "this image has a report that says the same",
                   "give one report with vulnerabilities and at most one with packages alone");
      slot.reset();
      break;
    }
    slot = std::move(both);
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!contents[i]) continue;
    add_warnings(*contents[i], images[i]);
    if (contents[i]->config) adopt_config(*contents[i]->config, images[i]);
  }
  return contents;
}

std::vector<BaseImage> read_bases(const std::vector<std::string>& files,
                                  const ImageReadOptions& options,
                                  const std::vector<ImageFile>& images, Diagnostics& diagnostics) {
  std::vector<BaseImage> bases;
  for (const std::string& file : files) {
    const auto image = read_image(file, options, diagnostics);
    if (!image) continue;
    BaseImage base{file, {}};
    for (const LayerSpec& layer : image->image.layers) base.digests.push_back(layer.digest);
    const bool used = std::any_of(images.begin(), images.end(), [&](const ImageFile& candidate) {
      return stands_on(candidate, base);
    });
    if (!used && !images.empty()) {
      refuse_given(diagnostics, "PS5021", file,
                   "no image given here has these layers as its lowest",
                   "give the manifest of the very base image, by its digest");
    }
    bases.push_back(std::move(base));
  }
  return bases;
}

const BaseImage* base_of(const ImageFile& image, const std::vector<BaseImage>& bases) {
  const BaseImage* best = nullptr;
  for (const BaseImage& base : bases) {
    const bool more = best == nullptr || base.digests.size() > best->digests.size();
    if (more && stands_on(image, base)) best = &base;
  }
  return best;
}

}  // namespace pullsim
