"""Figures and samples that may not depend on how they are computed: batch size, count, schedule.

Usage: figures_test.py VEIL
"""

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

VEIL = os.path.abspath(sys.argv.pop(1))
NETWORK = ["--data.source=photos32", "--model.network=uvit", "--model.width=32", "--model.layers=1",
           "--model.width_multipliers=1", "--model.dit_layers=1", "--model.dit_width=32", "--model.dit_heads=2",
           "--model.dit_patch=8", "--model.dropout=0"]
SMALL = ["--train.batch_size=2", "--train.log_every=2", "--evaluate.passes=2", "--evaluate.limit=2",
         "--evaluate.rows_per_call=4", "--sample.count=2", "--sample.steps=2", "--sample.rows_per_call=2"]


def veil(*words, **keywords):
    return subprocess.run([VEIL, *map(str, words)], capture_output=True, text=True, check=False, **keywords)


def evaluation(model, *words):
    result = veil("evaluate", "--model", model, "--json", *words)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


class FiguresTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def train(self, name, *words):
        folder = self.root / name
        result = veil("train", "--run", folder, *NETWORK, *SMALL, *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        return folder

    def test_a_model_that_knows_nothing_reads_eight_bits_exactly(self):
        for schedule in ("linear", "cosine", "poly3", "geometric"):
            model = self.train(f"zero-{schedule}", "--train.steps=0", f"--schedule.kind={schedule}")
            for batch in (1, 3):
                report = evaluation(model, "--limit", 5, "--batch", batch, "--passes", 4)
                self.assertTrue(math.isclose(report["bits_per_dim"], 8.0, abs_tol=1e-9), report["bits_per_dim"])
                self.assertEqual(report["standard_error"], 0.0)
                self.assertEqual(report["mask_standard_error"], 0.0)
                self.assertEqual(report["examples"], 5)
            text = veil("evaluate", "--model", model, "--limit", 5, "--passes", 2)
            self.assertIn("8.000000", text.stdout)

    def test_learned_powers_are_logged_stored_and_drawn(self):
        model = self.train("powers", "--train.steps=6", "--schedule.powers=smooth", "--model.condition=time",
                           "--objective.form=time", "--evaluate.form=time", "--optimizer.warmup_steps=0")
        powers = json.loads((model / "powers.json").read_text())["powers"]
        self.assertEqual(len(powers), 256)
        self.assertAlmostEqual(sum(map(math.log, powers)), 0.0, places=3)
        self.assertGreater(max(powers), min(powers))
        lines = [json.loads(line) for line in (model / "log.jsonl").read_text().splitlines()]
        self.assertLess(lines[-1]["power_low"], 1.0)
        self.assertGreater(lines[-1]["power_high"], 1.0)
        self.assertIn("Learned powers", (model / "report.html").read_text())
        reports = [evaluation(model, "--limit", 3, "--batch", batch) for batch in (1, 3)]
        self.assertEqual(reports[0]["bits_per_dim"], reports[1]["bits_per_dim"])
        self.assertEqual(reports[0]["estimator"], "powers-time-stratified")
        grids = []
        for count in (1, 3):
            folder = self.root / f"powers-{count}"
            self.assertEqual(veil("sample", "--model", model, "--count", count, "--steps", 3, "--out", folder).returncode, 0)
            grids.append((folder / "000000.png").read_bytes())
        self.assertEqual(grids[0], grids[1])

    def test_powers_without_time_are_refused(self):
        result = veil("train", "--run", self.root / "refused", *NETWORK, *SMALL, "--schedule.powers=free")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("model.condition is mask_fraction, want time where schedule.powers is free", result.stderr)

    def test_evaluation_does_not_depend_on_the_batch_size(self):
        model = self.train("trained", "--train.steps=6", "--optimizer.warmup_steps=0", "--model.head=logistic_prior",
                           "--optimizer.learning_rate=3e-3", "--optimizer.ema_warmup=true")
        reports = [evaluation(model, "--limit", 7, "--batch", batch, "--passes", 4) for batch in (1, 7, 64)]
        self.assertEqual(reports[0], reports[1])
        self.assertEqual(reports[0], reports[2])
        self.assertTrue(4.0 < reports[0]["bits_per_dim"] < 9.0, reports[0]["bits_per_dim"])
        self.assertGreater(abs(reports[0]["bits_per_dim"] - 8.0), 1e-3)
        self.assertTrue(math.isclose(reports[0]["confidence_high"] - reports[0]["confidence_low"],
                                     2 * 2.44691 * reports[0]["standard_error"], rel_tol=1e-5))  # t of 6 degrees
        pictures = []
        for count in (1, 3, 8):
            folder = self.root / f"samples-{count}"
            result = veil("sample", "--model", model, "--count", count, "--steps", 6, "--out", folder, cwd=self.root)
            self.assertEqual(result.returncode, 0, result.stderr)
            files = sorted(folder.iterdir())
            self.assertEqual(len(files), count)
            pictures.append(files[0].read_bytes())
        self.assertEqual(pictures[0], pictures[1])
        self.assertEqual(pictures[0], pictures[2])

    def test_a_file_size_limit_while_saving_is_exit_74_and_keeps_what_was_there(self):
        folder = self.root / "full"

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

        result = veil("train", "--run", folder, *NETWORK, *SMALL, "--train.steps=2", preexec_fn=limit)
        self.assertEqual(result.returncode, 74, result.stderr)
        self.assertIn("veil: " + str(folder), result.stderr.splitlines()[-1])
        self.assertFalse((folder / "model.safetensors").exists())
        again = veil("train", "--run", folder, *NETWORK, *SMALL, "--train.steps=2")
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_damaged_models_are_refused_with_65(self):
        model = self.train("sound", "--train.steps=0") / "model.safetensors"
        whole = model.read_bytes()
        damaged = self.root / "damaged.safetensors"
        for content in (b"", whole[:7], whole[:1000], whole[:-1], whole + b"x", b"\x89PNG\r\n" + whole, b"{}" * 50):
            damaged.write_bytes(content)
            for words in (("evaluate", "--model", damaged, "--limit", 1), ("sample", "--model", damaged)):
                result = veil(*words, cwd=self.root)
                self.assertEqual(result.returncode, 65, result.stderr)
                self.assertIn(str(damaged), result.stderr)
                self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertEqual(damaged.read_bytes(), content)


if __name__ == "__main__":
    unittest.main()
