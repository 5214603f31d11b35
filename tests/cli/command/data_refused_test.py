"""What is refused, left out or cannot be used as it is: said by reason, with what helps, which is then tried.

usage: data_refused_test.py VEIL
"""

import hashlib
import json
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import TINY, VeilCase  # noqa: E402


class ImageCase(VeilCase):
    def put(self, folder, side, numbers, width=None, channels=3):
        for number in numbers:
            width = width or side
            self.write(f"{folder}/{number}.png", files.png(files.pixels(number, side, width, channels), side, width, channels))

    def text(self, *words):
        return self.veil("data", "inspect", *words).stdout

    def train(self, source, *settings, code=0):
        config = self.write("tiny.cfg", TINY)
        return self.veil("train", "--config", config, "--run", "run", f"--data.source={source}", "--train.steps=0", *settings,
                         code=code).stderr


class Reasons(ImageCase):
    def make(self):
        self.put("Meine Bilder", 8, range(5))
        self.put("Meine Bilder", 16, range(10, 13))
        self.write("Meine Bilder/empty.png", b"")
        self.write("Meine Bilder/notes.txt", b"mine\n")

    def images_of(self, *flags):
        return sum(json.loads(self.veil("data", "pack", "Meine Bilder", "try.h5", "--json", *flags).stdout)["images"].values())

    def test_pack_says_first_how_many_and_why_and_what_helps(self):
        self.make()
        lines = self.veil("data", "pack", "Meine Bilder", "x.h5", "--size", 16).stdout.splitlines()
        self.assertEqual(lines[0], "6 of 9 files refused:")
        self.assertEqual(lines[1].strip(), "5  smaller than 16x16, such as 0.png; --upscale true enlarges them, "
                                           "--size 8 takes them all")
        self.assertRegex(lines[2], r"^ +1  empty\.png: ")
        found = json.loads(self.veil("data", "pack", "Meine Bilder", "y.h5", "--size", 16, "--json").stdout)
        self.assertEqual([(each["count"], each["example"]) for each in found["refused_for"]], [(5, "0.png"), (1, "empty.png")])
        self.assertEqual([self.images_of("--size", 16), self.images_of("--size", 16, "--upscale", "true"),
                          self.images_of("--size", 8)], [3, 8, 8])  # what it advises helps

    def test_of_padded_images_the_longer_side_decides(self):
        self.put("wide", 4, range(3), width=12)
        self.put("wide", 16, [9])
        self.assertIn("3  smaller than 16x16, such as 0.png; --upscale true enlarges them, --size 12 takes them all",
                      self.veil("data", "pack", "wide", "x.h5", "--size", 16, "--fit", "pad").stdout)

    def test_where_all_are_refused_the_error_says_what_helps(self):
        self.put("small", 8, range(3))
        message = self.veil("data", "pack", "small", "x.h5", "--size", 32, code=65).stderr
        self.assertIn("3 are refused: smaller than 32x32, such as 0.png; --upscale true enlarges them, --size 8", message)

    def test_training_says_it_in_words_of_settings(self):
        self.make()
        log = self.train("Meine Bilder", "--data.size=16", "--data.holdout=0.6")
        self.assertEqual(log.count("6 of 9 files refused"), 1, log)
        self.assertEqual(log.count("5  smaller than 16x16, such as 0.png; data.upscale true enlarges them, data.size 8"), 1, log)
        self.assertEqual(log.count("1  empty.png: "), 1, log)

    def test_a_packed_file_says_what_is_not_in_it(self):
        self.make()
        self.write("Meine Bilder/10 again.png", (self.folder / "Meine Bilder/10.png").read_bytes())
        self.veil("data", "pack", "Meine Bilder", "x.h5", "--size", 16, "--duplicates", "drop", "--holdout", "0.6")
        self.veil("data", "pack", "x.h5", "again.h5", "--channels", 1)
        note = (r"6 files refused \(5: smaller than 16x16; 1: [^;]+\); left out: text files: 1 \(notes\.txt\); "
                r"1 duplicate dropped\n")
        for name in ("x.h5", "again.h5"):
            self.assertRegex(self.text(name), "when packed +" + note)
        log = self.train("x.h5")
        self.assertRegex(log, "when it was packed: " + note)
        self.assertEqual(log.count("when it was packed"), 1, log)
        self.put("good", 8, range(9))
        self.veil("data", "pack", "good", "good.h5")
        self.assertNotIn("when packed", self.text("good.h5"))


