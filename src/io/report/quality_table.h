#pragma once

#include <string>
#include <vector>

#include "io/run/run_log.h"
#include "veil/quality/quality_figure.h"

namespace veil::io {

/// The few figures that a narrow table has room for, in this order: of those that are there.
[[nodiscard]] std::vector<QualityFigure> main_figures(const std::vector<QualityFigure>& figures);

/// "14.6 ± 1.4", "98 ± 4 %": with as many digits as its interval makes sense of; plus_minus stands between.
[[nodiscard]] std::string measured_text(const Measured& measured, const std::string& unit,
                                        const std::string& plus_minus);

/// Samples that were compared with the same images.
struct ComparedSamples {
  std::string label;  ///< plain
  std::vector<QualityFigure> figures;
};

/// Comparisons during training: the main figures by step, and Fréchet distances as a plot; empty without any.
[[nodiscard]] std::string training_quality(const std::vector<QualityLine>& lines);

/// The main figures of each, and in the last row those of as many real images; empty without samples.
[[nodiscard]] std::string quality_table(const std::vector<ComparedSamples>& all);

}  // namespace veil::io
