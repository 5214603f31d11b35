"""Runs of a network so small that plain Python can follow what becomes of its weights."""

import configparser
import json
import math
import pathlib
import tempfile

import data_files as files
from tensor_files import TensorFile
from veil_case import VeilCase

SIDE = 8
STEPS = 6
RATE, WARMUP, BETA1, BETA2, EPSILON, WEIGHT_DECAY, AVERAGE_DECAY = 0.02, 2, 0.8, 0.9, 1e-7, 0.05, 0.85
SETTINGS = f"""[data]
source = set.npz
[model]
network = uvit
width = 32
layers = 1
width_multipliers = 1
dit_layers = 1
dit_width = 16
dit_heads = 2
dit_patch = 4
dropout = 0.1
[device]
name = cpu
precision = float32
[evaluate]
passes = 4
rows_per_call = 16
[sample]
count = 2
steps = 4
[optimizer]
learning_rate = {RATE}
warmup_steps = {WARMUP}
beta1 = {BETA1}
beta2 = {BETA2}
epsilon = {EPSILON}
weight_decay = {WEIGHT_DECAY}
ema_decay = {AVERAGE_DECAY}
ema_warmup = false
[train]
batch_size = 4
"""
EVERY_STEP = ["--train.log_every=1", "--train.checkpoint_every=1", "--train.keep_checkpoints=100"]
TRAINED, SCORED = range(0, 100), range(150, 250)  # the values of the two splits' pixels: they share none


def images(count, values, seed):
    """Bytes [count, SIDE, SIDE, 1], of the given values alone, no two images alike."""
    return bytes(values[(seed + 7 * i + 13 * (i // (SIDE * SIDE))) % len(values)] for i in range(count * SIDE * SIDE))


def step_folder(run, step):
    return run / "checkpoints" / f"step-{step:08d}"


def lines(run, event):
    return [line for line in map(json.loads, (run / "log.jsonl").read_text().splitlines()) if line["event"] == event]


def norm(tensors, scale=1.0):
    return scale * math.sqrt(math.fsum(x * x for values in tensors.values() for x in values))


def npz(train, test, **more):
    """A data set of grey images."""
    arrays = {f"x_{split}": ("|u1", (len(content) // SIDE**2, SIDE, SIDE), content)
              for split, content in (("train", train), ("test", test))}
    return files.npz(arrays | more)


class OwnRunCase(VeilCase):
    """Runs in a folder of the test's own, which it may change: "run", of set.npz by tiny.cfg."""

    def setUp(self):
        super().setUp()
        self.write("tiny.cfg", SETTINGS.encode())
        self.write("set.npz", npz(images(12, TRAINED, 1), images(7, SCORED, 2)))
        self.run_folder = self.folder / "run"

    def train(self, *words, code=0, config="tiny.cfg"):
        return self.veil("train", "--config", config, "--run", "run", *words, code=code)

    def go_on(self, *words, code=0):
        return self.veil("train", "--run", "run", *words, code=code)

    def model(self):
        return TensorFile(self.run_folder / "model.safetensors")

    def history(self):
        return json.loads(self.model().metadata["veil.history"])

    def content(self, *names):
        return {name: (self.run_folder / name).read_bytes() for name in names}

    def setting(self, key):
        """What config.cfg says."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string((self.run_folder / "config.cfg").read_text())
        return parser[key.split(".")[0]][key.split(".")[1]]


class RunCase(VeilCase):
    """All tests of a script share a folder, and the runs in it."""

    shared = tempfile.TemporaryDirectory()

    def setUp(self):
        self.folder = pathlib.Path(self.shared.name)
        if not (self.folder / "set.npz").exists():
            self.write("tiny.cfg", SETTINGS.encode())
            self.write("set.npz", npz(images(12, TRAINED, 1), images(7, SCORED, 2)))

    def train(self, name, *words):
        """The folder of a run; one that is there already is used again."""
        run = self.folder / name
        if not (run / "model.safetensors").exists():
            self.veil("train", "--run", name, "--config", "tiny.cfg", "--quiet", *words)
        return run

    def start(self):
        """The weights before the first step."""
        return TensorFile(self.train("start", "--train.steps=0") / "model.safetensors").tensors

    def whole(self):
        return self.train("whole", *EVERY_STEP, f"--train.steps={STEPS}", "--train.evaluate_every=2", "--train.sample_every=2",
                          "--train.evaluate_examples=5")

    def own_report(self, run):
        """The run's evaluation.json as `veil evaluate --json` prints it: without the bits of the examples, whose mean is
        the figure."""
        report = json.loads((run / "evaluation.json").read_text())
        bits = report.pop("example_bits")
        self.assertEqual(len(bits), report["examples"])
        self.assertAlmostEqual(sum(bits) / len(bits), report["bits_per_dim"], delta=1e-12)
        self.assertEqual(len(report.pop("example_replicate_bits")), len(bits) * report["replicates"])
        report["model"] = str((run / report["model"]).resolve())  # it lies beside the file
        return report

    def score(self, model, *words, precision="float32"):
        return json.loads(self.veil("evaluate", "--model", model, "--json", "--device.name=cpu",
                                    f"--device.precision={precision}", *words).stdout)

    def assert_near(self, got, want, tolerance, what):
        """Every number within the tolerance of the wanted one, relative to the largest of its tensor and absolute."""
        self.assertEqual(sorted(got), sorted(want))
        for name, values in got.items():
            self.assertEqual(len(values), len(want[name]), name)
            bound = tolerance * max(map(abs, want[name]), default=0.0) + 1e-30
            worst = max((abs(a - b) for a, b in zip(values, want[name])), default=0.0)
            self.assertLessEqual(worst, bound, f"{what}, {name}")
