"""Folders as strangers bring them: other files beside the data, splits under other names, data further down.

What is made here is made without the program; what it takes for what is compared with what was put there.

usage: data_mixed_test.py VEIL
"""

import json
import pathlib
import re
import struct
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import ROOT, TINY, VeilCase  # noqa: E402

SIDE = 6


def picture(number):
    return files.png(files.pixels(number, SIDE, SIDE, 3), SIDE, SIDE, 3)


class FolderCase(VeilCase):
    def put(self, root, folders):
        """A picture in each folder; its number says where: {folder: count}. Returns the numbers."""
        numbers = {}
        for folder, count in folders.items():
            for _ in range(count):
                self.made = getattr(self, "made", -1) + 1
                self.write(f"{root}/{folder}/{self.made}.png", picture(self.made))
                numbers.setdefault(folder, []).append(self.made)
        return numbers

    def expect(self, source, wanted):
        """wanted: {split: {class or None: numbers}}; the pixels in each must be exactly these."""
        found = self.inspected(source)
        arrays = self.exported(source, "--holdout", 0)
        for split, classes in wanted.items():
            pixels = arrays["x_" + split][2]
            size = SIDE * SIDE * 3
            images = [pixels[i:i + size] for i in range(0, len(pixels), size)]
            labels = struct.unpack(f"<{len(images)}q", arrays["y_" + split][2]) if "y_" + split in arrays else [-1] * len(images)
            named = sorted((found["class_names"][label] if label >= 0 else "", image) for label, image in zip(labels, images))
            self.assertEqual(named, sorted((name or "", files.pixels(number, SIDE, SIDE, 3))
                                           for name, numbers in classes.items() for number in numbers), (source, split))
        self.assertEqual({name[2:] for name in arrays if name.startswith("x_")}, set(wanted))
        return found

    def refused(self, source, *parts):
        message = self.veil("data", "inspect", source, code=65).stderr
        self.assertEqual(message.count("\n"), 1, message)
        for part in parts:
            self.assertIn(part, message)
        return message


