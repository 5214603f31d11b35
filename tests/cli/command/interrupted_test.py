"""A signal during an evaluation or sampling: what is kept, what is said, and that the run goes on to the same end.

usage: interrupted_test.py VEIL
"""

import json
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from training_case import EVERY_STEP, SCORED, TRAINED, OwnRunCase, images, npz, step_folder  # noqa: E402
from veil_case import VEIL  # noqa: E402

SCORED_IMAGES = 4_000
CLASSES = 200
FEW = "--evaluate.limit=7"
LONG_SAMPLES = ["--sample.steps=8000", "--sample.count=64", "--sample.rows_per_call=1"]


def listens(process):
    """Whether it has installed a handler for SIGTERM."""
    found = re.search(r"^SigCgt:\s*([0-9a-f]+)", pathlib.Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
    return found is not None and int(found[1], 16) >> (signal.SIGTERM - 1) & 1 == 1


class InterruptedCase(OwnRunCase):
    def setUp(self):
        super().setUp()
        self.write("set.npz", npz(images(12, TRAINED, 1), images(SCORED_IMAGES, SCORED, 2)))

    def interrupted(self, *words, when, patience=60):
        """Exit code and standard error of a command that gets SIGTERM a little after it listens and `when` holds."""
        process = subprocess.Popen([VEIL, *map(str, words)], cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 120
        while process.poll() is None and not (listens(process) and when()) and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.3)
        self.assertIsNone(process.poll(), "it was over before the signal")
        process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        _, errors = process.communicate(timeout=120)
        self.assertLess(time.monotonic() - begin, patience, "it went on after the signal")
        return process.returncode, errors

    def whole(self, *words):
        """What an uninterrupted run leaves."""
        self.veil("train", "--config", "tiny.cfg", "--run", "whole", *words)
        return self.folder / "whole"

    def assert_same(self, whole, *names):
        for name in names:
            self.assertEqual((self.run_folder / name).read_bytes(), (whole / name).read_bytes(), name)


class FinalResults(InterruptedCase):
    COURSE = ["--train.steps=2", *EVERY_STEP]
    WORDS = [*COURSE, FEW]

    RUN = ["train", "--config", "tiny.cfg", "--run", "run"]

    def test_the_final_evaluation(self):
        code, errors = self.interrupted(*self.RUN, *self.COURSE, when=(self.run_folder / "model.safetensors").exists)
        self.assertEqual(code, 75, errors)
        self.assertIn("stopped while the finished model was measured: run/model.safetensors is whole, a result that was not "
                      "yet whole is not kept; the same command goes on from there\n", errors)
        self.assertFalse((self.run_folder / "evaluation.json").exists())
        result = self.veil(*self.RUN, *self.WORDS)
        self.assertIn("made now: evaluation and samples", result.stderr)
        self.assert_same(self.whole(*self.WORDS), "config.cfg", "model.safetensors", "evaluation.json", "samples.png", "log.jsonl")

    def test_the_final_samples(self):
        code, errors = self.interrupted(*self.RUN, *self.WORDS, *LONG_SAMPLES, when=(self.run_folder / "evaluation.json").exists)
        self.assertEqual(code, 75, errors)
        self.assertIn("the same command goes on from there", errors)
        result = self.veil(*self.RUN, *self.WORDS)
        self.assertIn("made now: samples\n", result.stderr)
        self.assert_same(self.whole(*self.WORDS), "config.cfg", "model.safetensors", "evaluation.json", "samples.png")

    def test_after_an_extension_another_command_is_named(self):
        self.train(*self.WORDS)
        before = self.content("evaluation.json")
        code, errors = self.interrupted("train", "--run", "run", "--extend", 100_000,
                                        when=lambda: step_folder(self.run_folder, 3).exists())
        self.assertEqual(code, 75, errors)
        self.assertRegex(errors, r"stopped at step \d+ of 100002; veil train --run run goes on from there\n")
        self.assertEqual(self.content("evaluation.json"), before)  # of the model that is still there


class Periodic(InterruptedCase):
    def check(self, slow, logged, *due):
        """Interrupted once the log holds `logged`."""
        words = ["--train.steps=4", *EVERY_STEP, FEW, "--train.evaluate_every=2", "--train.sample_every=2"]
        few = "--train.evaluate_examples=2"
        log = self.run_folder / "log.jsonl"
        code, errors = self.interrupted("train", "--config", "tiny.cfg", "--run", "run", *words, *slow,
                                        when=lambda: log.exists() and logged in log.read_text())
        self.assertEqual(code, 75, errors)
        self.assertIn("stopped at step 2 of 4; the same command goes on from there", errors)
        state = json.loads((step_folder(self.run_folder, 2) / "state.json").read_text())
        self.assertEqual(sorted(name for name in state["integers"] if name.endswith("_due")), sorted(due))
        self.train(*words, few)
        whole = self.whole(*words, few)
        text = [line for line in log.read_text().splitlines() if '"change"' not in line]
        self.assertEqual(text, (whole / "log.jsonl").read_text().splitlines())
        self.assert_same(whole, "evaluation.json", "samples.png", "samples/step-00000002.png", "config.cfg")

    def test_an_evaluation_is_made_up_for(self):
        self.check([f"--train.evaluate_examples={SCORED_IMAGES}"], '"step":2', "evaluation_due", "samples_due")

    def test_samples_are_made_up_for(self):
        self.check(["--train.evaluate_examples=2", *LONG_SAMPLES], '"evaluate"', "samples_due")


class CtrlC(InterruptedCase):
    SLOW = ["train", "--config", "tiny.cfg", "--run", "run", "--train.steps=100000", "-q"]

    def started(self, *words):
        process = subprocess.Popen([VEIL, *words], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   text=True)
        self.addCleanup(process.kill)
        end = time.monotonic() + 120
        while process.poll() is None and not listens(process) and time.monotonic() < end:
            time.sleep(0.002)
        self.assertIsNone(process.poll())
        return process

    def test_it_is_answered_at_once(self):
        """By a line that comes before the end: while the process stands still, nothing but the handler speaks."""
        process = self.started(*self.SLOW, "--train.batch_size=1000")  # a step takes seconds
        log = self.run_folder / "run.lock"
        while process.poll() is None and not log.exists():
            time.sleep(0.01)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.stderr.readline(),
                         "veil: stopping as soon as the step at hand is done; Ctrl-C once more ends at once\n")
        answered = time.monotonic() - begin
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.stderr.readline(), "veil: ended at once by a second Ctrl-C; files that were whole still are\n")
        self.assertEqual(process.wait(60), 130)
        self.assertLess(answered, 2)

    def test_at_the_very_start_too(self):
        process = self.started(*self.SLOW)
        for answer in ("stopping as soon as", "ended at once"):
            process.send_signal(signal.SIGINT)
            self.assertIn("veil: " + answer, process.stderr.readline())
        self.assertEqual(process.wait(60), 130)

    def test_other_signals_are_answered_once(self):
        process = self.started(*self.SLOW)
        for _ in range(3):
            process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75, errors)
        self.assertEqual(errors.count("veil: stopping as soon as the step at hand is done\n"), 1, errors)

    def test_the_help_names_its_code(self):
        self.assertIn("130 ended at once by a second Ctrl-C", self.veil("--help").stdout)


