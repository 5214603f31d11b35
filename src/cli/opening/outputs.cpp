#include "cli/opening/outputs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/opening/own_output.h"
#include "io/dataset/known_datasets.h"
#include "io/file/ending.h"
#include "io/file/places.h"
#include "io/model/model_files.h"
#include "io/run/run_layout.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// A pipe, a terminal, /dev/null: it is written from first to last byte, and holds nothing that could be lost.
bool is_device(const fs::path& path) {
  std::error_code ignored;
  return is_there(path) && !is_folder(path) && !fs::is_regular_file(path, ignored);
}

// Without a separator at its end.
fs::path normal(const fs::path& path) {
  const auto whole = fs::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

// Where a file will lie: its name may be a link, and what is replaced is what it names.
std::vector<fs::path> places_of(const fs::path& path) {
  std::error_code ignored;
  const auto whole = normal(path);
  return {fs::weakly_canonical(whole.parent_path(), ignored) / whole.filename(), io::followed(whole)};
}

bool is_same(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::equivalent(a, b, ignored) || places_of(a).back() == places_of(b).back();
}

// A folder and all that links in it lead to, as whoever reads the folder sees it.
std::set<fs::path> places_read(const fs::path& folder) {
  std::error_code error;
  std::set<fs::path> places;
  std::vector<fs::path> open{fs::weakly_canonical(folder, error)};
  while (!open.empty()) {
    const auto root = std::move(open.back());
    open.pop_back();
    if (root.empty() || !places.insert(root).second || !is_folder(root)) {
      continue;
    }
    constexpr auto kOptions = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(root, kOptions, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code ignored;
      if (entry->is_symlink(ignored)) {
        // What it names may be what is to be written now, and not be there yet.
        const auto target = entry->path().parent_path() / fs::read_symlink(entry->path(), ignored);
        open.push_back(fs::weakly_canonical(target, ignored));
      }
    }
  }
  return places;
}

bool is_standard_output(const fs::path& path) {
  struct stat ours {};
  struct stat theirs {};
  return ::fstat(STDOUT_FILENO, &ours) == 0 && ::stat(path.c_str(), &theirs) == 0 && ours.st_dev == theirs.st_dev &&
         ours.st_ino == theirs.st_ino && !S_ISCHR(ours.st_mode);
}

void check_name(const std::string& name, const fs::path& path, const OutputTraits& traits) {
  require<UsageError>(path != "-" && !is_standard_output(path), name, " is ", path.string(),
                      ", want the name of a file: what the command says itself goes to standard output");
  const bool fits = traits.endings.empty() ||
                    std::ranges::find(traits.endings, io::ending_of(path)) != traits.endings.end() || is_device(path);
  require<UsageError>(fits, path.string(), ": want a name ending in ", joined(traits.endings, " or "), " for ", name);
}

bool has_write_access(const fs::path& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), is_folder(path) ? W_OK | X_OK : W_OK, AT_EACCESS) == 0;
}

void require_writable(const fs::path& path, const std::string& subject) {
  const bool is_writable = has_write_access(path);
  const int reason = errno;
  require<IoError>(is_writable, subject, ": cannot be written: ", std::generic_category().message(reason));
}

void check_folder(const fs::path& path) {
  require<IoError>(!is_there(path) || is_folder(path), path.string(), ": is not a folder, want one, or a new name");
  auto there = normal(path);
  while (!is_there(there) && there.has_relative_path()) {
    there = there.parent_path();
  }
  require_writable(there, path.string());
}

void check_file(const fs::path& path, const OutputTraits& traits) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  require<IoError>(is_folder(folder), path.string(), ": the folder ", folder.string(), " does not exist");
  const fs::path place = places_of(path).back().parent_path();
  require<IoError>(is_device(path) || is_folder(place), path.string(), ": is a link into the folder ", place.string(),
                   ", which does not exist");
  require<IoError>(!is_folder(path), path.string(), ": is a folder, want a file");
  require<IoError>(traits.may_be_device || !is_device(path), path.string(), ": is a device, want a file");
  if (is_there(path)) {
    require_writable(path, path.string());
  }
  if (!is_device(path)) {
    require_writable(place, path.string());
  }
}

// It is replaced whenever there is something new to say, so nobody else's page may lie there.
void check_page_of_run(const fs::path& page, const std::string& name) {
  const auto places = places_of(page);
  const std::string advice = name == kRun ? "; move it away, or --force to replace it" : "; move it away";
  require<UsageError>(io::is_inside(places.back(), places.front().parent_path()), page.string(), ": is a link to ",
                      places.back().string(), ", outside this run", advice);
  require<UsageError>(!is_there(page) || is_own(page, OutputKind::kRunReport), page.string(),
                      ": exists, and is not a report that veil wrote", advice);
}

}  // namespace

bool may_be_written(const fs::path& file) {
  return has_write_access(places_of(file).back().parent_path()) && (!is_there(file) || has_write_access(file));
}

void Outputs::reads_file(const fs::path& file, std::string_view what) {
  inputs_.push_back({.path = file, .what = std::string(what)});
}

void Outputs::reads_model(const fs::path& model) {
  reads_file(model, "the model that is read");
  if (!is_folder(model)) {
    return;
  }
  for (const auto* name : io::kTensorFiles) {
    reads_file(model / name, "the model that is read");
  }
  reads_file(model / io::kStateName, "a file of the run that is read");
  reads_file(io::RunLayout(model).report, "a file of the run that is read");
  reads_run(model);
}

