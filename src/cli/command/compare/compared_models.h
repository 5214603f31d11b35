#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/arguments/arguments.h"
#include "cli/opening/model_choice.h"
#include "veil/data/dataset.h"
#include "veil/evaluate/paired_comparison.h"

namespace veil::cli {

/// Keys of settings that may be given for one side alone, as the flag --a.KEY or --b.KEY.
[[nodiscard]] std::vector<std::string> side_keys();

/// The two models that a command line names, and the data that both are scored on.
class ComparedModels {
 public:
  /// Opens `veil compare A B`: both sides are scored with A's settings of [evaluate], B's own being named where they
  /// differ, under those of the command line, under those of one side alone. Networks with and without learned powers
  /// keep the form and first time of their own. Throws DataError, naming both sides, if they take other examples or
  /// were made for other data (which --allow-mixed-data lets pass); UsageError.
  explicit ComparedModels(const Arguments& arguments);

  /// Opens the data; before that, nothing of them is known.
  void open_data();

  [[nodiscard]] const ModelChoice& model_a() const { return a_; }
  [[nodiscard]] const ModelChoice& model_b() const { return b_; }
  [[nodiscard]] const Dataset& dataset() const { return *data_a_; }  ///< classes as A numbers them
  [[nodiscard]] ComparisonSide side_a() const;
  [[nodiscard]] ComparisonSide side_b() const;

 private:
  const Arguments& arguments_;
  ModelChoice a_;
  ModelChoice b_;
  std::unique_ptr<Dataset> data_a_;
  std::unique_ptr<Dataset> data_b_;  // where B numbers classes otherwise
};

}  // namespace veil::cli
