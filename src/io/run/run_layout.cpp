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
      evaluation(run / "evaluation.json"),
      details(run / "evaluation-details.json"),
      unmasking(run / "unmasking.png"),
      film(run / "unmasking-film.png"),
      powers(run / "powers.json"),
      samples(run / "samples"),
      checkpoints(run / "checkpoints"),
      model(run / kModelName),
      report(run / "report.html") {}

}  // namespace veil::io
