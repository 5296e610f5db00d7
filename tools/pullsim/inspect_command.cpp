// `pullsim inspect`: images and reports of their contents are read, one pull of each is worked out.
#include <pullsim/simulate.hpp>

#include "tools/contents/given_reports.hpp"
#include "tools/images/image_reader.hpp"
#include "tools/input/diagnostic.hpp"
#include "tools/output/inspect.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace pullsim {

namespace {

/// One node for one pull of each image. Assumed: a common machine on a fast link, limits as
/// kAloneOn says them to the reader.
constexpr const char* kAloneOn = "2 cores, 10 Gbit/s, disk writes 125 MB/s, 85 MB/s a connection";

Scenario lone_node(const std::vector<ImageFile>& images) {
  Scenario scenario;
  scenario.name = "inspect";
  for (std::size_t i = 0; i < images.size(); ++i) {
    scenario.images.push_back(images[i].image);
    scenario.images.back().name = fmt::format("image-{}", i);
    scenario.images.back().ref = fmt::format("inspect.invalid/image-{}", i);
  }
  RegistrySpec registry;
  registry.per_connection = Bandwidth{85e6};
  scenario.registries = {registry};
  scenario.zones = {ZoneSpec{}};
  NodePoolSpec pool;
  pool.name = "lone";
  pool.zones = {0};
  pool.nodes_initial = pool.nodes_max = 1;
  pool.allocatable_cpu = pool.cpu;
  pool.allocatable_memory = pool.memory;
  pool.network = Bandwidth::bits_per_second(10e9);
  pool.disk_write = Bandwidth{125e6};
  pool.page_cache.emplace().available = pool.allocatable_memory;
  scenario.node_pools = {pool};
  return scenario;
}

std::vector<ImageDetails> details_of(const std::vector<ImageFile>& images,
                                     std::vector<std::optional<ImageContents>> contents,
                                     const std::vector<BaseImage>& bases) {
  std::vector<ImageDetails> details;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const ImageContents* found = contents[i] ? &*contents[i] : nullptr;
    ImageDetails one;
    one.origin = origin_of_image(images[i], base_of(images[i], bases));
    one.remarks = image_remarks(images[i], found);
    one.contents = std::move(contents[i]);
    details.push_back(std::move(one));
  }
  return details;
}

}  // namespace

int inspect_command(const InspectArguments& arguments) {
  ImageReadOptions options;
  if (!arguments.platform.empty()) options.platform = arguments.platform;
  if (arguments.unpacked_ratio) {
    options.unpacked_ratio = *arguments.unpacked_ratio;
    options.ratio_given = true;
  }
  Diagnostics diagnostics;
  std::vector<ImageFile> images;
  for (const std::string& file : arguments.images) {
    auto image = read_image(file, options, diagnostics);
    if (image) images.push_back(std::move(*image));
  }
  check_shared_digests(images, diagnostics);
  auto contents = read_given_reports(arguments.contents, images, diagnostics);
  const auto bases = read_bases(arguments.bases, options, images, diagnostics);
  if (!diagnostics.list().empty()) std::fputs(diagnostics.render().c_str(), stderr);
  if (diagnostics.has_errors()) return exit_code_of(diagnostics);
  auto details = details_of(images, std::move(contents), bases);
  if (arguments.format == Format::json) {
    write_stdout(inspect_json(images, details));
    return kExitDone;
  }
  InspectTableOptions table;
  table.columns = static_cast<int>(terminal_width());
  table.details = std::move(details);
  const Scenario scenario = lone_node(images);
  if (find_problems(scenario).empty()) {
    table.alone_on = kAloneOn;
    for (std::size_t i = 0; i < images.size(); ++i) {
      table.alone.push_back(pull_alone(scenario, 0, i));
    }
  }
  write_stdout(inspect_table(images, table));
  return kExitDone;
}

}  // namespace pullsim