class OtherFiles(FolderCase):
    def beside(self):
        """What people leave beside their pictures, by name: (content, kind that is said)."""
        with zipfile.ZipFile(self.folder / "two.zip", "w") as archive:
            for i in (90, 91):
                archive.writestr(f"{i}.png", picture(i))
        zipped = (self.folder / "two.zip").read_bytes()
        return {"example.zip": (zipped, "archives"), "masks.npy": (files.npy("|u1", (3, 8, 8), bytes(192)), "NumPy arrays"),
                "fid_stats.npz": (files.npz({"mu": ("<f8", (2,), bytes(16)), "sigma": ("<f8", (2, 2), bytes(32))}),
                                  "NumPy arrays"),
                "features.npy": (files.npy("<f4", (3, 2, 2), bytes(48)), "NumPy arrays"),
                "README": (b"my pictures\n", "text files"), "labels.csv": (b"file,label\n1.png,cat\n", "text files"),
                "embeddings.h5": (b"\x89HDF\r\n\x1a\n" + bytes(64), "HDF5 files"),
                "old.tar": (files.tar({"1.png": picture(92)}), "archives"), "cut.zip": (zipped[:50], "archives"),
                "page.pdf": (b"%PDF-1.4 \xff", "documents"), "table.parquet": (b"PAR1\x15\x04", "parquet tables"),
                "logo.svg": (b"<?xml version='1.0'?><svg/>", "SVG drawings"), "a.pt": (zipped, "files of tensors"),
                "annotations/coco.json": (b"{}", "text files"),
                "tutor.pt": ("Bem-vindo ao tutorial: é só ler, não há\n".encode("latin-1"), "text files"),
                "old.pkl": (b"(lp0\nI1\naI2\na.", "Python pickles")}

    def test_the_pictures_are_used_and_the_rest_is_named(self):
        numbers = self.put("set", {"cat": 10, "dog": 10})
        for name, (content, kind) in self.beside().items():
            path = self.write("set/" + name, content)
            found = self.expect("set", {"train": numbers})
            self.assertEqual(found["left_out"], [{"kind": kind, "count": 1, "example": name}])
            page = self.veil("data", "inspect", "set").stdout
            self.assertRegex(page, rf"left out +{re.escape(kind)}: 1, {re.escape(name)}\n")
            path.unlink()

    def test_all_of_them_at_once_for_every_command(self):
        self.put("set", {"cat": 10, "dog": 10})
        wanted = {}
        for name, (content, kind) in self.beside().items():
            self.write("set/" + name, content)
            wanted[kind] = wanted.get(kind, 0) + 1
        for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "__MACOSX/cat/._0.png", "@eaDir/0.png"):
            self.write("set/" + name, picture(95))  # what systems leave is no picture of anybody
        wanted["hidden and system files and folders"] = 5
        found = self.inspected("set")
        self.assertEqual({each["kind"]: each["count"] for each in found["left_out"]}, wanted)
        self.assertEqual(found["splits"][0]["images"], 20)
        packed = self.veil("data", "pack", "set", "set.h5").stdout
        self.assertIn("left out: ", packed)
        provenance = json.loads(self.inspected("set.h5")["provenance"])
        self.assertEqual({each["kind"]: each["count"] for each in provenance["left_out"]}, wanted)
        log = self.veil("train", "--config", self.write("tiny.cfg", TINY), "--run", "run", "--data.source=set",
                        "--data.holdout=0.5").stderr
        self.assertEqual(log.count("left out: "), 1, log)

    def test_two_kinds_of_data_are_refused_and_both_named(self):
        self.put("set", {".": 4})
        self.write("set/more.npz", files.npz({"x": ("|u1", (4, 8, 8), bytes(256))}))
        self.refused("set", "image files (4 images", "NumPy arrays (4 images, more.npz)", "which are the data?")
        self.write("set/more.npz", files.npz({"x": ("|u1", (20, 8, 8), bytes(1280))}))
        found = self.inspected("set")
        self.assertEqual((found["splits"][0]["images"], found["format"]), (20, "NumPy arrays"))
        self.assertEqual([each["kind"] for each in found["left_out"]], ["image files"])

    def test_only_other_files(self):
        for name, (content, _) in self.beside().items():
            if name in ("README", "labels.csv", "page.pdf"):
                self.write("set/" + name, content)
        self.refused("set", "found no image in the folder; what is there: text files: 2 (README, …); documents: 1 (page.pdf)")

    def test_one_picture_alone_and_endings_in_capitals(self):
        self.write("set/0.PNG", picture(0))
        self.expect("set", {"train": {None: [0]}})

    def test_a_tar_with_labels_in_files_beside(self):
        source = self.write("web.tar", files.tar({"000.png": picture(0), "000.cls": b"7", "001.png": picture(1), "001.cls": b"3",
                                                  "__MACOSX/._001.png": b"x", "in.zip": files.npz({})}))
        found = self.expect(source, {"train": {None: [0, 1]}})
        self.assertEqual(found["left_out"], [{"kind": "text files", "count": 2, "example": "000.cls"},
                                             {"kind": "archives", "count": 1, "example": "in.zip"},
                                             {"kind": "hidden and system files and folders", "count": 1,
                                              "example": "__MACOSX"}])

    def test_reasons_are_counted_not_listed(self):
        self.put("set", {".": 2})
        for i in range(30):
            self.write(f"set/cut{i}.png", picture(i)[:60])
        page = self.veil("data", "inspect", "set").stdout
        self.assertRegex(page, r"refused +30 files\n +30 +cut0.png: ")
        self.assertLess(page.count("\n"), 24, "one screen")


