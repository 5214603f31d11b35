"""What is written into a run's folder, by whom, and what happens where a file or standard output fails.

usage: run_folder_test.py PATH-OF-VEIL
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from veil_case import TINY, VEIL, VeilCase  # noqa: E402


class RunCase(VeilCase):
    """A run of one update on pictures of this test's own, in the folder "run"."""

    def setUp(self):
        super().setUp()
        for name, first in (("set", 0), ("other", 50)):
            for i in range(12):
                self.write(f"{name}/{i}.png", files.png(files.pixels(first + i, 8, 8, 3), 8, 8, 3))
        self.config = self.write("tiny.cfg", TINY)

    def train(self, *words, run="run", **keywords):
        return self.veil("train", "--config", self.config, "--run", run, "--data.source=set", "--data.holdout=0.4",
                         *words, **keywords)

    def path(self, name):
        return self.folder / "run" / name


class OwnEvaluation(RunCase):
    """evaluation.json answers the run's own question alone."""

    def evaluate(self, *words):
        return self.veil("evaluate", "--model", "run", *words)

    def test_the_runs_own_question_is_answered_there(self):
        self.train()
        own = self.path("evaluation.json").read_bytes()
        report = json.loads(own)
        self.assertEqual(len(report["example_bits"]), report["examples"])
        mean = sum(report["example_bits"]) / report["examples"]
        self.assertAlmostEqual(mean, report["bits_per_dim"], 12)
        self.path("evaluation.json").unlink()
        printed = json.loads(self.evaluate("--json", "--batch", 1).stdout)
        self.assertEqual(self.path("evaluation.json").read_bytes(), own)
        del report["example_bits"], report["example_replicate_bits"]
        self.assertEqual(printed, report)

    def test_another_question_leaves_it_alone_and_says_so(self):
        self.train()
        own = self.path("evaluation.json").read_bytes()
        whole = json.loads(own)["examples"]
        for words, part in ((["--data", "other"], "custom-other"), (["--split", "train"], "custom-set, train, is not known"),
                            (["--weights", "raw"], "raw weights"), (["--seed", 5], "evaluate.seed is 5, the run's is 0"),
                            (["--passes", 4], "evaluate.passes is 4, the run's is 2"),
                            (["--limit", whole], f"evaluate.limit is {whole}, the run's is 0"),
                            (["--exact-order", "raster", "--groups", 2], "exact likelihood")):
            result = self.evaluate(*words)
            lines = [line for line in result.stderr.splitlines() if "is left as it is" in line]
            self.assertEqual(len(lines), 1, (words, result.stderr))
            self.assertIn(part, lines[0])
            self.assertIn("--out FILE keeps the figure", lines[0])
            self.assertEqual(self.path("evaluation.json").read_bytes(), own, words)

    def test_another_question_is_kept_where_it_is_asked_for(self):
        self.train()
        own = self.path("evaluation.json").read_bytes()
        result = self.evaluate("--data", "other", "--out", "other.json", "--json")
        kept = json.loads((self.folder / "other.json").read_text(encoding="utf-8"))
        bits = kept.pop("example_bits")
        self.assertAlmostEqual(sum(bits) / kept["examples"], kept["bits_per_dim"], 12)
        self.assertEqual(len(kept.pop("example_replicate_bits")), len(bits) * kept["replicates"])
        self.assertEqual(kept, json.loads(result.stdout))
        self.assertNotIn("left as it is", result.stderr)
        self.assertEqual(self.path("evaluation.json").read_bytes(), own)

    def test_of_a_limited_run_the_whole_split_is_another_question(self):
        self.train("--evaluate.limit=2")
        own = self.path("evaluation.json").read_bytes()
        self.assertEqual(json.loads(own)["examples"], 2)
        self.assertNotIn("left as it is", self.evaluate().stderr)
        self.assertIn("evaluate.limit is 0, the run's is 2", self.evaluate("--limit", 0).stderr)
        self.assertEqual(self.path("evaluation.json").read_bytes(), own)


class Failures(RunCase):
    def test_results_on_a_full_standard_output_are_exit_74_and_nothing_is_lost(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        words = [VEIL, "train", "--config", str(self.config), "--run", "run", "--data.source=set", "--data.holdout=0.4",
                 "--quiet"]
        with open("/dev/full", "wb") as full:
            result = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, cwd=self.folder, text=True, check=False)
        self.assertEqual(result.returncode, 74, result.stderr)
        self.assertRegex(result.stderr, r"\Aveil: standard output: [^\n]+\n\Z")
        for name in ("model.safetensors", "evaluation.json", "samples.png", "report.html"):
            self.assertTrue(self.path(name).is_file(), name)
        for words in (["evaluate", "--model", "run"], ["report", "run"], ["sample", "--model", "run"],
                      ["data", "inspect", "set"], ["bench", "train", "--config", str(self.config), "--steps", "1",
                                                   "--data.source=set", "--data.holdout=0.4"]):
            with open("/dev/full", "wb") as full:
                result = subprocess.run([VEIL, *words, "--quiet"], stdout=full, stderr=subprocess.PIPE, cwd=self.folder,
                                        text=True, check=False)
            self.assertEqual(result.returncode, 74, (words, result.stderr))

    def test_results_name_what_was_written(self):
        self.assertRegex(self.train().stdout, r"\Abits/dim [0-9.]+ .*\n.* ema weights, seed 0\nsamples run/samples\.png\n"
                                              r"report run/report\.html\nmodel run/model\.safetensors\n\Z")

    def test_a_damaged_line_of_a_log_is_dropped_when_a_run_goes_on(self):
        self.train()
        for name in ("log.jsonl", "timing.jsonl"):
            sound = self.path(name).read_text(encoding="utf-8")
            self.path(name).write_text('{"step":"one","event":"train"}\n' + sound + '{"step":[1]}\n{"st', encoding="utf-8")
            result = self.train()
            self.assertEqual(self.path(name).read_text(encoding="utf-8"), sound)
            self.assertIn(f"run/{name}: 2 damaged lines are dropped, want JSON objects with a step", result.stderr)
        self.assertNotIn("damaged", self.train().stderr)

    def test_the_report_leaves_a_damaged_line_out_and_passes_over_an_unknown_event(self):
        self.train()
        with open(self.path("log.jsonl"), "a", encoding="utf-8") as log:
            log.write('{"step":"one"}\n{"step":9,"event":"unheard of"}\n')
        self.veil("report", "run")
        page = self.path("report.html").read_text(encoding="utf-8")
        self.assertIn("1 damaged line of log.jsonl is left out", page)


if __name__ == "__main__":
    unittest.main()
