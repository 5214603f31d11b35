"""veil verify: a result is made again in part, and every value of it that was changed is named.

usage: verify_test.py PATH-OF-VEIL
"""

import json
import math
import pathlib
import shutil
import statistics
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from training_case import SIDE, TRAINED, RunCase, images, npz  # noqa: E402

COUNT = 30
STUDENT_29 = 2.0452296421
# Said about the computation, and followed by nothing: no recomputation can tell.
UNCHECKED = {"device", "veil_version", "libtorch_version"}


def labels_of(count):
    return ("<i8", (count,), b"".join((i % 3).to_bytes(8, "little") for i in range(count)))


def made_consistent(report):
    """All figures from the bits of the replicates, as a careful forger would."""
    pairs = list(zip(report["example_replicate_bits"][::2], report["example_replicate_bits"][1::2]))
    bits = report["example_bits"] = [(a + b) / 2 for a, b in pairs]
    report["bits_per_dim"] = statistics.fmean(bits)
    report["standard_error"] = statistics.stdev(bits) / math.sqrt(len(bits))
    report["mask_standard_error"] = math.sqrt(math.fsum((a - b) ** 2 / 4 for a, b in pairs)) / len(bits)
    for name, sign in (("confidence_low", -1), ("confidence_high", 1)):
        report[name] = report["bits_per_dim"] + sign * STUDENT_29 * report["standard_error"]
    for each in report["per_class"]:
        of_class = [value for i, value in enumerate(bits) if i % 3 == each["label"]]
        each["bits_per_dim"] = statistics.fmean(of_class)
        each["standard_error"] = statistics.stdev(of_class) / math.sqrt(len(of_class))


