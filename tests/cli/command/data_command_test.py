"""Images of every format through the program: what a user brings, what is refused, and the way to a trained model.

usage: data_command_test.py PATH-OF-VEIL
"""

import json
import os
import pathlib
import re
import shutil
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import ROOT, TINY, VeilCase  # noqa: E402

PICTURES = ROOT / "tests/io/fixtures/images"


class Formats(VeilCase):
    """Each file is made here, from a formula; what comes out again must be those bytes."""

    def images(self, count, height=4, width=6, channels=3, first=0):
        return [files.pixels(first + i, height, width, channels) for i in range(count)]

    def check(self, source, train, shape, labels=None, test=None, test_labels=None, flags=()):
        arrays = self.exported(source, *flags)
        for split, images, classes in (("train", train, labels), ("test", test, test_labels)):
            if images is None:
                self.assertNotIn("x_" + split, arrays)
                continue
            self.assertEqual(arrays["x_" + split], ("|u1", (len(images), *shape), b"".join(images)))
            if classes is None:
                self.assertNotIn("y_" + split, arrays)
            else:
                self.assertEqual(arrays["y_" + split], ("<i8", (len(images),), struct.pack(f"<{len(classes)}q", *classes)))
        packed = self.folder / "packed.h5"
        if source != packed:
            self.veil("data", "pack", source, packed, *flags)
            self.check(packed, train, shape, labels, test, test_labels)
            self.assertIn("as it should be", self.veil("data", "verify", packed).stdout)

    def test_npy_of_every_order(self):
        colour = self.images(3)
        no_holdout = ("--holdout", "0")
        nhwc = self.write("a.npy", files.npy("|u1", (3, 4, 6, 3), b"".join(colour)))
        nchw = self.write("b", files.npy("|u1", (3, 3, 4, 6), b"".join(files.planes(image, 3) for image in colour)))
        grey = self.images(3, channels=1)
        nhw = self.write("c.npy", files.npy("|u1", (3, 4, 6), b"".join(grey)))
        for source, images, channels in ((nhwc, colour, 3), (nchw, colour, 3), (nhw, grey, 1)):
            arrays = self.exported(source, *no_holdout)
            self.assertEqual(arrays, {"x_train": ("|u1", (3, 4, 6, channels), b"".join(images))})

    def test_npz_with_splits_and_labels(self):
        train, test = self.images(3), self.images(2, first=10)
        for deflate in (False, True):
            arrays = {"x_train": ("|u1", (3, 4, 6, 3), b"".join(train)), "y_train": ("|u1", (3,), b"\2\0\1"),
                      "x_test": ("|u1", (2, 4, 6, 3), b"".join(test)), "y_test": ("<i8", (2, 1), struct.pack("<2q", 1, 2))}
            source = self.write("data.npz", files.npz(arrays, deflate))
            self.check(source, train, (4, 6, 3), [2, 0, 1], test, [1, 2])

    def test_downsampled_imagenet_as_npz(self):
        train, test = self.images(4, 8, 8), self.images(2, 8, 8, first=20)
        rows = [files.planes(image, 3) for image in train]
        mean = ("<f8", (192,), struct.pack("<192d", *range(192)))

        def batch(images, labels):
            return files.npz({"data": ("|u1", (len(images), 192), b"".join(images)),
                              "labels": ("<i8", (len(labels),), struct.pack(f"<{len(labels)}q", *labels)), "mean": mean})
        self.write("small/train_data_batch_2.npz", batch(rows[2:3], [7]))
        self.write("small/train_data_batch_1.npz", batch(rows[:2], [1, 1000]))
        self.write("small/train_data_batch_10.npz", batch(rows[3:], [3]))
        self.write("small/val_data.npz", batch([files.planes(image, 3) for image in test], [2, 1000]))
        self.check(self.folder / "small", train, (8, 8, 3), [0, 999, 6, 2], test, [1, 999])

    def test_pickled_imagenet_is_refused_with_the_remedy(self):
        self.write("pickled/train_data_batch_1", b"\x80\x03}q\x00(X\x04\x00\x00\x00dataq\x01u.")
        for source in ("pickled", "pickled/train_data_batch_1"):
            self.assertIn("numpy.savez", self.veil("data", "inspect", source, code=65).stderr)

    def test_png_folders_of_van_den_oord_and_their_archives(self):
        train, test = self.images(3, 8, 8), self.images(2, 8, 8, first=20)
        members = {f"train_8x8/{i + 1:07}.png": files.png(image, 8, 8, 3) for i, image in enumerate(train)}
        others = {f"valid_8x8/{i + 1:05}.png": files.png(image, 8, 8, 3) for i, image in enumerate(test)}
        for name, content in {**members, **others}.items():
            self.write("folders/" + name, content)
        self.write("archives/train_8x8.tar", files.tar(members))
        self.write("archives/valid_8x8.tar.gz", files.tar(others, "w:gz"))
        for source in ("folders", "archives"):
            self.check(self.folder / source, train, (8, 8, 3), None, test)
        self.check(self.folder / "folders/valid_8x8", None, (8, 8, 3), None, test)

    def test_class_folders_in_a_tar(self):
        images = self.images(4, 8, 8)
        members = {f"photos/train/{name}/{i}.png": files.png(images[i], 8, 8, 3)
                   for i, name in enumerate(["cat", "ant", "ant", "bee"])}
        source = self.write("photos.tar", files.tar(members))
        self.check(source, images, (8, 8, 3), [2, 0, 0, 1])
        self.assertEqual(self.inspected(source)["class_names"], ["ant", "bee", "cat"])

    def test_cifar_binary(self):
        train, test = self.images(2, 32, 32), self.images(1, 32, 32, first=5)
        self.write("ten/data_batch_1.bin", b"".join(bytes([9 - i]) + files.planes(x, 3) for i, x in enumerate(train)))
        self.write("ten/test_batch.bin", b"\0" + files.planes(test[0], 3))
        self.check(self.folder / "ten", train, (32, 32, 3), [9, 8], test, [0])
        self.write("hundred/train.bin", b"".join(bytes([i, 90 + i]) + files.planes(x, 3) for i, x in enumerate(train)))
        self.write("hundred/test.bin", b"\0\1" + files.planes(test[0], 3))
        self.check(self.folder / "hundred", train, (32, 32, 3), [90, 91], test, [1])
        self.veil("data", "export", "ten", "again", "--as", "cifar")
        for name in ("data_batch_1.bin", "test_batch.bin"):
            self.assertEqual((self.folder / "again" / name).read_bytes(), (self.folder / "ten" / name).read_bytes())


