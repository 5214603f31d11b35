#include <vector>

#include "cli/command/bench/bench_command.h"
#include "cli/command/data/data_command.h"
#include "cli/command/evaluate/evaluate_command.h"
#include "cli/command/report/report_command.h"
#include "cli/command/sample/sample_command.h"
#include "cli/command/selfcheck/selfcheck_command.h"
#include "cli/command/train/train_command.h"
#include "cli/command_line.h"
#include "cli/comparison_commands.h"
#include "cli/completion.h"
#include "cli/flags.h"
#include "cli/schedules_commands.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

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
                    scored_split(), short_name("limit", "N", "evaluate.limit"),
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
                   "veil sample --model model.safetensors --count 1000 --steps 500 --out images --seed 1",
                   "veil sample --model results/quickstart --count 16 --steps 64 --trace film.html"},
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
                plain("npy", "FILE.npy", "the same array as a plain NumPy file"),
                plain("trace", "FILE.html",
                      "a page that shows how the samples come to be, step by step: up to 16 of them, with what the "
                      "network is sure of; a network call more for each of up to 65 moments"),
                kForce, kJson},
      .sections = {"sample", "device"},
      .positional = {},
      .run = run_sample};
}

const std::vector<std::string> kAllSections{"data",  "model",    "schedule", "objective", "optimizer",
                                            "train", "evaluate", "sample",   "device"};

Command timed_action(const std::string& name, const std::string& summary, std::vector<std::string> examples) {
  return {.name = concat("bench ", name),
          .summary = summary,
          .examples = std::move(examples),
          .flags = {kConfig, plain("steps", "N", "timed steps; default 10"),
                    plain("warmup", "N", "steps before the clock starts; default 3"), kJson},
          .sections = kAllSections,
          .positional = {}};
}

Command bench_data_action() {
  return {.name = "bench data",
          .summary = "images per second of reading, packing and opening a data set",
          .examples = {"veil bench data --data photos32"},
          .flags = {plain("data", "NAME|PATH", "what to read; default photos32"), kJson},
          .sections = {},
          .positional = {}};
}

Command bench_estimators_action() {
  return {.name = "bench estimators",
          .summary = "noise of the estimators of the bound, from one model and the same masks",
          .examples = {"veil bench estimators --model models/fashion-mnist.safetensors --data fashion-mnist"},
          .flags = {kModel, plain("data", "NAME|PATH", "what to score; default: what the model was trained on"),
                    plain("passes", "J", "forward passes an example; default 8"),
                    plain("batch", "B", "examples over which the reference spreads its times; default 64"),
                    plain("limit", "N", "examples, a sample of the split that fills batches, 0: all; default 256"),
                    plain("repeats", "R", "repetitions of the whole scheme, at least 2; default 16"),
                    plain("seed", "S", "of the masks; default 0"), kJson},
          .sections = kAllSections,
          .positional = {}};
}

Command bench_command() {
  return with_actions(
      {.name = "bench",
       .summary =
           "images per second of training, evaluation, sampling and reading; noise of the estimators of the bound",
       .examples = {},
       .flags = {},
       .sections = {},
       .positional = {},
       .run = run_bench},
      {timed_action("train", "images per second of training", {"veil bench train --config configs/quickstart.cfg"}),
       timed_action("evaluate", "images per second of evaluation",
                    {"veil bench evaluate --config configs/quickstart.cfg"}),
       timed_action("sample", "images per second of sampling", {"veil bench sample --device.precision=float32 --json"}),
       bench_data_action(), bench_estimators_action()});
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
          .summary = "write the page about a run, or of several runs side by side",
          .examples = {"veil report results/quickstart", "veil report results",
                       "veil report results/quickstart results/other --out comparison.html"},
          .flags = {plain("out", "FILE.html",
                          "several runs: the page of all of them; default comparison.html, of a folder of runs its "
                          "index.html"),
                    kForce},
          .sections = {},
          .positional = "RUN...",
          .run = run_report};
}

// What is made of the images that are found.
const std::vector<std::string> kPreparation{"data.size",   "data.fit",     "data.padding", "data.channels",
                                            "data.resize", "data.upscale", "data.holdout", "data.duplicates"};

Command data_action(const std::string& name, const std::string& words, std::vector<Flag> flags) {
  std::vector<Flag> all{short_name("size", "N", "data.size"),
                        short_name("channels", "C", "data.channels"),
                        short_name("resize", "area|box|lanczos", "data.resize"),
                        short_name("upscale", "true|false", "data.upscale"),
                        short_name("holdout", "X", "data.holdout"),
                        short_name("fit", "crop|pad", "data.fit"),
                        short_name("padding", "COLOUR", "data.padding"),
                        short_name("duplicates", "keep|drop", "data.duplicates")};
  all.insert(all.end(), flags.begin(), flags.end());
  return {.name = concat("data ", name),
          .summary = {},
          .examples = {},
          .flags = std::move(all),
          .sections = kPreparation,
          .positional = words};
}

Command inspect_action() {
  Command action = data_action(
      "inspect", "PATH",
      {plain("sheet", "FILE.png", "write a picture of some of the images, a row for each class"), kForce, kJson});
  action.summary = "say what images are there, of what splits and classes, and what is refused and why";
  action.examples = {"veil data inspect photos --sheet sheet.png"};
  return action;
}

Command pack_action() {
  Command action =
      data_action("pack", "IN OUT.h5",
                  {plain("compress", "", "deflate, about half the size for photographs and slower to read"),
                   plain("name", "NAME", "name of the data set; default: what was recognised"), kForce, kJson});
  action.summary = "write all images into one file, which is read as it is needed";
  action.examples = {"veil data pack photos photos.h5 --size 64"};
  return action;
}

Command export_action() {
  Command action = data_action("export", "IN OUT",
                               {plain("as", "png|npz|cifar", "format; default npz for OUT.npz, else png"), kForce});
  action.summary = "write all images as pictures, NumPy arrays or CIFAR's records";
  action.examples = {"veil data export photos.h5 pictures --as png"};
  return action;
}

Command verify_action() {
  return {.name = "data verify",
          .summary = "hold files to the published sizes and digests of known data sets, or to their own",
          .examples = {"veil data verify photos.h5"},
          .flags = {},
          .sections = {},
          .positional = "FILE"};
}

Command data_command() {
  return with_actions({.name = "data",
                       .summary = "look at images, pack them into one file, write them in another format",
                       .examples = {},
                       .flags = {},
                       .sections = {},
                       .positional = "PATH [OUT]",
                       .run = run_data},
                      {inspect_action(), pack_action(), export_action(), verify_action()});
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
  static const std::vector<Command> all{train_command(),  evaluate_command(), compare_command(),   verify_command(),
                                        sample_command(), quality_command(),  schedules_command(), data_command(),
                                        bench_command(),  report_command(),   selfcheck_command(), completion_command(),
                                        manual_command()};
  return all;
}

}  // namespace veil::cli