void Outputs::reads_run(const fs::path& run) {
  const io::RunLayout layout(run);
  for (const auto& file : layout.files()) {
    if (file != layout.report) {
      reads_file(file, "a file of the run that is read");
    }
  }
  for (const auto& folder : layout.folders()) {
    inputs_.push_back({.path = folder, .what = "files of the run that is read", .is_all_inside = true});
  }
}

void Outputs::reads_data(const std::string& source) {
  fs::path path;
  try {
    path = io::find_dataset(source);
  } catch (const std::exception&) {  // opening it says what is wrong
    return;
  }
  inputs_.push_back({.path = path, .what = "the data that are read", .is_all_inside = is_folder(path)});
}

void Outputs::writes(const std::string& name, const fs::path& path, OutputKind kind) {
  if (!path.empty()) {
    outputs_.push_back({.name = name, .path = path, .kind = kind});
  }
}

void Outputs::check() const {
  for (const auto& output : outputs_) {
    check_name(output.name, output.path, traits_of(output.kind));
  }
  check_pairs();
  for (const auto& output : outputs_) {
    const auto traits = traits_of(output.kind);
    if (output.kind != OutputKind::kRunFolder) {
      traits.is_folder ? check_folder(output.path) : check_file(output.path, traits);
    }
    if (is_device(output.path)) {
      continue;
    }
    for (const auto& input : inputs_) {
      check_against(output, input);
      for (const auto& draft : drafts_of(output.path, output.kind)) {
        require<UsageError>(!is_same(draft, input.path), input.path.string(), ": is ", input.what,
                            ", and would be replaced while ", output.path.string(), " is written; give ", output.name,
                            " another name");
      }
    }
    check_own(output);
    check_drafts(output.path, output.kind);
  }
}

void Outputs::check_pairs() const {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    for (size_t j = 0; j < outputs_.size(); ++j) {
      const auto& a = outputs_[i];
      const auto& b = outputs_[j];
      if (i == j || is_device(a.path)) {
        continue;
      }
      require<UsageError>(!is_same(a.path, b.path), a.name, " and ", b.name, " are both ", a.path.string(),
                          ", want a file for each");
      require<UsageError>(
          !traits_of(b.kind).is_folder || !io::is_inside(places_of(a.path).back(), places_of(b.path).back()),
          a.path.string(), ": ", a.name, " lies in the folder ", b.path.string(), " of ", b.name,
          ", want it elsewhere");
    }
  }
}

void Outputs::check_against(const Output& output, const Input& input) const {
  require<UsageError>(!is_same(output.path, input.path), output.path.string(), ": is ", input.what, "; give ",
                      output.name, " another name");
  if (!input.is_all_inside) {
    return;
  }
  for (const auto& root : places_read(input.path)) {
    for (const auto& place : places_of(output.path)) {
      require<UsageError>(!io::is_inside(place, root), output.path.string(), ": lies among ", input.what, " (",
                          input.path.string(), ") and would be one of them the next time; give ", output.name,
                          " a name elsewhere");
    }
  }
}

void Outputs::check_own(const Output& output) const {
  const auto traits = traits_of(output.kind);
  const bool has_own_rule = output.kind == OutputKind::kRunFolder || output.kind == OutputKind::kNewFolder;
  const fs::path page = io::RunLayout(output.path).report;
  const bool is_run_file = is_of_a_run(normal(output.path));
  if (!force_ && output.kind == OutputKind::kRunReport) {
    check_page_of_run(output.path, output.name);
    return;
  }
  if (output.kind == OutputKind::kRunFolder && is_there(page) && !is_folder(page) && !fs::is_symlink(page)) {
    check_page_of_run(page, output.name);  // links and folders are refused by RunFolder, whatever file they stand for
  }
  if (output.kind == OutputKind::kComparison) {
    if (const fs::path link = link_out_of(output.path); !link.empty()) {
      throw UsageError(concat(link.string(), ": is a link to ", io::followed(link).string(),
                              ", outside this comparison, which would be written; copy the folder with cp -rL"));
    }
  }
  if (force_ || has_own_rule) {
    return;
  }
  require<UsageError>(!is_run_file, output.path.string(), ": is the name of a file that a run keeps itself; give ",
                      output.name, " another, or --force to replace it");
  if (!is_there(output.path) || is_own(output.path, output.kind)) {
    return;
  }
  require<UsageError>(traits.has_mark, output.path.string(), ": exists, and whether veil wrote it cannot be seen in ",
                      traits.content, "; give ", output.name, " another name, or --force to replace it");
  require<UsageError>(output.kind != OutputKind::kComparison, output.path.string(),
                      ": is a folder with other things in it; name an empty or new one, or give --force");
  if (traits.is_folder) {
    throw UsageError(concat(output.path.string(), ": holds ", in_quotes(foreign_entry(output.path)),
                            ", which veil sample did not write there; name an empty or new folder, or give --force to "
                            "put the samples beside it"));
  }
  throw UsageError(concat(output.path.string(), ": exists, and is not ", traits.content, " that veil wrote; give ",
                          output.name, " another name, or --force to replace it"));
}

}  // namespace veil::cli
