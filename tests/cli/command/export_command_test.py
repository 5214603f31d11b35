"""What veil data writes is written whole or not at all, whatever stops it, and never in the place of something else.

usage: export_command_test.py PATH-OF-VEIL
"""

import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import VEIL, VeilCase  # noqa: E402

MANY = 2000  # images: on an idle machine enough for a signal to arrive between the first and the last
TRIES = 6  # each with twice the images, where the signal came too late


class Case(VeilCase):
    def data(self, *words, **options):
        return self.veil("data", *words, **options)

    def refused(self, *words, code, parts):
        """One line on standard error that holds the parts."""
        lines = self.data(*words, code=code).stderr.splitlines()
        self.assertEqual(len(lines), 1, lines)
        for part in parts:
            self.assertIn(part, lines[0])
        self.assertNotIn("internal", lines[0])

    def picture(self, name, number=0, side=32):
        return self.write(name, files.png(files.pixels(number, side, side, 3), side, side, 3))

    def cifar(self, name, class_names, labels=(0, 1)):
        """A set of CIFAR-10's format: the one way to class names that no folder can have."""
        planes = [files.planes(files.pixels(i, 32, 32, 3), 3) for i in range(len(labels))]
        records = [bytes([label]) + image for label, image in zip(labels, planes)]
        self.write(f"{name}/data_batch_1.bin", b"".join(records))
        self.write(f"{name}/batches.meta.txt", "".join(each + "\n" for each in class_names).encode())

    def entries(self):
        return sorted(path.name for path in self.folder.iterdir())


