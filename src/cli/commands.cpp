#include <vector>

#include "cli/command/bench/bench_command.h"
#include "cli/command/data/data_command.h"
#include "cli/command/evaluate/evaluate_command.h"
#include "cli/command/report/report_command.h"
#include "cli/command/sample/sample_command.h"
#include "cli/command/schedules/schedules_command.h"
#include "cli/command/selfcheck/selfcheck_command.h"
#include "cli/command/train/train_command.h"
#include "cli/command_line.h"
#include "cli/completion.h"

namespace veil::cli {
namespace {

const Flag kModel{
    .name = "model", .argument = "FILE|DIR", .help = "a model file, the folder of a run or a checkpoint", .key = {}};
const Flag kConfig{.name = "config", .argument = "FILE", .help = "settings, as an INI file", .key = {}};
const Flag kJson{.name = "json", .argument = {}, .help = "print one JSON object", .key = {}};

const Flag kForce{.name = "force",
                  .argument = {},
                  .help = "replace files that veil did not write as such an output; what is read is never replaced",
                  .key = {}};

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
                       "veil train --config my.cfg --run results/wide --model.width=256 --train.seed=1",
                       "veil train --run results/quickstart --extend 500"},
          .flags = {kConfig,
                    plain("run", "DIR",
                          "run folder; default results/NAME for a file NAME.cfg; alone: go on with its own "
                          "config.cfg"),
                    short_name("init-from", "FILE|DIR", "train.init_from"),
                    plain("extend", "N", "updates more than the run's config.cfg says"),
                    plain("allow-changed-data", "", "go on although the data are not those that the run had"),
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
                       "veil evaluate --model results/quickstart --exact-order bit-reversed --groups 98 --limit 100",
                       "veil evaluate --model results/quickstart --per-example bits.csv --heat-map surprise.png"},
          .flags = {kModel, plain("data", "NAME|PATH", "what to score; default: what the model was trained on"),
                    short_name("split", "NAME", "data.evaluation_split"), short_name("limit", "N", "evaluate.limit"),
                    short_name("batch", "B", "evaluate.batch_size"), short_name("passes", "J", "evaluate.passes"),
                    short_name("seed", "S", "evaluate.seed"),
                    plain("exact-order", "ORDER",
                          "exact likelihood in a fixed order: raster, bit-reversed or random:SEED; else the bound"),
                    plain("groups", "K", "of --exact-order: forward passes an example; default one for each token"),
                    plain("weights", "ema|raw", "which weights of a run or checkpoint; default ema"),
                    plain("out", "FILE", "also write the JSON object there"),
                    plain("per-example", "FILE.csv", "also write the bits, label and file name of each example there"),
                    plain("ranked", "N", "list the N examples of most bits and of fewest; with --heat-map default 8"),
                    plain("heat-map", "FILE.png", "draw these, and below each where in it the bits are"),
                    plain("label-errors", "N",
                          "list the N examples whose label another class beats by most; costs a run for each class"),
                    kForce, kJson},
          .sections = {"data", "evaluate", "device"},
          .positional = {},
          .run = run_evaluate};
}

Command sample_command() {
  return {
      .name = "sample",
      .summary = "draw samples from a model",
      .examples = {"veil sample --model results/quickstart --count 64 --grid samples.png",
                   "veil sample --model model.safetensors --count 1000 --steps 500 --out images --seed 1"},
      .flags = {kModel, short_name("count", "N", "sample.count"), short_name("first", "K", "sample.first"),
                short_name("steps", "T", "sample.steps"), short_name("seed", "S", "sample.seed"),
                short_name("temperature", "X", "sample.temperature"),
                plain("sampling-grid", "uniform|cosine|FILE",
                      "times of the steps; or a file of count grids (veil schedules design), of which the one of "
                      "--steps steps is taken; default: the setting sample.grid"),
                plain("class", "C", "class of every sample, a number, a name or none; default: all in turn"),
                plain("grid", "FILE.png",
                      "all samples in one picture, a row a class if there are classes; default samples.png"),
                plain("out", "DIR|FILE",
                      "one picture a sample, named by its number, in place of earlier samples; texts: a file of lines"),
                plain("npz", "FILE.npz",
                      "uint8 array arr_0 [N, H, W, C] as a NumPy archive; with classes also arr_1, int64 [N]"),
                plain("npy", "FILE.npy", "the same array as a plain NumPy file"), kForce, kJson},
      .sections = {"sample", "device"},
      .positional = {},
      .run = run_sample};
}

