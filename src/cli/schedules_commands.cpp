#include "cli/schedules_commands.h"

#include "cli/command/schedules/schedules_command.h"
#include "cli/flags.h"

namespace veil::cli {
namespace {

const Flag kSchedules =
    plain("schedules", "LIST",
          "of linear, cosine, poly<p>, geometric, NAME.csv with a time and an alpha a line, and with "
          "--train count and genmd4; default all");

Command table_action() {
  return {.name = "schedules table",
          .summary = "closed forms of the schedules; what veil schedules alone does",
          .examples = {"veil schedules table --steps 20 --length 784 --out schedules.png"},
          .flags = {kSchedules, plain("steps", "T", "rows of the table: denoising steps; default 10, at most 1000"),
                    plain("length", "N", "tokens of an example, for the expected number of masks; default 3072"),
                    plain("out", "FILE", "also draw the curves, as a .png or .svg file"), kForce, kJson},
          .sections = {},
          .positional = {}};
}

Command compare_action() {
  return {
      .name = "schedules compare",
      .summary = "compare schedules on a model and images, or by training",
      .examples = {"veil schedules compare --model models/fashion-mnist.safetensors --data fashion-mnist",
                   "veil schedules compare --train --base configs/quickstart.cfg --seeds 2"},
      .flags = {kModel,
                plain("config", "FILE", "settings of the comparison: a section [compare] with these flags as keys"),
                plain("data", "NAME|PATH", "the images; default: what the model was trained on"), kSchedules,
                plain("steps", "LIST", "numbers of steps of the bounds; default 8,16,…,1024"),
                plain("calls", "LIST", "network calls of a sample for which grids are compared; default 8,16,…,256"),
                plain("limit", "N", "examples of a split, 0: all; default 1000"),
                plain("samples", "N", "pictures drawn of each schedule and grid, 0: none; default 64"),
                plain("sample-calls", "K", "network calls of each of them; default 32"),
                plain("batch", "B", "examples of a batch whose loss and gradient are compared; default 32"),
                plain("seed", "S", "of masks and samples; default 0"),
                plain("train", "", "train a model with each schedule instead, --base names their configuration"),
                plain("base", "FILE", "--train: configuration of the runs"),
                plain("seeds", "N", "--train: runs of each schedule; default 1"),
                plain("out", "DIR", "folder of the results; default schedules-comparison or schedules-training"),
                kForce, kJson},
      .sections = {"evaluate", "device"},
      .positional = {}};
}

Command design_action() {
  return {.name = "schedules design",
          .summary = "fit the steps of samplers to a model: the best numbers of tokens to reveal",
          .examples =
              {"veil schedules design --model models/fashion-mnist.safetensors --data fashion-mnist --out grids.json"},
          .flags = {kModel, plain("data", "NAME|PATH", "the images; default: what the model was trained on"),
                    plain("steps", "LIST", "numbers of steps, as 8..256 or 16,64; default 8..256"),
                    plain("limit", "N", "examples of the training split, 0: all; default 1000"),
                    plain("seed", "S", "of masks; default 0"),
                    plain("out", "FILE.json", "the grids, which veil sample --sampling-grid reads; default grids.json"),
                    kForce, kJson},
          .sections = {"evaluate", "device"},
          .positional = {}};
}

}  // namespace

Command schedules_command() {
  return with_actions({.name = "schedules",
                       .summary = "compare masking schedules: closed forms, on a model and data, by training",
                       .examples = {"veil schedules"},
                       .flags = {},
                       .sections = {},
                       .positional = {},
                       .run = run_schedules},
                      {table_action(), compare_action(), design_action()});
}

}  // namespace veil::cli
