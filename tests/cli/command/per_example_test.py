"""Which examples of a split a limit takes, the bits of each of them, and the names under which they are told of.

usage: per_example_test.py PATH-OF-VEIL
"""

import csv
import io
import json
import math
import pathlib
import statistics
import sys
import unittest
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
import philox  # noqa: E402
from training_case import SIDE, RunCase, lines  # noqa: E402

SPLIT_PART = 16  # NoisePurpose::kSplitPart
CLASSES = {"ant": 9, "bee, \"queen\"": 31, "cat": 20}  # images in the test split, in the order of the folders
LIMIT = 23
ODD = "two\nlines, \"q\".png"  # in place of ant/4.png; behind the numbers in the order of names


def labels():
    return [label for label, count in enumerate(CLASSES.values()) for _ in range(count)]


def part_of(labels_of_all, count):
    """The definition in docs/file-formats.md, in exact fractions."""
    keys = []
    for label in set(labels_of_all):
        members = [i for i, each in enumerate(labels_of_all) if each == label]
        members.sort(key=lambda i: philox.uniform(0, SPLIT_PART, 0, i))
        offset = Fraction(philox.uniform(0, SPLIT_PART, 1, label)) if len(set(labels_of_all)) > 1 else Fraction(0)
        keys += [((rank + offset) / len(members), i) for rank, i in enumerate(members)]
    return sorted(i for _, i in sorted(keys)[:count])


