"""Models that are told the class of an example: their figures say so, their grids have a row for each class.

Usage: labels_test.py VEIL
"""

import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import data_files as files  # noqa: E402

VEIL = os.path.abspath(sys.argv.pop(1))
NETWORK = ["--data.source=fashion-mnist", "--model.network=uvit", "--model.width=32", "--model.layers=1",
           "--model.width_multipliers=1", "--model.dit_layers=1", "--model.dit_width=32", "--model.dit_heads=2",
           "--model.dit_patch=4", "--model.class_conditional=true", "--train.steps=0"]
NAMES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def veil(*words, **keywords):
    return subprocess.run([VEIL, *map(str, words)], capture_output=True, text=True, check=False, **keywords)


class LabelsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        for name, dropout in (("always", 0), ("sometimes", 0.2)):
            result = veil("train", "--run", cls.root / name, *NETWORK, f"--model.label_dropout={dropout}")
            assert result.returncode == 0, result.stderr

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def sample(self, model, *words):
        return veil("sample", "--model", self.root / model, "--steps", 1, *words, cwd=self.root)

    def test_a_figure_says_that_it_is_conditional(self):
        words = ("evaluate", "--model", self.root / "sometimes", "--limit", 2, "--passes", 2)
        report = json.loads(veil(*words, "--json").stdout)
        self.assertIs(report["conditional_on_label"], True)
        self.assertIs(report["label_bits_added"], False)
        self.assertEqual(report["label_classes"], 10)
        self.assertAlmostEqual(report["label_bits_per_dim"], math.log2(10) / 784, 12)
        self.assertAlmostEqual(report["bits_per_dim"], 8, 9)  # a new network knows nothing
        self.assertIn("conditional on the class label", veil(*words).stdout)
        self.assertIn("log2(10)/784 = 0.004237", veil(*words).stdout)

    def assert_cells(self, grid, pictures, cell):
        for number, picture in enumerate(pictures):
            top, left = 86 * cell(number)[0], 86 * cell(number)[1]  # 28 x 3 pixels and a gap of 2
            for y in range(84):
                self.assertEqual(grid[top + y][left:left + 84], bytes(v for v in picture[y // 3] for _ in range(3)),
                                 f"sample {number} is not at {cell(number)}")

    def test_a_grid_has_a_row_for_each_class(self):
        result = self.sample("sometimes", "--count", 23, "--grid", "grid.png", "--out", "pictures")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.splitlines()[-1], "rows from the top: " + ", ".join(NAMES))
        pictures = [files.png_rows(path.read_bytes()) for path in sorted((self.root / "pictures").iterdir())]
        grid = files.png_rows((self.root / "grid.png").read_bytes())
        self.assertEqual((len(grid), len(grid[0])), (10 * 86 - 2, 3 * 86 - 2))
        self.assert_cells(grid, pictures, lambda number: (number % 10, number // 10))
        self.assertEqual(grid[9 * 86][2 * 86:], b"\xff" * 84)  # 23 samples leave seven places
        listed = json.loads(self.sample("sometimes", "--count", 4, "--grid", "few.png", "--json").stdout)
        self.assertEqual(listed["grid_rows"], NAMES[:4])

    def test_the_runs_own_grids_have_the_same_rows(self):
        run = self.root / "drawn"
        words = [word for word in NETWORK if word != "--train.steps=0"]
        result = veil("train", "--run", run, *words, "--train.steps=2", "--train.batch_size=2", "--train.sample_every=1",
                      "--evaluate.limit=1", "--evaluate.passes=2", "--sample.count=13", "--sample.steps=2")
        self.assertEqual(result.returncode, 0, result.stderr)
        result = veil("sample", "--model", run, "--grid", self.root / "drawn.png", "--out", self.root / "drawn-each")
        self.assertEqual(result.returncode, 0, result.stderr)
        pictures = [files.png_rows(path.read_bytes()) for path in sorted((self.root / "drawn-each").iterdir())]
        grids = [files.png_rows(path.read_bytes())
                 for path in (self.root / "drawn.png", run / "samples.png", run / "samples/step-00000001.png")]
        for grid in grids[:2]:
            self.assert_cells(grid, pictures, lambda number: (number % 10, number // 10))
        self.assertEqual({(len(grid), len(grid[0])) for grid in grids}, {(10 * 86 - 2, 2 * 86 - 2)})

    def test_one_class_makes_a_square(self):
        result = self.sample("sometimes", "--count", 4, "--class", "Bag", "--grid", "bags.png", "--out", "bags")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("rows", result.stdout)
        pictures = [files.png_rows(path.read_bytes()) for path in sorted((self.root / "bags").iterdir())]
        grid = files.png_rows((self.root / "bags.png").read_bytes())
        self.assert_cells(grid, pictures, lambda number: (number // 2, number % 2))

    def test_arrays_of_samples_have_their_labels(self):
        self.assertEqual(self.sample("sometimes", "--count", 4, "--first", 8, "--npz", "turn.npz").returncode, 0)
        arrays = files.read_npz(self.root / "turn.npz")
        self.assertEqual(sorted(arrays), ["arr_0", "arr_1"])
        self.assertEqual(arrays["arr_1"], ("<i8", (4,), struct.pack("<4q", 8, 9, 0, 1)))
        self.assertEqual(self.sample("sometimes", "--count", 2, "--class", "Bag", "--npz", "bags.npz").returncode, 0)
        self.assertEqual(files.read_npz(self.root / "bags.npz")["arr_1"][2], struct.pack("<2q", 8, 8))
        self.assertEqual(self.sample("sometimes", "--count", 2, "--class", "none", "--npz", "none.npz").returncode, 0)
        self.assertEqual(sorted(files.read_npz(self.root / "none.npz")), ["arr_0"])

    def test_first_names_samples_and_rows(self):
        words = ("--npz",)
        self.assertEqual(self.sample("sometimes", "--count", 12, *words, "all.npz").returncode, 0)
        result = self.sample("sometimes", "--count", 3, "--first", 9, *words, "some.npz", "--grid", "some.png", "--out",
                             "some", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        listed = json.loads(result.stdout)
        self.assertEqual((listed["first"], listed["grid_rows"]), (9, [NAMES[9], NAMES[0], NAMES[1]]))
        every, some = (files.read_npz(self.root / name)["arr_0"] for name in ("all.npz", "some.npz"))
        self.assertEqual(some[2], every[2][9 * 784:])
        self.assertEqual(sorted(path.name for path in (self.root / "some").iterdir()),
                         ["000009.png", "000010.png", "000011.png"])

    def test_no_class_needs_a_model_that_learnt_it(self):
        self.assertEqual(self.sample("sometimes", "--count", 2, "--class", "none").returncode, 0)
        for model, label, want in (("always", "none", "model.label_dropout above 0"),
                                   ("always", "cat", "want the name of a class or a number in [0, 9]"),
                                   ("sometimes", "10", "want the name of a class, none or a number in [0, 9]")):
            result = self.sample(model, "--class", label)
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(want, result.stderr)

    def test_dropping_labels_needs_labels(self):
        result = veil("train", "--run", self.root / "refused", "--train.steps=0", "--model.label_dropout=0.1")
        self.assertEqual(result.returncode, 2)
        self.assertIn("model.label_dropout is 0.1, want 0 where model.class_conditional is false", result.stderr)


SMALL = ["--model.network=uvit", "--model.width=32", "--model.layers=1", "--model.width_multipliers=1",
         "--model.dit_layers=1", "--model.dit_width=32", "--model.dit_heads=2", "--model.dit_patch=4",
         "--model.class_conditional=true", "--model.dropout=0", "--train.steps=12", "--train.batch_size=8",
         "--optimizer.warmup_steps=0", "--optimizer.learning_rate=0.01", "--optimizer.ema_decay=0", "--data.size=8",
         "--sample.count=2", "--sample.steps=1"]


class NamesTest(unittest.TestCase):
    """Bright days and dark nights, 16 pictures of each, in two formats that name classes in an order of their own."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        pictures = [(number % 2, bytes(((5 * i + 11 * number) % 60) + 180 * (1 - number % 2) for i in range(3 * 32 * 32)))
                    for number in range(32)]  # 0: day, 1: night
        for name, folders in (("photos", ("day", "night")), ("renamed", ("day", "a_night"))):
            for number, (label, content) in enumerate(pictures):
                path = cls.root / name / folders[label] / f"{number:02}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(files.png(content, 32, 32, 3))
        for name, names in (("records", ["day", "night"]), ("turned", ["night", "dawn", "day"]), ("bare", None)):
            (cls.root / name).mkdir()
            if names:
                (cls.root / name / "batches.meta.txt").write_text("\n".join(names) + "\n")
            numbers = [(names or ["day", "night"]).index(word) for word in ("day", "night")]
            for split in ("data_batch_1", "test_batch"):
                (cls.root / name / f"{split}.bin").write_bytes(b"".join(
                    bytes([numbers[label]]) + files.planes(content, 3) for label, content in pictures))
        for run, source in (("of_folders", "photos"), ("of_records", "records"), ("of_turned", "turned")):
            result = veil("train", "--run", cls.root / run, f"--data.source={cls.root / source}", *SMALL)
            assert result.returncode == 0, result.stderr

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def score(self, model, data, *words, command=("evaluate", "--passes", 4)):
        return veil(*command, "--model", self.root / model, "--data", self.root / data, "--json", *words)

    def bits(self, *words, **keywords):
        result = self.score(*words, **keywords)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_a_class_of_another_name_is_refused(self):
        for command in (("evaluate",), ("evaluate", "--exact-order", "raster", "--groups", 2),
                        ("bench", "estimators", "--limit", 4, "--batch", 2)):
            result = self.score("of_folders", "renamed", command=command)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn("has classes that the model does not know: a_night; classes of the data: a_night, day; of the "
                          "model: day, night", result.stderr)

    def test_classes_may_be_missing(self):
        photos = self.bits("of_turned", "photos", "--data.evaluation_split=all")  # without a dawn
        self.assertEqual((photos["examples"], photos["label_classes"]), (32, 3))

    def test_the_order_of_names_changes_no_bit_of_a_figure(self):
        first = self.bits("of_turned", "turned")
        again = self.bits("of_turned", "records")
        self.assertEqual([again[key] for key in ("bits_per_dim", "standard_error", "examples", "label_classes")],
                         [first[key] for key in ("bits_per_dim", "standard_error", "examples", "label_classes")])
        exact = ("evaluate", "--exact-order", "raster", "--groups", 3)
        self.assertEqual(self.bits("of_turned", "turned", command=exact)["bits_per_dim"],
                         self.bits("of_turned", "records", command=exact)["bits_per_dim"])
        bench = ("bench", "estimators", "--limit", 16, "--batch", 4, "--passes", 2, "--repeats", 2)
        self.assertEqual(self.bits("of_turned", "turned", command=bench)["estimators"],
                         self.bits("of_turned", "records", command=bench)["estimators"])
        # The label counts: records that call every day a night are another question.
        (self.root / "wrong").mkdir()
        (self.root / "wrong" / "batches.meta.txt").write_text("night\nday\n")
        for name in ("data_batch_1.bin", "test_batch.bin"):
            (self.root / "wrong" / name).write_bytes((self.root / "records" / name).read_bytes())
        self.assertNotEqual(self.bits("of_turned", "wrong")["bits_per_dim"], first["bits_per_dim"])

    def test_numbers_are_taken_where_a_side_has_no_names(self):
        result = self.score("of_records", "bare")
        self.assertEqual(result.returncode, 2)  # ten classes by format, the model has two
        self.assertIn("has 10 classes, the network is conditioned on 2", result.stderr)
        self.assertIn("only the model names its classes: class 0 is taken to be day, and so on", result.stderr)


if __name__ == "__main__":
    unittest.main()
