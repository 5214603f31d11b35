#include "cli/opening/own_output.h"

#include <algorithm>
#include <string_view>
#include <system_error>

#include "io/config/count_grid_file.h"
#include "io/file/file_mark.h"
#include "io/file/input_file.h"
#include "io/file/new_folder.h"
#include "io/file/places.h"
#include "io/image/sample_picture.h"
#include "io/packed/packed_file.h"
#include "io/run/evaluation_file.h"
#include "io/run/per_example_file.h"
#include "io/run/run_layout.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

bool is_packed(const fs::path& file) {
  try {
    const io::PackedFile packed(file);
    return true;
  } catch (const DataError&) {
    return false;
  }
}

// Other programs have figures of that name too; none says which estimator of ours gave it.
bool is_evaluation(const fs::path& file) {
  try {
    return !io::read_evaluation(file).estimator.empty();
  } catch (const DataError&) {
    return false;
  }
}

// By its first line.
bool is_example_table(const fs::path& file) {
  const std::string_view header = io::kPerExampleHeader;
  try {
    io::InputFile input(file);
    std::vector<uint8_t> start(header.size());
    start.resize(input.read(start));
    return std::equal(start.begin(), start.end(), header.begin(), header.end());
  } catch (const DataError&) {
    return false;
  }
}

bool is_count_grids(const fs::path& file) {
  try {
    return !io::read_count_grids(file).grids.empty();
  } catch (const DataError&) {
    return false;
  }
}

// Older versions knew no mark; what their pages say themselves stands at their beginning.
bool is_page(const fs::path& file) {
  constexpr size_t kBeginning = 4096;
  if (io::bears_mark(file, io::kReportMark)) {
    return true;
  }
  try {
    io::InputFile input(file);
    std::string start(kBeginning, '\0');
    start.resize(input.read({reinterpret_cast<uint8_t*>(start.data()), start.size()}));
    return start.starts_with("<!DOCTYPE html>") && start.find(" – veil</title>") != std::string::npos &&
           start.find("<p class=\"lead\">A masked diffusion model trained by veil") != std::string::npos;
  } catch (const DataError&) {
    return false;
  }
}

// A folder that is empty, or holds the parts of one.
bool is_comparison(const fs::path& folder) {
  std::error_code error;
  return fs::is_empty(folder, error) || fs::exists(folder / kComparisonParts, error);
}

}  // namespace

OutputTraits traits_of(OutputKind kind) {
  switch (kind) {
    case OutputKind::kGrid:
      return {.content = "a picture of samples", .endings = {".png"}};
    case OutputKind::kSheet:
      return {.content = "a contact sheet", .endings = {".png"}};
    case OutputKind::kHeatMap:
      return {.content = "a heat map", .endings = {".png"}};
    case OutputKind::kPairs:
      return {.content = "a picture of pairs", .endings = {".png"}};
    case OutputKind::kPlot:
      return {.content = "a plot", .endings = {".png", ".svg"}};
    case OutputKind::kSampleArray:
      return {.content = "an archive of samples", .endings = {".npz"}};
    case OutputKind::kImageArrays:
      return {.content = "an archive of images", .endings = {".npz"}};
    case OutputKind::kPacked:
      return {.content = "a packed file", .endings = {".h5", ".hdf5"}, .may_be_device = false};
    case OutputKind::kEvaluation:
      return {.content = "an evaluation", .endings = {}};
    case OutputKind::kExampleTable:
      return {.content = "a table of examples", .endings = {}};
    case OutputKind::kReport:
    case OutputKind::kRunReport:
      return {.content = "a report", .endings = {".html"}};
    case OutputKind::kFilm:
      return {.content = "a film", .endings = {".html"}};
    case OutputKind::kCountGrids:
      return {.content = "a file of count grids", .endings = {".json"}};
    case OutputKind::kComparison:
      return {.content = "a comparison", .endings = {}, .is_folder = true};
    case OutputKind::kNumpy:
      return {.content = "an array", .endings = {".npy"}, .has_mark = false};
    case OutputKind::kText:
      return {.content = "a text", .endings = {}, .has_mark = false};
    case OutputKind::kPictures:
      return {.content = "samples", .endings = {}, .is_folder = true};
    case OutputKind::kNewFolder:
    case OutputKind::kRunFolder:
      break;
  }
  return {.content = "a folder", .endings = {}, .is_folder = true};
}

