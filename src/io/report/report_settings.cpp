#include "io/report/report_settings.h"

#include <exception>
#include <optional>

#include "base/words.h"
#include "io/model/setting_changes.h"
#include "io/report/markup.h"
#include "io/report/page.h"
#include "io/run/run_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kMostConfig = 100'000;
constexpr size_t kMostValue = 300;

std::optional<RunConfig> configuration(const RunLayout& layout) {
  try {
    return read_run_config(layout);
  } catch (const std::exception&) {  // of a later version, or damaged: its text is shown
    return std::nullopt;
  }
}

std::string differing_table(const RunConfig& config) {
  HeadedTable table{.head = {"setting", "value", "default"}, .rows = {}};
  for (const auto& change : differences(RunConfig(), config)) {
    table.rows.push_back({escape_markup(change.key), escape_markup(shortened(change.after, kMostValue)),
                          escape_markup(shortened(change.before, kMostValue))});
  }
  return table.rows.empty() ? plain_paragraph("All settings have their defaults.") : table.html();
}

}  // namespace

std::string settings_section(RunRecords& records, const RunLayout& layout) {
  if (records.config.empty()) {
    return "";
  }
  if (records.config.size() > kMostConfig) {
    records.config.resize(kMostConfig);
    records.notes.emplace_back("The configuration is cut.");
  }
  const auto config = configuration(layout);
  if (!config) {
    records.notes.emplace_back("config.cfg is not understood: which settings differ from the defaults is not told.");
  }
  return concat(config ? differing_table(*config) : std::string(),
                "<details><summary>All settings, as config.cfg has them</summary>\n", command_box(records.config),
                "</details>\n");
}

std::string repeat_section(const RunRecords& records, const std::string& name) {
  if (records.config.empty()) {
    return "";
  }
  const auto quoted = [](const std::filesystem::path& path) { return in_shell_quotes(path.string()); };
  const RunLayout layout(name);
  const bool is_one_stretch = records.history.size() <= 1;
  return concat(
      plain_paragraph("In the folder that holds this run's, with the data where config.cfg says (data.source):"),
      command_box(concat("veil train --config ", quoted(layout.config), " --run ", quoted(name + "-again"))),
      is_one_stretch ? std::string()
                     : remark("Settings or the machine changed on the way (see “What was done”): the last ones are "
                              "repeated, so the weights will not be the same to the bit."),
      plain_paragraph("Its figure again, more samples, and training that goes on:"),
      command_box(concat("veil evaluate --model ", quoted(name), "\nveil sample --model ", quoted(name), " --count 64",
                         records.pictures.empty() ? "" : " --grid samples.png", "\nveil train --run ", quoted(name),
                         " --extend 1000")));
}

}  // namespace veil::io
