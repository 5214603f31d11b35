"""What a run leaves is what its training made: each output is computed again from the others, by its definition.

A run that saves a checkpoint after every update shows weights, average and moments of every step. From these follow,
in plain Python, the next step's weights (AdamW), the average, the rates and norms in the log, and the final model;
figures and grids must be those that the program gives for the averages saved beside them.

usage: training_outputs_test.py VEIL
"""

import hashlib
import json
import math
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from tensor_files import TensorFile  # noqa: E402
from training_case import (  # noqa: E402
    AVERAGE_DECAY, BETA1, BETA2, EPSILON, EVERY_STEP, RATE, SCORED, STEPS, TRAINED, WARMUP, WEIGHT_DECAY, RunCase, lines,
    norm, step_folder)


class Weights(RunCase):
    def states(self):
        """Raw weights, average, first and second moments of every step from 0 on."""
        start = self.start()
        zero = {name: [0.0] * len(values) for name, values in start.items()}
        found = [(start, start, zero, zero)]
        for step in range(1, STEPS + 1):
            folder = step_folder(self.whole(), step)
            optimizer = TensorFile(folder / "optimizer.safetensors").tensors
            self.assertEqual(list(optimizer.pop("update_count")), [step])
            moments = [{name[len(part):]: values for name, values in optimizer.items() if name.startswith(part)}
                       for part in ("first_moments.", "second_moments.")]
            found.append((TensorFile(folder / "model.safetensors").tensors,
                          TensorFile(folder / "ema.safetensors").tensors, *moments))
        return found

    @staticmethod
    def rate(step):
        """Of update `step`, the first of which is 0: linear rise, then half a cosine to the last."""
        if step < WARMUP:
            return RATE * step / WARMUP
        return RATE * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP))) / 2

    def test_every_step_is_adamw_and_the_average_follows(self):
        states = self.states()
        logged = lines(self.whole(), "train")
        self.assertEqual([line["step"] for line in logged], list(range(1, STEPS + 1)))
        for step, line in enumerate(logged):
            before, average, first, second = states[step]
            after, next_average, next_first, next_second = states[step + 1]
            gradient = {name: [(m - BETA1 * old) / (1 - BETA1) for m, old in zip(next_first[name], first[name])]
                        for name in before}
            self.assertAlmostEqual(norm(gradient) / line["gradient_norm"], 1, delta=1e-4)
            self.assert_near(next_second, {name: [BETA2 * old + (1 - BETA2) * g * g
                                                  for g, old in zip(gradient[name], second[name])] for name in before},
                             1e-4, f"second moments of step {step}")
            rate, biases = self.rate(step), (1 - BETA1**(step + 1), 1 - BETA2**(step + 1))
            self.assertAlmostEqual(line["learning_rate"], rate, delta=1e-12)
            self.assert_near(after, {name: [w * (1 - rate * WEIGHT_DECAY) -
                                            rate * (m / biases[0]) / (math.sqrt(v / biases[1]) + EPSILON)
                                            for w, m, v in zip(before[name], next_first[name], next_second[name])]
                                     for name in before}, 3e-6, f"weights of step {step}")
            self.assert_near(next_average, {name: [AVERAGE_DECAY * a + (1 - AVERAGE_DECAY) * w
                                                   for a, w in zip(average[name], after[name])] for name in before},
                             1e-6, f"average of step {step}")

    def test_the_model_is_the_average_of_the_last_step(self):
        run = self.whole()
        model, last = TensorFile(run / "model.safetensors"), step_folder(run, STEPS)
        average, raw = TensorFile(last / "ema.safetensors"), TensorFile(last / "model.safetensors")
        self.assertEqual(model.tensors, average.tensors)
        self.assertEqual(model.shapes, average.shapes)
        changed = [name for name in model.tensors if model.tensors[name] != raw.tensors[name]]
        self.assertEqual(sorted(changed), sorted(model.tensors))
        self.assertEqual([each.metadata["veil.weights"] for each in (model, average, raw)], ["ema", "ema", "raw"])
        self.assertEqual([each.metadata["veil.step"] for each in (model, average, raw)], [str(STEPS)] * 3)
        trained = json.loads(model.metadata["veil.dataset"])["fingerprint"]
        self.assertTrue(trained.startswith("12 of 8x8x1, "), trained)
        self.assertTrue(model.metadata["veil.evaluation_fingerprint"].startswith("7 of 8x8x1, "))


