"""What evaluation and sampling in bfloat16 leave behind does not grow with the number of their batches.

oneDNN compiles a program for every size of a product that it meets, and keeps it: its own log tells each one.

Usage: memory_test.py VEIL
"""

import json
import os
import re
import resource
import subprocess
import unittest

import data_files as files
from training_case import RunCase, SIDE
from veil_case import VEIL

COLORS = ["--data.source=colors.npz"]


class Memory(RunCase):
    def compiled(self, *words):
        """(how many programs were made, what the call printed beside the log of them)"""
        environment = {**os.environ, "ONEDNN_VERBOSE": "profile_create"}
        result = subprocess.run([VEIL, *words, "--device.name=cpu", "--device.precision=bfloat16", "--quiet", "--json"],
                                cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300, check=True)
        lines = result.stdout.splitlines()
        log = [line for line in lines if line.startswith("onednn_verbose")]
        return sum("cache_miss" in line for line in log), [line for line in lines if line not in log]

    def assert_few(self, run, few, many):
        before, _ = self.compiled(*few)
        after, printed = self.compiled(*many)
        if before == 0:
            self.skipTest("this processor's products in bfloat16 are not made by oneDNN, or it keeps no log")
        json.loads(printed[-1])
        # Of 16 rows of 64 positions (three times as many in colour) about half are masked: a dozen sizes between a
        # quarter and three quarters of all, for each product of the head.
        self.assertLessEqual(after - before, 60, (run, before, after))

    def test_evaluation(self):
        colors = {f"x_{split}": ("|u1", (count, SIDE, SIDE, 3), bytes(i * i % 251 for i in range(count * SIDE**2 * 3)))
                  for split, count in (("train", 12), ("test", 7))}
        self.write("colors.npz", files.npz(colors))
        for run, words in (("grey", []), ("colors", COLORS)):
            self.train(run, "--train.steps=0", *words)
            few, many = (("evaluate", "--model", run, "--passes", str(passes)) for passes in (4, 512))
            self.assert_few(run, few, many)

    def test_sampling(self):
        self.train("grey", "--train.steps=0")
        few, many = (("sample", "--model", "grey", "--count", "64", "--steps", str(steps), "--npz", "samples.npz")
                     for steps in (2, 64))
        self.assert_few("grey", few, many)


class Fitting(RunCase):
    """What does not fit is refused before the work, with a number that does."""

    LIMIT = 8 << 30  # of addresses, as "ulimit -v" sets it: the same on every machine

    def limited(self, *words, code):
        result = subprocess.run([VEIL, *map(str, words), "--quiet"], cwd=self.folder, capture_output=True, text=True,
                                timeout=600, check=False, env={**os.environ, "OMP_NUM_THREADS": "2"},
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (self.LIMIT, self.LIMIT)))
        self.assertEqual(result.returncode, code, result.stderr)
        return result.stderr

    def advised(self, setting, *words):
        message = self.limited(*words, code=2)
        found = re.fullmatch(rf"veil: {setting}: (\d+) examples at once take about ([\d.]+) GiB of memory, but ([\d.]+) GiB are "
                             rf"available; try {setting} = (\d+)(: .*)?\n", message)
        self.assertTrue(found, message)
        asked, needed, available, number = (float(found[i]) for i in range(1, 5))
        self.assertLess(available, self.LIMIT / 2**30)
        self.assertGreater(needed, available)
        # In a straight line through nothing, with half of what is there left free.
        self.assertAlmostEqual(number / (asked * available / needed), 0.5, delta=0.1 if setting != "train.micro_batch_size" else 0.3)
        return int(number)

    def test_training(self):
        words = ["train", "--config", "tiny.cfg", "--run", "run", "--train.steps=1", "--train.batch_size=160000"]
        number = self.advised("train.micro_batch_size", *words)
        self.assertEqual(160000 % number, 0)
        self.assertFalse((self.folder / "run/config.cfg").exists(), "a refused start leaves nothing behind")

    def test_a_run_is_refused_for_its_last_evaluation_too(self):
        words = ["train", "--config", "tiny.cfg", "--run", "run", "--train.steps=1", "--evaluate.rows_per_call=1000000"]
        self.advised("evaluate.rows_per_call", *words)

    def test_what_is_advised_works(self):
        self.train("grey", "--train.steps=0")
        evaluate = ["evaluate", "--model", "grey", "--device.name=cpu", "--evaluate.rows_per_call"]
        number = self.advised("evaluate.rows_per_call", *evaluate, 1000000)
        self.limited(*evaluate, number, code=0)
        sample = ["sample", "--model", "grey", "--count", 4, "--steps", 2, "--npz", "few.npz", "--sample.rows_per_call"]
        number = self.advised("sample.rows_per_call", *sample, 1000000)
        self.limited(*sample, number, code=0)

    def test_numbers_that_are_held_not_computed(self):
        self.train("grey", "--train.steps=0")
        message = self.limited("sample", "--model", "grey", "--count", 10**9, "--npz", "many.npz", code=2)
        self.assertRegex(message, r"\Aveil: sample\.count: 1000000000 examples at once take about .*; try sample\.count = \d+ and "
                                  r"go on with sample\.first: the samples are the same\n\Z")


if __name__ == "__main__":
    unittest.main()
