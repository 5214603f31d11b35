"""What is decided by the content of images: which are held out, and the line that tells one split from others.

Both are computed here a second time, by their definitions, with the standard library's SHA-256.

usage: data_content_test.py VEIL
"""

import hashlib
import io
import json
import pathlib
import random
import struct
import sys
import tarfile
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import TINY, VeilCase  # noqa: E402

SIDE = 6


class Holdout(VeilCase):
    def is_held_out(self, pixels, share):
        """The first 32 bits of the digest, as a fraction of all they can be, lie below the share."""
        return struct.unpack(">I", hashlib.sha256(pixels).digest()[:4])[0] / 2**32 < share

    def test_the_digest_of_the_pixels_decides(self):
        for channels, share in ((3, 0.3), (1, 0.6)):
            images = [files.pixels(number, 6, 5, channels) for number in range(60)]
            for number, image in enumerate(images):
                self.write(f"set-{channels}/{number:02}.png", files.png(image, 6, 5, channels))
            want = {split: b"".join(image for image in images if self.is_held_out(image, share) == (split == "test"))
                    for split in ("train", "test")}
            found = self.exported(f"set-{channels}", "--holdout", share)
            self.assertEqual({split: found["x_" + split][2] for split in want}, want)


class Fingerprint(VeilCase):
    COUNT, SIDE, SAMPLED = 400, 32, 256

    def line(self, images):
        """Of grey images without classes: a sample of 256 at even distances."""
        chosen = [images[number * self.COUNT // self.SAMPLED] for number in range(self.SAMPLED)]
        digest = hashlib.sha256(b"".join(chosen)).hexdigest()[:16]
        area = self.SIDE**2
        mean = sum(map(sum, chosen)) / (self.SAMPLED * area)
        squares = pairs = 0
        for image in chosen:
            down = zip(image, image[self.SIDE:])
            across = ((image[i], image[i + 1]) for i in range(area) if i % self.SIDE < self.SIDE - 1)
            for neighbours in (down, across):
                differences = [(a - b)**2 for a, b in neighbours]
                squares += sum(differences)
                pairs += len(differences)
        size = f"{self.COUNT} of {self.SIDE}x{self.SIDE}x1, 0 classes"
        return f"{size}, sha256 {digest}, mean {mean:.2f}, gradient {squares / pairs:.2f}"

    def stored(self, images):
        """What a model trained on them knows of them."""
        shape = (self.COUNT, self.SIDE, self.SIDE)
        self.write("set.npz", files.npz({"x_train": ("|u1", shape, b"".join(images)),
                                         "x_test": ("|u1", (1, *shape[1:]), bytes(self.SIDE**2))}))
        self.write("tiny.cfg", TINY)
        self.veil("train", "--config", "tiny.cfg", "--data.source=set.npz", "--train.steps=0", "--run", "run")
        content = (self.folder / "run/model.safetensors").read_bytes()
        header = json.loads(content[8:8 + struct.unpack("<Q", content[:8])[0]])
        return json.loads(header["__metadata__"]["veil.dataset"])["fingerprint"]

    def test_images_at_even_distances_over_the_whole_split_are_looked_at(self):
        noise = random.Random(1)
        images = [noise.randbytes(self.SIDE**2) for _ in range(self.COUNT)]
        images[300] = bytes(self.SIDE**2)  # one of those looked at, behind the first 256
        before = self.line(images)
        self.assertEqual(self.stored(images), before)


class Archives(VeilCase):
    def picture(self, number):
        return files.png(files.pixels(number, SIDE, SIDE, 1), SIDE, SIDE, 1)

    def test_members_of_an_archive_that_cannot_be_read_are_named_and_the_rest_is_used(self):
        with tarfile.open(self.folder / "some.tar.gz", "w:gz") as archive:
            for i in range(6):
                member = tarfile.TarInfo(f"{i}.png")
                member.size = len(self.picture(i))
                archive.addfile(member, io.BytesIO(self.picture(i)))
            for name, kind, target in (("soft.png", tarfile.SYMTYPE, "0.png"), ("away.png", tarfile.SYMTYPE, "/etc/passwd"),
                                       ("hard.png", tarfile.LNKTYPE, "1.png"), ("tty", tarfile.CHRTYPE, "")):
                member = tarfile.TarInfo(name)
                member.type, member.linkname = kind, target
                archive.addfile(member)
        with zipfile.ZipFile(self.folder / "some.zip", "w") as archive:
            for i in range(6):
                archive.writestr(f"{i}.png", self.picture(i))
            link = zipfile.ZipInfo("soft.png")
            link.create_system, link.external_attr = 3, 0o120777 << 16
            archive.writestr(link, "0.png")
            archive.writestr("7.png", self.picture(7), zipfile.ZIP_BZIP2)
        links, other = "links, which are not followed", "files packed with another method than deflate"
        for name, left_out in (("some.tar.gz", [(links, 3, "soft.png"), ("devices", 1, "tty")]),
                               ("some.zip", [(links, 1, "soft.png"), (other, 1, "7.png")])):
            found = self.inspected(name)
            self.assertEqual((found["splits"][0]["images"], found["splits"][0]["refused"]), (6, []))
            pixels = self.exported(name, "--holdout", 0)["x_train"][2]
            self.assertEqual(pixels, b"".join(files.pixels(i, SIDE, SIDE, 1) for i in range(6)))
            self.assertEqual([(each["kind"], each["count"], each["example"]) for each in found["left_out"]], left_out)


if __name__ == "__main__":
    unittest.main()
