"""`veil sample --trace`: each moment of the page is the end where it is revealed and masked elsewhere, the order is the one
in which the moments say it came, and the samples are those that are drawn without it.

usage: film_test.py VEIL
"""

import base64
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from film_pages import HALF, MASK, cells, check_alone, film_of, heat, image_of  # noqa: E402
from training_case import SIDE, RunCase  # noqa: E402

COUNT, STEPS = 5, 12


SHADES = {k / 2000: heat(k / 2000) for k in range(2001)}


class FilmTest(RunCase):
    known = {}

    def setUp(self):
        super().setUp()
        if not (self.folder / "colours.npz").exists():
            def coloured(seed):
                return ("|u1", (4, SIDE, SIDE, 3), b"".join(files.pixels(seed + i, SIDE, SIDE, 3) for i in range(4)))
            self.write("colours.npz", files.npz({"x_train": coloured(1), "x_test": coloured(9)}))

    def model(self, name, *words):
        """A network that knows a little: what it predicts differs from pixel to pixel."""
        return self.train(name, "--train.steps=8", "--evaluate.limit=2", *words) / "model.safetensors"

    def drawn(self, model, *words, count=COUNT, steps=STEPS, first=3):
        """The samples as an array, and the page."""
        self.veil("sample", "--model", model, "--count", count, "--steps", steps, "--first", first, "--npy", "a.npy", "--force",
                  "--quiet", *words)
        return (self.folder / "a.npy").read_bytes()

    def film(self, model, **sizes):
        plain = self.drawn(model, **sizes)
        self.assertEqual(self.drawn(model, "--trace", "film.html", **sizes), plain)  # to the last bit
        page = (self.folder / "film.html").read_text()
        check_alone(self, page)
        return plain, page, film_of(page)

    def test_grey_images_moment_by_moment(self):
        plain, page, film = self.film(self.model("grey"))
        content = plain[-COUNT * SIDE * SIDE:]
        steps = [heat(step / STEPS) for step in range(1, STEPS + 1)]
        order = [[steps.index(pixel) + 1 for row in cell for pixel in row]
                 for cell in cells(image_of(page, "order"), SIDE, COUNT)]
        self.assertEqual([frame["step"] for frame in film["frames"]], list(range(STEPS + 1)))
        for frame in film["frames"]:
            shown = cells(base64.b64decode(frame["samples"]), SIDE, COUNT)
            entropies = cells(base64.b64decode(frame["entropies"]), SIDE, COUNT)
            masked, total = 0, 0.0
            for n in range(COUNT):
                for i in range(SIDE * SIDE):
                    value = content[n * SIDE * SIDE + i]
                    is_masked = order[n][i] > frame["step"]
                    masked += is_masked
                    self.assertEqual(shown[n][i // SIDE][i % SIDE], MASK if is_masked else (value,) * 3, (frame["step"], n, i))
                    color = entropies[n][i // SIDE][i % SIDE]
                    if not is_masked:
                        self.assertEqual(color, (0, 0, 0), (frame["step"], n, i))
                    else:
                        total += self.bits_of(color, film["white"])
            self.assertAlmostEqual(frame["masked"], masked / (COUNT * SIDE * SIDE), delta=1e-12)
            if masked:
                self.assertAlmostEqual(frame["mean_entropy"], total / masked, delta=film["white"] / 300)
        self.assertEqual(image_of(page, "samples"), base64.b64decode(film["frames"][-1]["samples"]))
        self.assertTrue(0 < film["white"] <= 8)

    def bits_of(self, color, white):
        """The entropy whose colour is nearest."""
        if color not in self.known:
            self.known[color] = min(SHADES, key=lambda part: sum(abs(a - b) for a, b in zip(SHADES[part], color)))
        return self.known[color] * white

    def test_colours_come_channel_by_channel(self):
        plain, _, film = self.film(self.model("colours", "--data.source=colours.npz"))
        content = plain[-COUNT * SIDE * SIDE * 3:]
        before = [[set() for _ in range(SIDE * SIDE)] for _ in range(COUNT)]  # channels that are revealed
        for frame in film["frames"]:
            revealed = 0
            for n, cell in enumerate(cells(base64.b64decode(frame["samples"]), SIDE, COUNT)):
                for i in range(SIDE * SIDE):
                    value = tuple(content[(n * SIDE * SIDE + i) * 3:(n * SIDE * SIDE + i) * 3 + 3])
                    color = cell[i // SIDE][i % SIDE]
                    if color != MASK:
                        self.assertTrue(all(a in (HALF, b) for a, b in zip(color, value)), (frame["step"], n, i))
                        sure = {c for c in range(3) if color[c] == value[c] != HALF}
                        self.assertLessEqual(before[n][i] & {c for c in range(3) if value[c] != HALF}, sure)
                        before[n][i] = sure
                        revealed += len([c for c in range(3) if color[c] == value[c]])
            total = COUNT * SIDE * SIDE * 3
            self.assertGreaterEqual(revealed, round((1 - frame["masked"]) * total))  # a value may be half of the brightest
        self.assertEqual(film["frames"][0]["masked"], 1.0)
        self.assertEqual(film["frames"][-1]["masked"], 0.0)

    def test_what_is_left_out_is_said(self):
        _, page, film = self.film(self.model("grey"), count=20, steps=200, first=0)
        self.assertIn("Of 20 samples the first 16 are shown.", page)
        self.assertIn("Of 201 moments, from all masked to the end, 65 are shown, evenly spaced", page)
        self.assertEqual(len(film["frames"]), 65)
        self.assertEqual((film["frames"][0]["step"], film["frames"][-1]["step"]), (0, 200))

    def test_a_page_alone_is_an_output(self):
        before = set(self.folder.iterdir())
        result = self.veil("sample", "--model", self.model("grey"), "--count=2", "--steps=2", "--trace", "alone.html", "--json")
        self.assertIn('"trace":"alone.html"', result.stdout)
        self.assertEqual({path.name for path in set(self.folder.iterdir()) - before} - {"grey"}, {"alone.html"})


if __name__ == "__main__":
    unittest.main()