bool is_own(const fs::path& file, OutputKind kind) {
  switch (kind) {
    case OutputKind::kGrid:
    case OutputKind::kSampleArray:
      return io::bears_mark(file, io::kSamplesMark);
    case OutputKind::kSheet:
      return io::bears_mark(file, io::kSheetMark);
    case OutputKind::kHeatMap:
      return io::bears_mark(file, io::kHeatMapMark);
    case OutputKind::kPairs:
      return io::bears_mark(file, io::kPairsMark);
    case OutputKind::kPlot:
      return io::bears_mark(file, io::kPlotMark);
    case OutputKind::kImageArrays:
      return io::bears_mark(file, io::kImagesMark);
    case OutputKind::kPacked:
      return is_packed(file);
    case OutputKind::kEvaluation:
      return is_evaluation(file);
    case OutputKind::kExampleTable:
      return is_example_table(file);
    case OutputKind::kReport:
    case OutputKind::kRunReport:
      return is_page(file);
    case OutputKind::kFilm:
      return io::bears_mark(file, io::kFilmMark);
    case OutputKind::kCountGrids:
      return is_count_grids(file);
    case OutputKind::kComparison:
      return is_comparison(file);
    case OutputKind::kPictures:
      return foreign_entry(file).empty();
    case OutputKind::kNewFolder:
    case OutputKind::kRunFolder:
      return true;
    case OutputKind::kNumpy:
    case OutputKind::kText:
      break;
  }
  return false;
}

std::vector<fs::path> drafts_of(const fs::path& output, OutputKind kind) {
  switch (kind) {
    case OutputKind::kPacked:
      return {io::packed_draft(output)};
    case OutputKind::kPictures:
    case OutputKind::kNewFolder:
      return io::new_folder_drafts(output);
    default:
      return {};
  }
}

void check_drafts(const fs::path& output, OutputKind kind) {
  if (kind == OutputKind::kPictures) {
    io::NewFolder(output, io::is_sample_picture).check();
  } else if (kind == OutputKind::kNewFolder) {
    io::NewFolder(output).check();
  } else if (kind == OutputKind::kPacked) {
    std::error_code error;
    const auto draft = io::packed_draft(output);
    const bool is_free = !fs::exists(draft, error) || fs::file_size(draft, error) == 0 || io::is_hdf5(draft);
    require(is_free, draft.string(), ": is needed while ", output.filename().string(),
            " is written, but holds what no packing left; move it away");
  }
}

std::string foreign_entry(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    if (!io::is_sample_picture(path) && !io::is_draft_in(path, folder)) {
      return path.filename().string();
    }
  }
  require<IoError>(!error, folder.string(), ": cannot be read: ", error.message());
  return "";
}

fs::path link_out_of(const fs::path& folder) {
  const fs::path inside = io::followed(folder);
  for (const auto& part : {folder, folder / kComparisonParts}) {
    std::error_code error;
    for (fs::directory_iterator entry(part, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;
      if (entry->is_symlink(ignored) && !entry->is_directory(ignored) &&
          !io::is_inside(io::followed(entry->path()), inside)) {
        return entry->path();
      }
    }
  }
  return {};
}

bool is_of_a_run(const fs::path& file) {
  std::error_code ignored;
  const fs::path folder = file.parent_path();
  const io::RunLayout run(folder);
  if (fs::exists(run.lock, ignored) && fs::exists(run.config, ignored)) {
    const auto is_among = [&](const auto& names) { return std::ranges::find(names, file) != names.end(); };
    return is_among(run.files()) || is_among(run.folders());
  }
  const io::RunLayout above(folder.parent_path());
  return fs::exists(above.lock, ignored) && fs::exists(above.config, ignored) &&
         (folder == above.samples || folder == above.checkpoints);
}

}  // namespace veil::cli
