#include "veil/cli/commands.h"

#include <vector>

#include "veil/cli/command_line.h"

namespace veil::cli {
namespace {

const Flag kModel{.name = "model", .argument = "FILE|DIR", .help = "a model file, or the folder of a run", .key = {}};
const Flag kConfig{.name = "config", .argument = "FILE", .help = "settings, as an INI file", .key = {}};
const Flag kJson{.name = "json", .argument = {}, .help = "print one JSON object", .key = {}};

Flag short_name(std::string name, std::string argument, std::string key) {
  return {.name = std::move(name), .argument = std::move(argument), .help = {}, .key = std::move(key)};
}

Flag plain(std::string name, std::string argument, std::string help) {
  return {.name = std::move(name), .argument = std::move(argument), .help = std::move(help), .key = {}};
}

Command train_command() {
  return {.name = "train",
          .summary = "train a model; run it again after a stop to go on",
          .examples = {"veil train --config configs/quickstart.cfg",
                       "veil train --config my.cfg --run results/wide --model.width=256 --train.seed=1"},
          .flags = {kConfig, plain("run", "DIR", "run folder; default results/NAME for a file NAME.cfg"),
                    plain("fresh", "", "refuse a folder that holds a run")},
          .sections = {"data", "model", "schedule", "objective", "optimizer", "train", "evaluate", "sample", "device"},
          .positional = {},
          .run = run_train};
}

Command evaluate_command() {
  return {.name = "evaluate",
          .summary = "bits per dimension of a model on a data set, with its standard error",
          .examples = {"veil evaluate --model results/quickstart",
                       "veil evaluate --model model.safetensors --data fashion-mnist --limit 1000 --json",
                       "veil evaluate --model results/quickstart --exact-order bit-reversed --groups 98 --limit 100"},
          .flags = {kModel, plain("data", "NAME|PATH", "what to score; default: what the model was trained on"),
                    short_name("split", "NAME", "data.evaluation_split"), short_name("limit", "N", "evaluate.limit"),
                    short_name("batch", "B", "evaluate.batch_size"), short_name("passes", "J", "evaluate.passes"),
                    short_name("seed", "S", "evaluate.seed"),
                    plain("exact-order", "ORDER",
                          "exact likelihood in a fixed order: raster, bit-reversed or random:SEED; else the bound"),
                    plain("groups", "K", "of --exact-order: forward passes an example; default one for each token"),
                    plain("weights", "ema|raw", "which weights of a run folder; default ema"),
                    plain("out", "FILE", "also write the JSON object there"), kJson},
          .sections = {"evaluate", "device"},
          .positional = {},
          .run = run_evaluate};
}

Command sample_command() {
  return {.name = "sample",
          .summary = "draw samples from a model",
          .examples = {"veil sample --model results/quickstart --count 64 --grid samples.png",
                       "veil sample --model model.safetensors --count 1000 --steps 500 --out images --seed 1"},
          .flags = {kModel, short_name("count", "N", "sample.count"), short_name("steps", "T", "sample.steps"),
                    short_name("seed", "S", "sample.seed"), short_name("temperature", "X", "sample.temperature"),
                    short_name("sampling-grid", "uniform|cosine", "sample.grid"),
                    plain("class", "C", "class of every sample, a number or a name; default: all in turn"),
                    plain("grid", "FILE.png", "all samples in one picture; the default is samples.png"),
                    plain("out", "DIR|FILE", "one picture a sample, named by its number; texts: a file of lines"),
                    plain("npz", "FILE", "uint8 array arr_0 [N, H, W, C] as a NumPy archive"),
                    plain("npy", "FILE", "the same array as a plain NumPy file"), kJson},
          .sections = {"sample", "device"},
          .positional = {},
          .run = run_sample};
}

Command schedules_command() {
  return {.name = "schedules",
          .summary = "compare masking schedules as a table and a picture",
          .examples = {"veil schedules", "veil schedules --steps 20 --length 784 --out schedules.svg"},
          .flags = {plain("steps", "T", "rows of the table: denoising steps; default 10, at most 1000"),
                    plain("length", "N", "tokens of an example, for the expected number of masks; default 3072"),
                    plain("out", "FILE.svg", "also draw the curves"), kJson},
          .sections = {},
          .positional = {},
          .run = run_schedules};
}

Command bench_command() {
  return {.name = "bench",
          .summary = "images per second of training, evaluation or sampling on this machine",
          .examples = {"veil bench train --config configs/quickstart.cfg",
                       "veil bench sample --device.precision=float32 --json"},
          .flags = {kConfig, plain("steps", "N", "timed steps; default 10"),
                    plain("warmup", "N", "steps before the clock starts; default 3"), kJson},
          .sections = {"data", "model", "schedule", "objective", "optimizer", "train", "evaluate", "sample", "device"},
          .positional = "train|evaluate|sample",
          .run = run_bench};
}

Command selfcheck_command() {
  return {.name = "selfcheck",
          .summary = "hold this program to distributions about which everything is known",
          .examples = {"veil selfcheck", "veil selfcheck --train", "veil selfcheck --json"},
          .flags = {plain("train", "", "also train a network on a chain of known entropy: minutes"), kJson},
          .sections = {},
          .positional = {},
          .run = run_selfcheck};
}

Command report_command() {
  return {.name = "report",
          .summary = "write report.html of one or several runs",
          .examples = {"veil report results/quickstart"},
          .flags = {},
          .sections = {},
          .positional = "RUN...",
          .run = run_report};
}

}  // namespace

std::span<const Command> commands() {
  static const std::vector<Command> all{train_command(),     evaluate_command(), sample_command(),
                                        schedules_command(), bench_command(),    report_command(),
                                        selfcheck_command()};
  return all;
}

}  // namespace veil::cli
