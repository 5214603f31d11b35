"""Equal images: which one is kept, and that every way to a data set keeps the same ones.

What is right is computed here by comparing every image with every other one.

usage: data_duplicates_test.py VEIL
"""

import hashlib
import json
import pathlib
import random
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import TINY, VeilCase  # noqa: E402

DROP = ("--duplicates", "drop")
RANKS = ("test", "valid", "train")
SIDE = 8


def kept(images):
    """Of a list of (split, label, pixels) in the order of the source: those that stay, and (images, in_other_split,
    of_other_class) of those that do not, by split. Quadratic on purpose."""
    stay, gone = [], {split: [0, 0, 0] for split in RANKS}
    for number, (split, label, pixels) in enumerate(images):
        equal = [(RANKS.index(other[0]), place) for place, other in enumerate(images) if other[2] == pixels]
        first = images[min(equal)[1]]
        if min(equal)[1] == number:
            stay.append((split, label, pixels))
        else:
            counts = gone[split]
            counts[0] += 1
            counts[1] += first[0] != split
            counts[2] += first[1] != label
    return stay, gone


class DividedFolder(VeilCase):
    """Three splits of two classes, drawn from few pictures, so that everything is there several times."""

    def setUp(self):
        super().setUp()
        noise = random.Random(5)
        pool = [files.pixels(number, SIDE, SIDE, 3) for number in range(40)]
        self.images = []
        for split, count in (("train", 60), ("valid", 12), ("test", 14)):
            for label, name in enumerate(("cat", "dog")):
                for number in range(count // 2):
                    pixels = pool[noise.randrange(len(pool))]
                    self.write(f"set/{split}/{name}/{number:02}.png", files.png(pixels, SIDE, SIDE, 3))
                    self.images.append((split, label, pixels))
        self.stay, self.gone = kept(self.images)
        for counts in self.gone.values():
            self.assertGreater(counts[0], 0)
        self.assertGreater(self.gone["train"][1], 0)
        self.assertGreater(self.gone["train"][2], 0)

    def arrays(self, images):
        found = {}
        for split in RANKS:
            part = [image for image in images if image[0] == split]
            found["x_" + split] = ("|u1", (len(part), SIDE, SIDE, 3), b"".join(pixels for _, _, pixels in part))
            found["y_" + split] = ("<i8", (len(part),), struct.pack(f"<{len(part)}q", *(label for _, label, _ in part)))
        return found

    def counts_json(self, split):
        return dict(zip(("images", "in_other_split", "of_other_class"), self.gone[split]))

    def stored(self, run):
        content = (self.folder / run / "model.safetensors").read_bytes()
        header = json.loads(content[8:8 + struct.unpack("<Q", content[:8])[0]])
        return json.loads(header["__metadata__"]["veil.dataset"])

    def test_all_are_kept_unless_it_is_asked_for(self):
        self.assertEqual(self.exported("set"), self.arrays(self.images))
        found = self.inspected("set")
        earlier = {split: len([1 for i, image in enumerate(self.images) if image[0] == split and
                               any(other[0] == split and other[2] == image[2] for other in self.images[:i])])
                   for split in RANKS}
        self.assertEqual({split["name"]: split["duplicates"] for split in found["splits"]}, earlier)

    def test_inspect_pack_and_export_keep_the_same_ones(self):
        self.assertEqual(self.exported("set", *DROP), self.arrays(self.stay))
        for split in self.inspected("set", *DROP)["splits"]:
            self.assertEqual(split["images"], sum(image[0] == split["name"] for image in self.stay))
            self.assertEqual(split["dropped_duplicates"], self.counts_json(split["name"]))
            self.assertEqual(split["duplicates"], 0)
        self.assertEqual(self.inspected("set", *DROP)["scored_twice"], 0)
        packed = json.loads(self.veil("data", "pack", "set", "set.h5", "--json", *DROP).stdout)
        self.assertEqual(packed["dropped_duplicates"], {split: self.counts_json(split) for split in RANKS})
        self.assertEqual(self.exported("set.h5"), self.arrays(self.stay))
        found = self.inspected("set.h5")
        provenance = json.loads(found["provenance"])
        self.assertEqual(provenance["dropped_duplicates"], packed["dropped_duplicates"])
        self.assertEqual(provenance["preparation"], "as they are, duplicates dropped")
        self.assertEqual(found["preparation"], "duplicates dropped")

    def test_what_is_dropped_is_said(self):
        for words in (("inspect", "set"), ("pack", "set", "said.h5"), ("export", "set", "said.npz")):
            printed = self.veil("data", *words, *DROP).stdout
            for split in RANKS:
                self.assertIn(f"{self.gone[split][0]} duplicate", printed)
            self.assertIn(f"{self.gone['train'][1]} equal to one that is kept for scoring", printed)
            self.assertIn(f"{self.gone['train'][2]} of another class than the one that is kept", printed)

    def test_images_of_two_classes_are_counted(self):
        found = self.inspected("set")
        seen = [image for split in found["splits"] for image in self.images if image[0] == split["name"]]
        first = {}
        for _, label, pixels in seen:
            first.setdefault(pixels, label)
        conflicts = sum(first[pixels] != label for _, label, pixels in seen)
        self.assertGreater(conflicts, 0)
        self.assertEqual(found["of_other_class"], conflicts)
        self.assertIn(f"{conflicts} images equal an earlier one of another class", self.veil("data", "inspect", "set").stdout)

    def test_training_from_the_folder_and_from_packed_files_is_on_that_list(self):
        self.write("tiny.cfg", TINY)
        self.veil("data", "pack", "set", "kept.h5")
        self.veil("data", "pack", "set", "dropped.h5", *DROP)
        tokens = b"".join(pixels for split, _, pixels in self.stay if split == "train")
        scored = sum(split == "test" for split, _, _ in self.stay)
        for source in ("set", "kept.h5", "dropped.h5"):
            said = self.veil("train", "--config", "tiny.cfg", f"--data.source={source}", "--data.duplicates=drop",
                             "--run", source + ".run").stderr
            if source != "dropped.h5":
                self.assertIn(f"train: {self.gone['train'][0]} duplicates dropped", said)
            data = self.stored(source + ".run")
            self.assertEqual(data["token_digest"], hashlib.sha256(tokens).hexdigest()[:16], source)
            self.assertEqual(data["preparation"], "duplicates dropped", source)
            evaluation = json.loads((self.folder / (source + ".run") / "evaluation.json").read_text(encoding="utf-8"))
            self.assertEqual(evaluation["examples"], scored)
        self.assertEqual(self.stored("set.run")["fingerprint"], self.stored("dropped.h5.run")["fingerprint"])
        self.veil("train", "--config", "tiny.cfg", "--data.source=dropped.h5", "--run", "set.run", "--extend", "1",
                  "--data.duplicates=drop")  # the same data elsewhere

    def test_a_run_with_duplicates_is_another_one(self):
        self.write("tiny.cfg", TINY)
        words = ("train", "--config", "tiny.cfg", "--data.source=set", "--run", "run")
        self.veil(*words, "--train.steps=1")
        self.assertIn("was 60 of 8x8x3", self.veil(*words, "--train.steps=2", "--data.duplicates=drop", code=65).stderr)


class OneFolder(VeilCase):
    """A source without splits, where images become equal by being fitted: their own pixels decide who is held out."""

    def test_the_one_that_is_held_out_is_kept(self):
        images = []  # held out or not, pixels once they are 2 x 2
        for number in range(90):
            value, side = 10 * (number % 23), 2 + number // 23
            content = bytes([value, 0, 90]) * side**2
            self.write(f"set/{number:02}.png", files.png(content, side, side, 3))
            share = struct.unpack(">I", hashlib.sha256(content).digest()[:4])[0] / 2**32
            images.append(("test" if share < 0.3 else "train", -1, bytes([value, 0, 90]) * 4))
        stay, gone = kept(images)
        self.assertGreater(gone["train"][1], 0)
        self.veil("data", "pack", "set", "packed.h5", "--size", 2, "--holdout", 0.3, *DROP)
        for words in (("set", "--size", 2, "--holdout", 0.3, *DROP), ("packed.h5",)):
            found = self.exported(*words)
            for split in ("train", "test"):
                want = b"".join(pixels for where, _, pixels in stay if where == split)
                self.assertGreater(len(want), 0)
                self.assertEqual(found["x_" + split][2], want)
        found = self.inspected("set", "--size", 2, "--holdout", 0.3, *DROP)["splits"][0]
        self.assertEqual(found["images"], len(stay))
        self.assertEqual(found["dropped_duplicates"]["images"], gone["train"][0] + gone["test"][0])
        self.assertEqual(found["dropped_duplicates"]["in_other_split"], gone["train"][1])

    def test_without_a_test_split_the_first_is_kept(self):
        images = [files.pixels(number % 9, 4, 4, 3) for number in (5, 3, 5, 14, 1, 3)]
        for number, content in enumerate(images):
            self.write(f"set/{number}.png", files.png(content, 4, 4, 3))
        found = self.exported("set", "--holdout", 0, *DROP)
        self.assertEqual(found["x_train"][2], images[0] + images[1] + images[4])

    def test_a_grey_picture_is_one_in_colour_too(self):
        grey = files.pixels(1, 4, 4, 1)
        self.write("set/a.png", files.png(files.pixels(2, 4, 4, 3), 4, 4, 3))
        self.write("set/b.png", files.png(grey, 4, 4, 1))
        self.write("set/c.png", files.png(bytes(value for value in grey for _ in range(3)), 4, 4, 3))
        self.assertEqual(self.inspected("set", *DROP)["splits"][0]["images"], 2)
        self.assertEqual(self.exported("set", "--holdout", 0, *DROP)["x_train"][1], (2, 4, 4, 3))

    def test_equal_bytes_of_other_sizes_are_other_pictures(self):
        for name, height, width in (("a", 2, 8), ("b", 4, 4), ("c", 8, 2)):
            self.write(f"set/{name}.png", files.png(bytes(range(48)), height, width, 3))
        self.assertEqual(self.inspected("set", *DROP)["splits"][0]["images"], 3)


class Names(VeilCase):
    def test_a_known_set_without_its_duplicates_is_another_one(self):
        found = json.loads(self.veil("data", "pack", "photos32", "p.h5", "--json", *DROP).stdout)
        self.assertEqual(found["name"], "photos32-distinct")
        again = json.loads(self.veil("data", "pack", "p.h5", "q.h5", "--json", *DROP).stdout)
        self.assertEqual(again["name"], "photos32-distinct")
        self.assertEqual(self.inspected("q.h5")["preparation"], self.inspected("p.h5")["preparation"])
        self.veil("data", "pack", "photos32", "r.h5", "--name", "photos32", *DROP, code=2)

    def test_other_values_are_refused(self):
        self.write("set/a.png", files.png(files.pixels(0, 4, 4, 3), 4, 4, 3))
        self.assertIn("want keep or drop", self.veil("data", "inspect", "set", "--duplicates", "yes", code=2).stderr)


if __name__ == "__main__":
    unittest.main()
