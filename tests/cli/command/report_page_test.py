"""The page about a run, held to what the run's files say, and the pages of several runs; numbers are computed again here.

usage: report_page_test.py VEIL
"""

import base64
import html.parser
import json
import math
import pathlib
import re
import struct
import sys
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from training_case import SIDE, RunCase  # noqa: E402

TRAINED, SCORED, CLASSES = 16, 24, 3
STUDENT_23 = 2.0686576104  # the 97.5 % quantile with 23 degrees of freedom (tables)
COLOURED = ["--data.source=coloured.npz", "--train.steps=12", "--train.log_every=1", "--train.evaluate_every=2",
            "--train.evaluate_examples=6", "--train.sample_every=6", "--train.checkpoint_every=100"]


class Elements(html.parser.HTMLParser):
    """Texts of <data> elements, links and pictures of a page."""

    def __init__(self, page):
        super().__init__()
        self.numbers, self.links, self.pictures, self.text, self._open = [], [], [], "", None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "data":
            self._open = [attributes["data-field"], attributes["value"], ""]
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "img":
            self.pictures.append((attributes["alt"], attributes["src"]))

    def handle_data(self, data):
        self.text += data
        if self._open:
            self._open[2] += data

    def handle_endtag(self, tag):
        if tag == "data":
            self.numbers.append(tuple(self._open))
            self._open = None


def coloured(seed, count):
    return b"".join(files.pixels(seed + i * i, SIDE, SIDE, 3) for i in range(count))


def chunks(png):
    """(kind, content) of each; CRCs are checked."""
    at, found = 8, []
    while at < len(png):
        size = struct.unpack(">I", png[at:at + 4])[0]
        content = png[at + 4:at + 8 + size]
        assert zlib.crc32(content) == struct.unpack(">I", png[at + 8 + size:at + 12 + size])[0]
        found.append((content[:4], content[4:]))
        at += size + 12
    return found


def mean_and_half(values, quantile):
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean)**2 for value in values) / (len(values) - 1)
    return mean, quantile * math.sqrt(variance / len(values))


class PageCase(RunCase):
    def setUp(self):
        super().setUp()
        if not (self.folder / "coloured.npz").exists():
            def int64(count):
                return ("<i8", (count,), struct.pack(f"<{count}q", *(i % CLASSES for i in range(count))))
            self.write("coloured.npz", files.npz({
                "x_train": ("|u1", (TRAINED, SIDE, SIDE, 3), coloured(1, TRAINED)), "y_train": int64(TRAINED),
                "x_test": ("|u1", (SCORED, SIDE, SIDE, 3), coloured(5, SCORED)), "y_test": int64(SCORED)}))
        self.run = self.train("coloured", *COLOURED)
        self.page = (self.run / "report.html").read_text()
        self.found = Elements(self.page)
        self.evaluation = self.read("evaluation.json")
        self.details = self.read("evaluation-details.json")

    def read(self, name, run=None):
        return json.loads(((run or self.run) / name).read_text())


