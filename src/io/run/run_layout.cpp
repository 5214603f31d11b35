#include "io/run/run_layout.h"

#include "io/model/model_files.h"

namespace veil::io {

RunLayout::RunLayout(const std::filesystem::path& run)
    : folder(run),
      config(run / "config.cfg"),
      lock(run / "run.lock"),
      log(run / "log.jsonl"),
      timing(run / "timing.jsonl"),
      example_bits(run / "example-bits.jsonl"),
      events(run / "events.out.tfevents.veil"),
      evaluation(run / "evaluation.json"),
      details(run / "evaluation-details.json"),
      unmasking(run / "unmasking.png"),
      film(run / "unmasking-film.png"),
      powers(run / "powers.json"),
      samples(run / "samples"),
      checkpoints(run / "checkpoints"),
      model(run / kModelName),
      report(run / "report.html") {}

std::vector<std::filesystem::path> RunLayout::files() const {
  return {config,
          lock,
          log,
          timing,
          example_bits,
          events,
          evaluation,
          details,
          unmasking,
          film,
          powers,
          samples.string() + ".png",
          samples.string() + ".txt",
          model,
          report};
}

std::vector<std::filesystem::path> RunLayout::folders() const { return {samples, checkpoints}; }

}  // namespace veil::io
