"""What evaluation and sampling in bfloat16 leave behind does not grow with the number of their batches.

oneDNN compiles a program for every size of a product that it meets, and keeps it: its own log tells each one.

Usage: memory_test.py VEIL
"""

import json
import os
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


if __name__ == "__main__":
    unittest.main()
