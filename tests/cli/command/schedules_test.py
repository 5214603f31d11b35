"""Schedules compared on a model and images, and grids of counts: figures that follow from the profile, computed again here.

usage: schedules_test.py PATH-OF-VEIL
"""

import csv
import itertools
import json
import math
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from training_case import SCORED, SETTINGS, TRAINED, RunCase, images, lines, npz  # noqa: E402
from tensor_files import TensorFile  # noqa: E402
from veil_case import VEIL  # noqa: E402

LENGTH = 64
SMALL = ["--limit=24", "--steps=2,8,64", "--calls=2,5,64", "--samples=2", "--sample-calls=4", "--batch=3",
         "--evaluate.passes=8", "--quiet"]


def cost(counts, profile):
    """The code length of a grid in nats: sum of (k_j - k_{j+1}) g(k_j)."""
    return math.fsum((k - left) * profile[k - 1] for k, left in itertools.pairwise(counts))


def alpha(name, t):
    """The closed forms of table 4."""
    if name == "linear":
        return 1 - t
    if name == "cosine":
        return 1 - math.cos(math.pi / 2 * (1 - t))
    return 1 - t ** float(name.removeprefix("poly"))


class ScheduleCase(RunCase):
    def setUp(self):
        super().setUp()
        if "40" not in (self.folder / "tiny.cfg").read_text():
            self.write("set.npz", npz(images(40, TRAINED, 1), images(30, SCORED, 2)))
            self.write("tiny.cfg", (SETTINGS + "# 40 images\n").encode())


