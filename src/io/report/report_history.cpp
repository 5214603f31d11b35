#include "io/report/report_history.h"

#include <algorithm>
#include <vector>

#include "base/words.h"
#include "io/report/markup.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kMostStretches = 1'000;
constexpr size_t kMostText = 2'000;  // of one line

// The lines of a cell; what is not known is left out.
class Lines {
 public:
  void add(const std::string& text) {
    if (!text.empty()) {
      html_ += concat(html_.empty() ? "" : "<br>", escape_markup(text.substr(0, kMostText)));
    }
  }
  [[nodiscard]] const std::string& html() const { return html_; }

 private:
  std::string html_;
};

std::string named(const char* name, const std::string& value) { return value.empty() ? "" : concat(name, value); }

std::string row_of(const TrainingStretch& stretch) {
  Lines lines;
  lines.add(concat(stretch.precision, stretch.device.empty() ? "" : " on ", stretch.device));
  lines.add(stretch.processor == stretch.device ? "" : named("beside ", stretch.processor));
  std::vector<std::string> programs;
  for (const auto& program : {named("veil ", stretch.veil_version), named("LibTorch ", stretch.libtorch_version)}) {
    if (!program.empty()) {
      programs.push_back(program);
    }
  }
  programs.push_back(concat("seed ", stretch.seed));
  lines.add(joined(programs));
  lines.add(named("trained on ", stretch.data));
  lines.add(named("scored on ", stretch.evaluation_data));
  for (const auto& change : stretch.changes) {
    lines.add(describe(change));
  }
  return concat("<tr><th scope=\"row\">updates ", stretch.first_step, " to ", stretch.last_step, "</th><td>",
                lines.html(), "</td></tr>\n");
}

}  // namespace

std::string history_table(const TrainingHistory& history) {
  if (history.empty()) {
    return "";
  }
  std::string html = "<table>\n";
  const size_t shown = std::min(history.size(), kMostStretches);
  for (size_t i = 0; i < shown; ++i) {
    html += row_of(history[i]);
  }
  if (shown < history.size()) {
    html += concat("<tr><th scope=\"row\">", history.size() - shown, " more</th><td>in the model file</td></tr>\n");
  }
  return html + "</table>\n";
}

}  // namespace veil::io
