#pragma once

#include <string>

namespace veil::io {

/// What was refused, left out and dropped when a file was packed, in one printable line: "414 files refused (410:
/// smaller than 64x64; 4: the file is empty); left out: text files: 1 (README); 5 duplicates dropped". Empty if nothing
/// was, or if the provenance says nothing of it that can be read. Of files that were packed from a packed one, each
/// step.
[[nodiscard]] std::string packing_note(const std::string& provenance);

}  // namespace veil::io