class PerExample(RunCase):
    def setUp(self):
        super().setUp()
        if not (self.folder / "set").exists():
            for number in range(12):
                self.picture(f"train/{list(CLASSES)[number % 3]}/{number}.png", number)
            number = 100
            for name, count in CLASSES.items():
                for i in range(count):
                    self.picture(f"test/{name}/{ODD if (name, i) == ('ant', 4) else f'{i}.png'}", number)
                    number += 1
            self.veil("data", "pack", "set", "set.h5")

    def picture(self, name, number):
        self.write(f"set/{name}", files.png(files.pixels(number, SIDE, SIDE, 1), SIDE, SIDE, 1))

    def model(self):
        return self.train("model", "--train.steps=3", "--data.source=set", "--train.evaluate_every=2",
                          f"--train.evaluate_examples={LIMIT}", f"--evaluate.limit={LIMIT}")

    def table(self, *words):
        """The rows of --per-example, and what else the call printed."""
        result = self.veil("evaluate", "--model", self.model(), "--per-example", "bits.csv", "--device.name=cpu", *words)
        text = (self.folder / "bits.csv").read_bytes().decode()
        self.assertTrue(text.endswith("\r\n"))
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True)), result

    def test_a_limit_takes_the_sample_of_its_definition(self):
        rows, _ = self.table()
        self.assertEqual([int(row["index"]) for row in rows], part_of(labels(), LIMIT))
        taken = [sum(int(row["label"]) == label for row in rows) for label in range(3)]
        for found, count in zip(taken, CLASSES.values()):
            self.assertLess(abs(found - LIMIT * count / 60), 1.5)
        self.assertEqual(len({row["index"] for row in rows}), LIMIT)

    def test_without_labels_it_is_a_sample_too(self):
        self.write("plain.npz", files.npz({f"x_{split}": ("|u1", (count, SIDE, SIDE), files.pixels(seed, count, SIDE, SIDE))
                                           for split, count, seed in (("train", 3, 1), ("test", 40, 2))}))
        rows, _ = self.table("--data", "plain.npz", "--limit", 11)
        self.assertEqual([int(row["index"]) for row in rows], part_of([0] * 40, 11))
        self.assertEqual({row["label"] for row in rows}, {""})
        self.assertEqual(rows[0]["name"], f"plain.npz:x_test[{rows[0]['index']}]")

    def test_neither_seed_nor_batch_nor_packing_changes_the_part(self):
        rows, _ = self.table()
        for words in (["--seed", 7], ["--batch", 4], ["--data", "set.h5"], ["--exact-order", "raster", "--groups", 2]):
            others, _ = self.table("--limit", LIMIT, *words)
            for name in ("index", "name", "label"):
                self.assertEqual([row[name] for row in others], [row[name] for row in rows], words)
            equal = [row["bits_per_dim"] for row in others] == [row["bits_per_dim"] for row in rows]
            self.assertEqual(equal, words[0] in ("--batch", "--data"), words)

    def test_an_example_has_the_bits_that_it_has_in_the_whole(self):
        part, _ = self.table()
        whole, _ = self.table("--limit", 0)
        self.assertEqual([int(row["index"]) for row in whole], list(range(60)))
        for row in part:
            self.assertEqual(row, whole[int(row["index"])])

    def test_names_are_those_of_the_files(self):
        whole, _ = self.table("--limit", 0)
        names = [f"test/{name}/{i}.png" for name, count in CLASSES.items() for i in range(count)]
        self.assertEqual([row["name"] for row in whole], [*names[:4], *names[5:9], f"test/ant/{ODD}", *names[9:]])
        self.assertEqual([int(row["label"]) for row in whole], labels())

    def test_the_figures_follow_from_the_rows(self):
        rows, result = self.table("--json")
        report = json.loads(result.stdout)
        bits = [float(row["bits_per_dim"]) for row in rows]
        self.assertAlmostEqual(report["bits_per_dim"], statistics.fmean(bits), delta=1e-12)
        self.assertAlmostEqual(report["standard_error"], statistics.stdev(bits) / math.sqrt(LIMIT), delta=1e-12)
        errors = [float(row["mask_standard_error"]) for row in rows]
        self.assertAlmostEqual(report["mask_standard_error"], math.sqrt(math.fsum(e * e for e in errors)) / LIMIT,
                               delta=1e-12)
        self.assertEqual([each["name"] for each in report["per_class"]], list(CLASSES))
        for each in report["per_class"]:
            of_class = [float(row["bits_per_dim"]) for row in rows if int(row["label"]) == each["label"]]
            self.assertEqual(each["examples"], len(of_class))
            self.assertAlmostEqual(each["bits_per_dim"], statistics.fmean(of_class), delta=1e-12)
            self.assertAlmostEqual(each["standard_error"], statistics.stdev(of_class) / math.sqrt(len(of_class)),
                                   delta=1e-12)

    def test_everything_says_of_how_many(self):
        run = self.model()
        _, result = self.table()
        self.assertIn(f"set test, {LIMIT} of 60 examples, ", result.stdout)
        self.assertRegex(result.stdout, r"\ncat  +\d+ +\d\.\d{6} \+- ")
        line = lines(run, "evaluate")[0]
        self.assertEqual((line["examples"], line["dataset_size"]), (LIMIT, 60))
        report = json.loads((run / "evaluation.json").read_text())
        self.assertEqual((report["examples"], report["dataset_size"]), (LIMIT, 60))
        self.assertEqual(report["example_indices"], part_of(labels(), LIMIT))
        page = (run / "report.html").read_text()
        self.assertIn(f"95 % interval, on {LIMIT} of 60 examples</small>", page)
        self.assertIn(f"evaluation on {LIMIT} of 60 examples, 95 % interval", page)

    def test_names_survive_packing_and_export(self):
        for source in ("set", "set.h5"):
            out = f"out-{source}"
            self.veil("data", "export", source, out, "--as", "png")
            found = sorted(str(path.relative_to(self.folder / out)) for path in (self.folder / out).rglob("*.png"))
            wanted = sorted(str(path.relative_to(self.folder / "set")) for path in (self.folder / "set").rglob("*.png"))
            self.assertEqual(found, sorted([name for name in wanted if "\n" not in name] + ["test/ant/0000009.png"]))

    def test_two_images_of_one_name_keep_both(self):
        self.write("twice/train/a.png", files.png(files.pixels(1, SIDE, SIDE, 1), SIDE, SIDE, 1))
        self.write("twice/train/deep/a.png", files.png(files.pixels(2, SIDE, SIDE, 1), SIDE, SIDE, 1))
        self.write("twice/train/deep/.b.c.png", files.png(files.pixels(3, SIDE, SIDE, 1), SIDE, SIDE, 1))
        self.write("twice/train/deep/b.c.png", files.png(files.pixels(4, SIDE, SIDE, 1), SIDE, SIDE, 1))
        self.veil("data", "export", "twice", "once", "--as", "png")
        contents = {path.name: b"".join(files.png_rows(path.read_bytes())) for path in (self.folder / "once").rglob("*.png")}
        self.assertEqual(contents, {"a.png": files.pixels(1, SIDE, SIDE, 1), "0000002.png": files.pixels(2, SIDE, SIDE, 1),
                                    "b.c.png": files.pixels(4, SIDE, SIDE, 1)})


if __name__ == "__main__":
    unittest.main()
