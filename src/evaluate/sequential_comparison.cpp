#include "evaluate/sequential_comparison.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "evaluate/scored_report.h"
#include "evaluate/statistics.h"
#include "veil/data/split_part.h"
#include "veil/evaluate/sequential_design.h"

namespace veil {
namespace {

// One more look at a time, each adding the examples that the one before did not have.
class SequentialComparison {
 public:
  SequentialComparison(const ComparisonSide& a, const ComparisonSide& b, const EvaluationProgress& progress)
      : a_(a), b_(b), progress_(progress) {}

  PairedComparison run(std::vector<int64_t> sizes) {
    const SequentialDesign design(std::move(sizes), StoppingRule{}.error_rate);
    std::vector<ComparisonLook> looks;
    for (size_t look = 0;; ++look) {
      score_up_to(design.sizes()[look], design.sizes().back());
      PairedComparison comparison = paired_at_once(*report_a_, *report_b_);
      looks.push_back(look_at(comparison, design));
      const bool is_last = look + 1 == design.sizes().size();
      if (is_last || std::abs(looks.back().statistic) > design.boundary()) {
        finish(comparison, design, std::move(looks), is_last);
        return comparison;
      }
    }
  }

 private:
  // Standard errors of one example less for Student's distribution, as many as are normal at the boundary.
  [[nodiscard]] static double scale_of(const PairedComparison& comparison, const SequentialDesign& design) {
    constexpr int64_t kNormalFrom = 1000;
    if (comparison.examples >= kNormalFrom) {
      return 1.0;
    }
    const double inside = 1 - 2 * normal_tail(design.boundary());
    return student_quantile(comparison.examples - 1, inside) / design.boundary();
  }

  static ComparisonLook look_at(const PairedComparison& comparison, const SequentialDesign& design) {
    ComparisonLook look;
    look.examples = comparison.examples;
    look.difference = comparison.difference;
    look.standard_error = comparison.standard_error;
    const double size = comparison.standard_error * scale_of(comparison, design);
    look.statistic = comparison.difference == 0 ? 0.0 : comparison.difference / size;
    return look;
  }

  static void finish(PairedComparison& comparison, const SequentialDesign& design, std::vector<ComparisonLook> looks,
                     bool is_last) {
    comparison.is_stopped_early = !is_last;
    comparison.rule.boundary = design.boundary();
    comparison.rule.planned.assign(design.sizes().begin(), design.sizes().end());
    if (std::isfinite(looks.back().statistic) && comparison.standard_error > 0) {
      const double size = comparison.standard_error * scale_of(comparison, design);
      const auto interval = design.interval(looks.size() - 1, looks.back().statistic);
      comparison.confidence_low = interval.low * size;
      comparison.confidence_high = interval.high * size;
    }
    comparison.looks = std::move(looks);
  }

  void score_up_to(int64_t examples, int64_t most) {
    const auto part = part_of_split(a_.dataset, examples);
    std::vector<int64_t> fresh;
    std::ranges::set_difference(part, scored_, std::back_inserter(fresh));
    score(a_, fresh, std::ssize(scored_) * 2, most, report_a_);
    score(b_, fresh, std::ssize(scored_) * 2 + std::ssize(fresh), most, report_b_);
    scored_ = part;
  }

  void score(const ComparisonSide& side, std::span<const int64_t> indices, int64_t done, int64_t most,
             std::optional<EvaluationReport>& sum) const {
    const auto advance = [&](int64_t more, int64_t /*all*/) {
      if (progress_) {
        progress_(done + more, 2 * most);
      }
    };
    auto report = evaluate(side.denoiser, side.dataset, indices, side.options, side.compute, advance);
    sum = sum ? joined_reports(*sum, report, side.dataset, side.denoiser.options()) : std::move(report);
  }

  const ComparisonSide& a_;
  const ComparisonSide& b_;
  const EvaluationProgress& progress_;
  std::vector<int64_t> scored_;
  std::optional<EvaluationReport> report_a_;
  std::optional<EvaluationReport> report_b_;
};

}  // namespace

PairedComparison compare_sequentially(const ComparisonSide& a, const ComparisonSide& b, std::vector<int64_t> sizes,
                                      const EvaluationProgress& progress) {
  return SequentialComparison(a, b, progress).run(std::move(sizes));
}

}  // namespace veil