class Compare(ScheduleCase):
    def compared(self, *words):
        model = self.train("compared", "--train.steps=2")
        named = {word.split("=")[0] for word in words}
        small = [word for word in SMALL if word.split("=")[0] not in named]
        self.veil("schedules", "compare", "--model", model, *small, *words)
        return json.loads((self.folder / "schedules-comparison" / "comparison.json").read_text())

    def test_figures_agree_with_each_other_and_with_closed_forms(self):
        found = self.compared("--schedules=linear,cosine,poly3")
        limit = found["continuous_bound"]["value"]
        for row in found["step_bounds"]:
            self.assertAlmostEqual(row["bits_per_dim"]["value"] - limit, row["gap"]["value"], 9)
            times = [t / row["steps"] for t in range(row["steps"], -1, -1)]
            if row["grid"] == "cosine":
                times = [math.cos(math.pi / 2 * (1 - t)) for t in times]
            alphas = [max(0, alpha(row["schedule"], t)) for t in times]
            calls = math.fsum(1 - (1 - (left - now)) ** LENGTH for now, left in itertools.pairwise(alphas))
            self.assertAlmostEqual(row["expected_network_calls"], calls, 6)
        for row in found["count_grids"]:
            counts = row["counts"]
            self.assertEqual((counts[0], counts[-1], len(counts)), (LENGTH, 0, row["network_calls"] + 1))
            if row["network_calls"] == LENGTH:  # one by one: no gap, whatever the schedule
                self.assertAlmostEqual(row["bits_per_dim"]["value"], limit, 9)
        self.assertEqual([arm["name"] for arm in found["noise"]], ["count", "linear", "cosine", "poly3"])
        self.assertEqual(found["noise"][0]["loss_ratio"]["value"], 1)

    def test_the_bound_is_one_and_direct_estimates_agree(self):
        found = self.compared("--schedules=linear,cosine")
        limit = found["continuous_bound"]["value"]
        for arm in found["noise"]:
            self.assertLess(abs(arm["bits_per_dim"]["value"] - limit), 1.5)  # of a few images
        made = [row["direct_less_profile"] for row in found["step_bounds"] if row["direct"]["value"] is not None]
        self.assertEqual(len(made), 6)
        apart = [abs(row["value"]) / row["half_width"] for row in made if row["half_width"] > 0]
        self.assertLess(max(apart), 2.3)  # 4.5 standard errors

    def test_tables_plots_and_pictures_are_there(self):
        found = self.compared("--schedules=linear,poly2")
        folder = self.folder / "schedules-comparison"
        with open(folder / "count-grids.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(int(row["network_calls"]), row["schedule"], float(row["bits_per_dim"])) for row in rows],
                         [(row["network_calls"], row["schedule"], row["bits_per_dim"]["value"])
                          for row in found["count_grids"]])
        for name in ("alpha", "step-bounds", "count-grids", "network-calls"):
            self.assertEqual((folder / f"{name}.png").read_bytes()[:4], b"\x89PNG")
            self.assertIn("<svg", (folder / f"{name}.svg").read_text())
        self.assertEqual(len(found["samples"]), 5)
        for arm in found["samples"]:
            self.assertTrue((folder / arm["picture"]).is_file(), arm)
            self.assertEqual(arm["quality"], [])  # two samples cannot be compared
        self.check_page(folder / "report.html", found)

    def check_page(self, page, found):
        text = page.read_text(encoding="utf-8")
        numbers = re.findall(r'data-field="([^"]+)" value="([^"]+)"', text)
        self.assertGreater(len(numbers), 10)
        for field, value in numbers:
            place = found
            for word in field.split("."):
                place = place[int(word)] if isinstance(place, list) else place[word]
            self.assertEqual(float(value), place, field)
        for words in ("What few steps cost", "<em>A lower curve does not promise nicer pictures", found["command"][:20]):
            self.assertIn(words, text)
        self.assertEqual(text.count("data:image/png;base64,"), len(found.get("samples", [])))

    def test_a_schedule_of_ones_own_is_compared_and_samples_are_measured(self):
        self.write("steep.csv", b"time,alpha\n0,1\n0.5,0.2\n1,0\n")
        found = self.compared("--schedules=steep.csv", "--steps=2", "--samples=16", "--calls=2", "--evaluate.passes=2")
        self.assertEqual({row["schedule"] for row in found["step_bounds"]}, {"steep"})
        two = [row for row in found["step_bounds"] if row["grid"] == "uniform"][0]
        calls = (1 - 0.8 ** LENGTH) + (1 - 0.2 ** LENGTH)  # a fifth is revealed by the first step, the rest by the other
        self.assertAlmostEqual(two["expected_network_calls"], calls, 9)
        for arm in found["samples"]:
            figures = {figure["name"]: figure for figure in arm["quality"]}
            self.assertEqual(figures["FD-random"]["images"], 16)
            self.assertTrue(math.isfinite(figures["FD-random"]["samples"]["value"]), figures)
        same = [[figure["real"] for figure in arm["quality"]] for arm in found["samples"]]
        self.assertEqual(same[0], same[1])  # the real images are the same for all
        self.check_page(self.folder / "schedules-comparison" / "report.html", found)

    def test_a_stopped_comparison_goes_on_to_the_same_result(self):
        whole = self.compared("--schedules=linear,cosine")
        folder = self.folder / "schedules-comparison"
        shutil.rmtree(folder)
        words = [VEIL, "schedules", "compare", "--model", self.folder / "compared", *SMALL, "--schedules=linear,cosine"]
        process = subprocess.Popen(list(map(str, words)), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while not (folder / "parts" / "noise.json").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
        self.assertIn(process.returncode, (0, 75), errors)  # 0: it was done before it heard
        noise = (folder / "parts" / "noise.json").stat().st_mtime_ns
        again = self.compared("--schedules=linear,cosine")
        self.assertEqual((folder / "parts" / "noise.json").stat().st_mtime_ns, noise)
        self.assertEqual(again["step_bounds"], whole["step_bounds"])
        self.assertEqual(again["noise"], whole["noise"])
        self.assertEqual(again["count_grids"], whole["count_grids"])

    def test_parts_that_are_damaged_or_gone_are_made_again(self):
        whole = self.compared("--schedules=linear,cosine")
        folder = self.folder / "schedules-comparison"
        part, picture = folder / "parts/noise.json", folder / whole["samples"][0]["picture"]
        noise = json.loads(part.read_text())
        noise["part"][0]["bits_per_dim"][0] = 1.0
        for damaged in (json.dumps(noise), "{"):
            part.write_text(damaged)
            picture.unlink()
            self.assertEqual(self.compared("--schedules=linear,cosine")["noise"], whole["noise"])
            self.assertTrue(picture.is_file())

    def test_a_configuration_names_what_flags_do_not(self):
        (self.folder / "compare.cfg").write_text("[compare]\nschedules = cosine\nsamples = 0\nsteps = 4\n")
        words = [word for word in SMALL if not word.startswith(("--samples", "--steps"))]
        model = self.train("compared", "--train.steps=2")
        found = json.loads(self.veil("schedules", "compare", "--model", model, "--config", "compare.cfg", *words,
                                     "--steps=2", "--json").stdout)
        self.assertEqual({row["schedule"] for row in found["step_bounds"]}, {"cosine"})
        self.assertEqual({row["steps"] for row in found["step_bounds"]}, {2})
        self.assertEqual(found["samples"], [])
        (self.folder / "compare.cfg").write_text("[compare]\nschedule = cosine\n")
        result = self.veil("schedules", "compare", "--model", model, "--config", "compare.cfg", code=2)
        self.assertIn("compare.cfg:2: 'compare.schedule' is no setting of a comparison", result.stderr)

    def test_what_is_not_a_comparison_is_not_replaced(self):
        model = self.train("compared", "--train.steps=2")
        (self.folder / "mine").mkdir()
        (self.folder / "mine" / "photo.png").write_bytes(b"mine")
        self.veil("schedules", "compare", "--model", model, *SMALL, "--out", "mine", code=2)
        for words, text in ((["--schedules=linear,linear"], "names linear twice"),
                            (["--schedules=cosin"], 'the schedule is "cosin"'),
                            (["--steps=0"], "--steps has '0'"), (["--calls=65"], "--calls has '65'"),
                            (["--length=3"], "--length is not of veil schedules compare")):
            result = self.veil("schedules", "compare", "--model", model, *words, code=2)
            self.assertIn(text, result.stderr)
        self.assertIn("usage: veil schedules", self.veil("schedules", "show", code=2).stderr)


class Train(ScheduleCase):
    WORDS = ["schedules", "compare", "--train", "--base", "arms.cfg", "--seeds=2", "--quiet"]

    def setUp(self):
        super().setUp()
        self.write("arms.cfg", (SETTINGS + "steps = 6\nevaluate_every = 2\nevaluate_examples = 9\nlog_every = 1\n"
                                 "quality_every = 3\n").replace("count = 2", "count = 16").encode())

    def bits(self, arm, seed):
        report = json.loads((self.folder / f"schedules-training/runs/{arm}-seed{seed}/evaluation.json").read_text())
        return report["example_bits"]

    def test_differences_are_paired_and_the_first_arm_has_none(self):
        self.veil(*self.WORDS, "--schedules=count,cosine,genmd4")
        found = json.loads((self.folder / "schedules-training" / "training.json").read_text())
        self.assertEqual([(arm["arm"], arm["seed"], arm["forward_passes_per_example"]) for arm in found["arms"]],
                         [("count", 0, 1), ("cosine", 0, 1), ("genmd4", 0, 2),
                          ("count", 1, 1), ("cosine", 1, 1), ("genmd4", 1, 2)])
        for arm in found["arms"]:
            bits, first = self.bits(arm["arm"], arm["seed"]), self.bits("count", arm["seed"])
            differences = [a - b for a, b in zip(bits, first)]
            self.assertAlmostEqual(arm["difference"]["value"], math.fsum(differences) / len(differences), 12)
            if arm["arm"] == "count":
                self.assertEqual(arm["difference"], {"value": 0, "half_width": 0})
            mean = math.fsum(differences) / len(differences)
            error = math.sqrt(math.fsum((d - mean) ** 2 for d in differences) / (len(bits) - 1) / len(bits))
            self.assertAlmostEqual(arm["difference"]["half_width"], 2.045229642 * error, 7)  # Student, 29 degrees
            self.assertEqual([point["step"] for point in arm["curve"]], [2, 4])
            self.assertEqual(arm["curve"][0]["difference"]["value"] == 0, arm["arm"] == "count")
        page = (self.folder / "schedules-training" / "report.html").read_text(encoding="utf-8")
        for number, arm in enumerate(found["arms"]):
            self.assertIn(f'href="runs/{arm["arm"]}-seed{arm["seed"]}/report.html"', page)
            self.assertEqual(float(re.search(rf'"arms.{number}.bits_per_dim.value" value="([^"]+)"', page)[1]),
                             arm["bits_per_dim"]["value"])

    def test_samples_are_compared_while_training(self):
        self.veil("train", "--config", "arms.cfg", "--run", "compared", "--quiet")
        run = self.folder / "compared"
        found = lines(run, "quality")
        self.assertEqual([(line["step"], line["samples"]) for line in found], [(3, 16), (6, 16)])
        figures = [{figure["name"]: figure for figure in line["figures"]} for line in found]
        self.assertEqual(figures[0]["FD-random"]["real"], figures[1]["FD-random"]["real"])  # the same images
        self.assertNotEqual(figures[0]["FD-random"]["samples"], figures[1]["FD-random"]["samples"])
        self.veil("sample", "--model", run, "--npz", "drawn.npz", "--device.precision=float32", "--quiet")  # the same samples again
        words = ["quality", "--samples", "drawn.npz", "--data", "set.npz", "--reference=2000", "--permutations=19", "--json"]
        again = {figure["name"]: figure for figure in json.loads(self.veil(*words, "--quiet").stdout)["figures"]}
        self.assertEqual(again["FD-random"]["samples"], figures[1]["FD-random"]["samples"])
        page = (run / "report.html").read_text(encoding="utf-8")
        self.assertIn("Samples beside real images", page)
        self.assertIn("after 3 updates", page)
        result = self.veil("train", "--config", "arms.cfg", "--sample.count=15", "--run", "few", code=2)
        self.assertIn("train.quality_every is 3, but samples are compared", result.stderr)

    def test_arms_begin_with_the_same_weights(self):
        self.veil(*self.WORDS, "--schedules=count,cosine,genmd4")
        starts = []
        for arm in ("count", "genmd4"):
            run = self.folder / "schedules-training" / "runs" / f"{arm}-seed1"
            self.veil("train", "--config", run / "config.cfg", "--run", f"start-{arm}", "--train.steps=0", "--quiet")
            starts.append(TensorFile(self.folder / f"start-{arm}" / "model.safetensors").tensors)
        self.assertLessEqual(set(starts[0]), set(starts[1]))
        for name, values in starts[0].items():
            self.assertEqual(list(values), list(starts[1][name]), name)

    def test_it_says_what_is_missing(self):
        self.assertIn("--base FILE", self.veil("schedules", "compare", "--train", code=2).stderr)
        self.assertIn("none.cfg", self.veil("schedules", "compare", "--train", "--base", "none.cfg", code=65).stderr)
        result = self.veil(*self.WORDS, "--schedules=count,nothing", code=2)
        self.assertIn('the schedule is "nothing"', result.stderr)


class Design(ScheduleCase):
    def test_grids_are_written_and_sampled_from(self):
        model = self.train("compared", "--train.steps=2")
        words = ["schedules", "design", "--model", model, "--limit=24", "--quiet"]
        printed = self.veil(*words, "--steps=2..64").stdout
        grids = json.loads((self.folder / "grids.json").read_text())
        self.assertEqual((grids["length"], [grid["steps"] for grid in grids["grids"]]), (LENGTH, list(range(2, 65))))
        for grid in grids["grids"]:
            self.assertEqual(len(grid["counts"]), grid["steps"] + 1)
            self.assertTrue(all(a > b for a, b in itertools.pairwise(grid["counts"])))
        bits = [float(found) for found in re.findall(r"steps ([0-9.]+),", printed)]
        self.assertEqual(bits, sorted(bits, reverse=True))  # more steps, a shorter code
        sample = ["sample", "--model", model, "--count=2", "--force", "--sampling-grid", "grids.json", "--npy"]
        self.veil(*sample, "a.npy", "--steps=64")
        self.veil(*sample, "b.npy", "--steps=5")
        self.assertNotEqual((self.folder / "a.npy").read_bytes(), (self.folder / "b.npy").read_bytes())
        result = self.veil(*sample, "c.npy", "--steps=65", code=2)
        self.assertIn("grids.json has no grid of 65 steps, but 63 from 2 to 64", result.stderr)

    def test_a_wrong_file_says_so(self):
        model = self.train("compared", "--train.steps=2")
        sample = ["sample", "--model", model, "--steps=2", "--force", "--npy", "a.npy", "--sampling-grid"]
        self.assertIn("want uniform, cosine or a file", self.veil(*sample, "cosin", code=2).stderr)
        good = {"schema_version": 1, "content": "count grids", "length": 64, "origin": "",
                "grids": [{"steps": 2, "counts": [64, 3, 0]}]}
        for change, text in (({"length": 3}, "'steps'|from 64|grids for"), ({"content": "x"}, "not a file of count grids"),
                             ({"schema_version": 2}, "another version"), ({"grids": []}, "holds no grid"),
                             ({"grids": [{"steps": 2, "counts": [64, 64, 0]}]}, "strictly falling"),
                             ({"grids": [{"steps": 3, "counts": [64, 3, 0]}]}, "stands as one of 3"),
                             ({"grids": [{"steps": 2, "counts": [64, 3.5, 0]}]}, "whole number"),
                             ({"grids": [{"steps": 2, "counts": [64, 3, 0]}] * 2}, "two grids of 2 steps"),
                             ({"grids": {"steps": 2, "counts": [64, 3, 0]}}, "'grids' is not a list")):
            self.write("bad.json", json.dumps(good | change).encode())
            self.assertRegex(self.veil(*sample, "bad.json", code=65).stderr, text)
        self.write("bad.json", json.dumps(good).encode())
        self.veil(*sample, "bad.json")


if __name__ == "__main__":
    unittest.main()
