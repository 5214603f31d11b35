"""A run that goes on: what may change, what may not, how it is extended, and where it does not begin again.

usage: going_on_test.py VEIL
"""

import math
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tensor_files import TensorFile  # noqa: E402
from training_case import EVERY_STEP, RATE, WARMUP, OwnRunCase, lines, step_folder  # noqa: E402

MODEL_FILES = ("config.cfg", "model.safetensors", "evaluation.json", "samples.png")


class Start(OwnRunCase):
    def test_a_failed_start_leaves_nothing_and_the_corrected_command_works(self):
        for code, *words in ((2, "--model.class_conditional=true"), (65, "--data.source=nowhere"),
                             (65, "--data.evaluation_split=valid"), (2, "--device.name=cuda:77"),
                             (2, "--model.dit_patch=3"), (2, "--model.dit_heads=3")):
            self.train("--train.steps=1", *words, code=code)
            self.assertFalse(self.run_folder.exists(), words)
        self.train("--train.steps=1")

    def test_after_a_failure_before_the_first_update_everything_may_change(self):
        self.train("--train.steps=1")
        shutil.rmtree(self.run_folder / "checkpoints")
        for path in self.run_folder.iterdir():
            if path.name != "config.cfg":
                path.unlink()
        self.train("--train.steps=1", "--train.batch_size=2", "--train.seed=5")
        self.assertEqual(self.setting("train.batch_size"), "2")

    def test_a_configuration_is_asked_for(self):
        os.mkdir(self.folder / "configs")
        shutil.copy(self.folder / "tiny.cfg", self.folder / "configs" / "mine.cfg")
        message = self.veil("train", code=2).stderr
        self.assertIn("--config FILE (here are configs/mine.cfg), --run DIR", message)
        message = self.veil("train", "--run", "new", code=2).stderr
        self.assertIn("new: holds no run to go on with", message)
        self.assertFalse((self.folder / "new").exists())
        self.assertFalse((self.folder / "results").exists())
        self.veil("train", "--run", "new", "--extend", 5, code=2)
        message = self.train("--extend", 5, code=2).stderr
        self.assertIn("run holds no run to extend", message)

    def test_checkpoints_that_are_gone_are_not_trained_again(self):
        self.train("--train.steps=3", *EVERY_STEP)
        before = self.content(*MODEL_FILES, "log.jsonl")
        shutil.rmtree(self.run_folder / "checkpoints")
        self.assertIn("nothing is trained and nothing is changed", self.go_on().stderr)
        for words in (["--extend", 2], ["--train.steps=7"]):
            message = self.go_on(*words, code=2).stderr
            self.assertIn("run: holds a trained model, but there is no checkpoint in checkpoints/; put its checkpoints back, "
                          "or name another folder", message)
        self.assertEqual(self.content(*MODEL_FILES, "log.jsonl"), before)
        (self.run_folder / "model.safetensors").unlink()
        self.assertIn("run: its log ends at step 3, but there is no checkpoint", self.go_on(code=2).stderr)
        self.assertEqual(self.content("log.jsonl")["log.jsonl"], before["log.jsonl"])

    def test_an_end_before_the_first_checkpoint_is_said_and_begins_again(self):
        self.train("--train.steps=3", "--train.log_every=1")
        want = self.content("model.safetensors", "log.jsonl")
        shutil.rmtree(self.run_folder / "checkpoints")
        (self.run_folder / "model.safetensors").unlink()
        self.assertIn("a run cannot go on with another value of this: train.seed was 0, now it is 1",
                      self.go_on("--train.seed=1", code=2).stderr)
        self.assertIn("ended after step 3 and before its first checkpoint: it begins again", self.go_on("-q").stderr)
        self.assertEqual(self.content("model.safetensors", "log.jsonl"), want)


class Changes(OwnRunCase):
    def test_what_may_not_change_is_named_at_once(self):
        self.train("--train.steps=1")
        before = self.content(*MODEL_FILES)
        for words in ([], ["--extend", 3]):
            message = self.go_on("--model.width=64", "--train.seed=3", "--train.batch_size=2", "--schedule.kind=cosine",
                                 "--optimizer.beta1=0.7", *words, code=2).stderr
            for part in ("run: a run cannot go on with other values of these 4: ", "model.width was 32, now it is 64",
                         "schedule.kind was linear, now it is cosine", "train.batch_size was 4, now it is 2",
                         "train.seed was 0, now it is 3"):
                self.assertIn(part, message)
            self.assertNotIn("beta1", message)
        self.assertEqual(self.content(*MODEL_FILES), before)

    def test_a_configuration_that_was_edited_in_the_folder_is_held_to_what_was_trained(self):
        self.train("--train.steps=2")
        path = self.run_folder / "config.cfg"
        text = path.read_text()
        path.write_text(text.replace("seed = 0", "seed = 4"))
        self.assertIn("train.seed was 0, now it is 4", self.go_on("--train.steps=3", code=2).stderr)
        path.write_text(text.replace("\nsteps = 2\n", "\nsteps = 3\n").replace(f"learning_rate = {RATE}", "learning_rate = 0.5"))
        self.assertIn(f"changed: optimizer.learning_rate: {RATE} → 0.5", self.go_on().stderr)
        self.assertEqual(self.model().metadata["veil.step"], "3")

    def test_changes_are_said_logged_and_kept(self):
        self.train("--train.steps=2", *EVERY_STEP)
        result = self.go_on("--train.steps=4", "--optimizer.learning_rate=0.001", "--train.sample_every=3")
        want = [("optimizer.learning_rate", str(RATE), "0.001"), ("train.steps", "2", "4"), ("train.sample_every", "0", "3")]
        for key, before, after in want:
            self.assertIn(f"changed: {key}: {before} → {after}\n", result.stderr)
            self.assertIn(f"{key}: {before} → {after}", (self.run_folder / "report.html").read_text())
            self.assertEqual(self.setting(key), after)
        logged = [(line["step"], line["key"], line["before"], line["after"]) for line in lines(self.run_folder, "change")]
        self.assertEqual(logged, [(3, *change) for change in want])
        kept = self.history()[1]
        self.assertEqual([(change["key"], change["before"], change["after"]) for change in kept["changes"]], want)
        self.assertEqual((kept["first_step"], kept["last_step"]), (3, 4))
        self.assertAlmostEqual(lines(self.run_folder, "train")[3]["learning_rate"],
                               0.001 * (1 + math.cos(math.pi * (3 - WARMUP) / (4 - WARMUP))) / 2, delta=1e-15)

    def test_a_total_below_what_is_done_is_refused(self):
        self.train("--train.steps=3")
        self.assertIn("run: train.steps is 2, but the run has made 3 updates already",
                      self.go_on("--train.steps=2", code=2).stderr)