class Identity(VeilCase):
    """The two versions of ImageNet 64 x 64 are told apart by counts that are published."""

    def test_the_listing_of_the_png_version(self):
        picture = files.png(files.pixels(0, 64, 64, 3), 64, 64, 3)
        first = self.write("imagenet/valid_64x64/00001.png", picture)
        for number in range(2, 50_000):
            os.link(first, first.parent / f"{number:05}.png")
        self.assertEqual(self.inspected("imagenet", "--size", "8")["name"], "imagenet64-png")
        os.link(first, first.parent / "50000.png")
        self.assertEqual(self.inspected("imagenet", "--size", "8")["name"], "custom-imagenet")

    def test_the_rows_of_the_npz_version(self):
        labels = b"".join(struct.pack("<q", 1 + i % 1000) for i in range(50_000))
        data = files.npz({"data": ("|u1", (50_000, 192), bytes(50_000 * 192)), "labels": ("<i8", (50_000,), labels)})
        self.write("arrays/val_data.npz", data)
        found = self.inspected("arrays")
        self.assertEqual((found["name"], found["classes"]), ("imagenet8-npz", 1000))
        self.assertEqual(set(found["splits"][0]["per_class"]), {50})


class Hostile(VeilCase):
    """One code path decides: what is inspected, packed and trained on is the same list, and each refusal has a reason."""

    REFUSED = {"empty.png": "empty", "page.jpg": "web page", "cut.jpg": "end", "cut.png": "", "animated.gif": "animat",
               "animated.png": "animat", "animated.webp": "animat", "thin.png": "smaller"}

    def make_folder(self):
        wanted = ["alpha.png", "cmyk.jpg", "colour.bmp", "colour.jpg", "colour.png", "colour16.png", "grey.jpg", "grey16.png",
                  "animated.gif", "animated.png", "animated.webp"]
        for name in wanted:
            self.write("mixed/" + name, (PICTURES / name).read_bytes())
        for name in ("colour.jpg", "colour.png"):
            content = (PICTURES / name).read_bytes()
            self.write("mixed/cut" + name[6:], content[:len(content) * 6 // 10])
        self.write("mixed/empty.png", b"")
        self.write("mixed/page.jpg", b"<!DOCTYPE html><html><body>404</body></html>")
        self.write("mixed/thin.png", files.png(files.pixels(0, 1, 500, 3), 1, 500, 3))
        self.write("mixed/notes.txt", b"these are my pictures")
        os.symlink("nowhere", self.folder / "mixed/link.png")
        return len(wanted) - 3

    def test_inspect_pack_and_train_agree(self):
        good = self.make_folder()
        found = self.inspected("mixed", "--size", "8")
        split = found["splits"][0]
        self.assertEqual(split["images"], good)
        reasons = {each["file"]: each["reason"] for each in split["refused"]}
        self.assertEqual(set(reasons), {*self.REFUSED, "link.png"})
        for name, part in self.REFUSED.items():
            self.assertIn(part, reasons[name], name)
        self.assertTrue(split["conversions"])
        self.assertEqual(found["left_out"], [{"kind": "text files", "count": 1, "example": "notes.txt"}])
        packed = json.loads(self.veil("data", "pack", "mixed", "mixed.h5", "--size", "8", "--json").stdout)
        self.assertEqual((sum(packed["images"].values()), packed["refused"]), (good, len(reasons)))
        config = self.write("tiny.cfg", TINY)
        for source in ("mixed", "mixed.h5"):
            result = self.veil("train", "--config", config, "--run", "run-" + source, f"--data.source={source}",
                               "--data.size=8", "--data.holdout=0.5")
            self.assertIn(f"({packed['images']['train']} examples)" if source == "mixed.h5" else "9 of 17 files refused",
                          result.stderr)
        self.assertEqual(self.exported("mixed", "--size", "8"), self.exported("mixed.h5"))

    def test_a_list_that_is_cut_says_so(self):
        self.make_folder()
        words = ("train", "--config", self.write("tiny.cfg", TINY), "--data.size=8", "--data.holdout=0.5")
        result = self.veil(*words, "--data.source=mixed", "--run", "run")
        self.assertIn("9 of 17 files refused", result.stderr)
        self.assertRegex(result.stderr, r"refused[^\n]*\n( +1  [^\n]*\n){4} +5  for other reasons\n")
        self.assertRegex(result.stderr, r": 1 image converted: ")
        self.assertNotRegex(result.stderr, r"\b1 images converted")

    def test_verify_says_what_it_wants(self):
        self.write("photos/a.png", files.png(files.pixels(0, 8, 8, 3), 8, 8, 3))
        self.assertIn("photos: is a folder, want one file: a packed one (.h5, by veil data pack)",
                      self.veil("data", "verify", "photos", code=65).stderr)

    def test_sizes_that_differ_ask_for_a_size(self):
        self.write("two/a.png", files.png(files.pixels(0, 4, 4, 3), 4, 4, 3))
        self.write("two/b.png", files.png(files.pixels(0, 5, 4, 3), 5, 4, 3))
        message = self.veil("data", "pack", "two", "two.h5", code=65).stderr
        for part in ("a.png is 4x4x3", "b.png is 5x4x3", "--size 4 keeps all 2 images"):
            self.assertIn(part, message)
        self.assertFalse((self.folder / "two.h5").exists())
        self.assertEqual(list(self.folder.glob("*.partial")), [])

    def test_grey_files_are_not_taken_for_colour(self):
        self.write("grey/a.png", files.png(files.pixels(0, 4, 4, 1), 4, 4, 1))
        self.assertIn("all images are grey", self.veil("data", "pack", "grey", "g.h5", "--channels", "3", code=65).stderr)
        self.assertEqual(self.inspected("grey", "--size", "4")["splits"][0]["shapes"], {"4x4x1": 1})

    def test_a_damaged_packed_file_is_noticed(self):
        self.write("one/a.png", files.png(files.pixels(0, 8, 8, 3), 8, 8, 3))
        self.veil("data", "pack", "one", "one.h5", "--holdout", "0")
        content = bytearray((self.folder / "one.h5").read_bytes())
        at = content.find(files.pixels(0, 8, 8, 3))
        content[at + 5] ^= 1
        self.write("one.h5", bytes(content))
        self.assertIn("want", self.veil("data", "verify", "one.h5", code=65).stderr)


class Duplicates(VeilCase):
    def test_what_is_scored_twice_is_counted(self):
        image = [files.png(files.pixels(i, 4, 4, 3), 4, 4, 3) for i in range(3)]
        for name, number in (("train/a", 0), ("train/b", 1), ("train/c", 0), ("test/a", 1), ("test/b", 2)):
            self.write(f"set/{name}.png", image[number])
        found = self.inspected("set")
        self.assertEqual(found["scored_twice"], 1)
        self.assertEqual([split["duplicates"] for split in found["splits"]], [1, 0])


class FourLines(VeilCase):
    def test_the_lines_of_the_readme(self):
        section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Train on your own images")[1]
        lines = re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1).strip().splitlines()
        self.assertEqual(len(lines), 4)
        for i in range(40):
            self.write(f"photos/{'ab'[i % 2]}/{i}.png", files.png(files.pixels(i, 72, 80, 3), 72, 80, 3))
        shutil.copytree(ROOT / "configs", self.folder / "configs")
        small = {"train": ["--train.steps=2", "--train.batch_size=2", "--model.width=32", "--model.layers=1",
                           "--model.dit_width=32", "--model.dit_heads=2", "--model.dit_layers=1", "--evaluate.passes=2",
                           "--evaluate.replicates=2", "--evaluate.limit=2", "--sample.count=2", "--sample.steps=2"],
                 "sample": ["--steps=2", "--count=2"]}
        for line in lines:
            words = line.split("#")[0].split()
            self.assertEqual(words[0], "veil")
            extra = [] if words[1] not in small else small[words[1]]
            kept = [word for i, word in enumerate(words[1:]) if not (words[1] == "sample" and "--count" in words[i:i + 2])]
            self.veil(*kept, *extra)
        for name in ("photos.h5", "sheet.png", "results/photos/model.safetensors", "samples.png"):
            self.assertTrue((self.folder / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
