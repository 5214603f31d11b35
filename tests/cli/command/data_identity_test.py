"""Which images and labels a set consists of, and that a figure on others says so.

usage: data_identity_test.py PATH-OF-VEIL
"""

import pathlib
import shutil
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import ROOT, TINY, VeilCase  # noqa: E402


class Comparisons(VeilCase):
    """A figure on other data than the model was trained on says so; one on the same data says nothing."""

    def warnings(self, source, *flags, model="run"):
        lines = self.veil("evaluate", "--model", model, "--data", source, "--limit", 2, *flags).stderr.splitlines()
        return [line for line in lines if "warning" in line]

    def test_one_loud_line_for_other_data(self):
        for i in range(12):
            self.write(f"set/{i}.png", files.png(files.pixels(i, 12, 16, 3), 12, 16, 3))
            self.write(f"other/{i}.png", files.png(files.pixels(50 + i, 12, 16, 3), 12, 16, 3))
        for name, source, resize in (("area", "set", "area"), ("box", "set", "box"), ("other", "other", "area")):
            self.veil("data", "pack", source, name + ".h5", "--size", 8, "--resize", resize, "--holdout", 0.4)
        self.veil("train", "--config", self.write("tiny.cfg", TINY), "--run", "run", "--data.source=area.h5")
        self.assertEqual(self.warnings("area.h5"), [])
        for source, flags, part in (("box.h5", (), "box"), ("other.h5", (), "trained on custom-set, but custom-other"),
                                    ("area.h5", ("--split", "train"), "examples that the model was trained on")):
            lines = self.warnings(source, *flags)
            self.assertEqual(len(lines), 1, (source, lines))
            self.assertIn(part, lines[0])
        shutil.copytree(self.folder / "other", self.folder / "elsewhere/set")
        self.veil("data", "pack", "elsewhere/set", "namesake.h5", "--size", 8, "--holdout", 0.4)
        lines = self.warnings("namesake.h5")
        self.assertEqual(len(lines), 1, "other images under the same name")
        self.assertIn("than the run evaluated on", lines[0])

    def test_a_wider_test_split_holds_what_was_trained_on(self):
        for i in range(20):
            self.write(f"set/{i}.png", files.png(files.pixels(i, 8, 8, 3), 8, 8, 3))
        self.veil("train", "--config", self.write("tiny.cfg", TINY), "--run", "run", "--data.source=set",
                  "--data.holdout=0.3")
        self.assertEqual(self.warnings("set", "--split", "test"), [])
        self.assertIn("than the run evaluated on", "".join(self.warnings("set", "--split", "test", "--data.holdout=0.6")))
        self.assertIn("among these", "".join(self.warnings("set", "--split", "all")))

    def test_the_shipped_model_is_scored_on_the_images_it_is_measured_on(self):
        model = ROOT / "models/fashion-mnist.safetensors"
        self.assertEqual(self.warnings("fashion-mnist", "--passes", 2, model=model), [])


class Labels(VeilCase):
    """Labels that cannot be used are refused, or it is said that there are none."""

    def arrays(self, **arrays):
        images = b"".join(files.pixels(i, 4, 4, 3) for i in range(2))
        content = {"x_train": ("|u1", (2, 4, 4, 3), images), **arrays}
        return self.write("a.npz", files.npz(content))

    def refused(self, *parts, **arrays):
        message = self.veil("data", "inspect", self.arrays(**arrays), code=65).stderr
        for part in parts:
            self.assertIn(part, message)

    def test_arrays_of_labels(self):
        integers = ("<i8", (2,), struct.pack("<2q", 1, 0))
        self.refused("array y_train", "<f8", "want integers", y_train=("<f8", (2,), struct.pack("<2d", 1, 0)))
        self.refused("array labels", "no images of the split 'all'", labels=integers)
        self.refused("2 arrays of labels and 1 of images", y_train=integers, train_labels=integers)
        self.refused("to 3000000", "at most 100000", y_train=("<i8", (2,), struct.pack("<2q", 1, 3_000_000)))
        self.refused("labels for 1 of 2 splits", y_train=integers, x_test=("|u1", (1, 4, 4, 3), files.pixels(9, 4, 4, 3)))
        found = self.inspected(self.arrays(y_train=integers, train_ids=integers))
        self.assertEqual(found["splits"][0]["per_class"], [1, 1])

    def test_a_stray_image_is_named(self):
        for name in ("a/1", "b/2", "stray"):
            self.write(f"set/{name}.png", files.png(files.pixels(len(name), 4, 4, 3), 4, 4, 3))
        self.assertIn("not every image lies in a class folder: stray.png", self.veil("data", "inspect", "set").stdout)

    def test_idx_with_labels_for_one_split(self):
        for split, count in (("train", 3), ("t10k", 2)):
            self.write(f"idx/{split}-images-idx3-ubyte", b"\0\0\x08\3" + struct.pack(">3I", count, 4, 4) + bytes(16 * count))
        self.write("idx/train-labels-idx1-ubyte", b"\0\0\x08\1" + struct.pack(">I", 3) + bytes(3))
        self.assertIn("no file of labels for the split 'test'", self.veil("data", "inspect", "idx", code=65).stderr)


class Holdout(VeilCase):
    def test_the_test_split_is_the_same_at_every_size(self):
        for i in range(40):  # each of one colour, which no filter changes
            self.write(f"set/{i}.png", files.png(bytes([i, 2 * i, 255 - i] * 144), 12, 12, 3))
        colours = []
        for size in (12, 6, 4):
            self.veil("data", "pack", "set", "set.h5", "--size", size, "--holdout", 0.3)
            pixels = self.exported("set.h5")["x_test"][2]
            colours.append([pixels[i:i + 3] for i in range(0, len(pixels), 3 * size * size)])
        self.assertGreater(len(colours[0]), 3)
        self.assertEqual(colours[0], colours[1])
        self.assertEqual(colours[0], colours[2])

    def test_an_empty_test_split_is_explained(self):
        self.write("one/a.png", files.png(files.pixels(0, 8, 8, 3), 8, 8, 3))
        config = self.write("tiny.cfg", TINY)
        self.assertIn("data.holdout 0.001 puts all 1 usable image into the other; too few differ to divide them",
                      self.veil("train", "--config", config, "--data.source=one", "--data.holdout=0.001", code=65).stderr)

    def test_what_was_done_before_is_not_forgotten(self):
        for i in range(9):
            self.write(f"set/{i}.png", files.png(files.pixels(i, 12, 12, 3), 12, 12, 3))
        self.veil("data", "pack", "set", "a.h5", "--size", 8)
        self.veil("data", "pack", "a.h5", "b.h5", "--channels", 1)
        self.assertEqual(self.inspected("b.h5")["preparation"], "centre crop, area filter to 8x8; then grey")


if __name__ == "__main__":
    unittest.main()
