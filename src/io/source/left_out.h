#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// How many bytes of a file kind_of_other() wants to see.
inline constexpr size_t kStartBytes = 512;

/// The kind of what is_of_system().
inline constexpr const char* kHidden = "hidden and system files and folders";

/// The kind of what is not called an image and lies outside of the folders that are splits.
inline constexpr const char* kOutside = "files outside of the splits";

/// What kind of file lies beside images, in words for several of them ("text files", "NumPy arrays"), by its first
/// bytes and its name; empty if it may be an image: it is called one, or begins like one (TIFF and others that are not
/// read among them, so that their refusal says so).
[[nodiscard]] std::string kind_of_other(std::string_view name, std::span<const uint8_t> start);

/// Whether a file or folder of that name is left out whatever it holds: hidden, or what a system puts beside the files
/// that people made (Thumbs.db, desktop.ini, __MACOSX). `name`: the last part of a path.
[[nodiscard]] bool is_of_system(std::string_view name);

/// The path up to its first part that is such a name; empty if it has none.
[[nodiscard]] std::string system_part(std::string_view path);

/// Counts one more file of a kind. The list is in the order in which the kinds came; in_order() is for people.
void leave_out(std::vector<LeftOut>& list, const std::string& kind, const std::string& file);

/// The kinds that most files have first.
[[nodiscard]] std::vector<LeftOut> in_order(std::vector<LeftOut> list);

/// "text files: 12 (README.txt, …); archives: 1 (more.zip)", in this order.
[[nodiscard]] std::string left_out_text(const std::vector<LeftOut>& list);

}  // namespace veil::io
