"""Models and figures say what was done to make them, and with what.

usage: provenance_test.py VEIL
"""

import hashlib
import json
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tensor_files import TensorFile  # noqa: E402
from training_case import EVERY_STEP, OwnRunCase, step_folder  # noqa: E402

RESULTS = ("config.cfg", "model.safetensors", "evaluation.json", "samples.png", "report.html", "log.jsonl")


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else "unknown CPU"


class History(OwnRunCase):
    def versions(self):
        lines = dict(line.split(" ", 1) for line in self.veil("--version").stdout.splitlines())
        return lines["veil"], lines["LibTorch"]

    def test_it_says_what_was_done_under_what_conditions(self):
        self.train("--train.steps=2", "--train.seed=7", *EVERY_STEP)
        self.go_on("--extend", 3, "--device.precision=bfloat16")
        first, second = self.history()
        veil, libtorch = self.versions()
        metadata = self.model().metadata
        for stretch, steps, precision in ((first, (1, 2), "float32"), (second, (3, 5), "bfloat16")):
            self.assertEqual((stretch["first_step"], stretch["last_step"]), steps)
            self.assertEqual(stretch["precision"], precision)
            self.assertEqual((stretch["device"], stretch["processor"]), (processor(), processor()))
            self.assertEqual((stretch["veil_version"], stretch["libtorch_version"]), (veil, libtorch))
            self.assertEqual(stretch["seed"], 7)
            self.assertEqual(stretch["data"], json.loads(metadata["veil.dataset"])["fingerprint"])
            self.assertEqual(stretch["evaluation_data"], metadata["veil.evaluation_fingerprint"])
        self.assertEqual(first["changes"], [])
        self.assertEqual(sorted(change["key"] for change in second["changes"]), ["device.precision", "train.steps"])
        page = (self.run_folder / "report.html").read_text()
        for part in ("updates 1 to 2", "updates 3 to 5", "device.precision: float32 → bfloat16"):
            self.assertIn(part, page)

    def test_checkpoints_have_it_up_to_their_step(self):
        self.train("--train.steps=3", *EVERY_STEP)
        for step in (1, 2, 3):
            folder = step_folder(self.run_folder, step)
            state = json.loads((folder / "state.json").read_text())["history"]
            self.assertEqual([(each["first_step"], each["last_step"]) for each in state], [(1, step)])
            for name in ("model.safetensors", "ema.safetensors"):
                self.assertEqual(json.loads(TensorFile(folder / name).metadata["veil.history"]), state)

    def test_the_initial_model_has_none(self):
        self.train("--train.steps=0")
        self.assertEqual(self.history(), [])
        self.assertIn("nothing is trained", self.go_on().stderr)
        self.go_on("--extend", 2)
        self.assertEqual([(each["first_step"], each["last_step"]) for each in self.history()], [(1, 2)])

    def test_of_a_checkpoint_of_an_older_version_only_seed_and_data_are_known(self):
        self.train("--train.steps=2", *EVERY_STEP)
        path = step_folder(self.run_folder, 2) / "state.json"
        state = json.loads(path.read_text())
        for fields, name in ((state, "history"), (state, "checksum"), (state["dataset"], "token_digest")):
            del fields[name]
        text = json.dumps(state, sort_keys=True, indent=1, ensure_ascii=False)
        path.write_text(json.dumps(state | {"checksum": hashlib.sha256(text.encode()).hexdigest()}))
        self.go_on("--extend", 1)
        first, second = self.history()
        self.assertEqual((first["first_step"], first["last_step"], first["precision"], first["device"]), (1, 2, "", ""))
        self.assertEqual((second["first_step"], second["last_step"], second["precision"]), (3, 3, "float32"))
        self.assertEqual(first["data"], second["data"])

    def test_a_figure_says_what_computed_it(self):
        self.train("--train.steps=2")
        veil, libtorch = self.versions()
        for precision in ("float32", "bfloat16"):
            report = json.loads(self.veil("evaluate", "--model", "run", "--json", "--out", "figure.json", "--device.name=cpu",
                                          f"--device.precision={precision}").stdout)
            want = {"step": 2, "precision": precision, "device": processor(), "veil_version": veil,
                    "libtorch_version": libtorch}
            self.assertEqual({name: report[name] for name in want}, want)
        own = json.loads((self.run_folder / "evaluation.json").read_text())
        self.assertEqual((own["precision"], own["device"], own["step"]), ("float32", processor(), 2))


