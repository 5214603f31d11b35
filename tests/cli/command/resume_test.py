"""Interrupted and resumed equals uninterrupted, to the bit: weights, average, moments, log, evaluation, samples.

Usage: resume_test.py VEIL
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

VEIL = os.path.abspath(sys.argv.pop(1))
STEPS = 40
SETTINGS = [
    "--data.source=fashion-mnist", "--model.network=uvit", "--model.width=32", "--model.layers=1",
    "--model.width_multipliers=1", "--model.dit_layers=1", "--model.dit_width=32", "--model.dit_heads=2",
    "--model.dit_patch=4", "--model.dropout=0.1", "--model.class_conditional=true", "--model.label_dropout=0.3",
    "--model.head=logistic_prior", "--model.value_channels=true",
    "--optimizer.learning_rate=1e-3", "--optimizer.warmup_steps=5", f"--train.steps={STEPS}", "--train.batch_size=4",
    "--train.horizontal_flips=true", "--train.log_every=3", "--train.checkpoint_every=4", "--train.evaluate_every=16",
    "--train.evaluate_examples=8", "--train.sample_every=20", "--evaluate.passes=2", "--evaluate.limit=8",
    "--evaluate.rows_per_call=8", "--sample.count=4", "--sample.steps=4", "--sample.rows_per_call=4",
]
# What a run leaves that has to be equal; times, the lock and the page that shows times do not.
FILES = ["config.cfg", "model.safetensors", "log.jsonl", "evaluation.json", "evaluation-details.json", "samples.png",
         "samples/step-00000020.png", "unmasking.png", "unmasking-film.png"]


def command(folder):
    return [VEIL, "train", "--run", str(folder), *SETTINGS]


def content(folder):
    files = {name: (folder / name).read_bytes() for name in FILES}
    newest = sorted((folder / "checkpoints").iterdir())[-1]
    for path in sorted(newest.iterdir()):
        files[f"{newest.name}/{path.name}"] = path.read_bytes()
    return files


def start(folder):
    return subprocess.Popen(command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def wait_for_checkpoint(folder, process, number):
    checkpoints = folder / "checkpoints"
    while process.poll() is None:
        if checkpoints.is_dir() and any(p.name >= f"step-{number:08d}" for p in checkpoints.glob("step-*")):
            return
        time.sleep(0.005)


class ResumeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        subprocess.run(command(cls.root / "whole"), check=True, capture_output=True)
        cls.want = content(cls.root / "whole")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def assert_same(self, folder):
        got = content(folder)
        self.assertEqual(sorted(got), sorted(self.want))
        for name, want in self.want.items():
            self.assertEqual(got[name], want, f"{name} differs from that of the uninterrupted run")

    def test_killed_at_random_moments(self):
        seed = random.randrange(1 << 30)
        chance = random.Random(seed)
        folder = self.root / "killed"
        kills = 0
        while kills < 3:
            process = start(folder)
            wait_for_checkpoint(folder, process, 4 * chance.randrange(1, 9))
            time.sleep(chance.random() * 0.2)
            if process.poll() is not None:
                break
            process.kill()
            process.communicate()
            kills += 1
        self.assertGreater(kills, 0, f"seed {seed}: the run was over before the first kill")
        subprocess.run(command(folder), check=True, capture_output=True)
        self.assert_same(folder)

    def test_stopped_by_a_signal_saves_and_exits_75(self):
        folder = self.root / "stopped"
        process = start(folder)
        wait_for_checkpoint(folder, process, 4)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate()
        self.assertEqual(process.returncode, 75, errors.decode())
        self.assertIn(b"goes on from there", errors)
        subprocess.run(command(folder), check=True, capture_output=True)
        self.assert_same(folder)

    def test_a_damaged_newest_checkpoint_is_named_and_the_one_before_is_used(self):
        folder = self.root / "damaged"
        process = start(folder)
        wait_for_checkpoint(folder, process, 12)
        process.send_signal(signal.SIGTERM)
        process.communicate()
        newest = sorted((folder / "checkpoints").glob("step-*"))[-1]
        with open(newest / "optimizer.safetensors", "r+b") as file:
            file.truncate(1000)
        finished = subprocess.run(command(folder), check=True, capture_output=True)
        self.assertIn(newest.name.encode(), finished.stderr)
        self.assert_same(folder)

    def test_another_seed_is_refused_and_nothing_is_changed(self):
        folder = self.root / "whole"
        refused = subprocess.run([*command(folder), "--train.seed=1"], capture_output=True, text=True)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("train.seed", refused.stderr)
        self.assertEqual(content(folder), self.want)

    def test_of_a_finished_run_another_rate_is_not_looked_at_and_nothing_is_changed(self):
        folder = self.root / "whole"
        again = subprocess.run([*command(folder), "--optimizer.beta2=0.95"], check=True, capture_output=True, text=True)
        self.assertIn("nothing is changed; not looked at: optimizer.beta2", again.stderr)
        self.assertEqual(content(folder), self.want)

    def test_a_folder_of_something_else_is_refused(self):
        folder = self.root / "other"
        folder.mkdir()
        (folder / "thesis.txt").write_text("mine")
        refused = subprocess.run(command(folder), capture_output=True, text=True)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("thesis.txt", refused.stderr)
        self.assertEqual(os.listdir(folder), ["thesis.txt"])


if __name__ == "__main__":
    unittest.main()
