#include "cli/command/train/run_results.h"

#include <algorithm>

#include "cli/command/train/run_details.h"
#include "cli/opening/memory_check.h"
#include "cli/opening/provenance.h"
#include "cli/terminal/evaluation_output.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/run/details_file.h"
#include "io/run/evaluation_file.h"
#include "io/run/sample_files.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

EvaluationReport evaluated(const io::RunLayout& layout, const FinishedModel& model, const StopSignal& signal,
                           bool quiet) {
  ProgressReporter progress({.label = "evaluate", .quiet = quiet});
  const auto& options = model.run.evaluation;
  auto report = with_batch_advice(batch_setting(options), [&] {
    return evaluate(model.average, *model.evaluation_data, options, model.compute, stoppable(progress, signal));
  });
  report.weights = "ema";
  report.examples_in_training = model.in_training;
  note_computation(report, model.step, model.compute);
  note_sources(report, layout.model, model.config, model.compute);
  report.model = layout.model.filename().string();  // beside it, wherever the run is moved
  return report;
}

void write_evaluation(const io::RunLayout& layout, const FinishedModel& model, const StopSignal& signal, bool quiet) {
  const auto report = evaluated(layout, model, signal, quiet);
  ProgressReporter progress({.label = "details", .unit = "parts", .quiet = quiet});
  // First: while they are missing, so is the evaluation, and both are made again.
  io::write_details(layout.details, measure_details(model, report, stoppable(progress, signal)));
  io::write_evaluation(layout.evaluation, report);
}

void write_samples(const io::RunLayout& layout, const FinishedModel& model, const StopSignal& signal, bool quiet) {
  ProgressReporter progress(
      {.label = "sample", .unit = "network calls", .examples = model.run.sample.count, .quiet = quiet});
  const auto& data = model.run.spec.data;
  Unmasking unmasking(model.run.sample, data.shape.length(), data.vocab_size,
                      io::watched_for_pictures(model.run.sample, data));
  const auto tokens = with_batch_advice(batch_setting(model.run.sample), [&] {
    return sample(model.average, model.run.sample, model.compute, stoppable(progress, signal), unmasking.trace());
  });
  io::write_unmasking(layout, unmasking.frames(), data);
  (void)io::write_samples(layout, tokens, data, io::grid_rows(model.average.options(), model.run.sample));
}

}  // namespace

void make_results(const io::RunLayout& layout, const FinishedModel& model, const Unmade& unmade,
                  const StopSignal& signal, bool quiet) {
  if (unmade.evaluation) {
    write_evaluation(layout, model, signal, quiet);
  }
  if (unmade.samples) {
    write_samples(layout, model, signal, quiet);
  }
}

void print_results(const io::RunLayout& layout, DataKind kind, int64_t step) {
  std::string text;
  if (step > 0) {
    text += concat(evaluation_text(io::read_evaluation(layout.evaluation)), "samples ",
                   io::samples_file(layout, kind).string(), "\nreport ", layout.report.string(), "\n");
  }
  print(concat(text, "model ", layout.model.string(), "\n"));
}

}  // namespace veil::cli
