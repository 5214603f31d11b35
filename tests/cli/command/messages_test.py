"""What people are told: errors with all their lines, warnings that -q does not hide, tables whose columns stay apart.

usage: messages_test.py PATH-OF-VEIL
"""

import json
import math
import pathlib
import re
import shutil
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from tensor_files import TensorFile, digest, joined, parts  # noqa: E402
from training_case import EVERY_STEP, RunCase, step_folder  # noqa: E402
from veil_case import VeilCase  # noqa: E402


def fill(source, target, tensor, number):
    """A copy of a model file with one tensor's elements all the same number."""
    metadata, tensors = parts(source.read_bytes())
    dtype, sizes, data = tensors[tensor]
    tensors[tensor] = dtype, sizes, struct.pack("<f", number) * (len(data) // 4)
    metadata["veil.sha256"] = digest(metadata, tensors)
    target.write_bytes(joined(metadata, tensors))


class Errors(RunCase):
    def test_every_damaged_checkpoint_has_its_line(self):
        whole, run = self.train("three", *EVERY_STEP, "--train.steps=3"), self.folder / "damaged"
        shutil.copytree(whole, run)
        (run / "model.safetensors").unlink()  # a finished run looks at no checkpoint
        for step in (1, 2, 3):
            with open(step_folder(run, step) / "optimizer.safetensors", "r+b") as file:
                file.truncate(1000)
        for words in (("train", "--run", run, "--config", "tiny.cfg", *EVERY_STEP, "--train.steps=3", "--quiet"),
                      ("evaluate", "--model", run, "--weights", "raw", "--quiet")):
            lines = self.veil(*words, code=65).stderr.splitlines()
            self.assertEqual(lines[0], f"veil: {run}/checkpoints: every checkpoint is damaged:")
            self.assertEqual(len(lines), 4, lines)
            for line, step in zip(lines[1:], (3, 2, 1)):
                self.assertTrue(line.startswith(f"  {step_folder(run, step)}"), line)

    def test_no_name_of_a_file_looks_like_a_line_of_ours(self):
        result = self.veil("evaluate", "--model", "none\nveil: all is well\x1b[2J\n\n   \nframe #0: end", code=65)
        lines = result.stderr.splitlines()
        self.assertTrue(lines[0].startswith("veil: none"), lines)
        self.assertNotIn("\x1b", result.stderr)
        for line in lines[1:]:
            self.assertTrue(line.startswith("  ") and line.strip(), lines)

    def test_a_model_that_gives_no_number_ends_with_1(self):
        model = self.train("numbers", "--train.steps=0") / "model.safetensors"
        (bias,) = [name for name in TensorFile(model).tensors if re.fullmatch(r"(.*\.)?head\.bias", name)]
        for number in (-math.inf, math.inf, math.nan):
            fill(model, self.folder / "bad.safetensors", bias, number)
            result = self.veil("sample", "--model", "bad.safetensors", "--grid", "bad.png", "--quiet", code=1)
            self.assertRegex(result.stderr, r"\Aveil: sampling step 0: the network gave logits that are NaN, [^\n]*\n\Z")
            self.assertFalse((self.folder / "bad.png").exists())


class Warnings(RunCase):
    def test_quiet_hides_progress_alone(self):
        whole, run = self.train("two", *EVERY_STEP, "--train.steps=2"), self.folder / "skipped"
        for words in (("train", "--run", run, "--config", "tiny.cfg", *EVERY_STEP, "--train.steps=2"),
                      ("evaluate", "--model", run, "--weights", "raw")):
            shutil.rmtree(run, ignore_errors=True)
            shutil.copytree(whole, run)
            (run / "model.safetensors").unlink()
            with open(step_folder(run, 2) / "optimizer.safetensors", "r+b") as file:
                file.truncate(1000)
            (run / "log.jsonl").write_text((run / "log.jsonl").read_text() + "no object\n")
            errors = self.veil(*words, "-q").stderr
            self.assertIn("step-00000002/optimizer.safetensors", errors)
            self.assertNotIn("going on", errors)
            if words[0] == "train":
                self.assertIn("log.jsonl: 1 damaged line is dropped", errors)
        (whole / "log.jsonl").write_text((whole / "log.jsonl").read_text() + "no object\n")  # of a run that is finished
        errors = self.veil("train", "--run", whole, "--config", "tiny.cfg", *EVERY_STEP, "--train.steps=2", "-q").stderr
        self.assertIn("log.jsonl: 1 damaged line is dropped", errors)
        self.assertNotIn("all 2 updates are made", errors)

    def test_nor_does_it_hide_that_images_are_left_out(self):
        for i in range(8):
            self.write(f"few/{i}.png", files.png(files.pixels(i, 8, 8, 1), 8, 8, 1))
        self.write("few/page\x1b[2J.png", b"<!DOCTYPE html><html></html>")
        model = self.train("numbers", "--train.steps=0")
        errors = self.veil("evaluate", "--model", model, "--data", "few", "--out", "few.json", "-q").stderr
        self.assertIn("1 of 9 files refused", errors)
        self.assertIn("page?[2J.png", errors)
        self.assertNotIn("examples (", errors)
        (self.folder / "few.json").unlink()


class Tables(VeilCase):
    def test_columns_of_every_schedule_stay_apart(self):
        for length in (784, 10**9):
            text = self.veil("schedules", "--steps=1000", f"--length={length}").stdout
            tables = json.loads(self.veil("schedules", "--steps=1000", f"--length={length}", "--json").stdout)["schedules"]
            lines = iter(text.splitlines())
            for table in tables:
                while next(lines) != table["name"]:
                    pass
                next(lines)
                for row in table["rows"]:
                    cells = [float(cell) for cell in next(lines).split()]
                    self.assertEqual(len(cells), 5, (table["name"], row))
                    for cell, name in zip(cells, ("t", "alpha", "loss_weight", "expected_masks", "unmask_probability")):
                        self.assertAlmostEqual(cell, row[name], delta=abs(row[name]) * 1e-5 + 0.051 * (name == "expected_masks")
                                               + 5.1e-5, msg=(table["name"], name))

    def test_inspect_shows_all_classes_of_a_few_and_counts_those_of_many(self):
        for classes in (22, 130):
            for i in range(classes):
                self.write(f"set{classes}/class-{i:03d}/0.png", files.png(files.pixels(i, 4, 4, 1), 4, 4, 1))
        text = self.veil("data", "inspect", "set22").stdout
        self.assertEqual(re.findall(r"class-\d+", text), [f"class-{i:03d}" for i in range(22)])
        text = self.veil("data", "inspect", "set130").stdout
        self.assertEqual(re.findall(r"class-\d+", text), [f"class-{i:03d}" for i in range(100)])
        self.assertIn("and 30 more, which --json lists\n", " ".join(text.split(" ")).replace("\n" + 16 * " ", " "))


if __name__ == "__main__":
    unittest.main()
