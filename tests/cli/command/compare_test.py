"""veil compare: paired differences of models and settings, held to what veil evaluate says of each alone.

usage: compare_test.py PATH-OF-VEIL
"""

import csv
import hashlib
import json
import math
import pathlib
import statistics
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from data_files import color_rows  # noqa: E402
from training_case import EVERY_STEP, SCORED, SIDE, TRAINED, RunCase, images, npz  # noqa: E402

STUDENT_39 = 2.0226909200  # 95 %, 39 degrees of freedom
CPU = ["--device.name=cpu", "--device.precision=float32"]
LABELS = [i % 3 for i in range(120)]


def labels_of(count):
    return ("<i8", (count,), b"".join((i % 3).to_bytes(8, "little") for i in range(count)))


def weights_sha256(file):
    """Of what lies behind the header of a safetensors file."""
    content = file.read_bytes()
    return hashlib.sha256(content[8 + struct.unpack("<Q", content[:8])[0]:]).hexdigest()


class Compare(RunCase):
    def setUp(self):
        super().setUp()
        if not (self.folder / "many.npz").exists():
            self.write("many.npz", npz(images(12, TRAINED, 1), files.pixels(5, 120, SIDE, SIDE), y_train=labels_of(12),
                                       y_test=labels_of(120)))

    def model(self):
        return self.train("model", "--data.source=many.npz", "--train.steps=4", "--optimizer.weight_decay=0", *EVERY_STEP)

    def compare(self, *words, code=0):
        return self.veil("compare", *words, *CPU, code=code)

    def json(self, *words):
        return json.loads(self.compare(*words, "--json").stdout)

    def rows(self, *words):
        self.veil("evaluate", "--model", self.model(), "--per-example", "bits.csv", *CPU, *words)
        with open(self.folder / "bits.csv", newline="", encoding="utf-8") as table:
            return list(csv.DictReader(table))

    def test_a_model_with_itself_is_exactly_zero(self):
        run = self.model()
        for words in ([], ["--stop-early"]):
            found = self.json(run, run / "model.safetensors", *words)
            for name in ("difference", "standard_error", "mask_standard_error", "confidence_low", "confidence_high"):
                self.assertEqual(found[name], 0, name)
            self.assertEqual((found["examples"], found["settled"], found["same_masks"]), (120, False, True))
            self.assertEqual(found["most_different"], {"a_better": [], "b_better": []})
            self.assertEqual({each["difference"] for each in found["per_class"]}, {0})
            self.assertIsNone(found["examples_to_settle"])
        self.assertIn("no difference: every example costs both the same\n", self.compare(run, run).stdout)

    def test_every_figure_follows_from_what_evaluate_says_of_each(self):
        run = self.model()
        found = self.json(run, run, "--b.weights", "raw", "--limit", 40, "--ranked", 3)
        mine, theirs = self.rows("--limit", 40), self.rows("--limit", 40, "--weights", "raw")
        self.assertEqual([row["index"] for row in mine], [row["index"] for row in theirs])
        differences = [float(a["bits_per_dim"]) - float(b["bits_per_dim"]) for a, b in zip(mine, theirs)]
        mean, error = statistics.fmean(differences), statistics.stdev(differences) / math.sqrt(40)
        self.assertAlmostEqual(found["difference"], mean, delta=1e-12)
        self.assertAlmostEqual(found["standard_error"], error, delta=1e-12)
        self.assertAlmostEqual(found["confidence_low"], mean - STUDENT_39 * error, delta=1e-9)
        self.assertAlmostEqual(found["confidence_high"], mean + STUDENT_39 * error, delta=1e-9)
        self.assertAlmostEqual(found["smallest_difference"], STUDENT_39 * error, delta=1e-9)
        self.assertEqual((found["schema_version"], found["examples"], found["dataset_size"]), (1, 40, 120))
        self.assertEqual(found["settled"], abs(mean) > STUDENT_39 * error)
        order = sorted(range(40), key=lambda i: differences[i])
        for name, wanted in (("a_better", [i for i in order[:3] if differences[i] < 0]),
                             ("b_better", [i for i in order[::-1][:3] if differences[i] > 0])):
            listed = found["most_different"][name]
            self.assertEqual([each["index"] for each in listed], [int(mine[i]["index"]) for i in wanted])
            for each, i in zip(listed, wanted):
                self.assertEqual((each["name"], each["label"]), (mine[i]["name"], int(mine[i]["label"])))
                self.assertEqual((each["bits_per_dim_a"], each["bits_per_dim_b"]),
                                 (float(mine[i]["bits_per_dim"]), float(theirs[i]["bits_per_dim"])))
        for each in found["per_class"]:
            of_class = [d for d, row in zip(differences, mine) if int(row["label"]) == each["label"]]
            self.assertEqual(each["examples"], len(of_class))
            self.assertAlmostEqual(each["difference"], statistics.fmean(of_class), delta=1e-12)
            self.assertAlmostEqual(each["standard_error"], statistics.stdev(of_class) / math.sqrt(len(of_class)), delta=1e-12)
        raw = run / "checkpoints/step-00000004/model.safetensors"
        for side, file, weights in (("a", run / "model.safetensors", "ema"), ("b", raw, "raw")):
            self.assertEqual(found[side]["model_sha256"], weights_sha256(file))
            self.assertEqual(found[side]["weights"], weights)

    def test_settings_of_one_side(self):
        run = self.model()
        found = self.json(run, run, "--b.device.fused=false", "--b.evaluate.passes=8", "--limit", 10)
        self.assertEqual((found["a"]["settings"]["device.fused"], found["b"]["settings"]["device.fused"]), ("true", "false"))
        self.assertEqual((found["a"]["passes"], found["b"]["passes"]), (4, 8))
        self.assertFalse(found["same_masks"])
        self.assertIn("masks that differ", self.compare(run, run, "--a.evaluate.seed=3", "--limit", 10).stdout)
        wrong = self.compare(run, run, "--b.device.fussed=false", code=2)
        self.assertIn("did you mean --b.device.fused?", wrong.stderr)
        self.assertIn("--b.device.precision", self.veil("compare", "--help").stdout)

    def test_b_is_scored_as_a_is(self):
        run = self.model()
        other = self.train("more-passes", "--data.source=many.npz", "--train.steps=1", "--evaluate.passes=16")
        result = self.compare(run, other, "--limit", 10)
        self.assertIn("B is scored as A is: evaluate.passes = 4 (its own is 16)", result.stderr)
        self.assertIn("the same masks for both", result.stdout)

    def test_results_are_compared_without_a_network(self):
        run = self.model()
        for name, words in (("ema.json", []), ("raw.json", ["--weights", "raw"]), ("seed.json", ["--seed", 5]),
                            ("other.json", ["--data", "set.npz"])):
            self.veil("evaluate", "--model", run, "--out", name, "--limit", 40, *CPU, *words)
        measured = self.json(run, run, "--b.weights", "raw", "--limit", 40)
        (run / "model.safetensors").rename(self.folder / "hidden")  # not needed
        try:
            read = json.loads(self.veil("compare", "ema.json", "raw.json", "--json").stdout)
        finally:
            (self.folder / "hidden").rename(run / "model.safetensors")
        for name in ("difference", "standard_error", "mask_standard_error", "confidence_low", "confidence_high", "examples",
                     "settled", "same_masks", "data_fingerprint"):
            self.assertEqual(read[name], measured[name], name)
        self.assertEqual(read["b"]["model_sha256"], measured["b"]["model_sha256"])
        self.assertIn("the seed is 0 of a, but 5 of b", self.veil("compare", "ema.json", "seed.json", code=65).stderr)
        self.assertIn("not known to be of the same data", self.veil("compare", "ema.json", "other.json", code=65).stderr)
        self.assertIn("want two models, or two evaluations", self.veil("compare", "ema.json", run, code=2).stderr)
        self.assertIn("is of models that are scored",
                      self.veil("compare", "ema.json", "raw.json", "--limit", 5, code=2).stderr)

    def test_mixed_data_are_refused_by_both_names(self):
        run = self.model()
        self.write("others.npz", npz(images(12, SCORED, 3), images(9, TRAINED, 4)))
        other = self.train("other", "--data.source=others.npz", "--train.steps=1")
        message = self.compare(run, other, code=65).stderr
        for part in (f"A, {run}/model.safetensors, was made for custom-many", f"B, {other}/model.safetensors, for custom-others"):
            self.assertIn(part, message)
        self.assertEqual(self.compare(run, other, "--data", "many.npz", code=65).returncode, 65)
        self.assertEqual(self.json(run, other, "--allow-mixed-data", "--limit", 5)["examples"], 5)
        self.write("large.npz", files.npz({f"x_{split}": ("|u1", (9, 16, 16), files.pixels(seed, 9, 16, 16))
                                           for seed, split in enumerate(("train", "test"))}))
        large = self.train("large", "--data.source=large.npz", "--train.steps=1")
        message = self.compare(run, large, "--allow-mixed-data", code=65).stderr
        self.assertIn("takes images of 8x8x1 with 256 values; B, ", message)
        self.assertIn("takes images of 16x16x1 with 256 values: only bits of the same examples", message)

    def test_the_picture_has_both_maps_below_each_row(self):
        run = self.model()
        found = self.json(run, run, "--b.weights", "raw", "--limit", 40, "--ranked", 2, "--pictures", "differ.png")
        blocks = [name for name in ("a_better", "b_better") if found["most_different"][name]]
        rows = color_rows((self.folder / "differ.png").read_bytes())
        scale, gap = 8, 2
        self.assertEqual(len(rows), 3 * len(blocks) * (SIDE * scale + gap) - gap)  # none around
        self.assertEqual(found["pictures"], "differ.png")
        self.write("photo.png", files.png(files.pixels(1, SIDE, SIDE, 1), SIDE, SIDE, 1))
        self.assertIn("is not a heat map that veil wrote",
                      self.compare(run, run, "--pictures", "photo.png", code=2).stderr)
        self.compare(run, run, "--limit", 5, "--pictures", "none.png")
        self.assertFalse((self.folder / "none.png").exists())

    def test_the_stop_says_its_rule(self):
        run = self.model()
        start = self.train("begin", "--data.source=many.npz", "--train.steps=0")
        result = self.compare(run, start, "--stop-early")
        self.assertIn("(60, 120 examples), to stop where the difference is 2.1", result.stdout)
        found = self.json(run, start, "--stop-early")
        self.assertEqual((found["planned_looks"], found["error_rate"]), ([60, 120], 0.05))
        self.assertEqual(found["looks"][-1]["examples"], found["examples"])
        self.assertEqual(found["looks"][-1]["difference"], found["difference"])
        same = self.json(run, start, "--limit", found["examples"])
        self.assertAlmostEqual(found["difference"], same["difference"], delta=1e-6)
        self.assertAlmostEqual(found["standard_error"], same["standard_error"], delta=1e-6)

    def test_wrong_calls(self):
        self.assertIn("usage: veil compare A B", self.veil("compare", "x", code=2).stderr)
        self.assertIn("usage: veil compare A B", self.veil("compare", "x", "y", "z", code=2).stderr)
        self.veil("compare", "nothing", "here", code=65)


if __name__ == "__main__":
    unittest.main()