class Finished(OwnRunCase):
    """A finished run that is run again trains nothing, and so nothing of it changes."""

    def setUp(self):
        super().setUp()
        self.train("--train.steps=2", *EVERY_STEP)
        self.before = self.content(*RESULTS)

    def changed(self):
        after = self.content(*RESULTS)
        return [name for name in RESULTS if after[name] != self.before[name]]

    def test_nothing_is_changed_and_that_is_said(self):
        for words, unused in (([], ""), (["--device.precision=bfloat16"], ""),
                              (["--optimizer.learning_rate=1"], "; not looked at: optimizer.learning_rate")):
            result = self.train("--train.steps=2", *EVERY_STEP, *words)
            self.assertIn(f"run: all 2 updates are made, nothing is trained and nothing is changed{unused}; --extend N",
                          result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn("samples run/samples.png\nreport run/report.html\nmodel run/model.safetensors\n", result.stdout)
            self.assertEqual(self.changed(), [])

    def test_another_evaluation_is_made_and_says_how(self):
        self.go_on("--evaluate.passes=8", "--device.precision=bfloat16", "--optimizer.learning_rate=1")
        self.assertEqual(self.changed(), ["config.cfg", "model.safetensors", "evaluation.json", "report.html"])
        report = json.loads((self.run_folder / "evaluation.json").read_text())
        self.assertEqual((report["passes"], report["precision"]), (8, "bfloat16"))
        want = self.veil("evaluate", "--model", "run/model.safetensors", "--json", "--device.name=cpu",
                         "--device.precision=bfloat16", "--passes", 8)
        self.assertEqual(json.loads(want.stdout)["bits_per_dim"], report["bits_per_dim"])
        self.assertEqual(self.setting("evaluate.passes"), "8")
        self.assertEqual(self.setting("device.precision"), "float32")  # what was trained with
        kept = TensorFile(step_folder(self.run_folder, 2) / "ema.safetensors")
        self.assertEqual(self.model().tensors, kept.tensors)
        config = json.loads(self.model().metadata["veil.config"])
        self.assertEqual((config["evaluate.passes"], config["device.precision"]), ("8", "float32"))
        self.assertEqual(self.history(), json.loads(kept.metadata["veil.history"]))
        self.assertNotIn("left as it is", self.veil("evaluate", "--model", "run").stderr)  # its own question
        self.before = self.content(*RESULTS)
        self.go_on()
        self.assertEqual(self.changed(), [])

    def test_other_samples_are_made_without_touching_the_figure(self):
        self.go_on("--sample.seed=9")
        self.assertEqual(self.changed(), ["config.cfg", "model.safetensors", "samples.png", "report.html"])

    def test_what_is_missing_is_made_again_as_it_was(self):
        for name in ("evaluation.json", "samples.png"):
            (self.run_folder / name).unlink()
        shutil.rmtree(self.run_folder / "checkpoints")
        self.go_on()
        self.assertEqual(self.changed(), [])


class Models(OwnRunCase):
    """Which weights a folder means."""

    def setUp(self):
        super().setUp()
        self.train("--train.steps=4", *EVERY_STEP)

    def score(self, model, *words):
        result = self.veil("evaluate", "--model", model, "--json", "--device.name=cpu", "--device.precision=float32", *words)
        return json.loads(result.stdout), result.stderr

    def test_a_checkpoint_gives_its_average_or_its_raw_weights(self):
        folder = step_folder(self.run_folder, 3)
        for words, name, kind in (([], "ema.safetensors", "ema"), (["--weights", "ema"], "ema.safetensors", "ema"),
                                  (["--weights", "raw"], "model.safetensors", "raw")):
            got, notes = self.score(folder, *words)
            self.assertEqual(got, self.score(folder / name)[0])
            self.assertEqual((got["weights"], got["step"]), (kind, 3))
            self.assertNotIn("left as it is", notes)
        path = folder / "ema.safetensors"
        content = bytearray(path.read_bytes())
        content[-9] ^= 1
        path.write_bytes(content)
        self.assertIn("ema.safetensors: damaged", self.veil("evaluate", "--model", folder, code=65).stderr)

    def test_a_run_that_is_not_finished_gives_its_newest_sound_checkpoint(self):
        for name in ("model.safetensors", "evaluation.json"):
            (self.run_folder / name).unlink()
        (step_folder(self.run_folder, 4) / "optimizer.safetensors").write_bytes(b"cut")
        for words, name, kind in (([], "ema.safetensors", "moving average (ema)"),
                                  (["--weights", "raw"], "model.safetensors", "raw weights")):
            got, notes = self.score("run", *words)
            self.assertEqual(got, self.score(step_folder(self.run_folder, 3) / name)[0])
            self.assertIn(f"run: this run is not finished: taken is its newest checkpoint, step 3 of 4, {kind}\n", notes)
            self.assertIn("step-00000004/optimizer.safetensors: ", notes)
        self.veil("sample", "--model", "run", "--count", 1, "--steps", 2, "--grid", "grid.png")
        self.assertFalse((self.run_folder / "evaluation.json").exists())

    def test_a_folder_without_either_is_refused(self):
        (self.folder / "empty").mkdir()
        self.assertIn("empty: holds no model.safetensors and no checkpoint", self.veil("evaluate", "--model", "empty", code=65).stderr)


if __name__ == "__main__":
    unittest.main()