class Splits(FolderCase):
    def test_names_that_are_understood(self):
        for names in (("train", "test"), ("training_set", "test_set"), ("seg_train/seg_train", "seg_test/seg_test"),
                      ("TRAIN", "images_val"), ("Train_Images", "Test_Images"), ("trainset", "testset"),
                      ("DIV2K_train_HR", "DIV2K_valid_HR"), ("train photos", "test photos"), ("x_train", "x_test"),
                      ("outer/inner/train", "outer/inner/test"), ("train-images", "test-images")):
            root = "set " + names[0].replace("/", " ")
            numbers = self.put(root, {f"{name}/{animal}": 2 for name in names for animal in ("cat", "dog")})
            wanted = {split: {animal: numbers[f"{name}/{animal}"] for animal in ("cat", "dog")}
                      for split, name in zip(("train", "test"), names)}
            found = self.expect(root, wanted)
            self.assertIn(" is train", found["layout"])
            members = {str(path.relative_to(self.folder / root)): path.read_bytes()
                       for path in sorted((self.folder / root).rglob("*.png"))}
            self.write("same.tar", files.tar(members))
            self.expect("same.tar", wanted)

    def test_two_domains(self):
        numbers = self.put("horse2zebra", {"trainA": 3, "trainB": 2, "testA": 1, "testB": 2})
        found = self.expect("horse2zebra", {split: {domain: numbers[split + domain] for domain in "AB"}
                                            for split in ("train", "test")})
        self.assertIn("the letter behind it is the class", found["layout"])

    def test_splits_below_the_classes(self):
        numbers = self.put("set", {f"{animal}/{split}": 2 for animal in ("cat", "dog") for split in ("train", "test")})
        self.expect("set", {split: {animal: numbers[f"{animal}/{split}"] for animal in ("cat", "dog")}
                            for split in ("train", "test")})

    def test_what_is_not_understood_is_refused_with_what_is(self):
        for folders in (("train", "train_masks", "test"), ("seg_train", "seg_test", "seg_pred"), ("train", "extra"),
                        ("train_cat", "train_dog", "test_cat"), ("train", "test", "test-tubes")):
            root = "set " + " ".join(folders)
            self.put(root, {folder: 1 for folder in folders})
            self.refused(root, folders[0], "understood are train, val, test", "seg_train", "trainA")

    def test_a_class_whose_name_has_a_word_for_a_split_is_said(self):
        for folders, name in ((("test-tubes", "beakers"), "test-tubes"), (("bus", "ship", "train"), "train"),
                              (("images", "masks"), "masks")):
            root = "set-" + name
            numbers = self.put(root, {folder: 2 for folder in folders})
            found = self.expect(root, {"train": numbers})
            self.assertEqual(len(found["remarks"]), 1)
            self.assertIn(f"the folder '{name}' is taken for a class, though", found["remarks"][0])
            self.assertIn(found["remarks"][0], self.veil("data", "inspect", root).stdout)
            self.assertIn(found["remarks"][0], self.veil("data", "pack", root, root + ".h5").stdout)


class FurtherDown(FolderCase):
    def cifar(self, folder, count=3):
        records = b"".join(bytes([i % 10]) + files.planes(files.pixels(i, 32, 32, 3), 3) for i in range(count))
        self.write(folder + "/data_batch_1.bin", records)
        self.write(folder + "/batches.meta.txt", b"\n".join(b"c%d" % i for i in range(10)))

    def idx(self, folder):
        self.write(folder + "/train-images-idx3-ubyte", b"\0\0\x08\3" + struct.pack(">3I", 2, 3, 3) + bytes(range(18)))

    def test_the_folder_above(self):
        self.cifar("data/cifar-10-batches-bin")
        self.idx("tv/MNIST/raw")
        self.write("data/readme.html", b"<html></html>")
        for above, inner in (("data", "data/cifar-10-batches-bin"), ("tv", "tv/MNIST/raw"), ("tv/MNIST", "tv/MNIST/raw")):
            self.assertEqual(self.exported(above), self.exported(inner))
            self.assertIn("in " + inner, self.inspected(above)["layout"])
        self.assertEqual(self.inspected("data")["left_out"][0]["example"], "readme.html")
        self.idx("tv/FashionMNIST/raw")
        self.refused("tv", "found data in 2 folders below; give one: tv/FashionMNIST/raw, tv/MNIST/raw")

    def test_the_archive_itself(self):
        self.cifar("cifar-10-batches-bin")
        members = {str(path.relative_to(self.folder)): path.read_bytes() for path in sorted(self.folder.rglob("*.*"))}
        wanted = self.exported("cifar-10-batches-bin")
        (self.folder / "packed").mkdir()
        self.write("packed/cifar-10-binary.tar.gz", files.tar(members, "w:gz"))
        message = self.refused("packed/cifar-10-binary.tar.gz", "CIFAR-10's binary version")
        unpack, folder = re.search(r"unpack it \((.*?)\) and give the folder (\S+)", message).groups()
        subprocess.run(unpack, shell=True, cwd=self.folder / "packed", check=True)
        self.assertEqual(self.exported(f"packed/{folder}"), wanted, "the remedy works")
        self.assertEqual(self.exported("packed"), wanted, "the unpacked folder beside the archive")

    def test_records_under_the_names_of_the_other_set(self):
        self.write("a/data_batch_1.bin", bytes([3, 77]) + bytes(3072))
        self.refused("a", "looks like CIFAR-100", "3074", "train.bin")
        self.write("b/train.bin", bytes([7]) + bytes(3072))
        self.refused("b", "looks like CIFAR-10:", "3073", "data_batch_1.bin")

    def test_the_python_version(self):
        pickle = b"\x80\x02}q\x01(U\x04dataq\x02K\x01u."
        self.write("py/cifar-10-batches-py/data_batch_1", pickle)
        self.write("hundred/cifar-100-python/train", pickle)
        self.write("hundred/cifar-100-python/meta", pickle)
        for source, title, fetch in (("py", "CIFAR-10", "cifar10"), ("py/cifar-10-batches-py", "CIFAR-10", "cifar10"),
                                     ("hundred", "CIFAR-100", "cifar100")):
            self.refused(source, f"the python version of {title}, a pickle", f"datasets/fetch.sh {fetch};")
        self.assertTrue((ROOT / "datasets/fetch.sh").exists())
        self.write("cifar-10-python.tar.gz", files.tar({"cifar-10-batches-py/data_batch_1": pickle}, "w:gz"))
        self.refused("cifar-10-python.tar.gz", "CIFAR-10's python version")