class ReportPage(PageCase):
    def assert_numbers(self, found, wanted):
        """Every <data> element is exactly the field of that name, and its text that number rounded."""
        self.assertGreater(len(found), 10)
        for field, value, text in found:
            want = wanted(field)
            self.assertEqual(float(value), want, field)
            decimals = len(text.split(".")[1]) if "." in text and "e" not in text else 0
            unit = 10**-decimals if "e" not in text else abs(want) * 1e-6
            self.assertLessEqual(abs(float(text) - want), 0.500001 * unit + abs(want) * 1e-6, (field, text))

    def test_every_number_is_that_of_the_evaluation(self):
        def wanted(field):
            if field.startswith("per_class."):
                label = int(field.split(".")[1])
                return next(each for each in self.evaluation["per_class"] if each["label"] == label)["bits_per_dim"]
            return self.evaluation[field]
        self.assert_numbers(self.found.numbers, wanted)
        fields = {field for field, _, _ in self.found.numbers}
        self.assertLessEqual({"bits_per_dim", "standard_error", "confidence_low", "confidence_high", "examples",
                              "mask_standard_error", "per_class.0.bits_per_dim"}, fields)

    def test_compressors_are_given_the_images_that_were_scored(self):
        bits = self.evaluation["example_bits"]
        self.assertEqual(self.details["compressed_indices"], list(range(SCORED)))  # all of so few
        mean, half = mean_and_half(bits, STUDENT_23)
        self.assertIn(f"On the same {SCORED} images the model needs {mean:.4f} ± {half:.4f} bits/dim", self.found.text)
        names = [each["name"] for each in self.details["compressors"]]
        self.assertEqual(names[:2], ["PNG", "WebP lossless"])
        if "JPEG XL" not in names:
            self.assertIn("JPEG XL: not measured", self.found.text)
        for each in self.details["compressors"]:
            self.assertTrue(all(value > 0 for value in each["bits_of_each"]))
            self.assertLess(each["bits_together"], min(each["bits_of_each"]))  # files of 8 x 8 pixels are mostly headers
            difference, half = mean_and_half([a - b for a, b in zip(bits, each["bits_of_each"])], STUDENT_23)
            self.assertIn(f"{difference:.4f} ± {half:.4f}", self.found.text)
            best = min(math.fsum(each["bits_of_each"]) / SCORED, each["bits_together"])
            self.assertIn(f"{each['name']} ({best:.3f})", self.found.text)

    def test_the_ranked_examples_are_those_of_most_and_fewest_bits(self):
        bits = self.evaluation["example_bits"]
        order = sorted(range(SCORED), key=lambda i: bits[i])
        for name, wanted in (("most_bits", order[::-1][:8]), ("fewest_bits", order[:8])):
            self.assertEqual([each["index"] for each in self.details[name]], wanted)
            for each in self.details[name]:
                self.assertEqual((each["bits_per_dim"], each["label"]), (bits[each["index"]], each["index"] % CLASSES))
                rows = files.color_rows(base64.b64decode(each["picture"]))
                content = files.pixels(5 + each["index"]**2, SIDE, SIDE, 3)
                self.assertEqual(b"".join(bytes(pixel) for row in rows for pixel in row), content)
                self.assertIn((f"Example {each['index']}", "data:image/png;base64," + each["picture"]), self.found.pictures)

    def test_the_mean_map_adds_up_to_the_examples_bits(self):
        self.assertEqual((self.details["mapped"], len(self.details["position_bits"])), (8, 3 * SIDE**2))
        mapped = [self.evaluation["example_bits"][i * SCORED // 8] for i in range(8)]
        mean = math.fsum(self.details["position_bits"]) / (3 * SIDE**2)
        self.assertAlmostEqual(mean, math.fsum(mapped) / 8, delta=1e-4)  # they are rounded to that
        for channel, name in enumerate(("red", "green", "blue")):
            bits = self.details["position_bits"][channel::3]
            self.assertIn(f">{math.fsum(bits) / len(bits):.3f}</text>", self.page, name)

    def test_the_animation_ends_with_the_samples(self):
        parts = chunks((self.run / "unmasking-film.png").read_bytes())
        kinds = [kind for kind, _ in parts]
        frames = kinds.count(b"fcTL")
        self.assertEqual(frames, 5)  # of four steps all, and what was before them
        self.assertEqual(struct.unpack(">II", dict(parts)[b"acTL"]), (frames, 0))
        self.assertLess(kinds.index(b"IDAT"), kinds.index(b"fcTL"))  # the still picture is no frame
        numbers = [struct.unpack(">I", content[:4])[0] for kind, content in parts if kind in (b"fcTL", b"fdAT")]
        self.assertEqual(numbers, list(range(2 * frames)))
        header, data = dict(parts)[b"IHDR"], [content[4:] for kind, content in parts if kind == b"fdAT"]

        def picture(content):
            def chunk(kind, body):
                return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            return files.color_rows(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content))
        samples = files.color_rows((self.run / "samples.png").read_bytes())
        small = [row[::8][:SIDE] for row in samples[::8]][:SIDE]  # of 64 pixels a side, the first of them
        self.assertEqual([row[:SIDE] for row in picture(data[-1])[:SIDE]], small)
        self.assertEqual({pixel for row in picture(data[0])[:SIDE] for pixel in row[:SIDE]}, {(0x8c, 0x9a, 0xb8)})
        self.assertEqual(picture(dict(parts)[b"IDAT"]), picture(data[-1]))

    def test_evaluations_from_few_examples_have_the_interval_of_student(self):
        last = [json.loads(line) for line in (self.run / "log.jsonl").read_text().splitlines()]
        last = [line for line in last if line["event"] == "evaluate"]
        self.assertEqual(last[0]["examples"], 6)
        svg = next(each for each in re.findall(r"<svg.*?</svg>", self.page, re.S) if "<title>Bits per dimension</title>" in each)
        whiskers = [points.split() for points in re.findall(r'<polyline [^>]*points="([^"]*)"', svg) if points.count(" ") == 1]
        heights = [abs(float(a.split(",")[1]) - float(b.split(",")[1])) for a, b in whiskers]
        self.assertEqual(len(heights), len(last))
        ticks = re.findall(r'<text x="[^"]*" y="([^"]*)" text-anchor="end">([^<]*)</text>', svg)
        (low_y, low), (high_y, high) = ((float(y), float(label)) for y, label in (ticks[0], ticks[-1]))
        pixels = abs((high_y - low_y) / (high - low))  # for one bit
        for height, line in zip(heights, last):
            self.assertAlmostEqual(height, 2 * 2.5705818 * line["standard_error"] * pixels, delta=0.05)  # 5 degrees

    def test_what_was_typed_and_what_to_type_are_there(self):
        self.assertIn("--train.evaluate_every=2", self.found.text)
        self.assertIn("veil train --config coloured/config.cfg --run coloured-again", self.found.text)
        self.assertIn("train.evaluate_examples", self.found.text)
        self.veil("train", "--config", "coloured/config.cfg", "--run", "again", "--quiet")
        for name in ("model.safetensors", "evaluation.json", "evaluation-details.json", "unmasking.png", "unmasking-film.png"):
            self.assertEqual((self.run / name).read_bytes(), (self.folder / "again" / name).read_bytes(), name)

    def test_details_of_another_evaluation_are_left_out(self):
        self.train("other", *COLOURED, "--train.seed=7")
        (self.folder / "other/evaluation-details.json").write_bytes((self.run / "evaluation-details.json").read_bytes())
        self.veil("report", "other")
        page = (self.folder / "other/report.html").read_text()
        self.assertIn("evaluation-details.json is of another evaluation than evaluation.json and left out.", page)
        self.assertIn("PNG, WebP and JPEG XL: not measured.", page)


class RunsPage(PageCase):
    def runs(self):
        return {name: self.train(f"many/{name}", *COLOURED, f"--optimizer.learning_rate={rate}")
                for name, rate in (("a b", 0.02), ("slow#1", 0.0001), ("c", 0.005))}

    def check(self, page, path, runs):
        found = Elements(page)
        evaluations = {name: self.read("evaluation.json", run) for name, run in runs.items()}
        order = sorted(runs, key=lambda name: evaluations[name]["bits_per_dim"])
        self.assertEqual([float(value) for _, value, _ in found.numbers],
                         [evaluations[name]["bits_per_dim"] for name in order])
        self.assertEqual(len(found.links), len(runs))
        for link, name in zip(found.links, order):
            target = path.parent / re.sub("%(..)", lambda code: chr(int(code[1], 16)), link)
            self.assertTrue(target.samefile(runs[name] / "report.html"), link)
        best = evaluations[order[0]]["example_bits"]
        for name in order[1:]:
            mean, half = mean_and_half([a - b for a, b in zip(evaluations[name]["example_bits"], best)], STUDENT_23)
            self.assertIn(f"+{mean:.4f} ± {half:.4f}", found.text, name)
        self.assertIn("optimizer.learning_rate", found.text)
        self.assertNotIn("optimizer.beta1", found.text)

    def test_a_folder_of_runs_has_an_index(self):
        runs = self.runs()
        self.assertTrue(self.veil("report", "many").stdout.endswith("index many/index.html\n"))
        path = self.folder / "many/index.html"
        self.check(path.read_text(), path, runs)

    def test_runs_are_put_side_by_side(self):
        runs = self.runs()
        path = self.folder / "side.html"
        result = self.veil("report", *(run.relative_to(self.folder) for run in runs.values()), "--out", "side.html")
        self.assertTrue(result.stdout.endswith("comparison side.html\n"))
        self.check(path.read_text(), path, runs)

    def test_figures_of_other_data_stand_apart(self):
        self.train("apart/one", *COLOURED)
        self.train("apart/two", "--train.steps=1")  # of set.npz
        (self.folder / "apart/three").mkdir(exist_ok=True)
        (self.folder / "apart/three/log.jsonl").write_text('{"step":5,"event":"train","bits_per_dim":7.25}\n')
        self.veil("report", "apart")
        page = (self.folder / "apart/index.html").read_text()
        self.assertEqual(page.count("<section"), 3)
        self.assertEqual(page.count(">best</span></td>"), 2)
        self.assertIn("Not evaluated yet", page)
        self.assertIn("7.250", page)

    def test_one_run_has_no_page_of_several(self):
        result = self.veil("report", "coloured", "--out", "x.html", code=2)
        self.assertIn("--out is the page of several runs", result.stderr)


if __name__ == "__main__":
    unittest.main()
