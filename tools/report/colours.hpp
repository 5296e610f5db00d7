// The colours of page and charts, by name, for light and dark. Pairs of text and ground have a
// contrast of at least 4.5 (WCAG AA); neighbours in charts differ in lightness as well as in hue.
#pragma once

#include <array>
#include <string>

namespace pullsim {

struct Colour {
  const char* name;
  const char* light;
  const char* dark;
};

inline constexpr std::array<Colour, 38> kColours = {{
    {"paper", "#f6f5f2", "#14161a"},
    {"card", "#ffffff", "#1c1f25"},
    {"ink", "#1b1f24", "#e9e7e2"},
    {"muted", "#5b6470", "#a3abb8"},
    {"rule", "#d9d6cf", "#343a44"},
    {"grid", "#ebe8e2", "#292e37"},
    {"link", "#0b5cad", "#7cb7f5"},
    {"pass", "#1a7340", "#5fce8f"},
    {"pass-ground", "#e3f3e8", "#15301f"},
    {"fail", "#b3261e", "#ff9a90"},
    {"fail-ground", "#fbe7e5", "#3c1a18"},
    {"unsure", "#8a5a00", "#f0c063"},
    {"unsure-ground", "#fbf0d9", "#35290f"},
    // Variants: two families of hues for two images, then further ones.
    {"v0", "#b8501f", "#f0925f"},
    {"v1", "#e0a070", "#a8673f"},
    {"v2", "#7a3412", "#f7c4a3"},
    {"v3", "#0a7370", "#43bdb4"},
    {"v4", "#63b5ad", "#2a7d77"},
    {"v5", "#064a4b", "#9fe0d8"},
    {"v6", "#5b4bb3", "#a99cf0"},
    {"v7", "#8c7a12", "#d9c44f"},
    {"v8", "#a5316b", "#ec8dbb"},
    // Phases, in the order in which a pod goes through them.
    {"p0", "#6b7480", "#8b95a3"},
    {"p1", "#98a1ad", "#6a7482"},
    {"p2", "#bcc3cc", "#545d69"},
    {"p3", "#e3b04b", "#c99a3c"},
    {"p4", "#9cc4e8", "#3f6f99"},
    {"p5", "#2f7fc4", "#5aa7e8"},
    {"p6", "#5a3fa8", "#9a82e8"},
    {"p7", "#a99ad6", "#6a5c9c"},
    {"p8", "#a9cf8f", "#5c8a44"},
    {"p9", "#4f8a3a", "#86c46c"},
    {"p10", "#c9b458", "#9c8a3a"},
    {"save", "#1a7340", "#5fce8f"},
    {"cost", "#b3261e", "#ff9a90"},
    {"shared", "#c3c8cf", "#4a525e"},
    {"accent", "#0b5cad", "#7cb7f5"},
    // Less or more of it on the ground; ink is readable on all of it. A page's colours are not
    // known where its charts are drawn, so that nothing can lie between two of them.
    {"heat", "#f0a47c", "#7d4021"},
}};

/// Replaces every "var(--name)" by its light value: for charts that stand alone.
std::string with_light_colours(std::string text);
/// ":root{--paper:#f6f5f2;...}" for both.
std::string colour_rules();

}  // namespace pullsim
