#include "cli/comparison_commands.h"

#include "cli/command/quality/quality_command.h"
#include "cli/flags.h"

namespace veil::cli {

Command quality_command() {
  return {
      .name = "quality",
      .summary = "how like real images samples are, without a trained network, beside what real images get",
      .examples = {"veil quality --samples images --data fashion-mnist",
                   "veil quality --samples samples.npz --data photos32 --pairs pairs.png --json"},
      .flags = {plain("samples", "NAME|PATH", "samples: a folder of pictures, .npz, .npy, a packed file …"),
                plain("data", "NAME|PATH", "what they should be like: a data set, which is divided if it is not"),
                short_name("split", "NAME", "data.evaluation_split"),
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
