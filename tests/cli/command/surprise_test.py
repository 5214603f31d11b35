"""What veil evaluate says of single examples: the ranking, the picture of where their bits are, labels that do not fit.

usage: surprise_test.py PATH-OF-VEIL
"""

import csv
import json
import math
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from training_case import SIDE, RunCase, npz  # noqa: E402

TEST, CLASSES = 11, 3
LABELS = [i % CLASSES for i in range(TEST)]
SCALE, GAP = 8, 2  # of a grid of pictures of 8 x 8


class Surprise(RunCase):
    def setUp(self):
        super().setUp()
        for label in [None, *range(CLASSES)]:
            self.write(f"labels-{label}.npz", self.labelled(LABELS if label is None else [label] * TEST))

    def labelled(self, test):
        """The same pictures with these labels in the test split."""
        def int64(values):
            return ("<i8", (len(values),), struct.pack(f"<{len(values)}q", *values))
        return npz(files.pixels(1, 12, SIDE, SIDE), files.pixels(2, TEST, SIDE, SIDE),
                   y_train=int64([i % CLASSES for i in range(12)]), y_test=int64(test))

    def model(self):
        return self.train("told", "--data.source=labels-None.npz", "--model.class_conditional=true", "--train.steps=30",
                          "--optimizer.weight_decay=0")

    def scored(self, *words):
        return json.loads(self.veil("evaluate", "--model", self.model(), "--device.name=cpu", "--device.precision=float32",
                                    "--json", *words).stdout)

    def bits(self, data):
        self.scored("--per-example", "bits.csv", "--data", data)
        with open(self.folder / "bits.csv", newline="", encoding="utf-8") as table:
            return [float(row["bits_per_dim"]) for row in csv.DictReader(table)]

    def test_the_ranking_is_that_of_the_bits(self):
        bits = self.bits("labels-None.npz")
        order = sorted(range(TEST), key=lambda i: bits[i])
        for wanted, found in ((2, 2), (100, 5)):
            ranking = self.scored("--ranked", wanted)["ranking"]
            self.assertEqual([each["index"] for each in ranking["fewest_bits"]], order[:found])
            self.assertEqual([each["index"] for each in ranking["most_bits"]], order[::-1][:found])
            for each in ranking["fewest_bits"] + ranking["most_bits"]:
                self.assertEqual((each["bits_per_dim"], each["label"]), (bits[each["index"]], LABELS[each["index"]]))
                self.assertEqual(each["name"], f"labels-None.npz:x_test[{each['index']}]")

    def test_the_picture_holds_the_examples_and_their_maps(self):
        report = self.scored("--heat-map", "map.png", "--ranked", 3)
        self.assertEqual(report["heat_map"]["file"], "map.png")
        rows = files.color_rows((self.folder / "map.png").read_bytes())
        side = SIDE * SCALE
        self.assertEqual((len(rows), len(rows[0])), (4 * side + 3 * GAP, 3 * side + 2 * GAP))
        pictures = files.pixels(2, TEST, SIDE, SIDE)
        for line, name in ((0, "most_bits"), (2, "fewest_bits")):
            for place, each in enumerate(report["ranking"][name]):
                for y in range(SIDE):
                    for x in range(SIDE):
                        value = pictures[(each["index"] * SIDE + y) * SIDE + x]
                        self.assertEqual(rows[line * (side + GAP) + y * SCALE][place * (side + GAP) + x * SCALE], (value,) * 3)
        # One scale from black to white, on which every channel but the blue one rises: the maps of most bits are lighter.
        light = [sum(sum(pixel[0] for pixel in row) for row in rows[line * (side + GAP):line * (side + GAP) + side])
                 for line in (1, 3)]
        self.assertGreater(light[0], light[1])
        text = self.veil("evaluate", "--model", self.model(), "--heat-map", "map.png").stdout
        self.assertIn("most bits, the least likely first:\n", text)
        self.assertIn("heat map map.png: ", text)

    def test_labels_are_held_to_the_bits_under_every_class(self):
        own, under = self.bits("labels-None.npz"), [self.bits(f"labels-{label}.npz") for label in range(CLASSES)]
        self.assertEqual(own, [under[label][i] for i, label in enumerate(LABELS)])
        wanted = []
        for i, label in enumerate(LABELS):
            bits, other = min((under[c][i], c) for c in range(CLASSES) if c != label)
            wanted.append(((own[i] - bits) * SIDE * SIDE * math.log(2), i, other))
        check = self.scored("--label-errors", 4)["label_check"]
        self.assertAlmostEqual(check["accuracy"], sum(odds < 0 for odds, _, _ in wanted) / TEST, delta=1e-12)
        wanted.sort(key=lambda each: -each[0])
        self.assertEqual([(each["index"], each["likeliest"], each["label"]) for each in check["suspects"]],
                         [(i, other, LABELS[i]) for _, i, other in wanted[:4]])
        for each, (odds, _, _) in zip(check["suspects"], wanted):
            self.assertAlmostEqual(each["log_odds"], odds, delta=1e-6)

    def test_a_check_of_labels_says_what_it_is_worth(self):
        check = self.scored("--label-errors", 4)["label_check"]
        largest = max(LABELS.count(label) for label in range(CLASSES))
        self.assertAlmostEqual(check["largest_class_share"], largest / TEST, delta=1e-12)
        self.assertTrue(all(each["standard_error"] > 0 for each in check["suspects"]))
        text = self.veil("evaluate", "--model", self.model(), "--label-errors", 2).stdout
        self.assertIn(f"; always to say the largest class: {100 * largest / TEST:.1f} %)\n", text)
        self.assertRegex(text, r"\n  -?[0-9.]+ \+- [0-9.]+  example \d+, labelled ")
        fits = round(check["accuracy"] * TEST)
        is_better = fits - 2 * math.sqrt(fits * (1 - fits / TEST)) > largest
        self.assertIs(check["tells_labels"], is_better)
        self.assertEqual("warning: the model does not tell labels clearly better than that" in text, not is_better)

    def test_what_cannot_be_had_is_refused_before_the_work(self):
        plain = self.train("plain", "--train.steps=0")
        for words, part in ((["--model", plain, "--label-errors", 3], "a model that is told the class"),
                            (["--model", self.model(), "--exact-order", "raster", "--heat-map", "a.png"], "of the bound"),
                            (["--model", self.model(), "--exact-order", "raster", "--label-errors", 2], "of the bound"),
                            (["--model", plain, "--heat-map", "a.png", "--ranked", 65], "--ranked"),
                            (["--model", plain, "--ranked", 0], "--ranked")):
            result = self.veil("evaluate", *words, code=2)
            self.assertIn(part, result.stderr)
            self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    unittest.main()
