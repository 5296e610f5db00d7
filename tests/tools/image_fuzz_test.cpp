// Damaged files: whatever is in them, they are either read without errors or refused with one.
#include "tests/support/image_files.hpp"

#include <random>

namespace pullsim {
namespace {

using namespace test;

const char* const kSamples[] = {"kinds.json", "manifest-inspect.json", "history.txt",
                                "repo-info.md"};

bool consistent(const std::optional<ImageFile>& image, const Diagnostics& diagnostics) {
  if (!image) return diagnostics.has_errors();
  if (diagnostics.has_errors()) return false;
  for (const LayerSpec& layer : image->image.layers) {
    if (layer.size.count < 0 || layer.unpacked.count < 0 || layer.files < 0) return false;
    if (layer.digest.empty()) return false;
  }
  return true;
}

/// One to four bytes changed, taken out or doubled.
std::string mutated(std::string text, std::mt19937_64& random) {
  const std::uint64_t changes = 1 + random() % 4;
  for (std::uint64_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = random() % text.size();
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        text.erase(at, 1 + random() % 20);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), 1 + random() % 20));
        break;
      default:
        text[at] = "{}[]\",:-0129e."[random() % 14];
    }
  }
  return text;
}

TEST_CASE("every prefix of a file is read or refused") {
  for (const char* name : kSamples) {
    DYNAMIC_SECTION(name) {
      const std::string text = read_file(sample(name));
      std::size_t wrong = 0;
      for (std::size_t size = 0; size < text.size(); ++size) {
        Diagnostics diagnostics;
        const auto image =
            read_image_text("a", text.substr(0, size), ImageReadOptions{}, diagnostics);
        if (!consistent(image, diagnostics)) ++wrong;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("2,000 damaged copies of a file are read or refused") {
  for (const char* name : kSamples) {
    DYNAMIC_SECTION(name) {
      const std::string text = read_file(sample(name));
      std::mt19937_64 random(7);
      std::size_t wrong = 0;
      std::size_t refused = 0;
      for (int i = 0; i < 2000; ++i) {
        Diagnostics diagnostics;
        const auto image =
            read_image_text("a", mutated(text, random), ImageReadOptions{}, diagnostics);
        if (!consistent(image, diagnostics)) ++wrong;
        if (!image) ++refused;
      }
      CHECK(wrong == 0);
      CHECK(refused > 50);
    }
  }
}

TEST_CASE("damaged archives are read or refused") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.tar";
  write_archive(path, files_below(sample("saved")), false);
  const std::string bytes = read_file(path);
  std::mt19937_64 random(11);
  std::size_t wrong = 0;
  for (int i = 0; i < 300; ++i) {
    Diagnostics diagnostics;
    const auto image =
        read_image(folder.write("b.tar", mutated(bytes, random)), ImageReadOptions{}, diagnostics);
    if (!consistent(image, diagnostics)) ++wrong;
  }
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace pullsim
