"""What the test does to commands of the documents so that they can be run in a test: which, how, and why.

A command is looked for from the top, and the first pattern that fits it counts (as in a shell: * and ?). One that fits none
is run as it stands. An entry that fits no command, or that a longer one hides from all of them, fails the test.
"""

from typing import NamedTuple


class Shortened(NamedTuple):
    """Run with other values: a flag's value is replaced, or the flag added; a word that is no flag is replaced."""
    pattern: str
    words: dict[str, str]
    why: str
    needs: str = ""  # a data set that does not ship: a toy of its form is put in its place, and the document must say it


class Checked(NamedTuple):
    """Not run, but its program, flags and files must exist."""
    pattern: str
    why: str


_TRAIN = {"--train.steps": "1", "--train.batch_size": "2", "--train.micro_batch_size": "1", "--evaluate.limit": "2",
          "--evaluate.passes": "2", "--evaluate.replicates": "2", "--sample.count": "2", "--sample.steps": "2"}
_UNET = {**_TRAIN, "--model.width": "32", "--model.layers": "1"}
_UVIT = {**_UNET, "--model.dit_layers": "1", "--model.dit_width": "32", "--model.dit_heads": "2"}
_TEXT = {**_TRAIN, "--data.split": "valid", "--model.width": "8", "--model.heads": "2", "--model.layers": "1"}
_ESTIMATORS = {"--passes": "2", "--repeats": "2", "--batch": "2", "--limit": "2"}
_COMPARED = {"--limit": "2", "--passes": "2"}
_CIFAR10 = {"--data.source": "toys/cifar10"}
_CIFAR100 = {"--data.source": "toys/cifar100"}
_LONG = "one update of two examples in place of hours"
_LARGE = "the same kind of network, but small"
_FILE = "; a toy in place of the data set, whose name is kept for all of its images"

SHORTENED = (
    Shortened("veil train --config configs/cifar10.cfg*", {**_UNET, **_CIFAR10}, _LARGE + _FILE, "cifar10"),
    Shortened("veil train --config configs/cifar10-small.cfg*", {**_UVIT, **_CIFAR10}, _LARGE + _FILE, "cifar10"),
    Shortened("veil train --config configs/cifar100.cfg*", {**_UVIT, **_CIFAR100}, _LARGE + _FILE, "cifar100"),
    Shortened("veil train --config configs/imagenet64.cfg*", {**_UVIT, "--data.source": "$VEIL_DATA/imagenet64-png.h5"},
              _LARGE + _FILE, "imagenet64-png"),
    Shortened("veil train --config configs/imagenet64-class.cfg --data.source=imagenet64-npz*",
              {**_UVIT, "--data.source": "$VEIL_DATA/imagenet64-npz.h5"}, _LARGE + _FILE, "imagenet64-npz"),
    Shortened("veil train --config configs/imagenet64-class.cfg*",
              {**_UVIT, "--data.source": "$VEIL_DATA/imagenet64-area.h5"}, _LARGE + _FILE, "imagenet64-area"),
    Shortened("veil train --config configs/image-folder.cfg*", _UVIT, _LARGE),
    Shortened("veil train --config configs/*text8.cfg*", _TEXT, _LARGE, "text8"),
    Shortened("veil train --config my.cfg *", _UVIT, _LARGE),
    Shortened("veil train --config configs/fashion-mnist.cfg*", {**_TRAIN, "--data.source": "fashion-mnist"},
              _LONG + ", of the part of the data that ships", "fashion-mnist-full"),
    Shortened("veil train --run * --extend *", {"--extend": "1"}, "one update more"),
    Shortened("veil train *", _TRAIN, _LONG),
    Shortened("veil evaluate * --exact-order *", {"--groups": "4", "--limit": "2"}, "four passes in place of hundreds"),
    Shortened("veil evaluate *", {"--limit": "2", "--passes": "2"}, "two examples"),
    Shortened("veil compare results/quickstart *", _COMPARED, "two examples"),
    Shortened("veil compare results/mine *", _COMPARED, "two examples"),
    Shortened("veil compare model.safetensors *", _COMPARED, "two examples"),
    Shortened("veil sample *", {"--count": "2", "--steps": "2"}, "two samples in two steps"),
    Shortened("veil schedules compare *", {"--limit": "8", "--batch": "1", "--steps": "4", "--calls": "4", "--samples": "0"},
              "eight examples"),
    Shortened("veil schedules design *", {"--limit": "4", "--steps": "8..16"}, "four examples"),
    Shortened("veil quality *", {"--samples": "photos32", "--data": "photos32", "--limit": "20", "--reference": "100",
                                 "--permutations": "19", "--bootstraps": "2"}, "a few images that ship"),
    Shortened("veil bench estimators *", _ESTIMATORS, "two examples"),
    Shortened("veil bench train *", {"--steps": "1", "--warmup": "0", "--train.batch_size": "2"}, "one step"),
    Shortened("veil bench evaluate *", {"--steps": "1", "--warmup": "0", "--evaluate.batch_size": "2"}, "one step"),
    Shortened("veil bench sample *", {"--steps": "1", "--warmup": "0", "--model.layers": "1", "--model.width": "32",
                                      "--sample.count": "1", "--sample.steps": "1"}, "one step of a small network"),
    Shortened("build/release/bin/*_test --gtest_filter=*", {"--gtest_list_tests": ""},
              "takes long and is run by ctest; what the filter lists must not be nothing"),
    Shortened("python3 datasets/fashion-mnist/make.py *",
              {"/usr/share/datasets/fashion-mnist": "datasets/original"},
              "the full set is a package; the first 10,000 images of its shortened form are the same"),
)

CHECKED = (
    Checked("veil schedules compare --train *", "trains fourteen models; schedules_test.py trains small ones"),
    Checked("veil selfcheck --train", "trains for minutes"),
    Checked("veil selfcheck --json", "as long as `veil selfcheck`, which is run; the test of the program reads it"),
    Checked("tools/quickstart.sh", "installs, builds and trains for minutes"),
    Checked("tools/build.sh", "builds the program, which is there when tests run"),
    Checked("tools/test.sh*", "builds everything and runs this very test"),
    Checked("datasets/fetch.sh *", "downloads; tests/data/fetch_test.sh runs it against a folder"),
    Checked("git ls-files * | xargs clang-format *", "changes the sources and wants clang-format"),
    Checked("cmake --preset tidy", "configures a build of its own"),
    Checked("cmake --install build/release *", "writes into the home folder; the test `install` does it elsewhere"),
    Checked("run-clang-tidy *", "takes an hour and wants clang-tidy"),
    Checked("pip *", "wants the network"),
    Checked("python3 make.py *", "wants packages of Python that are downloaded"),
)

NO_COMMANDS = {
    "veil images": "the mark in packed files",
    "veil VERSION (CONTENT)": "the mark in files that it wrote",
    "--section.key=value": "stands for every setting",
    "tensorboard --logdir results": "another program's",
}