class Verify(RunCase):
    def setUp(self):
        super().setUp()
        if not (self.folder / "labelled.npz").exists():
            self.write("labelled.npz", npz(images(12, TRAINED, 1), files.pixels(5, COUNT, SIDE, SIDE),
                                           y_train=labels_of(12), y_test=labels_of(COUNT)))

    def run_folder(self):
        return self.train("model", "--data.source=labelled.npz", "--train.steps=3")

    def result(self):
        return json.loads((self.run_folder() / "evaluation.json").read_text())

    def forged(self, change):
        """The run's result with a change, in a folder with the same model."""
        report = self.result()
        change(report)
        folder = self.folder / "forged"
        folder.mkdir(exist_ok=True)
        shutil.copy(self.run_folder() / "model.safetensors", folder)
        (folder / "evaluation.json").write_text(json.dumps(report))
        return folder / "evaluation.json"

    def named(self, change, *words, examples=COUNT):
        """The fields that are named of a forged result, which must be refused."""
        found = json.loads(self.veil("verify", self.forged(change), "--examples", examples, "--json", *words, code=1).stdout)
        self.assertFalse(found["verified"])
        return [each["field"] for each in found["changed"]]

    def test_a_result_is_proven(self):
        file = self.run_folder() / "evaluation.json"
        text = self.veil("verify", file, "--examples", 10, "--seed", 4).stdout
        self.assertIn(f"verified {file}\n10 of 30 examples were scored again", text)
        self.assertIn("seed 4 of their choice", text)
        # 1 of 30 changed: 20 / 30. The least m with C(30 - m, 10) / C(30, 10) <= 5 %.
        self.assertIn("1 example was changed by more would have passed with probability 67 %", text)
        least = next(m for m in range(1, 31) if math.comb(30 - m, 10) / math.comb(30, 10) <= 0.05)
        self.assertIn(f"one with {least} (", text)
        whole = self.veil("verify", file, "--examples", 1000).stdout
        self.assertIn("30 of 30 examples were scored again", whole)
        self.assertIn("Every example was scored", whole)

    def test_other_kinds_of_results_are_proven_too(self):
        run = self.run_folder()
        for words in (["--limit", 7], ["--data", "labelled.npz", "--split", "train"], ["--seed", 8, "--passes", 6],
                      ["--exact-order", "random:5", "--groups", 4], ["--evaluate.form=time"], ["--evaluate.control=0"],
                      ["--device.precision=bfloat16"], ["--data", "set.npz", "--batch", 2], ["--weights", "raw"]):
            self.veil("evaluate", "--model", run, "--out", "result.json", "--device.name=cpu", *words)
            self.assertIn("verified", self.veil("verify", "result.json", "--examples", 5, "--device.name=cpu").stdout, words)

    def test_every_changed_figure_is_named(self):
        whole = self.result()
        for name, value in whole.items():
            if name in UNCHECKED or isinstance(value, (list, dict)):
                continue
            changed = not value if isinstance(value, bool) else value + ("x" if isinstance(value, str) else 1)
            if name == "weights":
                changed = "raw"
            file = self.forged(lambda report: report.update({name: changed}))
            result = self.veil("verify", file, "--examples", 3, code=None)
            self.assertIn(result.returncode, (1, 65), name)
            name = {"conditional_on_label": "label_classes"}.get(name, name)  # which it promises
            self.assertIn(name, result.stdout + result.stderr, (name, result.stdout, result.stderr))

    def test_changed_bits_are_named_without_a_network(self):
        self.assertEqual(self.named(lambda report: report["example_bits"].__setitem__(17, 1.0), examples=1)[:2],
                         ["example_bits[17]", "bits_per_dim"])
        self.assertEqual(self.named(lambda report: report["per_class"][1].update(bits_per_dim=1), examples=1),
                         ["per_class[1].bits_per_dim"])
        self.assertIn("example_bits[4]",
                      self.named(lambda report: report["example_replicate_bits"].__setitem__(9, 1.0), examples=1))

    def test_a_consistent_forgery_is_found_by_the_network(self):
        def improve(report):
            for i in (10, 11):
                report["example_replicate_bits"][i] -= 0.01
            made_consistent(report)
        self.assertEqual(self.named(improve), ["example_bits[5]", "example_replicate_bits[10]", "example_replicate_bits[11]"])
        # Whether a part holds that example is the seed's choice: it does in 10 of 30 on average.
        codes = [self.veil("verify", self.forged(improve), "--examples", 10, "--seed", seed, code=None).returncode
                 for seed in range(12)]
        self.assertEqual(set(codes), {0, 1})

    def test_the_profile_is_held_to_all_examples(self):
        def change(report):
            report["profile"][3]["sum"] += 1.0
        self.assertEqual(self.named(change), ["profile[3].sum"])

    def test_other_examples_noise_and_settings_are_named(self):
        self.assertIn("seed", self.named(lambda report: report["settings"].update({"evaluate.seed": "3"})))
        self.assertIn("example_bits[0]", self.named(
            lambda report: report["settings"].update({"evaluate.seed": "3"}) or report.update(seed=3)))

    def test_another_model_or_other_data_are_named_and_nothing_is_scored(self):
        file = self.forged(lambda report: None)
        self.train("second", "--data.source=labelled.npz", "--train.steps=2")
        result = self.veil("verify", file, "--model", "second", code=1)
        self.assertIn("model_sha256 is ", result.stdout)
        self.assertIn("no example was scored again", result.stdout)
        self.assertIn("data_fingerprint is ", self.veil("verify", file, "--data", "set.npz", code=1).stdout)

    def test_a_moved_result_finds_its_model_where_it_is_told(self):
        shutil.copy(self.run_folder() / "evaluation.json", self.folder / "alone.json")
        self.assertIn("--model FILE says where it is", self.veil("verify", "alone.json", code=65).stderr)
        self.veil("verify", "alone.json", "--model", self.run_folder(), "--examples", 3)

    def test_what_cannot_be_verified_says_why(self):
        def without(*names):
            return self.forged(lambda report: [report.pop(name) for name in names])
        self.assertIn("no bits of single examples", self.veil("verify", without("example_bits"), code=65).stderr)
        self.assertIn("older versions", self.veil("verify", without("model_sha256"), code=65).stderr)
        self.assertIn("usage: veil verify RESULT", self.veil("verify", code=2).stderr)
        self.assertIn("--tolerance is 0", self.veil("verify", without(), "--tolerance", 0, code=2).stderr)


if __name__ == "__main__":
    unittest.main()
