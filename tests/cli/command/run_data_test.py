"""Data that changed or moved while a run was stopped: known by their content, not by their path.

usage: run_data_test.py VEIL
"""

import hashlib
import json
import pathlib
import shutil
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from training_case import SCORED, SIDE, TRAINED, OwnRunCase, images, lines, npz  # noqa: E402

COUNT = 300  # a fingerprint looks at 256 of them


def labels(train, test):
    return {f"y_{split}": ("|u1", (len(values),), bytes(values)) for split, values in (("train", train), ("test", test))}


class Changed(OwnRunCase):
    TRAIN = [number % 3 for number in range(COUNT)]
    TEST = [number % 3 for number in range(7)]

    def setUp(self):
        super().setUp()
        self.tokens = images(COUNT, TRAINED, 1)
        self.put(self.tokens, self.TRAIN)
        self.train("--train.steps=2", "--train.log_every=1")

    def put(self, tokens, train_labels, scored=images(7, SCORED, 2)):
        self.write("set.npz", npz(tokens, scored, **labels(train_labels, self.TEST)))

    def refused(self, *parts):
        before = self.content("config.cfg", "model.safetensors", "log.jsonl")
        message = self.go_on("--extend", 2, code=65).stderr
        for part in (*parts, "--allow-changed-data"):
            self.assertIn(part, message)
        self.assertEqual(self.content(*before), before)
        return message

    def test_more_images(self):
        self.put(images(COUNT + 20, TRAINED, 1), self.TRAIN + self.TRAIN[:20])
        message = self.refused("not the training data that this run had until step 2", f"{COUNT + 20} of 8x8x1, was {COUNT} of 8x8x1")
        self.assertNotIn("sha256", message)

    def test_another_label(self):
        self.put(self.tokens, [1] + self.TRAIN[1:])
        def digest(values):
            return hashlib.sha256(struct.pack(f"<{COUNT}q", *values)).hexdigest()[:16]
        self.refused(f"labels (sha256 {digest([1] + self.TRAIN[1:])}, was {digest(self.TRAIN)})")

    def test_a_pixel_of_an_image_that_the_fingerprint_does_not_look_at(self):
        looked_at = {number * COUNT // 256 for number in range(256)}
        other = bytearray(self.tokens)
        place = min(set(range(COUNT)) - looked_at) * SIDE * SIDE
        other[place] = (other[place] + 1) % 100
        self.put(bytes(other), self.TRAIN)
        digests = [hashlib.sha256(tokens).hexdigest()[:16] for tokens in (other, self.tokens)]
        self.refused(f"pixels (sha256 of all {digests[0]}, was {digests[1]})")

    def test_the_evaluation_data(self):
        self.put(self.tokens, self.TRAIN, images(7, SCORED, 3))
        self.refused("not the evaluation data that this run had until step 2: sha256 ")

    def test_it_is_allowed_on_request_and_written_down(self):
        self.put(images(COUNT + 20, TRAINED, 1), self.TRAIN + self.TRAIN[:20])
        result = self.go_on("--extend", 2, "--allow-changed-data", "-q")
        self.assertIn(f"{COUNT + 20} of 8x8x1, was {COUNT} of 8x8x1", result.stderr)
        first, second = self.history()
        self.assertTrue(first["data"].startswith(f"{COUNT} of 8x8x1, 3 classes, "), first)
        self.assertTrue(second["data"].startswith(f"{COUNT + 20} of 8x8x1, 3 classes, "), second)
        change = {"key": "data", "before": first["data"], "after": second["data"]}
        self.assertIn(change, second["changes"])
        self.assertIn({"step": 3, "event": "change", **change}, lines(self.run_folder, "change"))
        self.assertEqual(json.loads(self.model().metadata["veil.dataset"])["fingerprint"], second["data"])
        self.go_on("--extend", 1)  # these are its data now

    def test_another_shape_is_refused_whatever_is_allowed(self):
        self.write("set.npz", files.npz({f"x_{split}": ("|u1", (4, 4, 4), bytes(range(64))) for split in ("train", "test")}))
        self.assertIn("has examples of 4x4x1", self.go_on("--extend", 2, "--allow-changed-data", code=65).stderr)


class Moved(OwnRunCase):
    def test_a_set_of_another_name_at_another_place_is_the_same_set(self):
        self.train("--train.steps=2", "--optimizer.decay=constant")
        (self.folder / "elsewhere").mkdir()
        shutil.move(self.folder / "set.npz", self.folder / "elsewhere" / "other.npz")
        self.go_on("--extend", 2, code=65)
        self.go_on("--extend", 2, "--data.source=elsewhere/other.npz")
        self.assertEqual(self.setting("data.source"), "elsewhere/other.npz")
        self.assertIn({"key": "data.source", "before": "set.npz", "after": "elsewhere/other.npz"}, self.history()[1]["changes"])
        self.veil("data", "pack", "elsewhere/other.npz", "packed.h5")
        self.go_on("--extend", 1, "--data.source=packed.h5")
        self.assertEqual([stretch["data"] for stretch in self.history()], [self.history()[0]["data"]] * 3)

    def test_class_names_belong_to_the_data(self):
        for split in ("train", "test"):
            for name in ("cat", "dog"):
                for number in range(4):
                    content = files.pixels(number + 50 * (name == "dog") + 10 * (split == "test"), 8, 8, 1)
                    self.write(f"pets/{split}/{name}/{number}.png", files.png(content * 3, 8, 8, 3))
        self.train("--train.steps=1", "--data.source=pets")
        for split in ("train", "test"):
            shutil.move(self.folder / "pets" / split / "dog", self.folder / "pets" / split / "hound")
        self.assertIn("class 1 is called 'hound', was 'dog'", self.go_on("--extend", 1, code=65).stderr)


if __name__ == "__main__":
    unittest.main()
