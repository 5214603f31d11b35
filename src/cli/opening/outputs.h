#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// What a command writes: the ending that its name must have, and how veil knows a file of this kind as its own.
enum class OutputKind {
  kGrid,          ///< PNG: samples in one picture
  kSheet,         ///< PNG: a contact sheet
  kHeatMap,       ///< PNG: where in examples the bits are
  kPairs,         ///< PNG: samples with the training images nearest to them
  kPlot,          ///< PNG or SVG: curves
  kSampleArray,   ///< .npz of samples
  kImageArrays,   ///< .npz of a data set
  kPacked,        ///< packed HDF5 file
  kEvaluation,    ///< JSON of an evaluation
  kExampleTable,  ///< CSV: bits of examples
  kReport,        ///< HTML
  kRunReport,     ///< HTML: the page of a run, in its folder
  kFilm,          ///< HTML: samples while they are drawn
  kCountGrids,    ///< JSON of count grids
  kComparison,    ///< a folder of a comparison
  kNumpy,         ///< .npy: has no room for a mark
  kText,          ///< lines, any text: has none either
  kPictures,      ///< a folder of samples, 000000.png and so on
  kNewFolder,     ///< a folder that must be empty or new, which its writer checks
  kRunFolder      ///< of training, which RunFolder checks; its page is held to the rule for kRunReport
};

/// The word that names the folder of a run of which a page is made.
inline constexpr const char* kRun = "RUN";

/// Whether a file can be written: it, where it is there, and its folder.
[[nodiscard]] bool may_be_written(const std::filesystem::path& file);

/// What one command reads and writes: the one place that decides, before the work, whether an output may be written.
/// Nothing that is read is destroyed or grows, and nothing that veil did not write itself is replaced by accident.
class Outputs {
 public:
  /// force: replace files that veil did not write as this kind of output. What is read is never replaced.
  explicit Outputs(bool force) : force_(force) {}
  explicit Outputs(const Arguments& arguments) : Outputs(arguments.has("force")) {}

  /// A file that is read; `what` stands in the message: "the configuration".
  void reads_file(const std::filesystem::path& file, std::string_view what);
  /// A model file, or the folder of a run or a checkpoint with all files that veil keeps there.
  void reads_model(const std::filesystem::path& model);
  /// The folder of a run of which a page is made, without that page.
  void reads_run(const std::filesystem::path& run);
  /// The name of a known data set or a path; a folder with all that is and will be in it. What cannot be found is left
  /// to its reader.
  void reads_data(const std::string& source);

  /// name: of the flag, with its dashes, or of the word: "--out", "OUT", kRun. An empty path is no output.
  void writes(const std::string& name, const std::filesystem::path& path, OutputKind kind);

  /// Throws UsageError for an output that
  ///   is "-" or where standard output goes, for the command's own words go there;
  ///   has another ending than its kind (devices and pipes may be called anything);
  ///   is the same file as another output, or lies in a folder that is another;
  ///   is what is read (a link to it, too), or lies in a folder of data that is read, which it would add to;
  ///   exists and is not known as of this kind, or is a file of some run, or a run's page that a link leads out of the
  ///   run, unless forced.
  /// Throws IoError for one whose folder does not exist, that cannot be written, or that is a folder in place of a file
  /// or a file in place of a folder.
  void check() const;

 private:
  struct Input {
    std::filesystem::path path;
    std::string what;
    bool is_all_inside = false;  ///< a folder whose files are read whatever they are called
  };
  struct Output {
    std::string name;
    std::filesystem::path path;
    OutputKind kind = OutputKind::kText;
  };

  void check_pairs() const;
  void check_against(const Output& output, const Input& input) const;
  void check_own(const Output& output) const;

  bool force_;
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
};

}  // namespace veil::cli