class Sizes(ImageCase):
    def test_the_advice_says_how_many_each_size_keeps(self):
        self.put("set", 8, range(3))
        self.put("set", 40, range(10, 12))
        self.put("set", 70, [20])
        kept = "size 8 keeps all 6 images, {0}size 32 keeps 3, {0}size 64 keeps 1"
        refused = self.veil("data", "pack", "set", "x.h5", code=65).stderr
        self.assertTrue(refused.endswith("; --" + kept.format("--") + "\n"), refused)
        self.assertTrue(self.train("set", code=65).endswith("; data." + kept.format("data.") + "\n"))
        self.assertIn("--" + kept.format("--"), self.text("set"))
        for size, images in ((8, 6), (32, 3), (64, 1)):
            found = json.loads(self.veil("data", "pack", "set", "x.h5", "--size", size, "--json", "--force").stdout)
            self.assertEqual(sum(found["images"].values()), images)

    def test_splits_of_two_sizes(self):
        self.put("set/train", 8, range(3))
        self.put("set/test", 12, range(2))
        for action, target in (("pack", "x.h5"), ("export", "x.npz")):
            self.assertIn("the splits differ in size; --size 8 keeps all 5 images",
                          self.veil("data", action, "set", target, code=65).stderr)


class Holdout(ImageCase):
    def numbers(self, count):
        """Pictures that the default share puts all into train, and the draws that their digests are."""
        found = {}
        for number in range(1000):
            draw = struct.unpack(">I", hashlib.sha256(files.pixels(number, 8, 8, 3)).digest()[:4])[0] / 2**32
            if draw >= 0.1 and len(found) < count:
                found[number] = draw
        return found

    def test_an_empty_test_split_is_said_with_what_helps(self):
        draws = self.numbers(6)
        self.put("set", 8, draws)
        shares = [(share, sum(draw < share for draw in draws.values())) for share in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)]
        share, count = next((share, count) for share, count in shares if 0 < count < 6)
        advice = f"holdout {share} puts {count} of 6 into the test split"
        self.assertRegex(self.text("set"), rf"test split +0 of them, [^\n]*\n +train wants [^\n]*--{advice}")
        self.assertIn("puts all 6 usable images into the other; data." + advice, self.train("set", code=65))
        self.assertIn("test: no image, by chance", self.veil("data", "pack", "set", "x.h5").stdout)
        found = json.loads(self.veil("data", "pack", "set", "x.h5", "--holdout", share, "--json").stdout)
        self.assertEqual(found["images"], {"test": count, "train": 6 - count})

    def test_one_image_cannot_be_divided(self):
        self.put("one", 8, self.numbers(1))
        self.assertIn("too few differ to divide them", self.train("one", code=65))


class Left(ImageCase):
    def test_hidden_and_system_things_are_named(self):
        self.put("set/cat", 8, range(3))
        self.put("set/dog", 8, range(10, 13))
        for name in ("@eaDir/0.png", ".x/1.png", "__MACOSX/cat/._0.png", "cat/._x.png", "Thumbs.db", "dog/.DS_Store"):
            self.write("set/" + name, files.png(files.pixels(1, 8, 8, 3), 8, 8, 3))
        line = r"left out +hidden and system files and folders: 6, such as \.x\n"
        self.assertRegex(self.text("set"), line)
        self.assertEqual([split["images"] for split in self.inspected("set")["splits"]], [6])
        self.assertIn("left out: hidden and system files and folders: 6", self.train("set", "--data.holdout=0.5"))
        members = {str(path.relative_to(self.folder / "set")): path.read_bytes()
                   for path in sorted((self.folder / "set").rglob("*")) if path.is_file()}
        self.assertRegex(self.text(self.write("set.tar", files.tar(members))), line)
        self.write("ten/data_batch_1.bin", bytes(3073))
        self.write("ten/.hidden", b"x")
        self.assertRegex(self.text("ten"), r"left out +hidden and system files and folders: 1, \.hidden\n")
        self.write("only/.a", b"x")
        self.assertIn("nothing but hidden and system files", self.veil("data", "inspect", "only", code=65).stderr)

    def test_the_content_says_what_a_file_is(self):
        self.put("set", 8, range(3))
        self.write("set/tutor.pt", "Sch\xf6ne Gr\xfc\xdfe\n".encode("latin-1") * 20)
        self.write("set/true.npz", files.npz({"mu": ("<f8", (2,), bytes(16))}))
        self.write("set/paper.pth", b"%PDF-1.4 \xff")
        self.assertEqual({each["kind"]: each["example"] for each in self.inspected("set")["left_out"]},
                         {"text files": "tutor.pt", "NumPy arrays": "true.npz", "documents": "paper.pth"})

    def test_many_kinds_are_lines_the_most_frequent_first(self):
        for i in range(3):
            self.write(f"etc/{i}.conf", b"a = 1\n")
        for name, content in (("a.pdf", b"%PDF-1.4 \xff"), ("b.ttf", b"\0\1\0\0"), ("c.pdf", b"%PDF-1.5 \xff")):
            self.write("etc/" + name, content)
        lines = self.veil("data", "inspect", "etc", code=65).stderr.splitlines()
        self.assertTrue(lines[0].endswith("what is there:"), lines)
        self.assertEqual([line.strip().split(" (")[0] for line in lines[1:]], ["text files: 3", "documents: 2", "fonts: 1"])
        self.put("etc", 8, [1])
        text = self.text("etc")
        self.assertLess(text.index("text files: 3"), text.index("documents: 2"))
        self.assertLess(text.index("documents: 2"), text.index("fonts: 1"))


if __name__ == "__main__":
    unittest.main()
