#include "io/report/listed_run.h"

#include <algorithm>
#include <exception>
#include <system_error>

#include "io/report/report.h"
#include "io/run/run_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

/// A relative address: whatever is no plain letter of a path stands as %XX (RFC 3986).
std::string address_of(const fs::path& path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string address;
  for (const char letter : path.generic_string()) {
    if (kPlain.find(letter) != std::string_view::npos) {
      address += letter;
    } else {
      const auto byte = static_cast<unsigned char>(letter);
      address.append({'%', kDigits[byte / 16], kDigits[byte % 16]});
    }
  }
  return address;
}

std::string data_of(const ListedRun& run) {
  if (!run.records.evaluation) {
    return "";
  }
  const auto& report = *run.records.evaluation;
  const auto& history = run.records.history;
  const std::string fingerprint = history.empty() ? "" : history.back().evaluation_data;
  return concat(report.dataset.empty() ? "data without a name" : report.dataset, ", ", report.split,
                fingerprint.empty() ? "" : concat(" (", fingerprint, ")"));
}

}  // namespace

ListedRun read_listed_run(const fs::path& folder, const fs::path& page_folder) {
  std::error_code error;
  require<DataError>(fs::is_directory(folder, error), folder.string(), ": not a folder, want that of a run");
  const RunLayout layout(folder);
  ListedRun run{.name = run_name(folder), .link = {}, .records = read_run_records(layout), .config = std::nullopt};
  run.link = address_of(fs::proximate(fs::weakly_canonical(layout.report, error),
                                      fs::weakly_canonical(page_folder.empty() ? fs::path(".") : page_folder, error)));
  try {
    run.config = read_run_config(layout);
  } catch (const std::exception&) {  // of a later version, damaged or missing: the run's own page says so
    run.config.reset();
  }
  return run;
}

std::vector<RunGroup> grouped(const std::vector<ListedRun>& runs) {
  std::vector<RunGroup> groups;
  for (const auto& run : runs) {
    const std::string data = data_of(run);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& each) { return each.data == data; });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), {.data = data, .runs = {}});
    }
    group->runs.push_back(&run);
  }
  std::stable_partition(groups.begin(), groups.end(), [](const auto& group) { return !group.data.empty(); });
  for (auto& group : groups) {
    std::stable_sort(group.runs.begin(), group.runs.end(), [&](const ListedRun* a, const ListedRun* b) {
      return !group.data.empty() && a->records.evaluation->bits_per_dim < b->records.evaluation->bits_per_dim;
    });
  }
  return groups;
}

}  // namespace veil::io
