"""veil quality: what it prints of samples with and without faults, what it refuses, its picture of pairs.

usage: quality_test.py PATH-OF-VEIL
"""

import json
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import VEIL, VeilCase  # noqa: E402

SIDE, PIXELS = 8, 64
QUICK = ["--permutations", 399, "--bootstraps", 10]


def noise(seed, count):
    """Grey images without any structure, no two alike."""
    return random.Random(seed).randbytes(count * PIXELS)


def array(content):
    return ("|u1", (len(content) // PIXELS, SIDE, SIDE), content)


class QualityCase(VeilCase):
    def setUp(self):
        super().setUp()
        self.training = noise(1, 200)
        self.write("set.npz", files.npz({"x_train": array(self.training), "x_test": array(noise(2, 70))}))

    def samples(self, content):
        self.write("samples.npz", files.npz({"arr_0": array(content)}))

    def quality(self, *words, **keywords):
        return self.veil("quality", "--samples", "samples.npz", "--data", "set.npz", *QUICK, *words, **keywords)

    def figures(self, *words):
        report = json.loads(self.quality("--json", *words).stdout)
        return report, {figure["name"]: figure for figure in report["figures"]}


class Verdicts(QualityCase):
    def test_samples_like_real_images(self):
        self.samples(noise(3, 60))
        report, figures = self.figures()
        self.assertEqual((report["schema_version"], report["compared"], report["alarm"], report["alarms"]), (1, 60, False, []))
        self.assertEqual((report["training"]["split"], report["real"]["split"]), ("train", "test"))
        self.assertEqual((report["equal_samples"], report["copies"], report["near_copies"]), ([], [], []))
        self.assertEqual(len(report["nearest"]), 60)
        for figure in figures.values():
            self.assertLessEqual(figure["samples"]["low"], figure["samples"]["high"], figure)
            self.assertTrue(0 < figure["p_value"] <= figure["adjusted_p"] <= 1, figure)
        text = self.quality().stdout
        self.assertIn("No alarm: by none of", text)
        self.assertNotIn("distinguishable", text)

    def test_the_same_words_give_the_same_figures(self):
        self.samples(noise(3, 60))
        self.assertEqual(self.quality("--json").stdout, self.quality("--json").stdout)
        self.assertNotEqual(self.quality("--json").stdout, self.quality("--json", "--seed", 1).stdout)

    def test_brighter_samples_are_told(self):
        self.samples(bytes(min(value + 60, 255) for value in noise(3, 60)))
        report, figures = self.figures()
        self.assertTrue(report["alarm"])
        self.assertTrue(figures["pixel_wasserstein"]["alarm"])
        # The area between the distribution functions: 60 for values below 195, less above; 60 - 60 * 61 / 512 on average.
        self.assertAlmostEqual(figures["pixel_wasserstein"]["samples"]["value"], 60 - 60 * 61 / 512, delta=3)
        text = self.quality().stdout
        self.assertIn("distinguishable", text)
        self.assertRegex(text, r"\nALARM in \d+ of 13 tests:\n(  [^\n]*\n)*  [^\n]*\(brightness, colour\): values of pixels \d")

    def test_equal_samples_are_named_loudly(self):
        self.samples(noise(3, 1) * 64)
        text = self.quality().stdout
        self.assertIn("64 of 64 samples are equal to another one", text)
        self.assertIn("64 times: 0 (", text)
        self.assertRegex(text, r"ALARM[^\n]*\n(  [^\n]*\n)*  Samples repeat each other")

    def test_copies_are_named_by_index_and_name(self):
        content = bytearray(noise(3, 60))
        content[7 * PIXELS:8 * PIXELS] = self.training[111 * PIXELS:112 * PIXELS]
        content[9 * PIXELS:10 * PIXELS] = bytes(min(value + 3, 255) for value in self.training[5 * PIXELS:6 * PIXELS])
        self.samples(bytes(content))
        report, _ = self.figures()
        self.assertEqual([(pair["sample"], pair["training"]) for pair in report["copies"]], [(7, 111)])
        self.assertEqual([(pair["sample"], pair["training"]) for pair in report["near_copies"]], [(9, 5)])
        self.assertEqual(report["copies"][0]["training_name"], "set.npz:x_train[111]")
        text = self.quality().stdout
        self.assertRegex(text, r"1 sample is a training image, [^\n]*\n  sample 7 \(samples.npz:arr_0\[7\]\) is training image 111 \(")
        self.assertRegex(text, r"  sample 9 \([^\n]* is as good as training image 5 \(")


class Pairs(QualityCase):
    def test_each_sample_stands_above_its_nearest_training_image(self):
        content = bytearray(noise(3, 40))
        content[7 * PIXELS:8 * PIXELS] = self.training[111 * PIXELS:112 * PIXELS]
        self.samples(bytes(content))
        report = json.loads(self.quality("--pairs", "pairs.png", "--json").stdout)
        self.assertEqual(len(report["pairs"]), 32)
        self.assertEqual((report["pairs"][0]["sample"], report["pairs"][0]["training"]), (7, 111))
        rows = files.png_rows((self.folder / "pairs.png").read_bytes())
        step = 8 * SIDE + 2  # scaled to 64 pixels, with a gap
        self.assertEqual((len(rows), len(rows[0])), (4 * step - 2, 16 * step - 2))

        def picture(row, column):
            return bytes(rows[row * step + 8 * y][column * step + 8 * x] for y in range(SIDE) for x in range(SIDE))
        for place in (0, 3, 20, 31):
            pair = report["pairs"][place]
            row, column = 2 * (place // 16), place % 16
            self.assertEqual(picture(row, column), bytes(content[pair["sample"] * PIXELS:(pair["sample"] + 1) * PIXELS]))
            self.assertEqual(picture(row + 1, column), self.training[pair["training"] * PIXELS:(pair["training"] + 1) * PIXELS])

    def test_the_picture_is_ours_and_replaces_nothing_else(self):
        self.samples(noise(3, 20))
        self.quality("--pairs", "pairs.png")
        self.quality("--pairs", "pairs.png")
        self.write("other.png", files.png(noise(1, 1), SIDE, SIDE, 1))
        self.assertIn("not a picture of pairs that veil wrote", self.quality("--pairs", "other.png", code=2).stderr)
        self.assertIn("want a name ending in .png", self.quality("--pairs", "pairs.jpg", code=2).stderr)


class Refusals(QualityCase):
    def test_a_folder_of_pictures_is_as_good(self):
        for i in range(20):
            self.write(f"pictures/{i:06d}.png", files.png(noise(i + 10, 1), SIDE, SIDE, 1))
        text = self.veil("quality", "--samples", "pictures", "--data", "set.npz", *QUICK).stdout
        self.assertIn("20 of 20 samples", text)

    def refused(self, *words, code=2, part):
        result = self.veil("quality", *words, code=code)
        self.assertEqual(result.stdout, "")
        self.assertIn(part, result.stderr)

    def test_what_cannot_be_compared(self):
        self.samples(noise(3, 15))
        self.refused("--data", "set.npz", part="--samples")
        self.refused("--samples", "samples.npz", part="--data")
        self.refused("--samples", "samples.npz", "--data", "set.npz", part="15 samples")
        self.write("large.npz", files.npz({"arr_0": ("|u1", (20, 16, 16), noise(4, 80))}))
        self.refused("--samples", "large.npz", "--data", "set.npz", part="16x16x1")
        self.refused("--samples", "set.npz", "--data", "set.npz", "--split", "train", part="the real images are the training images")
        self.refused("--samples", "set.npz", "--data", "set.npz", "--permutations", 18, part="--permutations")
        for flag in ("--limit", "--reference"):  # so few have no spread in as many directions as are looked at
            self.refused("--samples", "set.npz", "--data", "set.npz", flag, 15, part=f"{flag} is 15, want 0, which is all, or")
        self.write("net.pt", b"no network")
        self.refused("--samples", "set.npz", "--data", "set.npz", "--features", "net.pt", code=65, part="TorchScript")

    def test_real_images_as_samples_are_told(self):
        result = self.veil("quality", "--samples", "set.npz", "--data", "set.npz", *QUICK)
        self.assertIn("the samples are the real images themselves", result.stderr)
        self.assertIn("No alarm", result.stdout)

    def test_texts(self):
        self.samples(noise(3, 20))
        self.write("letters/text8", b"a word of text eight " * 4_761_904 + b"a" * 16)
        self.refused("--samples", "samples.npz", "--data", "./letters", part="which is text: veil quality compares images")

    def test_a_signal_stops_it(self):
        self.samples(noise(3, 60))
        process = subprocess.Popen([VEIL, "quality", "--samples", "samples.npz", "--data", "set.npz", "--permutations",
                                    "20000"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(2.5)
        self.assertIsNone(process.poll(), "it was over before the signal")
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=120)
        self.assertEqual((process.returncode, output), (75, ""))
        self.assertIn("stopped; nothing was written", errors)


if __name__ == "__main__":
    unittest.main()