class Evaluate(InterruptedCase):
    def test_what_is_lost_is_said(self):
        self.train("--train.steps=1", FEW)
        before = self.content("evaluation.json")
        code, errors = self.interrupted("evaluate", "--model", "run", "--limit", 0, when=lambda: True)
        self.assertEqual(code, 75, errors)
        self.assertRegex(errors, r"veil: stopped after \d+ examples were scored; a figure of these alone is not kept\n")
        self.assertEqual(self.content("evaluation.json"), before)

    def test_it_is_heard_within_a_large_batch(self):
        self.train("--train.steps=1", FEW)
        code, errors = self.interrupted("evaluate", "--model", "run", "--limit", 0, "--batch", SCORED_IMAGES, "--passes", 256,
                                        when=lambda: True, patience=20)
        self.assertEqual(code, 75, errors)
        self.assertRegex(errors, r"veil: stopped after \d+ examples were scored; a figure of these alone is not kept\n")

    def test_a_figure_that_is_whole_is_kept_without_what_is_found_beside_it(self):
        def int64(values):
            return ("<i8", (len(values),), struct.pack(f"<{len(values)}q", *values))
        labels = int64(range(CLASSES))
        self.write("set.npz", npz(images(CLASSES, TRAINED, 1), images(CLASSES, SCORED, 2), y_train=labels, y_test=labels))
        self.train("--train.steps=1", FEW, "--model.class_conditional=true", "--sample.count=2")
        words = ["evaluate", "--model", "run", "--limit", 0]
        begin = time.monotonic()
        whole = json.loads(self.veil(*words, "--json").stdout)
        took = time.monotonic() - begin
        begin = time.monotonic()  # the labels take as long for each class
        code, errors = self.interrupted(*words, "--label-errors", 3, "--out", "all.json",
                                        when=lambda: time.monotonic() > begin + 3 * took)
        self.assertEqual(code, 75, errors)
        self.assertIn("veil: stopped: the figure is whole; what was asked for beside it (ranking, heat map, label errors) is not "
                      "made\n", errors)
        kept = json.loads((self.folder / "all.json").read_text())
        self.assertEqual((kept["examples"], kept["bits_per_dim"]), (CLASSES, whole["bits_per_dim"]))
        self.assertNotIn("label_errors", kept)


class Sample(InterruptedCase):
    def test_what_is_lost_is_said(self):
        self.train("--train.steps=0")
        code, errors = self.interrupted("sample", "--model", "run", "--count", 64, "--steps", 8000, "--out", "pictures",
                                        "--sample.rows_per_call=1", when=lambda: True)
        self.assertEqual(code, 75, errors)
        self.assertRegex(errors, r"veil: stopped after \d+ of 64 samples were drawn; nothing was written: calls with a smaller "
                                 r"--count, and --first, keep what they made\n")
        self.assertFalse((self.folder / "pictures").exists())


if __name__ == "__main__":
    unittest.main()
