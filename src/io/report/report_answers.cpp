#include "io/report/report_answers.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/words.h"
#include "io/report/compressor_comparison.h"
#include "io/report/markup.h"
#include "io/report/page.h"
#include "io/report/report_machine.h"
#include "io/report/trend.h"
#include "io/run/run_layout.h"
#include "veil/base/error.h"
#include "veil/evaluate/interval.h"

namespace veil::io {
namespace {

std::string shape_words(const EvaluationDetails& details) {
  const auto& shape = details.shape;
  if (details.pictured.empty()) {
    return concat(", ", shape.length(), " tokens each");
  }
  return concat(", images of ", shape.height, " × ", shape.width, " pixels, ",
                shape.channels == 1 ? "grey" : "in colour");
}

std::string data_answer(const RunRecords& records) {
  std::string text;
  if (records.evaluation) {
    const auto& report = *records.evaluation;
    text = concat("Scored on ", report.dataset.empty() ? "data whose name is not known" : report.dataset,
                  report.split.empty() ? "" : concat(", split ", report.split), ": ", report.examples,
                  report.examples < report.dataset_size ? concat(" of ", report.dataset_size) : std::string(),
                  " examples", records.details ? shape_words(*records.details) : std::string(), ".");
  }
  if (!records.history.empty() && !records.history.back().data.empty()) {
    text += concat(text.empty() ? "" : " ", "Trained on: ", records.history.back().data, ".");
  }
  return text.empty() ? "Not known: evaluation.json and the model are missing." : text;
}

// Compressors are given nothing else.
bool is_of_bytes(const RunRecords& records) { return records.details && !records.details->compressors.empty(); }

std::string figure_answer(const RunRecords& records) {
  if (!records.evaluation) {
    return "Not measured yet: there is no evaluation.json.";
  }
  const auto& report = *records.evaluation;
  const double half = (report.confidence_high - report.confidence_low) / 2;
  std::string text =
      concat(exact_number("bits_per_dim", report.bits_per_dim, 4), plus_minus(half, 4),
             " bits per dimension (fewer are better", is_of_bytes(records) ? "; 8 is to know nothing)" : ")");
  if (std::isfinite(half)) {
    text +=
        concat(": the mean over all such data lies between ", exact_number("confidence_low", report.confidence_low, 4),
               " and ", exact_number("confidence_high", report.confidence_high, 4), " with 95 % confidence");
  }
  // Of each example the replicates tell how far masks move it.
  const int64_t degrees = report.examples * std::max<int64_t>(report.replicates - 1, 1);
  if (std::isfinite(report.mask_standard_error) && report.mask_standard_error > 0) {
    text += concat("; masks alone", plus_minus(interval_half_width(report.mask_standard_error, degrees + 1), 4));
  }
  return text + (report.classes > 0 ? ". The model was told the class of each example." : ".");
}

std::string looks_answer(const RunRecords& records) {
  if (!records.texts.empty()) {
    return "Read for yourself: <a href=\"#samples\">samples</a>.";
  }
  return records.pictures.empty() ? "There are no pictures of samples."
                                  : "See for yourself: <a href=\"#samples\">samples beside images of the data</a>.";
}

std::string repeat_answer(const RunRecords& records, const std::string& name) {
  if (records.config.empty()) {
    return "Not known: config.cfg is missing.";
  }
  return concat(command_box(concat("veil train --config ", in_shell_quotes(RunLayout(name).config.string()), " --run ",
                                   in_shell_quotes(name + "-again"))),
                "in the folder that holds this run's; <a href=\"#repeat\">more</a>.");
}

}  // namespace

std::string lead(const RunRecords& records) {
  std::string text = "A masked diffusion model trained by veil";
  if (!records.train_bits.empty()) {
    text += concat(", ", records.train_bits.rbegin()->first, " steps logged");
  }
  if (!records.seconds.empty()) {
    text += concat(", ", duration_text(training_seconds(records)), " of training");
  }
  return concat("<p class=\"lead\">", text, ".</p>\n");
}

std::string answers(const RunRecords& records, const std::string& name) {
  std::string html = "<dl class=\"answers\">\n";
  const auto add = [&](const char* question, const std::string& answer) {
    html += concat("<dt>", question, "</dt><dd>", answer, "</dd>\n");
  };
  add("Which data?", escape_markup(data_answer(records)));
  add("How good, and how sure is that?", figure_answer(records));
  add("Better than PNG, WebP and JPEG XL?", escape_markup(compressor_words(records)));
  add("Is it still improving?", escape_markup(trend_words(records)));
  add("Does it look right?", looks_answer(records));
  add("What to type to repeat it?", repeat_answer(records, name));
  return html + "</dl>\n";
}

std::string origin_section(const RunRecords& records) {
  std::string html;
  std::vector<std::string> commands;
  for (const auto& start : records.starts) {
    const bool is_new = std::find(commands.begin(), commands.end(), start.command) == commands.end();
    if (is_new && !start.command.empty()) {
      commands.push_back(start.command);
      html +=
          concat(plain_paragraph(start.step == 0 ? "Begun with" : concat("Gone on after update ", start.step, " with")),
                 command_box(start.command));
    }
  }
  return html;
}

}  // namespace veil::io
