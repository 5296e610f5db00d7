// Reads at most one byte more than the limit, so that an endless file ends here.
#include "tools/input/text_file.hpp"

#include "tools/input/text.hpp"
#include "tools/input/unit_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

namespace pullsim {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Diagnostic about_file(const char* code, const std::string& file, std::string text,
                      std::string help = "") {
  return {Severity::error, code, std::move(text), file, {}, std::nullopt, {}, std::move(help)};
}

bool read_up_to(std::istream& stream, std::size_t bytes_max, std::string* text) {
  constexpr std::size_t kChunk = 65536;
  std::string chunk(kChunk, '\0');
  while (stream && text->size() <= bytes_max) {
    stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    text->append(chunk, 0, static_cast<std::size_t>(stream.gcount()));
  }
  return !stream.bad();
}

bool find_file(const std::string& file, Diagnostics& diagnostics) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    diagnostics.add(about_file("PS1001", file, fmt::format("`{}` does not exist", file)));
    return false;
  }
  if (status.type() == std::filesystem::file_type::directory) {
    diagnostics.add(
        about_file("PS1001", file, fmt::format("`{}` is a folder", file), "name a file"));
    return false;
  }
  return true;
}

Mark mark_at(const std::string& text, std::size_t offset, int length) {
  const auto line =
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  const std::size_t begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  const std::size_t column = character_count(std::string_view(text).substr(begin, offset - begin));
  return {static_cast<int>(line) + 1, static_cast<int>(column) + 1, length, ""};
}

}  // namespace

bool check_text(const std::string& text, const std::string& file, Diagnostics& diagnostics) {
  const std::size_t bad = first_bad_utf8(text);
  if (bad != std::string::npos) {
    Diagnostic finding = about_file("PS1006", file, "the text is not UTF-8", "save it as UTF-8");
    finding.at = mark_at(text, bad, 1);
    finding.at.label = fmt::format("byte 0x{:02x}", static_cast<unsigned char>(text[bad]));
    diagnostics.add(std::move(finding));
    return false;
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string::npos) {
    Diagnostic finding = about_file("PS1006", file, "the text has a NUL byte",
                                    "give a text file; this may be a binary one");
    finding.at = mark_at(text, nul, 1);
    diagnostics.add(std::move(finding));
    return false;
  }
  return true;
}

std::optional<std::string> read_text_file(const std::string& file, std::size_t bytes_max,
                                          Diagnostics& diagnostics) {
  std::string text;
  bool read = false;
  if (file == "-") {
    read = read_up_to(std::cin, bytes_max, &text);
  } else {
    if (!find_file(file, diagnostics)) return std::nullopt;
    std::ifstream stream(file, std::ios::binary);
    read = stream.is_open() && read_up_to(stream, bytes_max, &text);
  }
  if (!read) {
    diagnostics.add(about_file("PS1002", file, fmt::format("`{}` cannot be read", file),
                               "check its permissions and its disk"));
    return std::nullopt;
  }
  if (text.size() > bytes_max) {
    diagnostics.add(
        about_file("PS1005", file, fmt::format("`{}` is too large", file),
                   fmt::format("a file of this kind may have {}",
                               format_bytes(Bytes{static_cast<std::int64_t>(bytes_max)}))));
    return std::nullopt;
  }
  if (std::string_view(text).substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.erase(0, kByteOrderMark.size());
  }
  diagnostics.set_source(file, text);
  if (!check_text(text, file, diagnostics)) return std::nullopt;
  return text;
}

}  // namespace pullsim
