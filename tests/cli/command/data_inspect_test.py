"""The page of veil data inspect, and the sheet of pictures.

usage: data_inspect_test.py VEIL
"""

import math
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import VeilCase  # noqa: E402

GREY = (150, 150, 150)
RED, GREEN, BLUE, WHITE = (200, 10, 20), (10, 200, 20), (10, 20, 200), (255, 255, 255)


class Sheet(VeilCase):
    def put(self, name, colour, side=32, width=None):
        self.write(name, files.png(bytes(colour) * side * (width or side), side, width or side, 3))

    def sheet(self, source, *flags):
        text = self.veil("data", "inspect", source, "--sheet", "sheet.png", *flags).stdout
        return text, files.color_rows((self.folder / "sheet.png").read_bytes())

    def test_a_row_for_each_class_that_has_pictures(self):
        """32 x 32 at scale 2, gaps of 2: the middle of place (y, x) lies at 66 y + 32, 66 x + 32."""
        for name, colour, count in (("ant", RED, 1), ("bee", GREEN, 1), ("cat", BLUE, 1)):
            for i in range(count):
                self.put(f"set/{name}/{i}.png", colour)
        for i in range(3):
            self.put(f"set/bee/other{i}.png", (10, 190 - i, 20))
        text, rows = self.sheet("set")
        self.assertIn("rows from the top: ant, bee, cat\n", text)
        self.assertEqual((len(rows), len(rows[0])), (3 * 66 - 2, 4 * 66 - 2))
        middle = [[rows[66 * y + 32][66 * x + 32] for x in range(4)] for y in range(3)]
        self.assertEqual(middle[0], [RED, GREY, GREY, GREY])
        self.assertEqual(set(middle[1]), {(10, 200, 20), (10, 190, 20), (10, 189, 20), (10, 188, 20)})
        self.assertEqual(middle[2], [BLUE, GREY, GREY, GREY])

    def test_a_class_without_pictures_is_named_once_and_has_no_row(self):
        images = b"".join(bytes([50 + i]) * 16 for i in range(6))
        self.write("idx/t10k-images-idx3-ubyte", struct.pack(">IIII", 0x803, 6, 4, 4) + images)
        self.write("idx/t10k-labels-idx1-ubyte", struct.pack(">II", 0x801, 6) + bytes([0, 2, 3, 0, 2, 3]))
        text, rows = self.sheet("idx")
        self.assertIn("rows from the top: class 0, class 2, class 3\n", text)
        self.assertEqual(len(rows), 3 * 66 - 2)
        self.assertIn("1 of 4 classes have no example: 1", text)
        self.assertNotIn("class 1", text)

    def test_of_many_classes_each_has_a_picture(self):
        for i in range(40):
            for j in range(2):
                self.put(f"set/class{i:02}/{j}.png", (5 * i, j, 0), side=8)
        text, rows = self.sheet("set")
        self.assertIn("pictures from the top left: class00, class01, class02, ", text)
        self.assertEqual([rows[32][66 * x + 32][0] for x in range(3)], [0, 5, 10])

    def test_white_pictures_are_apart_and_none_is_cut(self):
        self.put("set/a.png", WHITE)
        self.put("set/b.png", WHITE)
        self.put("set/wide.png", RED, side=16)
        self.write("set/wide.png", files.png(bytes(RED) * 16 * 32, 16, 32, 3))
        _, rows = self.sheet("set")
        self.assertEqual((rows[32][32], rows[32][64], rows[32][65], rows[32][66 + 32]), (WHITE, GREY, GREY, WHITE))
        below = [rows[66 + y] for y in range(64)]
        self.assertEqual([below[y][x] for y, x in ((32, 1), (32, 62), (17, 32), (46, 32), (3, 32), (60, 32))],
                         [RED, RED, RED, RED, GREY, GREY])


class Page(VeilCase):
    def put(self, name, number, side=8):
        self.write(name, files.png(files.pixels(number, side, side, 3), side, side, 3))

    def test_what_compressors_make_has_an_error_and_a_reason_for_its_count(self):
        """Two kinds of pictures, so the error of the mean follows from the share of each in the sample."""
        kinds = [bytes(64), bytes((7 * i * i + 13 * i) % 256 for i in range(64))]
        alone = []
        for number, kind in enumerate(kinds):
            self.write(f"{number}.npy", files.npy("|u1", (1, 8, 8), kind))
            alone.append(self.inspected(f"{number}.npy")["compressor_bits_per_dim"]["PNG"])
        self.write("both.npy", files.npy("|u1", (1001, 8, 8), kinds[0] * 300 + kinds[1] * 701))
        found = self.inspected("both.npy")
        taken = [i >= 300 for i in range(1001) if i * 500 // 1001 != (i + 1) * 500 // 1001]
        self.assertEqual((found["compressor_images"], len(taken)), (500, 500))
        share = sum(taken) / 500
        mean = alone[0] + share * (alone[1] - alone[0])
        error = (alone[1] - alone[0]) * math.sqrt(share * (1 - share) / 499) * math.sqrt(1 - 500 / 1001)
        self.assertAlmostEqual(found["compressor_bits_per_dim"]["PNG"], mean, 9)
        self.assertAlmostEqual(found["compressor_standard_errors"]["PNG"], error, 9)
        text = self.veil("data", "inspect", "both.npy").stdout
        self.assertRegex(text, rf"PNG +{mean:.3f} ± {error:.3f} bits/dim\n")
        self.assertIn("each image alone, 500 of 1001 at even distances (500, fewer if large", text)
        self.assertEqual(self.inspected("0.npy")["compressor_standard_errors"]["PNG"], 0)

    def test_one_large_picture_in_front_does_not_make_the_sample_small(self):
        self.put("set/0.png", 0, side=256)
        small = files.png(files.pixels(1, 8, 8, 3), 8, 8, 3)
        for i in range(1, 100):
            self.write(f"set/{i}.png", small)
        self.assertEqual(self.inspected("set")["compressor_images"], 100)

    def test_folders_below_a_class_are_said_to_be_merged(self):
        for i, name in enumerate(("16/apps/a", "16/apps/b", "16/status/c", "24/d")):
            self.put(f"icons/{name}.png", i)
        self.assertIn("each folder is a class, all folders in it together (such as 16/apps)",
                      self.inspected("icons")["layout"])
        (self.folder / "icons/16/apps").rename(self.folder / "icons/apps")
        (self.folder / "icons/16/status").rename(self.folder / "icons/status")
        self.assertNotIn("together", self.inspected("icons")["layout"])

    def test_duplicates_are_said_to_be_of_one_split_or_of_two(self):
        for name, number in (("train/a", 0), ("train/b", 1), ("train/c", 0), ("train/d", 0), ("test/a", 1), ("test/b", 2)):
            self.put(f"set/{name}.png", number)
        text = self.veil("data", "inspect", "set").stdout
        self.assertRegex(text, r"duplicates +2 equal an earlier image of this split; --duplicates drop leaves them out\n")
        self.assertRegex(text, r"in train too +1 image of the test split: .* --duplicates drop leaves them out of train\n")
        self.assertRegex(text, r"values +mean ± standard deviation; the bar runs from 0 to 255")


if __name__ == "__main__":
    unittest.main()
