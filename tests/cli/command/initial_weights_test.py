"""A run that begins with the weights of a model: what it takes, what it makes new, what it leaves out, and that it says so.

Usage: initial_weights_test.py VEIL
"""

import hashlib
import json
import shutil
import struct
import unittest

import data_files as files
from tensor_files import TensorFile
from training_case import EVERY_STEP, RunCase, SCORED, TRAINED, images, npz, step_folder

CLASSES = ["--model.class_conditional=true"]
LABEL = "condition.label.weight"
POSITION = "core.position"


def labels(count, classes):
    return "<i8", (count,), struct.pack(f"<{count}q", *(i % classes for i in range(count)))


class InitialWeights(RunCase):
    def setUp(self):
        super().setUp()
        for name, classes in (("three.npz", 3), ("two.npz", 2)):
            if not (self.folder / name).exists():
                self.write(name, npz(images(12, TRAINED, 1), images(7, SCORED, 2), y_train=labels(12, classes),
                                     y_test=labels(7, classes)))

    def model(self):
        """Of three classes, after four updates."""
        return self.train("model", "--data.source=three.npz", *CLASSES, "--train.steps=4") / "model.safetensors"

    def begin(self, name, *words, code=0):
        return self.veil("train", "--run", name, "--config", "tiny.cfg", "--init-from", "model", "--train.steps=0", *words,
                         code=code)

    def weights(self, name):
        return TensorFile(self.folder / name / "model.safetensors").tensors

    def test_an_equal_network_takes_every_weight_of_the_average(self):
        model = self.model()
        result = self.begin("equal", "--data.source=three.npz", *CLASSES)
        self.assertEqual(self.weights("equal"), TensorFile(model).tensors)
        digest = hashlib.sha256(model.read_bytes()).hexdigest()
        count = len(TensorFile(model).tensors)
        self.assertIn(f"begins with model/model.safetensors (ema, step 4, SHA-256 {digest}): {count} tensors taken, 0 made "
                      "new, 0 left out\n", result.stderr)
        self.assertIn("init_from = model\n", (self.folder / "equal" / "config.cfg").read_text())

    def test_other_classes_have_an_embedding_of_their_own(self):
        model = TensorFile(self.model()).tensors
        result = self.begin("classes", "--data.source=two.npz", *CLASSES)
        self.assertIn(f"{len(model) - 1} tensors taken, 1 made new ({LABEL}), 1 left out ({LABEL})\n", result.stderr)
        self.veil("train", "--run", "new", "--config", "tiny.cfg", "--data.source=two.npz", *CLASSES, "--train.steps=0")
        got, new = self.weights("classes"), self.weights("new")
        self.assertEqual(got.pop(LABEL), new[LABEL])  # as every new network of this seed has it
        model.pop(LABEL)
        self.assertEqual(got, model)

    def test_as_many_classes_of_other_names_are_other_classes(self):
        self.model()
        for source, names in (("day_night", ("day", "night")), ("sun_moon", ("moon", "sun"))):
            for number in range(24):
                content = files.png(images(1, TRAINED, number), 8, 8, 1)
                self.write(f"{source}/{('train', 'test')[number // 16]}/{names[number % 2]}/{number}.png", content)
        words = ["--config", "tiny.cfg", *CLASSES, "--train.steps=0"]
        self.veil("train", "--run", "named", *words, "--data.source=day_night")
        again = self.veil("train", "--run", "same", *words, "--data.source=day_night", "--init-from=named")
        self.assertIn("0 made new, 0 left out", again.stderr)
        other = self.veil("train", "--run", "other", *words, "--data.source=sun_moon", "--init-from=named")
        self.assertIn(f"1 made new ({LABEL}), 1 left out ({LABEL})", other.stderr)

    def test_a_model_without_classes_gives_what_it_has(self):
        self.train("plain", "--train.steps=2")
        result = self.veil("train", "--run", "told", "--config", "tiny.cfg", "--data.source=three.npz", *CLASSES,
                           "--train.steps=0", "--init-from=plain")
        # The label doubles the input of the first layer of the condition.
        self.assertIn(f"2 made new (condition.hidden.weight, {LABEL}), 1 left out (condition.hidden.weight)",
                      result.stderr.replace(f"({LABEL}, condition.hidden.weight)", f"(condition.hidden.weight, {LABEL})"))
        self.assertIn("that model has another setting: model.class_conditional: false → true", result.stderr)

    def test_another_size_has_a_table_of_positions_of_its_own(self):
        self.model()
        self.write("large.npz", files.npz({f"x_{split}": ("|u1", (4, 16, 16), images(16, TRAINED, 5))
                                           for split in ("train", "test")}
                                          | {f"y_{split}": labels(4, 3) for split in ("train", "test")}))
        result = self.begin("large", "--data.source=large.npz", *CLASSES)
        self.assertIn(f"1 made new ({POSITION}), 1 left out ({POSITION})\n", result.stderr)
        self.assertEqual(len(self.weights("large")[POSITION]), 4 * len(self.weights("model")[POSITION]))

    def test_another_network_is_refused_with_the_lists(self):
        self.model()
        result = self.begin("wide", "--data.source=three.npz", *CLASSES, "--model.width=64", code=2)
        self.assertIn("model/model.safetensors: does not fit the network of this run, which would take ", result.stderr)
        self.assertIn("want half or more: ", result.stderr)
        self.assertIn("; other settings: model.width: 32 → 64", result.stderr)
        missing = self.veil("train", "--run", "none", "--config", "tiny.cfg", "--init-from=nothing.safetensors", code=65)
        self.assertIn("nothing.safetensors", missing.stderr)

    def test_a_run_that_goes_on_does_not_read_it_again(self):
        shutil.copy(self.model(), self.folder / "copy.safetensors")
        words = ["--data.source=three.npz", *CLASSES, "--init-from=copy.safetensors", "--train.steps=4", *EVERY_STEP]
        whole = self.train("whole_run", *words)
        parts = self.folder / "parts"
        shutil.copytree(whole, parts)
        (self.folder / "copy.safetensors").unlink()
        for step in (3, 4):
            shutil.rmtree(step_folder(parts, step))
        for name in ("model.safetensors", "evaluation.json", "samples.png", "report.html"):
            (parts / name).unlink()
        self.assertNotIn("begins with", self.veil("train", "--run", "parts", "--config", "tiny.cfg", *words).stderr)
        self.assertEqual(self.weights("parts"), self.weights("whole_run"))
        digest = hashlib.sha256((self.folder / "model" / "model.safetensors").read_bytes()).hexdigest()
        for name in ("whole_run", "parts"):  # the model says what it began with
            history = json.loads(TensorFile(self.folder / name / "model.safetensors").metadata["veil.history"])
            (first,) = [each["after"] for each in history[0]["changes"] if each["key"] == "first weights"]
            self.assertIn(f"SHA-256 {digest}", first)
        refused = self.veil("train", "--run", "parts", "--config", "tiny.cfg", *words[:2], "--train.steps=4", *EVERY_STEP,
                            code=2)
        self.assertIn("train.init_from", refused.stderr)
        self.assertNotEqual(self.weights("whole_run"), self.weights("model"))  # it did train


if __name__ == "__main__":
    unittest.main()
