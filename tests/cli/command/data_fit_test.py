"""Images that are no squares, cropped or padded on the way through the program. Resampling is held to Pillow in
tests/io/image; here images have the wanted longer side already, so that every pixel is known.

usage: data_fit_test.py VEIL
"""

import json
import pathlib
import struct
import sys
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import TINY, VeilCase  # noqa: E402

SIDE = 8
PAD = ("--fit", "pad", "--size", SIDE)
BLACK = ("--padding", "black")
ALL = ("--holdout", 0)


def rgba_png(content, height, width):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + content[y * width * 4:(y + 1) * width * 4] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def in_the_middle(content, height, width, colour):
    """[height, width, 3] on a square of SIDE: by pixels, not by rows."""
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    square = b""
    for y in range(SIDE):
        for x in range(SIDE):
            row, column = y - top, x - left
            at = 3 * (row * width + column)
            square += content[at:at + 3] if 0 <= row < height and 0 <= column < width else bytes(colour)
    return square


class Fit(VeilCase):
    SHAPES = ((SIDE, SIDE), (3, SIDE), (SIDE, 5), (1, SIDE))

    def setUp(self):
        super().setUp()
        self.images = [files.pixels(i, height, width, 3) for i, (height, width) in enumerate(self.SHAPES)]
        for i, (height, width) in enumerate(self.SHAPES):
            self.write(f"set/{i}.png", files.png(self.images[i], height, width, 3))

    def padded(self, colour):
        return b"".join(in_the_middle(image, *shape, colour) for image, shape in zip(self.images, self.SHAPES))

    def test_inspect_pack_and_export_pad_alike(self):
        for colour, flags, word in (((255, 255, 255), (), "white"), ((0, 0, 0), BLACK, "black"),
                                    ((255, 128, 0), ("--padding", "255,128,0"), "255,128,0")):
            want = {"x_train": ("|u1", (4, SIDE, SIDE, 3), self.padded(colour))}
            self.assertEqual(self.exported("set", *PAD, *flags, *ALL), want)
            self.veil("data", "pack", "set", "set.h5", *PAD, *flags, *ALL)
            self.assertEqual(self.exported("set.h5", *ALL), want)
            text = f"padded with {word}, area filter to 8x8"
            found = self.inspected("set.h5")
            self.assertEqual(found["preparation"], text)
            self.assertEqual(json.loads(found["provenance"])["preparation"], text)
            split = self.inspected("set", *PAD, *flags)["splits"][0]
            self.assertEqual(split["shapes"], {"8x8x3": 4})
            for channel in range(3):
                values = self.padded(colour)[channel::3]
                self.assertAlmostEqual(split["mean"][channel], sum(values) / len(values), places=9)

    def test_cropping_refuses_what_padding_takes(self):
        self.assertEqual(len(self.inspected("set", "--size", SIDE)["splits"][0]["refused"]), 3)
        self.assertEqual(self.inspected("set", *PAD)["splits"][0]["refused"], [])
        self.veil("data", "pack", "set", "no.h5", "--fit", "pad", "--size", SIDE + 1, code=65)

    def test_transparent_pixels_are_white_whatever_the_padding(self):
        content = b"".join(bytes([10 * i, 20, 30, 255 if i % 2 else 0]) for i in range(2 * SIDE))
        over_white = b"".join(bytes([10 * i, 20, 30] if i % 2 else [255] * 3) for i in range(2 * SIDE))
        self.write("logo/a.png", rgba_png(content, 2, SIDE))
        found = self.exported("logo", *PAD, *BLACK, *ALL)
        self.assertEqual(found["x_train"][2], in_the_middle(over_white, 2, SIDE, (0, 0, 0)))

    def test_training_pads_as_packing_does(self):
        self.write("tiny.cfg", TINY)
        told = []
        for source in ("set", "set.h5"):
            self.veil("data", "pack", "set", "set.h5", *PAD, *BLACK, *ALL)
            split = ("--data.split=train", "--data.evaluation_split=train", "--data.holdout=0")
            fit = ("--data.fit=pad", f"--data.size={SIDE}", "--data.padding=black") if source == "set" else ()
            self.veil("train", "--config", "tiny.cfg", f"--data.source={source}", "--run", source + ".run", *split, *fit)
            content = (self.folder / (source + ".run") / "model.safetensors").read_bytes()
            header = json.loads(content[8:8 + struct.unpack("<Q", content[:8])[0]])
            told.append({key: value for key, value in json.loads(header["__metadata__"]["veil.dataset"]).items()
                         if key in ("token_digest", "fingerprint", "preparation")})
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[0]["preparation"], "padded with black, area filter to 8x8")

    def test_padding_that_cannot_be_is_refused(self):
        for flags, words in ((("--fit", "pad"), ("data.fit is pad", "data.size is 0")),
                             ((*BLACK, "--size", 8), ("data.padding is black", "data.fit is crop")),
                             ((*PAD, "--padding", "red"), ("data.padding is red", "white, black")),
                             (("--fit", "stretch"), ("want crop or pad",))):
            said = self.veil("data", "pack", "set", "no.h5", *flags, code=2).stderr
            for word in words:
                self.assertIn(word, said)
        self.write("grey/a.png", files.png(files.pixels(0, 4, SIDE, 1), 4, SIDE, 1))
        said = self.veil("data", "pack", "grey", "no.h5", *PAD, "--padding", "255,128,0", code=65).stderr
        self.assertIn("the images are grey, but --padding is 255,128,0", said)
        self.assertFalse((self.folder / "no.h5").exists())
        self.veil("data", "pack", "grey", "yes.h5", *PAD, "--padding", "128")

    def test_a_known_set_that_is_padded_is_named_so(self):
        found = json.loads(self.veil("data", "pack", "photos32", "p.h5", "--fit", "pad", "--size", 16, "--json").stdout)
        self.assertEqual(found["name"], "photos32-pad-area16")


if __name__ == "__main__":
    unittest.main()