class Extension(OwnRunCase):
    """`--extend` adds to the total; the learning rate of every update is that of the formula with the new total."""

    def rates(self):
        return [line["learning_rate"] for line in lines(self.run_folder, "train")]

    def check(self, decay, rate, *words):
        self.train("--train.steps=4", *EVERY_STEP, f"--optimizer.decay={decay}", *words)
        self.go_on("--extend", 5)
        self.assertEqual(self.setting("train.steps"), "9")
        self.assertEqual(self.model().metadata["veil.step"], "9")
        got = self.rates()
        self.assertEqual(len(got), 9)
        for update, value in enumerate(got):
            self.assertAlmostEqual(value, rate(update, 4 if update < 4 else 9), delta=1e-15, msg=f"update {update}")

    def test_cosine(self):
        def rate(u, total):
            return RATE * min(1, u / WARMUP) * (1 + math.cos(math.pi * max(0, u - WARMUP) / (total - WARMUP))) / 2
        self.check("cosine", rate)

    def test_trapezoid(self):
        def rate(u, total):
            return RATE * min(1, u / WARMUP, (total - u) / 3)
        self.check("trapezoid", rate, "--optimizer.decay_steps=3")

    def test_of_a_constant_rate_it_is_the_longer_run_to_the_bit(self):
        def rate(u, _):
            return RATE * min(1, u / WARMUP)
        self.check("constant", rate)
        self.veil("train", "--config", "tiny.cfg", "--run", "whole", "--train.steps=9", "--optimizer.decay=constant",
                  *EVERY_STEP)
        for name in ("ema.safetensors", "model.safetensors", "optimizer.safetensors"):
            extended, whole = (TensorFile(step_folder(self.folder / run, 9) / name).tensors for run in ("run", "whole"))
            self.assertEqual(extended, whole, name)
        self.assertEqual(self.model().tensors, TensorFile(self.folder / "whole" / "model.safetensors").tensors)
        for name in ("evaluation.json", "samples.png"):
            self.assertEqual((self.run_folder / name).read_bytes(), (self.folder / "whole" / name).read_bytes(), name)

    def test_only_one_total_is_given(self):
        self.train("--train.steps=1")
        self.assertIn("--extend and --train.steps", self.go_on("--extend", 2, "--train.steps=3", code=2).stderr)
        self.go_on("--extend", 0, code=2)


class NonFiniteUpdates(OwnRunCase):
    # With these weights grow a hundredfold with every update.
    GROWING = ["--optimizer.learning_rate=10", "--optimizer.weight_decay=10", "--optimizer.decay=constant",
               "--train.max_skipped=5"]

    def test_the_advice_works_and_the_checkpoint_is_from_before_them(self):
        self.train("--train.steps=4", *EVERY_STEP[:2], "--train.keep_checkpoints=2")
        failed = self.go_on("--train.steps=200", *self.GROWING, code=1)
        saved = sorted(path.name for path in (self.run_folder / "checkpoints").iterdir())
        last = int(saved[-1].removeprefix("step-"))
        self.assertIn(f"the checkpoint of step {last}, from before them, is unharmed: go on from it with a lower "
                      "optimizer.learning_rate", failed.stderr)
        found = [line for line in lines(self.run_folder, "train") if line["skipped"] == 0]
        self.assertEqual(last, found[-1]["step"] - 1)  # its weights gave the last gradient that was finite
        for name in ("model.safetensors", "ema.safetensors", "optimizer.safetensors"):
            for tensor, values in TensorFile(step_folder(self.run_folder, last) / name).tensors.items():
                self.assertTrue(all(map(math.isfinite, values)), (name, tensor))
        again = self.go_on("--optimizer.learning_rate=1e-9", f"--train.steps={last + 2}")
        self.assertIn(f"going on from step {last}\n", again.stderr)
        self.assertEqual(lines(self.run_folder, "train")[-1]["skipped"], 0)

    def test_without_an_earlier_checkpoint_nothing_is_promised(self):
        failed = self.train("--train.steps=200", *self.GROWING, "--train.checkpoint_every=0", code=1)
        self.assertIn("there is no checkpoint from before them: begin in another folder", failed.stderr)


if __name__ == "__main__":
    unittest.main()
