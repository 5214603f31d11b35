"""Settings reach what they are for: what a run does with them follows from their definitions, not from another run alone.

A network that starts with zero logits and learns at a vanishing rate gives every value the same probability, so each
loss is 8 bits times a function of the masks; and these follow from the seed by the definition of the noise
(Philox4x32-10), written here a second time.

usage: training_settings_test.py VEIL
"""

import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from philox import Purpose, uniform, words  # noqa: E402
from tensor_files import TensorFile  # noqa: E402
from training_case import (  # noqa: E402
    BETA1, EVERY_STEP, SCORED, SIDE, TRAINED, RunCase, images, lines, norm, npz, step_folder)

LENGTH = SIDE * SIDE
STILL = ["--optimizer.learning_rate=1e-12", "--optimizer.warmup_steps=0", "--optimizer.decay=constant"]


# Share of positions that are masked at time t, and the weight of the loss there: derivative of the share, over the share.
SCHEDULES = {"linear": lambda t: (t, 1 / t), "poly3": lambda t: (t**3, 3 / t),
             "cosine": lambda t: (math.sin(math.pi / 2 * t), math.pi / 2 / math.tan(math.pi / 2 * t))}


def estimate(schedule, time, *noise):
    """Bits per dimension that a network which knows nothing costs at this time, under masks of this noise."""
    share, weight = SCHEDULES[schedule](time)
    return 8 * weight * sum((word + 0.5) / 2**32 < share for word in words(*noise, LENGTH)) / LENGTH


class Noise(RunCase):
    def one_image(self):
        return self.write("one.npz", npz(images(1, TRAINED, 1), images(2, SCORED, 1)))

    def test_the_estimate_of_each_step_is_that_of_its_time_and_mask(self):
        for seed, schedule in ((0, "linear"), (2**40 + 5, "cosine")):
            run = self.train(f"time-{seed}", *EVERY_STEP, *STILL, "--train.batch_size=1", "--train.steps=5",
                             f"--train.seed={seed}", "--objective.form=time", f"--schedule.kind={schedule}",
                             f"--data.source={self.one_image().name}")
            for step, line in enumerate(lines(run, "train")):
                time = uniform(seed, Purpose.TRAIN_LEVEL, step, 0)
                want = estimate(schedule, time, seed, Purpose.TRAIN_MASK, step, 0)
                self.assertAlmostEqual(line["bits_per_dim"], want, delta=2e-5)

    def test_a_figure_is_the_mean_over_the_passes_of_its_times_and_masks(self):
        passes, replicates, seed, schedule = 6, 2, 17, "poly3"
        run = self.train("figure", "--train.steps=1", *STILL, "--evaluate.form=time", f"--evaluate.passes={passes}",
                         f"--evaluate.replicates={replicates}", f"--evaluate.seed={seed}", f"--schedule.kind={schedule}",
                         f"--data.source={self.one_image().name}")
        group = passes // replicates
        values = []
        for example in range(2):
            for number in range(passes):
                u = uniform(seed, Purpose.EVALUATION_LEVEL, number // group, example)
                time = (u + number % group / group) % 1
                values.append(estimate(schedule, time, seed, Purpose.EVALUATION_MASK, number, example))
        report = self.own_report(run)
        self.assertAlmostEqual(report["bits_per_dim"], sum(values) / len(values), delta=1e-7)
        means = [sum(values[:passes]) / passes, sum(values[passes:]) / passes]
        self.assertAlmostEqual(report["standard_error"], abs(means[0] - means[1]) / 2, delta=1e-7)


class Options(RunCase):
    def test_batches_of_mirrored_images(self):
        row = [0, 10, 20, 30, 30, 20, 10, 0]
        self.write("same.npz", npz(bytes(row * SIDE) * 3, images(1, SCORED, 1)))
        for name in ("set.npz", "same.npz"):
            plain, mirrored = (self.train(f"flip-{flips}-{name}", "--train.steps=2", *STILL[1:],
                                          f"--train.horizontal_flips={flips}", f"--data.source={name}")
                               for flips in ("false", "true"))
            same = TensorFile(plain / "model.safetensors").tensors == TensorFile(mirrored / "model.safetensors").tensors
            self.assertEqual(same, name == "same.npz")

    def test_hidden_labels_teach_the_row_of_no_class(self):
        labels = {f"y_{split}": ("|u1", (count,), bytes([number % 2 for number in range(count)]))
                  for split, count in (("train", 12), ("test", 7))}
        self.write("labelled.npz", npz(images(12, TRAINED, 1), images(7, SCORED, 2), **labels))
        rows = {}
        for share in (1e-9, 0.5):
            run = self.train(f"labels-{share}", *EVERY_STEP, "--train.steps=4", "--data.source=labelled.npz",
                             "--model.class_conditional=true", f"--model.label_dropout={share}")
            optimizer = TensorFile(step_folder(run, 4) / "optimizer.safetensors")
            moments = optimizer.tensors["first_moments.condition.label.weight"]
            width = len(moments) // 3  # two classes, and none
            rows[share] = [any(moments[row * width:(row + 1) * width]) for row in range(3)]
        self.assertEqual(rows[1e-9], [True, True, False])
        self.assertTrue(rows[0.5][2])

    def test_clipping_shortens_long_gradients_and_leaves_short_ones_alone(self):
        for limit in (1e-3, 1e3):
            run = self.train(f"clip-{limit:g}", *EVERY_STEP, "--train.steps=1", f"--optimizer.clip_norm={limit}")
            logged = lines(run, "train")[0]["gradient_norm"]
            self.assertTrue(1e-2 < logged < 1e2, logged)  # between the two limits
            first = TensorFile(step_folder(run, 1) / "optimizer.safetensors").tensors
            used = norm({name: values for name, values in first.items() if name.startswith("first")}, 1 / (1 - BETA1))
            self.assertAlmostEqual(used / min(limit, logged), 1, delta=2e-3 if limit < 1 else 1e-5)

    def test_products_in_bfloat16_are_rounded_and_no_more(self):
        short = ["--train.steps=1", "--optimizer.warmup_steps=0", *EVERY_STEP]
        norms = [lines(self.train(name, *short, f"--device.precision={name}"), "train")[0]["gradient_norm"]
                 for name in ("float32", "bfloat16")]
        change = abs(norms[1] / norms[0] - 1)
        self.assertTrue(1e-6 < change < 2**-6, norms)  # bfloat16 rounds to 2^-9; float32 would give the same norm
        for name in ("float32", "bfloat16"):
            run = self.folder / name
            report = self.own_report(run)
            found = {each: self.score(run / "model.safetensors", precision=each)
                     for each in ("float32", "bfloat16")}
            self.assertEqual(report, found.pop(name))
            self.assertNotEqual(report["bits_per_dim"], found.popitem()[1]["bits_per_dim"])

    def test_the_average_warms_up_by_its_formula(self):
        run = self.train("warm", *EVERY_STEP, "--train.steps=2", "--optimizer.ema_warmup=true",
                         "--optimizer.ema_decay=0.15", "--optimizer.warmup_steps=0")
        start = self.start()
        first, second = (TensorFile(step_folder(run, step) / "model.safetensors").tensors for step in (1, 2))
        decays = (1 / 10, 0.15)  # the second would be 2 / 11
        want = {name: [decays[1] * (decays[0] * a + (1 - decays[0]) * b) + (1 - decays[1]) * c
                       for a, b, c in zip(start[name], first[name], second[name])] for name in start}
        self.assert_near(TensorFile(run / "model.safetensors").tensors, want, 1e-6, "average of two steps")


if __name__ == "__main__":
    unittest.main()
