"""Names and contents that do not agree, arrays in every spelling, files that are not there yet or are too large.

usage: data_names_test.py VEIL
"""

import gzip
import os
import pathlib
import random
import shutil
import struct
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import ROOT, VeilCase  # noqa: E402

POINTER = (b"version https://git-lfs.github.com/spec/v1\n"
           b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n")


class DataCase(VeilCase):
    def refused(self, *words, parts=(), code=65):
        message = self.veil(*words, code=code).stderr
        for part in parts:
            self.assertIn(part, message)


class KnownNames(DataCase):
    """A name of a known data set, and a folder of that name under VEIL_DATA with something else in it."""

    def setUp(self):
        super().setUp()
        os.environ["VEIL_DATA"] = str(self.folder)
        self.addCleanup(os.environ.pop, "VEIL_DATA")

    def refused_everywhere(self, name, *parts):
        self.refused("data", "inspect", name, parts=parts)
        self.refused("data", "pack", name, "packed.h5", parts=parts)
        self.refused("train", "--data.source=" + name, "--run", "run", "--train.steps=0", parts=parts)

    def test_records_of_another_version(self):
        self.write("cifar10/train.bin", b"".join(bytes([i % 20, i]) + bytes(3072) for i in range(100)))
        self.refused_everywhere("cifar10", "found custom-cifar10 (CIFAR-100, binary version; 100 in train), want cifar10",
                                "to use it as it is, name its path")
        found = self.inspected(self.folder / "cifar10")
        self.assertEqual((found["classes"], found["splits"][0]["images"]), (100, 100))

    def test_noise_in_place_of_fashion_mnist(self):
        noise = random.Random(1)
        self.write("fashion-mnist/t10k-images-idx3-ubyte", b"\0\0\x08\3" + struct.pack(">3I", 50, 28, 28) + noise.randbytes(50 * 784))
        self.write("fashion-mnist/t10k-labels-idx1-ubyte", b"\0\0\x08\1" + struct.pack(">I", 50) + bytes(i % 10 for i in range(50)))
        self.refused_everywhere("fashion-mnist", "custom-fashion-mnist", "want fashion-mnist")
        self.refused("evaluate", "--model", ROOT / "models/fashion-mnist.safetensors", "--data", "fashion-mnist",
                     parts=("custom-fashion-mnist", "exactly the published images and labels"))

    def test_one_other_file_of_a_shipped_set(self):
        shipped = ROOT / "datasets/fashion-mnist"
        shutil.copytree(shipped, self.folder / "fashion-mnist")
        self.assertEqual(self.inspected("fashion-mnist")["splits"][1]["images"], 10_000)
        for name in ("train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"):
            content = bytearray(gzip.decompress((shipped / name).read_bytes()))
            content[5000] ^= 1
            path = self.write("fashion-mnist/" + name, gzip.compress(bytes(content), 1))
            self.refused("data", "inspect", "fashion-mnist", parts=("custom-fashion-mnist",))
            shutil.copy(shipped / name, path)
        self.assertEqual(self.inspected(self.folder / "fashion-mnist")["name"], "fashion-mnist")

    def test_photographs(self):
        shutil.copytree(ROOT / "datasets/photos32", self.folder / "photos32")
        self.assertEqual(self.inspected("photos32")["name"], "photos32")
        content = bytearray((self.folder / "photos32/test_batch.bin").read_bytes())
        content[100] ^= 1
        self.write("photos32/test_batch.bin", bytes(content))
        self.refused_everywhere("photos32", "custom-photos32", "want photos32")

    def test_a_packed_file_takes_no_known_name_that_it_has_not(self):
        self.write("set/0.png", files.png(files.pixels(0, 8, 8, 3), 8, 8, 3))
        self.refused("data", "pack", "set", "set.h5", "--name", "cifar10", parts=("'cifar10'", "known", "custom-set"), code=2)
        self.veil("data", "pack", "set", "cifar10.h5", "--name", "mine")
        self.refused("data", "inspect", "cifar10", parts=("found mine (packed HDF5", "want cifar10"))


class Arrays(DataCase):
    IMAGES = [files.pixels(i, 4, 4, 3) for i in range(3)]

    def images(self, code="|u1"):
        return code, (3, 4, 4, 3), b"".join(self.IMAGES)

    def check(self, wanted=None, left_out=(), **arrays):
        source = self.write("a.npz", files.npz(arrays))
        found = self.exported(source, "--holdout", 0)
        self.assertEqual(found["x_train"][2], b"".join(self.IMAGES))
        self.assertEqual([] if "y_train" not in found else list(struct.unpack("<3q", found["y_train"][2])), wanted or [])
        listed = self.inspected(source)["left_out"]
        self.assertEqual(sorted((each["kind"], each["example"]) for each in listed), sorted(left_out))
        return listed

    def test_spellings_of_a_type(self):
        for code in ("|u1", "<u1", "=u1", ">u1"):
            self.check(images=self.images(code))
            source = self.write("one.npy", files.npy(code, (3, 4, 4, 3), b"".join(self.IMAGES)))
            self.assertEqual(self.exported(source, "--holdout", 0)["x_train"][2], b"".join(self.IMAGES), code)
        for code, form in ((">i8", ">3q"), ("<i8", "<3q"), ("=i8", "<3q"), (">u2", ">3H"), (">i4", ">3i"), ("<i1", "3b"),
                           (">u1", "3B"), ("=i1", "3b")):
            self.check([2, 0, 1], images=self.images(), labels=(code, (3,), struct.pack(form, 2, 0, 1)))
        self.write("b.npz", files.npz({"images": self.images(), "labels": (">i4", (3,), struct.pack(">3i", 2, -7, 1))}))
        self.refused("data", "inspect", "b.npz", parts=("labels from -7 to 2",))

    def test_arrays_of_no_use_are_left_out_one_by_one(self):
        text = ("<U5", (3,), "ab   cd   ef   ".encode("utf-32-le"))
        self.check([1, 0, 1], [("arrays of texts, objects or records", "a.npz:filenames")], images=self.images(),
                   labels=("<i8", (3,), struct.pack("<3q", 1, 0, 1)), filenames=text)
        kind = "arrays of numbers other than uint8"
        self.check(None, [(kind, "a.npz:features")], images=self.images(), features=("<f4", (3, 2, 2), bytes(48)))
        self.check(None, [("arrays that are no images", "a.npz:mu")], images=self.images(), mu=("<f8", (2,), bytes(16)))
        self.check(None, [("arrays of texts, objects or records", "a.npz:meta")], images=self.images(), meta=("|O", (1,), b"\x80\x03N."))
        self.check(None, [("arrays not called images", "a.npz:masks")], images=self.images(), masks=("|u1", (3, 8, 8), bytes(192)))
        self.check(None, [("arrays that are no images", "a.npz:boxes")], images=self.images(), boxes=("|u1", (3, 4), bytes(12)))

    def test_what_would_be_missed_is_refused(self):
        self.write("a.npz", files.npz({"x_train": self.images(), "x_test": ("<f4", (3, 4, 4, 3), bytes(576))}))
        self.refused("data", "inspect", "a.npz", parts=("array x_test", "<f4", "want uint8", "astype"))
        for labels in (("|O", (3,), b"\x80\x03N."), ("<U1", (3,), bytes(12)), ("<f8", (3,), bytes(24))):
            self.write("a.npz", files.npz({"images": self.images(), "labels": labels}))
            self.refused("data", "inspect", "a.npz", parts=("array labels",))
        self.write("a.npz", files.npz({"images": ("<f4", (3, 4, 4, 3), bytes(576))}))
        self.refused("data", "inspect", "a.npz", parts=("array images", "want uint8"))

    def test_columns_in_files_of_their_own(self):
        self.write("set/images.npy", files.npy(*self.images()))
        self.write("set/labels.npy", files.npy("<i8", (3,), struct.pack("<3q", 2, 0, 1)))
        self.write("set/ids.npy", files.npy("<i8", (3,), struct.pack("<3q", 7, 8, 9)))
        self.write("set/names.npy", files.npy("<U1", (3,), bytes(12)))
        found = self.exported("set", "--holdout", 0)
        self.assertEqual((found["x_train"][2], struct.unpack("<3q", found["y_train"][2])), (b"".join(self.IMAGES), (2, 0, 1)))
        self.assertEqual({each["example"] for each in self.inspected("set")["left_out"]}, {"ids.npy", "names.npy"})


class Classes(DataCase):
    def idx(self, labels):
        count = len(labels)
        self.write("set/train-images-idx3-ubyte", b"\0\0\x08\3" + struct.pack(">3I", count, 2, 2) + bytes(4 * count))
        self.write("set/train-labels-idx1-ubyte", b"\0\0\x08\1" + struct.pack(">I", count) + bytes(labels))
        return self.inspected("set")

    def test_letters_counted_from_1(self):
        labels = [1 + i % 26 for i in range(52)]
        found = self.idx(labels)
        self.assertEqual((found["classes"], found["splits"][0]["per_class"]), (26, [2] * 26))
        self.assertEqual(found["class_names"], [str(i) for i in range(1, 27)])
        self.assertEqual(len(found["remarks"]), 1)
        self.assertIn("from 1 to 26", found["remarks"][0])
        exported = self.exported("set")["y_train"][2]
        self.assertEqual(struct.unpack("<52q", exported), tuple(label - 1 for label in labels))
        array = files.npz({"x": ("|u1", (52, 2, 2), bytes(208)), "y": ("|u1", (52,), bytes(labels))})
        self.assertEqual(self.inspected(self.write("a.npz", array))["class_names"], found["class_names"])

    def test_classes_without_examples_are_named_once(self):
        found = self.idx([0, 2, 5])
        self.assertEqual((found["classes"], found["remarks"]), (6, ["3 of 6 classes have no example: 1, 3, 4"]))
        self.assertEqual(self.idx([0, 1, 2])["remarks"], [])


class Files(DataCase):
    def test_pointers_of_git_lfs(self):
        for name in ("a.npz", "a.h5", "a.npy", "a.zip", "a.tar"):
            self.write("lfs/" + name, POINTER)
            self.refused("data", "inspect", "lfs/" + name, parts=("Git LFS", "git lfs pull"))
        self.write("model.safetensors", POINTER)
        self.refused("evaluate", "--model", "model.safetensors", parts=("model.safetensors: ", "Git LFS", "git lfs pull"))
        for name in ("0.png", "1.png", "set.npz"):
            self.write("set/" + name, POINTER)
        self.refused("data", "inspect", "set", parts=("Git LFS", "git lfs pull"))
        self.write("set/2.png", files.png(files.pixels(0, 4, 4, 3), 4, 4, 3))
        refused = self.inspected("set")["splits"][0]["refused"]
        self.assertEqual({each["file"] for each in refused}, {"0.png", "1.png", "set.npz"})
        with zipfile.ZipFile(self.folder / "b.zip", "w") as archive:
            archive.writestr("0.png", POINTER)
        self.refused("data", "inspect", "b.zip", parts=("Git LFS",))

    def test_one_member_too_large(self):
        size = (256 << 20) + 1
        small = files.png(files.pixels(0, 4, 4, 3), 4, 4, 3)
        with zipfile.ZipFile(self.folder / "set.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("1.png", small)
            archive.writestr("2.png", bytes(size))
            archive.writestr("3.png", files.png(files.pixels(1, 4, 4, 3), 4, 4, 3))
        self.write("set/1.png", small)
        self.write("set/3.png", files.png(files.pixels(1, 4, 4, 3), 4, 4, 3))
        os.truncate(self.write("set/2.png", b""), size)
        for source in ("set", "set.zip"):
            found = self.inspected(source)["splits"][0]
            self.assertEqual(found["images"], 2, source)
            self.assertEqual(found["refused"], [{"file": "2.png", "reason": f"found {size} bytes, want at most {256 << 20}"}])


if __name__ == "__main__":
    unittest.main()
