"""Text through the same program: text8's splits, training, evaluation, samples as lines.

Usage: text_test.py VEIL
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import browser  # noqa: E402
from film_pages import check_alone, check_in_browser, film_of  # noqa: E402

VEIL = os.path.abspath(sys.argv.pop(1))
SMALL = ["--data.source=text8", "--model.network=transformer", "--model.width=8", "--model.heads=2", "--model.layers=1",
         "--model.dropout=0", "--train.steps=3", "--train.batch_size=2", "--evaluate.passes=2", "--evaluate.limit=4",
         "--sample.count=2", "--sample.steps=4"]


class TextTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        cls.file = cls.root / "data/text8/text8"
        cls.file.parent.mkdir(parents=True)
        with open(cls.file, "wb") as file:
            for millions in (90, 5, 5):  # train, valid and test, each of other letters
                block = bytes(random.Random(millions + file.tell()).choices(b"abcdefghijklmnopqrstuvwxyz ", k=1_000_000))
                for _ in range(millions):
                    file.write(block)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def veil(self, *words):
        environment = dict(os.environ, VEIL_DATA=str(self.root / "data"))
        return subprocess.run([VEIL, *map(str, words)], capture_output=True, text=True, check=False, env=environment)

    def test_train_evaluate_and_sample(self):
        run = self.root / "run"
        result = self.veil("train", "--run", run, *SMALL)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = (run / "samples.txt").read_text().splitlines()
        self.assertEqual([len(line) for line in lines], [256, 256])
        self.assertLessEqual(set("".join(lines)), set("abcdefghijklmnopqrstuvwxyz "))

        result = self.veil("evaluate", "--model", run, "--split", "valid", "--limit", 4, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("is left as it is", result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual((report["dataset"], report["split"], report["examples"]), ("text8", "valid", 4))
        self.assertAlmostEqual(report["bits_per_dim"], 4.7549, delta=0.5)  # log2 27: three small updates

        result = self.veil("sample", "--model", run, "--count", 3, "--steps", 4)
        self.assertEqual([len(line) for line in result.stdout.splitlines()], [256] * 3)
        self.assertEqual(result.stdout.splitlines()[:2], lines)
        self.check_film(run, result.stdout)
        result = self.veil("sample", "--model", run, "--count", 3, "--grid", self.root / "x.png")
        self.assertEqual(result.returncode, 2)
        self.assertIn("the model writes texts", result.stderr)

    def check_film(self, run, plain):
        path = self.root / "film.html"
        result = self.veil("sample", "--model", run, "--count", 3, "--steps", 4, "--trace", path, "--quiet")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.splitlines()[:3], plain.splitlines())  # the same letters with it as without
        page = path.read_text()
        check_alone(self, page)
        film = film_of(page)
        self.assertEqual(film["texts"], plain.splitlines())
        for frame in film["frames"]:
            masked = [bits for order, row in zip(film["revealed_by"], frame["entropies"])
                      for by, bits in zip(order, row) if by > frame["step"]]
            self.assertEqual(frame["masked"], len(masked) / (3 * 256))
            self.assertAlmostEqual(sum(map(sum, frame["entropies"])), sum(masked), delta=1e-6)
            if masked:
                self.assertAlmostEqual(frame["mean_entropy"], sum(masked) / len(masked), delta=1e-3)
                self.assertLessEqual(max(masked), film["white"] + 1e-3)
        self.assertTrue(3 < film["white"] <= 4.756)  # log2 27, of which three small updates take little
        if browser.find():
            with browser.Browser(browser.find()) as opened:
                for width in (360, 1200):
                    seen = opened.open(path, width, mobile=width < 500)
                    check_in_browser(self, seen, film)
                    self.assertEqual(seen.value("document.documentElement.scrollWidth"), width)

    def test_scoring_what_is_trained_on_is_said_and_only_that(self):
        words = ["train", "--run", self.root / "same", *SMALL, "--data.split=valid"]
        same = self.veil(*words, "--data.evaluation_split=valid")
        self.assertEqual(same.returncode, 0, same.stderr)
        self.assertIn("warning: what is scored is what is trained on (text8, valid)", same.stderr)
        other = self.veil("train", "--run", self.root / "apart", *SMALL, "--data.split=valid")
        self.assertEqual(other.returncode, 0, other.stderr)
        self.assertNotIn("warning", other.stderr)
        for split, part in (("valid", "these are the examples that the model was trained on"), ("test", "")):
            result = self.veil("evaluate", "--model", self.root / "apart", "--split", split)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(part, result.stderr)
            self.assertEqual("warning" in result.stderr, part != "", result.stderr)

    def test_duplicates_of_texts_are_not_promised(self):
        result = self.veil("train", "--run", self.root / "no-duplicates", *SMALL, "--data.duplicates=drop")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("data.duplicates is drop, but text8 is text", result.stderr)

    def test_a_file_that_is_not_text8_is_refused(self):
        other = self.root / "other/text8/text8"
        other.parent.mkdir(parents=True)
        other.write_bytes(b"abc")
        for content, expected in ((b"abc", "found 3 bytes, want 100000000"), (None, "byte 95000001 is 10, want a lower")):
            if content is None:
                other.unlink()
                os.link(self.file, other)
                with open(other, "r+b") as file:  # the same file: the other test must not see it
                    file.seek(95_000_001)
                    kept = file.read(1)
                    file.seek(95_000_001)
                    file.write(b"\n")
            environment = dict(os.environ, VEIL_DATA=str(self.root / "other"))
            words = [VEIL, "train", "--run", str(self.root / "no"), *SMALL, "--data.split=test"]
            result = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
            if content is None:
                with open(other, "r+b") as file:
                    file.seek(95_000_001)
                    file.write(kept)
            self.assertEqual(result.returncode, 65, result.stderr)
            self.assertIn(str(other), result.stderr)
            self.assertIn(expected, result.stderr)


if __name__ == "__main__":
    unittest.main()