Command schedules_command() {
  return {
      .name = "schedules",
      .summary = "compare masking schedules: closed forms, or on a model and data; design the steps of a sampler",
      .examples = {"veil schedules --steps 20 --length 784 --out schedules.png",
                   "veil schedules compare --model models/fashion-mnist.safetensors --data fashion-mnist",
                   "veil schedules design --model models/fashion-mnist.safetensors --steps 8..256 --out grids.json"},
      .flags = {kConfig, kModel,
                plain("data", "NAME|PATH", "compare, design: the images; default: what the model was trained on"),
                plain("schedules", "LIST",
                      "compare: linear, cosine, poly<p>, geometric; default linear,cosine,poly2,poly3,geometric; with "
                      "--train also "
                      "count and genmd4"),
                plain("train", "", "compare: train a model with each schedule, --base names their configuration"),
                plain("base", "FILE", "compare --train: configuration of the runs"),
                plain("seeds", "N", "compare --train: runs of each schedule; default 1"),
                plain(
                    "steps", "T|LIST",
                    "rows of the table, default 10; compare: numbers of steps, default 8,16,…,1024; design: A..B or a "
                    "list, default 8..256"),
                plain("length", "N", "table: tokens of an example, for the expected number of masks; default 3072"),
                plain("calls", "LIST",
                      "compare: network calls of a sample for which grids are compared; default "
                      "8,16,…,256"),
                plain("limit", "N", "compare, design: examples of a split, 0: all; default 1000"),
                plain("samples", "N", "compare: pictures drawn of each schedule and grid; default 64, 0: none"),
                plain("sample-calls", "K", "compare: network calls of each of them; default 32"),
                plain("batch", "B", "compare: examples of a batch whose loss and gradient are compared; default 32"),
                plain("seed", "S", "compare, design: of masks and samples; default 0"),
                plain("out", "FILE|DIR",
                      "draw the curves, as .png or .svg; compare: folder of the results; design: file of the grids"),
                kForce, kJson},
      .sections = {"evaluate", "device"},
      .positional = "compare|design",
      .run = run_schedules};
}

Command bench_command() {
  return {
      .name = "bench",
      .summary =
          "images per second of training, evaluation, sampling and reading; noise of the estimators of the bound",
      .examples = {"veil bench train --config configs/quickstart.cfg",
                   "veil bench sample --device.precision=float32 --json", "veil bench data --data photos32",
                   "veil bench estimators --model models/fashion-mnist.safetensors --data fashion-mnist"},
      .flags = {kConfig, plain("steps", "N", "timed steps; default 10"),
                plain("warmup", "N", "steps before the clock starts; default 3"),
                plain("model", "FILE|DIR", "estimators: a model file, or the folder of a run"),
                plain(
                    "data", "NAME|PATH",
                    "estimators: what to score; data: what to read; default: what the model was trained on, photos32"),
                plain("passes", "J", "estimators: forward passes an example; default 8"),
                plain("batch", "B", "estimators: examples over which the reference spreads its times; default 64"),
                plain("limit", "N",
                      "estimators: examples, a sample of the split that fills batches, 0: all; default 256"),
                plain("repeats", "R", "estimators: repetitions of the whole scheme, at least 2; default 16"),
                plain("seed", "S", "estimators: of the masks; default 0"), kJson},
      .sections = {"data", "model", "schedule", "objective", "optimizer", "train", "evaluate", "sample", "device"},
      .positional = "train|evaluate|sample|data|estimators",
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
          .flags = {kForce},
          .sections = {},
          .positional = "RUN...",
          .run = run_report};
}

Command data_command() {
  return {.name = "data",
          .summary = "look at images, pack them into one file, write them in another format",
          .examples = {"veil data inspect photos --sheet sheet.png", "veil data pack photos photos.h5 --size 64",
                       "veil data export photos.h5 pictures --as png", "veil data verify photos.h5"},
          .flags = {short_name("size", "N", "data.size"), short_name("fit", "crop|pad", "data.fit"),
                    short_name("padding", "COLOUR", "data.padding"), short_name("channels", "C", "data.channels"),
                    short_name("resize", "area|box|lanczos", "data.resize"),
                    short_name("upscale", "true|false", "data.upscale"), short_name("holdout", "X", "data.holdout"),
                    short_name("duplicates", "keep|drop", "data.duplicates"),
                    plain("sheet", "FILE.png", "inspect: write a picture of up to 64 of the images"),
                    plain("compress", "", "pack: deflate, about half the size for photographs and slower to read"),
                    plain("name", "NAME", "pack: name of the data set; default: what was recognised"),
                    plain("as", "png|npz|cifar", "export: format; default npz for OUT.npz, else png"), kForce, kJson},
          .sections = {"data"},
          .positional = "inspect|pack|export|verify PATH [OUT]",
          .run = run_data};
}

Command completion_command() {
  return {.name = "completion",
          .summary = "print a script that completes command lines of veil in a shell",
          .examples = {"veil completion bash"},
          .flags = {},
          .sections = {},
          .positional = "bash|zsh|fish",
          .run = run_completion};
}

Command manual_command() {
  return {.name = "manual",
          .summary = "print the manual page, every command and setting in one",
          .examples = {"veil manual"},
          .flags = {},
          .sections = {},
          .positional = {},
          .run = run_manual};
}

}  // namespace

std::span<const Command> commands() {
  static const std::vector<Command> all{train_command(),      evaluate_command(), sample_command(), schedules_command(),
                                        data_command(),       bench_command(),    report_command(), selfcheck_command(),
                                        completion_command(), manual_command()};
  return all;
}

}  // namespace veil::cli
