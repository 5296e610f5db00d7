// See the header.
#include "tools/pullsim/inspect_flags.hpp"

#include "tools/pullsim/completion.hpp"
#include "tools/pullsim/flag_values.hpp"

namespace pullsim {

void add_inspect_flags(CLI::App* verb, InspectWords* words) {
  verb->add_option("images", words->images);
  verb->add_option("--contents", words->contents)->take_all()->expected(1)->type_name(kTakesFile);
  verb->add_option("--base", words->bases)->take_all()->expected(1)->type_name(kTakesFile);
  verb->add_option("-o,--output", words->format)->type_name("table|json");
  verb->add_option("--platform", words->platform);
  verb->add_option("--unpacked-ratio", words->ratio);
}

InspectArguments inspect_arguments(const InspectWords& words) {
  if (words.images.empty()) {
    refuse(kMissing, "`inspect` needs an image file", "write `pullsim inspect IMAGE...`");
  }
  InspectArguments arguments;
  arguments.images = words.images;
  arguments.contents = words.contents;
  arguments.bases = words.bases;
  arguments.format = read_format(words.format);
  arguments.platform = words.platform;
  if (!words.ratio.empty()) arguments.unpacked_ratio = read_ratio(words.ratio);
  return arguments;
}

}  // namespace pullsim
