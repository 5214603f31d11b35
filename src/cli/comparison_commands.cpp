#include "cli/comparison_commands.h"

#include "cli/command/compare/compare_command.h"
#include "cli/command/compare/compared_models.h"
#include "cli/command/quality/quality_command.h"
#include "cli/command/verify/verify_command.h"
#include "cli/flags.h"

namespace veil::cli {
namespace {

// Settings of one model alone.
std::vector<Flag> side_flags(const std::string& side, const std::string& name) {
  std::vector<Flag> flags{plain(side + ".weights", "ema|raw", concat("weights of ", name, " alone"))};
  for (const auto& key : side_keys()) {
    flags.push_back(plain(concat(side, ".", key), "VALUE", concat(key, " of ", name, " alone")));
  }
  return flags;
}

}  // namespace

Command compare_command() {
  Command command{
      .name = "compare",
      .summary = "paired difference of two models, or of one under two settings, on the same images and masks",
      .examples = {"veil compare results/quickstart models/fashion-mnist.safetensors --data fashion-mnist --stop-early",
                   "veil compare results/quickstart results/quickstart --b.weights raw --pictures differ.png",
                   "veil compare model.safetensors model.safetensors --b.device.precision=bfloat16 --limit 200",
                   "veil compare results/quickstart/evaluation.json result.json"},
      .flags = {plain("data", "NAME|PATH", "what to score; default: what A was trained on"), scored_split(),
                short_name("limit", "N", "evaluate.limit"), short_name("batch", "B", "evaluate.batch_size"),
                short_name("passes", "J", "evaluate.passes"), short_name("seed", "S", "evaluate.seed"),
                plain("weights", "ema|raw", "which weights of a run or checkpoint; default ema"),
                plain("stop-early", "",
                      "look after 1/2, 1/4, ... of the examples too, 50 at least, and stop at the first look that "
                      "settles the difference; equal models stop with probability 5 %"),
                plain("ranked", "N", "list the N examples most in favour of either model; default 5"),
                plain("pictures", "FILE.png", "draw these, and below each where in it the bits are, under A and B"),
                plain("allow-mixed-data", "", "compare models that were made for other versions of a data set"), kForce,
                kJson},
      .sections = {"data", "evaluate", "device"},
      .positional = "A B",
      .run = run_compare};
  for (const auto& flags : {side_flags("a", "A"), side_flags("b", "B")}) {
    command.flags.insert(command.flags.end(), flags.begin(), flags.end());
  }
  return command;
}

Command verify_command() {
  return {
      .name = "verify",
      .summary = "score a random part of a result again and name every value that was changed",
      .examples = {"veil verify results/quickstart/evaluation.json --examples 100",
                   "veil verify result.json --model models/fashion-mnist.safetensors --seed 7"},
      .flags = {plain("examples", "N", "how many of the examples are scored again; default 100"),
                plain("seed", "S", "of their choice; default: another one every time, which is printed"),
                plain("model", "FILE|DIR", "the model, where it does not lie where the result says"),
                plain("data", "NAME|PATH", "the data, likewise"),
                plain("tolerance", "X", "bits/dim by which an example may differ; default 0.0001, for bfloat16 0.02"),
                kJson},
      .sections = {"device"},
      .positional = "RESULT",
      .run = run_verify};
}

Command quality_command() {
  return {
      .name = "quality",
      .summary = "how like real images samples are, without a trained network, beside what real images get",
      .examples = {"veil quality --samples images --data fashion-mnist",
                   "veil quality --samples samples.npz --data photos32 --pairs pairs.png --json"},
      .flags = {plain("samples", "NAME|PATH", "samples: a folder of pictures, .npz, .npy, a packed file …"),
                plain("data", "NAME|PATH", "what they should be like: a data set, which is divided if it is not"),
                short_name("split", "NAME", "data.evaluation_split",
                           "part of the data that samples are compared with: train, valid, test or all; default test"),
                plain("limit", "N", "most samples that are compared, with as many real images; 0: all; default 5000"),
                plain("reference", "N", "most training images that both are compared with; 0: all; default 10000"),
                plain("features", "FILE.pt",
                      "TorchScript of your own: also its Fréchet and kernel distances, as FD-FILE and KD-FILE"),
                plain("pairs", "FILE.png",
                      "draw the 32 samples that look most like copies, each above its nearest training image"),
                plain("permutations", "P", "random exchanges of samples and real images; default 999"),
                plain("bootstraps", "B", "resamples for the intervals; default 200"),
                plain("seed", "S", "of every random choice; default 0"), kForce, kJson},
      .sections = {"data"},
      .positional = {},
      .run = run_quality};
}

}  // namespace veil::cli
