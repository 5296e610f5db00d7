// See the header.
#include "tools/pullsim/compared_contents.hpp"

#include "tools/contents/given_reports.hpp"
#include "tools/output/inspect.hpp"

#include <functional>

namespace pullsim {
namespace {

using Count = std::optional<std::int64_t>;
using Question = std::function<Count(const ImageContents&)>;

Count asked(const std::optional<ImageContents>& contents, const Question& question) {
  return contents ? question(*contents) : std::nullopt;
}

Count packages(const ImageContents& contents) {
  if (!contents.packages) return std::nullopt;
  return contents.package_count();
}

}  // namespace

std::vector<ContentsRow> compared_contents(const std::string& base_file,
                                           const std::string& candidate_file,
                                           const std::vector<std::string>& reports,
                                           std::vector<std::string>* warnings,
                                           Diagnostics& diagnostics) {
  if (reports.empty()) return {};
  std::vector<ImageFile> images;
  for (const std::string& file : {base_file, candidate_file}) {
    auto image = read_image(file, {}, diagnostics);
    if (image) images.push_back(std::move(*image));
  }
  if (images.size() < 2) return {};
  const std::size_t told = images[0].warnings.size() + images[1].warnings.size();
  const auto contents = read_given_reports(reports, images, diagnostics);
  if (images[0].warnings.size() + images[1].warnings.size() > told) {
    for (const ImageFile& image : images) {
      for (const std::string& text : image.warnings) warnings->push_back(image.file + ": " + text);
    }
  }
  std::vector<ContentsRow> rows;
  const auto add = [&](std::string key, std::string title, const Question& question) {
    rows.push_back({std::move(key), std::move(title), "count", asked(contents[0], question),
                    asked(contents[1], question)});
  };
  rows.push_back({"image_bytes", "image on the wire", "bytes",
                  totals_of(images[0].image).fetched_bytes,
                  totals_of(images[1].image).fetched_bytes});
  add("packages", "packages", packages);
  for (std::size_t i = 0; i < kSeverities; ++i) {
    const std::string name(severity_name(static_cast<VulnerabilitySeverity>(i)));
    add("vulnerabilities_" + name, "vulnerabilities " + name,
        [i](const ImageContents& one) -> Count {
          if (!one.vulnerabilities) return std::nullopt;
          return one.vulnerabilities->by_severity[i];
        });
  }
  add("fixable", "of them fixable", [](const ImageContents& one) -> Count {
    if (!one.vulnerabilities) return std::nullopt;
    return one.vulnerabilities->fixable;
  });
  return rows;
}

}  // namespace pullsim