class Stopped(Case):
    def make_many(self, count=MANY):
        noise = random.Random(1).randbytes(64 * 64 * 3)
        first = self.write("many/cat/0.png", files.png(noise, 64, 64, 3))
        (self.folder / "many/dog").mkdir(exist_ok=True)
        for number in range(len(list(self.folder.glob("many/*/*.png"))), count):
            os.link(first, self.folder / "many" / ("cat", "dog")[number % 2] / f"{number}.png")

    def signalled(self, number, *words, begun):
        """Exit code and last line of errors of a call that gets the signal once the pattern `begun` is there."""
        with subprocess.Popen([VEIL, "data", *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            while process.poll() is None and next(self.folder.glob(begun), None) is None:
                time.sleep(0.001)
            process.send_signal(number)
            _, errors = process.communicate(timeout=300)
        return process.returncode, errors.splitlines()[-1:]

    def stop(self, number, *words, begun):
        """A call that is done before the signal comes, as may be on a busy machine, shows nothing: again with more."""
        target = self.folder / words[2]
        is_folder = target.is_dir()
        for attempt in range(1, TRIES + 1):
            code, last = self.signalled(number, *words, begun=begun)
            is_done = target.is_file() or (target.is_dir() and any(path.name != ".partial" for path in target.iterdir()))
            if attempt == TRIES or not is_done or code not in (0, -number):
                break
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink()
            if is_folder:
                target.mkdir()
            self.make_many(MANY * 2**attempt)
        self.assertEqual((code, last), (75, ["veil: stopped; nothing was written"]))

    def test_an_export_of_files_leaves_nothing(self):
        self.make_many()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.stop(number, "export", "many", "out", "--as", "png", begun="out*/t*/cat/*.png")
            self.assertEqual(self.entries(), ["many"])

    def test_an_empty_folder_stays_empty(self):
        self.make_many()
        (self.folder / "out").mkdir()
        self.stop(signal.SIGTERM, "export", "many", "out", "--as", "png", begun="out/**/cat/*.png")
        self.assertEqual(self.entries(), ["many", "out"])
        self.assertEqual(list((self.folder / "out").iterdir()), [])

    def test_an_export_of_records_leaves_nothing(self):
        self.make_many()
        self.stop(signal.SIGTERM, "export", "many", "out", "--as", "cifar", "--size", "32", begun="out*")
        self.assertEqual(self.entries(), ["many"])

    def test_packing_leaves_nothing(self):
        self.make_many()
        for number in (signal.SIGTERM, signal.SIGHUP):
            self.stop(number, "pack", "many", "many.h5", "--compress", begun="many.h5.partial")
            self.assertEqual(self.entries(), ["many"])

    def test_hangups_stay_ignored_where_they_are(self):
        self.make_many()
        with subprocess.Popen([VEIL, "data", "pack", "many", "many.h5", "--compress"], cwd=self.folder,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
            while process.poll() is None and not (self.folder / "many.h5.partial").exists():
                time.sleep(0.001)
            process.send_signal(signal.SIGHUP)
            self.assertEqual(process.wait(timeout=300), 0)
        self.assertEqual(self.entries(), ["many", "many.h5"])


class Whole(Case):
    def make_set(self):
        for i, name in enumerate(("ant", "bee", "cat", "ant")):
            self.picture(f"set/train/{name}/{i}.png", i)
            self.picture(f"set/test/{name}/{i}.png", 10 + i)

    def inspected(self, source):
        splits = json.loads(self.data("inspect", source, "--json").stdout)["splits"]
        return [(split["name"], split["images"], split["per_class"]) for split in splits]

    def test_new_folders_and_empty_ones_get_the_same_files(self):
        self.make_set()
        for form in ("png", "cifar"):
            (self.folder / ("there-" + form)).mkdir()
            os.symlink("there-" + form, self.folder / ("link-" + form))
            found = []
            for target in ("new-" + form, "link-" + form):
                self.data("export", "set", target, "--as", form)
                found.append({str(path.relative_to(self.folder / target)): path.read_bytes()
                              for path in sorted((self.folder / target).rglob("*")) if path.is_file()})
                self.assertEqual(self.inspected(target), self.inspected("set"))
                self.assertFalse([path for path in (self.folder / target).iterdir() if path.name.startswith(".")])
            self.assertEqual(found[0], found[1])
            self.assertTrue((self.folder / ("link-" + form)).is_symlink())
        self.assertEqual([name for name in self.entries() if "partial" in name], [])

    def test_what_a_killed_export_left_is_replaced(self):
        self.make_set()
        (self.folder / "there").mkdir()
        for target, place in (("new", "new.partial"), ("there", "there/.partial")):
            self.write(place + "/.veil-export", b"")
            self.write(place + "/train/ant/0000099.png", b"old")
            self.data("export", "set", target)
            self.assertEqual(self.inspected(target), self.inspected("set"))
            self.assertFalse((self.folder / place).exists())

    def test_folders_of_others_are_left_alone(self):
        self.make_set()
        mine = self.write("out.partial/mine.txt", b"mine")
        self.refused("export", "set", "out", code=2, parts=["out.partial", "move it away"])
        self.write("full/mine.txt", b"mine")
        self.refused("export", "set", "full", code=2, parts=["full", "holds files already"])
        self.refused("export", "set", "full/mine.txt", "--as", "png", code=74, parts=["mine.txt", "not a folder"])
        self.assertEqual((mine.read_bytes(), self.entries()), (b"mine", ["full", "out.partial", "set"]))

    def test_a_full_disk_leaves_nothing(self):
        for i, content in enumerate((bytes(96 * 96 * 3), random.Random(1).randbytes(96 * 96 * 3))):
            self.write(f"set/train/{'ab'[i]}/{i}.png", files.png(content, 96, 96, 3))

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        for there in (False, True):
            if there:
                (self.folder / "out").mkdir()
            for form, flags in (("png", ()), ("cifar", ("--size", "32"))):  # 2 x 3073 bytes
                message = self.data("export", "set", "out", "--as", form, *flags, code=74, before=limit).stderr
                self.assertIn("cannot be written", message)
                self.assertEqual(self.entries(), ["out", "set"] if there else ["set"])
                self.assertFalse(there and list((self.folder / "out").iterdir()))

    def test_an_error_leaves_nothing_and_the_next_run_succeeds(self):
        for i in range(300):  # more than one block
            self.picture(f"set/train/{'ab'[i % 2]}/{i:03}.png", i, side=8)
        last = self.picture("set/train/b/999.png", side=9)
        self.refused("export", "set", "out", code=65, parts=["differ in size"])
        self.assertEqual(self.entries(), ["set"])
        last.unlink()
        self.data("export", "set", "out")
        self.assertEqual(self.inspected("out"), [("train", 300, [150, 150])])


class Names(Case):
    def test_cifar_refuses_names_of_several_lines_and_blank_ones(self):
        for i, name in enumerate(("ant", "new\nline", "zebra")):
            self.picture(f"set/train/{name}/{i}.png", i)
        self.refused("export", "set", "out", "--as", "cifar", code=65, parts=["new?line", "control character"])
        self.picture("blank/train/ /0.png")
        self.picture("blank/train/ant/0.png")
        self.refused("export", "blank", "out", "--as", "cifar", code=65, parts=["class 0 ' '", "blank"])
        self.assertEqual(self.entries(), ["blank", "set"])
        self.data("export", "set", "out", "--as", "png")
        written = sorted(path.name for path in (self.folder / "out/train").iterdir())
        self.assertEqual(written, ["ant", "new\nline", "zebra"])

    def test_cifar_refuses_images_without_labels(self):
        self.picture("set/train/0.png")
        self.refused("export", "set", "out", "--as", "cifar", code=65, parts=["no labels", "export png or npz"])
        self.assertEqual(self.entries(), ["set"])

    def test_png_refuses_classes_of_one_folder(self):
        for name, class_names, parts in (("twice", ("crane", "dog", "crane"), ("0 'crane'", "2 'crane'")),
                                         ("slash", ("a/b", "a-b"), ("0 'a/b'", "1 'a-b'")),
                                         ("dot", (".x", "_.x"), ("0 '.x'", "1 '_.x'"))):
            self.cifar(name, class_names)
            self.refused("export", name, "out", "--as", "png", code=65, parts=parts)
            self.data("export", name, name + ".npz")
            self.data("export", name, name + "-again", "--as", "cifar")
        self.assertFalse([name for name in self.entries() if name.startswith("out")])

    def test_a_name_too_long_for_a_folder(self):
        self.cifar("set", ("short", "long" * 75))
        self.refused("export", "set", "out", "--as", "png", code=74, parts=["long" * 75, "cannot be created"])
        self.assertEqual(self.entries(), ["set"])


class Replaced(Case):
    def test_pack_replaces_packed_files_only(self):
        for i in range(3):
            self.picture(f"set/cat/{i}.png", i)
        image = self.folder / "set/cat/0.png"
        before = image.read_bytes()
        self.write("somebody.h5", before)
        for name, reason in (("set/cat/0.png", "want a name ending in .h5"),
                             ("somebody.h5", "not a packed file that veil wrote")):
            self.refused("pack", "set", name, code=2, parts=[name, reason])
            self.assertEqual((self.folder / name).read_bytes(), before)
        self.data("pack", "set", "mine.h5")
        self.data("pack", "set", "mine.h5", "--size", "8")

    def test_the_source_is_not_replaced(self):
        for i in range(3):
            self.picture(f"set/cat/{i}.png", i)
        self.data("pack", "set", "mine.h5")
        self.data("export", "set", "mine.npz")
        os.symlink("mine.h5", self.folder / "link.h5")
        before = {name: (self.folder / name).read_bytes() for name in ("mine.h5", "mine.npz")}
        for words in (("pack", "mine.h5", "mine.h5"), ("pack", "mine.h5", "./link.h5"),
                      ("export", "mine.npz", "mine.npz")):
            self.refused(*words, "--size", "4", code=2, parts=[words[2], "is the data that are read"])
        self.assertEqual({name: (self.folder / name).read_bytes() for name in before}, before)
        self.data("pack", "mine.h5", "other.h5", "--size", "4")


class Inspected(Case):
    def test_a_source_of_which_nothing_can_be_used(self):
        self.write("set/bad\nname.png", b"")
        self.write("set/page.png", b"<!DOCTYPE html><html></html>")
        for flags in ((), ("--json",)):
            result = self.data("inspect", "set", *flags, code=65)
            self.assertIn("page.png", result.stdout)
            self.assertEqual(len(result.stderr.splitlines()), 1)
            for part in ("no image can be used", "bad?name.png", "empty"):
                self.assertIn(part, result.stderr)
        self.assertEqual(json.loads(result.stdout)["splits"][0]["images"], 0)
        self.picture("set/good.png")
        self.data("inspect", "set")


if __name__ == "__main__":
    unittest.main()
