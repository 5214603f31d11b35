"""Copies of a run by links, gaps in its logs, and what lies where its files are to be.

usage: run_copies_test.py PATH-OF-VEIL
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from training_case import OwnRunCase, lines  # noqa: E402

SMALL = ["--train.steps=4", "--train.log_every=1", "--train.checkpoint_every=2", "--evaluate.limit=2", "--quiet"]


class RunCopies(OwnRunCase):
    def tree(self, name):
        return {str(path.relative_to(self.folder / name)): path.read_bytes()
                for path in sorted((self.folder / name).rglob("*")) if path.is_file()}

    def copied(self, flags):
        self.train(*SMALL)
        subprocess.run(["cp", flags, str(self.run_folder), str(self.folder / "copy")], check=True)
        return self.tree("run")

    def test_a_copy_by_hard_links_grows_alone(self):
        before = self.copied("-al")
        self.veil("train", "--run", "copy", "--extend", 2)
        self.assertEqual(self.tree("run"), before)
        for name in ("log.jsonl", "timing.jsonl"):
            self.assertTrue((self.folder / "copy" / name).read_bytes().startswith(before[name]), name)
        timing = [json.loads(line) for line in (self.folder / "copy/timing.jsonl").read_text().splitlines()]
        self.assertEqual([line["step"] for line in timing if "event" not in line], [1, 2, 3, 4, 5, 6])

    def test_a_copy_by_symbolic_links_is_refused(self):
        before = self.copied("-rs")
        for words in (("--extend", 2), ("--sample.seed=3",)):
            errors = self.veil("train", "--run", "copy", *words, code=2).stderr
            self.assertIn("copy/config.cfg: is a link to ", errors)
            self.assertIn("cp -rL", errors)
            self.assertEqual(self.tree("run"), before)
        shutil.copytree(self.folder / "copy", self.folder / "whole")  # follows links, as cp -rL
        self.veil("train", "--run", "whole", "--extend", 2)
        self.assertEqual(self.tree("run"), before)

    def test_each_link_out_of_the_run_counts_wherever_it_leads(self):
        self.train(*SMALL)
        self.write("elsewhere", b"mine")
        for name in ("log.jsonl", "evaluation.json", "run.lock", "powers.json", "samples.txt"):
            for target in ("../elsewhere", "../nothing-yet"):
                kept = self.run_folder / (name + ".kept")
                if (self.run_folder / name).exists():
                    os.rename(self.run_folder / name, kept)
                os.symlink(target, self.run_folder / name)
                self.assertIn(f"run/{name}: is a link to ", self.go_on("--extend", 2, code=2).stderr)
                os.unlink(self.run_folder / name)
                if kept.exists():
                    os.rename(kept, self.run_folder / name)
        self.assertEqual((self.folder / "elsewhere").read_bytes(), b"mine")
        self.assertFalse((self.folder / "nothing-yet").exists())

    def test_checkpoints_may_lie_on_another_disk_but_not_in_another_run(self):
        self.train(*SMALL)
        shutil.copytree(self.run_folder, self.folder / "other")
        shutil.rmtree(self.folder / "other/checkpoints")
        os.symlink("../run/checkpoints", self.folder / "other/checkpoints")
        self.assertIn("other/checkpoints: is a link to ", self.veil("train", "--run", "other", "--extend", 2, code=2).stderr)
        (self.folder / "disk").mkdir()
        os.rename(self.run_folder / "checkpoints", self.folder / "disk/checkpoints")
        os.symlink("../disk/checkpoints", self.run_folder / "checkpoints")
        self.go_on("--extend", 2)
        self.assertTrue((self.folder / "disk/checkpoints/step-00000006").is_dir())

    def test_a_folder_in_place_of_a_file_is_found_before_training(self):
        self.train(*SMALL)
        log = self.content("log.jsonl")
        for name in ("evaluation.json", "samples.png", "report.html", "powers.json", "model.safetensors"):
            if (self.run_folder / name).exists():
                os.rename(self.run_folder / name, self.run_folder / "kept")
            (self.run_folder / name).mkdir()
            errors = self.go_on("--extend", 2, code=74).stderr
            self.assertIn(f"veil: run/{name}: is a folder, want a file", errors)
            self.assertTrue((self.run_folder / name).is_dir())
            self.assertEqual(self.content("log.jsonl"), log)
            (self.run_folder / name).rmdir()
            if (self.run_folder / "kept").exists():
                os.rename(self.run_folder / "kept", self.run_folder / name)


class Gaps(OwnRunCase):
    def gap(self, name):
        """What is said of a log when the run goes on, to end after two more steps."""
        errors = self.go_on("--extend", 2).stderr
        return [line for line in errors.splitlines() if f"run/{name}: of step" in line]

    def test_missing_lines_are_named(self):
        self.train(*SMALL)
        for name in ("log.jsonl", "timing.jsonl"):
            text = (self.run_folder / name).read_text()
            (self.run_folder / name).write_text(text[:-30])
            last = self.last()
            self.assertEqual(self.gap(name), [f"run/{name}: of step {last} no line is there; the run goes on without it"])
            (self.run_folder / name).unlink()
            steps = [*range(1, self.last() + 1)]
            named = ", ".join(map(str, steps[:6])) + (f", … {steps[-1]} ({len(steps)} lines)" if len(steps) > 6 else "")
            self.assertEqual(self.gap(name), [f"run/{name}: of steps {named} no line is there; the run goes on without them"])

    def last(self):
        return int(self.model().metadata["veil.step"])

    def test_none_is_missed_where_the_interval_changed_or_the_end_was_no_multiple_of_it(self):
        self.train("--train.steps=5", "--train.log_every=3", "--evaluate.limit=2", "--quiet")
        self.assertEqual([line["step"] for line in lines(self.run_folder, "train")], [3, 5])
        for words, steps in ((("--extend", 4, "--train.log_every=2"), [3, 5, 6, 8, 9]), (("--extend", 2), [3, 5, 6, 8, 9, 10, 11])):
            self.assertNotIn("no line is there", self.go_on(*words).stderr)
            self.assertEqual([line["step"] for line in lines(self.run_folder, "train")], steps)
        text = (self.run_folder / "log.jsonl").read_text().splitlines()
        kept = [line for line in text if json.loads(line)["event"] != "train" or json.loads(line)["step"] not in (5, 6)]
        (self.run_folder / "log.jsonl").write_text("\n".join(kept) + "\n")
        self.assertEqual(self.gap("log.jsonl"), ["run/log.jsonl: of steps 5, 6 no line is there; the run goes on without them"])


if __name__ == "__main__":
    unittest.main()
