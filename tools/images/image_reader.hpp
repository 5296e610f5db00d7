// Reads every shape in which layer sizes of an image come, told apart by content: OCI and Docker
// manifests, indexes (platform choice), `docker manifest inspect -v`, `skopeo inspect`, `docker
// history`, `docker image inspect`, an OCI layout folder, a `docker save` tar. What had to be
// assumed is a warning, what cannot be read an error with a code of family PS5xxx (form: PS1xxx).
#pragma once

#include <pullsim/scenario.hpp>

#include "tools/input/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ImageReadOptions {
  std::string platform = "linux/amd64";
  double unpacked_ratio = 2.6;    ///< median of Docker Hub layers, measurements 2.7
  bool ratio_given = false;       ///< true: the user chose it, no warning
  double bytes_per_file = 65536;  ///< assumed where files are not known
};

/// A step of the history, base first.
struct HistoryStep {
  std::string created_by;            ///< as the builder wrote it; empty: not said
  std::optional<std::size_t> layer;  ///< the layer that it made; absent: none
};

struct ImageFile {
  std::string file;           ///< as named by the user
  std::string shape;          ///< "OCI image manifest", "docker save archive", ...
  ImageSpec image;            ///< name and ref empty unless the file says
  Bytes on_disk_reported{0};  ///< as the file's source measured it; 0: not said
  std::vector<std::string> warnings;
  std::vector<HistoryStep> steps;   ///< those that made no layer only where the file has them
  std::optional<std::string> user;  ///< of containers; empty: root; absent: the file does not say
};

/// Reads one file or folder ("-": standard input). Absent on errors, which are in `diagnostics`.
std::optional<ImageFile> read_image(const std::string& path, const ImageReadOptions& options,
                                    Diagnostics& diagnostics);

/// The same for a text that is already here; `file` names it in findings.
std::optional<ImageFile> read_image_text(const std::string& file, std::string text,
                                         const ImageReadOptions& options, Diagnostics& diagnostics);

/// The same digest with two sizes in one set of images is an error (PS5xxx).
void check_shared_digests(const std::vector<ImageFile>& images, Diagnostics& diagnostics);

}  // namespace pullsim
