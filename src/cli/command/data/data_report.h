#pragma once

#include <string>

#include "io/dataset/inspect_images.h"

namespace veil::cli {

/// What veil data inspect prints: for people, with a word on its contact sheet, and as one JSON object. `fit`: what the
/// images were to become.
[[nodiscard]] std::string inspection_text(const io::Inspection& inspection, const io::FitOptions& fit);
[[nodiscard]] std::string sheet_text(const io::Inspection& inspection, const std::string& path);
[[nodiscard]] std::string inspection_json(const io::Inspection& inspection);

}  // namespace veil::cli
