#include "io/report/report.h"

#include <system_error>

#include "io/file/file_mark.h"
#include "io/file/files.h"
#include "io/report/compressor_comparison.h"
#include "io/report/markup.h"
#include "io/report/page.h"
#include "io/report/quality_table.h"
#include "io/report/report_answers.h"
#include "io/report/report_history.h"
#include "io/report/report_images.h"
#include "io/report/report_machine.h"
#include "io/report/report_plots.h"
#include "io/report/report_profile.h"
#include "io/report/report_result.h"
#include "io/report/report_settings.h"
#include "io/run/run_layout.h"
#include "io/run/run_records.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

std::string make_notes(const std::vector<std::string>& notes) {
  std::string html;
  for (const auto& note : notes) {
    html += "<li>" + escape_markup(note) + "</li>\n";
  }
  return html.empty() ? "" : "<ul class=\"notes\">\n" + html + "</ul>\n";
}

}  // namespace

std::string run_name(const fs::path& folder) {
  std::error_code ignored;
  const auto path = fs::weakly_canonical(folder, ignored);
  return path.has_filename() ? path.filename().string() : folder.string();
}

std::string make_report(const fs::path& run_folder, std::vector<std::string>* damage) {
  std::error_code error;
  require<DataError>(fs::is_directory(run_folder, error), run_folder.string(), ": not a folder, want that of a run");
  const RunLayout layout(run_folder);
  RunRecords records = read_run_records(layout);
  if (damage != nullptr) {
    *damage = records.damage;
  }
  const std::string name = run_name(run_folder);
  PictureBudget budget;  // what comes first gets room first
  const std::string samples = samples_section(records, layout, budget);
  const std::string bits = bits_section(records, budget);
  const std::string grids = training_grids(records, layout, budget);
  const std::string settings = settings_section(records, layout);
  return concat(page_begin(name, kReportMark), lead(records), answers(records, name),
                section("result", "Result", result_section(records)),
                section("compressors", "Beside PNG, WebP and JPEG XL", compressor_section(records)),
                section("samples", "Samples", samples), section("curves", "Curves", plot_curves(records)),
                section("quality", "Samples beside real images", training_quality(records.quality)),
                section("powers", "Learned masking schedules", plot_powers(records)),
                section("profile", "Information by masked positions",
                        records.evaluation ? profile_section(*records.evaluation) : std::string()),
                section("bits", "Where the bits are", bits), section("grids", "Samples through training", grids),
                section("machine", "Speed and memory", machine_section(records)),
                section("warnings", "Warnings", warnings_section(records)),
                section("history", "What was done", origin_section(records) + history_table(records.history)),
                section("settings", "Settings that are not the defaults", settings),
                section("repeat", "What to type", repeat_section(records, name)),
                section("left-out", "What this page leaves out", make_notes(records.notes)), page_end());
}

fs::path write_report(const fs::path& run_folder, std::vector<std::string>* damage) {
  const RunLayout layout(run_folder);
  write_file(layout.report, make_report(run_folder, damage));
  return layout.report;
}

}  // namespace veil::io
