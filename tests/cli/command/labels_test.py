"""Models that are told the class of an example: their figures say so, their grids have a row for each class.

Usage: labels_test.py VEIL
"""

import json
import math
import os
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

    def test_one_class_makes_a_square(self):
        result = self.sample("sometimes", "--count", 4, "--class", "Bag", "--grid", "bags.png", "--out", "bags")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("rows", result.stdout)
        pictures = [files.png_rows(path.read_bytes()) for path in sorted((self.root / "bags").iterdir())]
        grid = files.png_rows((self.root / "bags.png").read_bytes())
        self.assert_cells(grid, pictures, lambda number: (number // 2, number % 2))

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


if __name__ == "__main__":
    unittest.main()