class Figures(RunCase):
    def test_the_first_estimate_is_of_a_model_that_knows_nothing(self):
        self.assertAlmostEqual(lines(self.whole(), "train")[0]["bits_per_dim"], 8.0, delta=1e-5)

    def test_training_learns_its_own_split_and_the_other_one_is_scored(self):
        run = self.whole()
        bias = TensorFile(step_folder(run, STEPS) / "model.safetensors").tensors["head.bias"]
        self.assertGreater(sum(bias[value] for value in TRAINED), 0)
        self.assertLess(sum(bias[value] for value in SCORED), 0)
        self.assertLess(lines(run, "train")[-1]["bits_per_dim"], 7.9)
        report = self.own_report(run)
        self.assertGreater(report["bits_per_dim"], 8.05)
        self.assertEqual((report["split"], report["examples"], report["weights"]), ("test", 7, "ema"))

    def test_the_final_figure_is_that_of_the_model_file(self):
        run = self.whole()
        report = self.own_report(run)
        self.assertEqual(report, self.score(run / "model.safetensors"))
        raw = self.score(step_folder(run, STEPS) / "model.safetensors")
        self.assertEqual(raw["weights"], "raw")
        self.assertGreater(abs(report["bits_per_dim"] - raw["bits_per_dim"]), 0.01)
        self.assertEqual(self.score(run, "--weights", "raw", "--out", "raw.json"), raw)

    def test_figures_during_training_are_those_of_the_averages(self):
        run = self.whole()
        logged = lines(run, "evaluate")
        self.assertEqual([line["step"] for line in logged], [2, 4])
        for line in logged:
            folder = step_folder(run, line["step"])
            average, raw = (self.score(folder / name, "--limit", 5) for name in ("ema.safetensors", "model.safetensors"))
            self.assertEqual([line[name] for name in ("bits_per_dim", "standard_error", "examples")],
                             [average[name] for name in ("bits_per_dim", "standard_error", "examples")])
            self.assertNotEqual(average["bits_per_dim"], raw["bits_per_dim"])

    def test_a_line_is_the_mean_of_the_steps_since_the_one_before(self):
        each = [line["bits_per_dim"] for line in lines(self.whole(), "train")]
        seldom = self.train("seldom", f"--train.steps={STEPS}", "--train.log_every=4")
        found = lines(seldom, "train")
        self.assertEqual([(line["step"], line["examples"]) for line in found], [(4, 16), (6, 24)])
        for line, want in zip(found, (each[:4], each[4:])):
            self.assertAlmostEqual(line["bits_per_dim"], sum(want) / len(want), delta=1e-6)
        timing = [json.loads(line) for line in (seldom / "timing.jsonl").read_text().splitlines()]
        start = timing.pop(0)
        self.assertEqual((start["step"], start["event"]), (0, "start"))
        self.assertIn("--train.log_every=4", start["command"])
        self.assertTrue(all(line["peak_memory_bytes"] > 1 << 20 for line in timing))
        for line, want in zip(timing, (16, 8)):
            self.assertAlmostEqual(line["seconds"] * line["examples_per_second"], want, delta=1e-6)
        self.assertEqual(*(TensorFile(run / "model.safetensors").tensors for run in (seldom, self.whole())))

    def test_learned_powers_are_those_of_the_average(self):
        run = self.train("powers", *EVERY_STEP, "--train.steps=2", "--schedule.powers=free", "--model.condition=time",
                         "--objective.form=time", "--evaluate.form=time", "--optimizer.warmup_steps=0")

        def powers(path):
            found = [values for name, values in TensorFile(path).tensors.items() if name.endswith("powers.raw")]
            return [math.exp(x - sum(found[0]) / 256) for x in found[0]]
        average, raw = (powers(step_folder(run, 2) / name) for name in ("ema.safetensors", "model.safetensors"))
        stored = json.loads((run / "powers.json").read_text())["powers"]
        self.assert_near({"": stored}, {"": average}, 1e-6, "powers")
        self.assertGreater(max(abs(a - b) for a, b in zip(average, raw)), 1e-4)
        line = lines(run, "train")[-1]
        for name, want in (("power_low", min(raw)), ("power_high", max(raw)), ("power_mean", sum(raw) / 256)):
            self.assertAlmostEqual(line[name], want, delta=1e-6)


class Pictures(RunCase):
    def grid(self, model):
        self.veil("sample", "--model", model, "--count", 2, "--steps", 4, "--grid", "again.png",
                  "--device.name=cpu", "--device.precision=float32")
        return files.png_rows((self.folder / "again.png").read_bytes())

    def test_grids_are_samples_of_the_average(self):
        run = self.whole()
        for picture, step in (("samples/step-00000002.png", 2), ("samples/step-00000004.png", 4), ("samples.png", STEPS)):
            found = files.png_rows((run / picture).read_bytes())
            self.assertEqual(found, self.grid(step_folder(run, step) / "ema.safetensors"))
            self.assertNotEqual(found, self.grid(step_folder(run, step) / "model.safetensors"))


class Checkpoints(RunCase):
    def test_digests_are_those_of_the_files(self):
        for step in (1, STEPS):
            folder = step_folder(self.whole(), step)
            state = json.loads((folder / "state.json").read_text())
            for name, digest in state["files"].items():
                self.assertEqual(digest, hashlib.sha256((folder / name).read_bytes()).hexdigest(), name)
            self.assertEqual(sorted(state["files"]), ["ema.safetensors", "model.safetensors", "optimizer.safetensors"])
            checksum = state.pop("checksum")
            text = json.dumps(state, sort_keys=True, indent=1, ensure_ascii=False)
            self.assertEqual(checksum, hashlib.sha256(text.encode()).hexdigest())

    def test_a_changed_bit_anywhere_is_noticed_and_the_run_goes_on_from_before(self):
        whole, run = self.whole(), self.folder / "damaged"
        shutil.copytree(whole, run)
        for step, name in zip(range(STEPS, 2, -1), ("optimizer.safetensors", "ema.safetensors", "model.safetensors")):
            path = step_folder(run, step) / name
            content = bytearray(path.read_bytes())
            content[-1001] ^= 1  # inside of the numbers
            path.write_bytes(content)
        state = step_folder(run, STEPS - 3) / "state.json"
        text = state.read_text()
        state.write_text(text.replace('"skipped_total": 0', '"skipped_total": 1'))
        self.assertNotEqual(state.read_text(), text)
        (run / "model.safetensors").unlink()
        notes = self.veil("train", "--run", run, "--config", run / "config.cfg").stderr
        self.assertIn(f"going on from step {STEPS - 4}\n", notes)
        for step, name in zip(range(STEPS, 2, -1),
                              ("optimizer.safetensors", "ema.safetensors", "model.safetensors", "state.json")):
            self.assertIn(f"step-{step:08d}/{name}: damaged", notes)
        for name in ("model.safetensors", "evaluation.json", "log.jsonl"):
            self.assertEqual((run / name).read_bytes(), (whole / name).read_bytes(), name)


if __name__ == "__main__":
    unittest.main()