@unittest.skipUnless(subprocess.run([sys.executable, "-c", "import numpy"], capture_output=True, check=False).returncode == 0,
                     "needs NumPy")
class Conversion(FolderCase):
    """The command that the refusal of a pickle prints, run on pickles as CIFAR's makers wrote them (Python 2: bytes)."""

    MAKE = """
import numpy, pickle, struct, sys

class Python2(pickle._Pickler):
    dispatch = dict(pickle._Pickler.dispatch)

    def save_text(self, text):
        self.write(b"U" + bytes([len(text)]) + text if len(text) < 256 else b"T" + struct.pack("<i", len(text)) + text)
        self.memoize(text)

    dispatch[bytes] = save_text

count, first, path, keys = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
data = numpy.arange(first, first + count * 3072, dtype=numpy.int64).astype(numpy.uint8).reshape(count, 3072)
batch = {b"data": data, b"batch_label": b"batch 1", b"filenames": [b"a.png"] * count}
for key in keys:
    batch[key.encode()] = [5] * count if key.startswith("coarse") else list(range(count))
Python2(open(path, "wb"), protocol=2).dump(batch)
"""

    def test_the_printed_command_makes_what_is_read(self):
        for folder, batches, keys in (("ten", ("data_batch_1", "data_batch_2", "test_batch"), ["labels"]),
                                      ("hundred", ("train", "test", "meta"), ["fine_labels", "coarse_labels"])):
            (self.folder / folder).mkdir()
            for number, batch in enumerate(batches):
                if batch == "meta":
                    self.write(folder + "/meta", b"\x80\x02}q\x01.")
                else:
                    subprocess.run([sys.executable, "-c", self.MAKE, "4", str(number), batch, *keys], cwd=self.folder / folder,
                                   check=True)
            command = re.search(r'python3 (-c ".*?") FILE FILE.npz', self.refused(folder, "python version")).group(1)
            for batch in batches:
                if batch != "meta":
                    subprocess.run(f"{sys.executable} {command} {batch} {batch}.npz", shell=True, cwd=self.folder / folder,
                                   check=True)
            arrays = self.exported(folder)
            whole = bytes(i % 256 for i in range(4 * 3072))
            first = b"".join(bytes(whole[at + channel * 1024 + i] for i in range(1024) for channel in range(3))
                             for at in range(0, len(whole), 3072))
            count = 8 if folder == "ten" else 4
            self.assertEqual(arrays["x_train"][1], (count, 32, 32, 3))
            self.assertEqual(arrays["x_train"][2][:len(first)], first)
            self.assertEqual(struct.unpack(f"<{count}q", arrays["y_train"][2])[:4], (0, 1, 2, 3))


if __name__ == "__main__":
    unittest.main()
