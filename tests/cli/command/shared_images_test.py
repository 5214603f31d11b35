"""Images of the evaluation split that the training data hold too are counted and told, wherever the figure is shown.

usage: shared_images_test.py PATH-OF-VEIL
"""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from training_case import SCORED, SIDE, TRAINED, OwnRunCase, images, npz  # noqa: E402

SIZE = SIDE * SIDE


class SharedImages(OwnRunCase):
    def trained(self, test):
        self.write("set.npz", npz(images(12, TRAINED, 1), test))
        return self.train("--train.steps=1")

    def figure(self):
        return json.loads((self.run_folder / "evaluation.json").read_text())

    def test_copies_are_counted_each(self):
        train, test = images(12, TRAINED, 1), images(5, SCORED, 2)
        self.trained(test + train[3 * SIZE:4 * SIZE] * 2 + train[:SIZE])
        self.assertEqual(self.figure()["examples_in_training"], 3)
        told = "3 of the 8 examples of test are in the training data too, pixel for pixel: the figure is too good"
        for words in ((), ("--limit", 2)):
            result = self.veil("evaluate", "--model", "run", *words)
            self.assertIn(f"warning: {told}", result.stdout)
        self.assertEqual(json.loads(self.veil("evaluate", "--model", "run", "--json").stdout)["examples_in_training"], 3)
        self.assertIn("3 of 8 examples are in the training data too", (self.run_folder / "report.html").read_text())
        self.write("other.npz", npz(train, images(5, SCORED, 2)))
        other = json.loads(self.veil("evaluate", "--model", "run", "--data", "other.npz", "--json").stdout)
        self.assertNotIn("examples_in_training", other)  # of these nobody looked
        errors = self.go_on("--extend", 1, "-q").stderr
        self.assertIn("veil: warning: 3 of the 8 examples of custom-set.npz, test, are in the training data too", errors)

    def test_folders_of_pictures(self):
        for split, numbers in (("train", range(10)), ("test", (20, 21, 4))):
            for i in numbers:
                self.write(f"pictures/{split}/{i}.png", files.png(files.pixels(i, SIDE, SIDE, 1), SIDE, SIDE, 1))
        result = self.train("--train.steps=1", "--data.source=pictures")
        self.assertIn("1 of the 3 examples of custom-pictures, test, is in the training data too", result.stderr)
        self.assertIn("warning: 1 of the 3 examples of test is in the training data too", result.stdout)

    def test_none_is_said_as_none(self):
        result = self.trained(images(7, SCORED, 2))
        self.assertEqual(self.figure()["examples_in_training"], 0)
        self.assertNotIn("training data too", result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
