// Text from strangers on its way into a format: scenarios and results come from pull requests. All
// of these first drop what no format can carry - bytes that are not UTF-8, control characters,
// characters that turn the reading direction - and cut what is longer than anyone reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pullsim {

inline constexpr std::size_t kTextMost = 300;  ///< characters of one name or sentence; assumed

/// One line of clean UTF-8, at most `most` characters; dots where it was cut, and by how much
/// unless a caller wanted it short.
std::string clean_text(std::string_view text, std::size_t most = kTextMost);

/// For element content and quoted attributes of HTML and XML.
std::string html_text(std::string_view text, std::size_t most = kTextMost);
/// For a cell or a line of GitHub's and GitLab's Markdown: nothing in it marks up or mentions.
std::string markdown_text(std::string_view text, std::size_t most = kTextMost);
/// For the text of a workflow command of GitHub, and for one of its properties.
std::string github_data(std::string_view text, std::size_t most = kTextMost);
std::string github_property(std::string_view text, std::size_t most = kTextMost);
/// For the quoted value of an OpenMetrics label.
std::string label_text(std::string_view text, std::size_t most = kTextMost);
/// JSON that stands inside a script element: it cannot end the element or begin a comment.
std::string script_json(std::string json);

}  // namespace pullsim
