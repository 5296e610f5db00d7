// Turns image drafts into images: reads each manifest file once for a whole study, and fills in
// what layers written in the scenario leave out.
#pragma once

#include "tools/images/image_reader.hpp"
#include "tools/input/scenario_draft.hpp"
#include "tools/input/study.hpp"

#include <map>
#include <string>
#include <vector>

namespace pullsim {

inline constexpr std::size_t kLayersMax = 1'000;

class ImageLoader {
 public:
  /// `folder` is that of the scenario file; empty for the working folder.
  explicit ImageLoader(std::string folder) : folder_(std::move(folder)) {}

  /// The image of a draft. Findings of a manifest are in its own file, added every time.
  ImageFile load(Reader& reader, const ImageDraft& draft);

  /// Every file that was read, as named, with its SHA-256; sorted by name.
  std::vector<InputFile> inputs() const;

 private:
  struct Loaded {
    std::optional<ImageFile> image;
    Diagnostics findings;
    std::string sha256;
  };
  const Loaded& read_once(const std::string& file, double ratio, bool ratio_given);
  std::string path_of(const std::string& file) const;
  std::string folder_;
  std::map<std::string, std::string> hashes_;
  std::map<std::pair<std::string, double>, Loaded> loaded_;
};

}  // namespace pullsim
