"""What TensorBoard's own reader finds in a run's event file is what the run's logs and pictures hold: of a run that went
through, of one that was killed and went on, and of one that asked for the file only when it was finished.

usage: events_test.py VEIL FOLDER

FOLDER: the environment that tests/cli/tensorboard/install.py made. Without it the test ends with 77: skipped.
"""

import base64
import json
import pathlib
import struct
import subprocess
import sys
import time
import unittest

PYTHON = pathlib.Path(sys.argv.pop(2)) / "bin/python"
READER = pathlib.Path(__file__).parents[1] / "tensorboard/read_events.py"
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from training_case import RunCase  # noqa: E402
from veil_case import VEIL  # noqa: E402

SKIPPED = 77
NAME = "events.out.tfevents.veil"
STEPS = 7
COURSE = ["--train.log_every=2", "--train.checkpoint_every=7", "--train.evaluate_every=2", "--train.sample_every=3",
          "--train.evaluate_examples=6"]
SETTINGS = [*COURSE, f"--train.steps={STEPS}"]


def single(number):
    """As float32 keeps it."""
    return struct.unpack("<f", struct.pack("<f", number))[0]


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class EventsTest(RunCase):
    def read(self, run):
        bits = [line["bits"] for line in lines(run / "example-bits.jsonl")]
        answer = subprocess.run([PYTHON, "-I", READER, run], input=json.dumps(bits), capture_output=True, text=True, check=False)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)

    def wanted_scalars(self, run, last):
        """By tag: (step, value) in order, from the logs alone."""
        wanted = {}
        for line in lines(run / "log.jsonl"):
            if line["event"] == "change":
                continue
            prefix, names = {"train": ("train", ("bits_per_dim", "gradient_norm", "learning_rate", "examples", "skipped")),
                             "evaluate": ("evaluation", ("bits_per_dim", "standard_error"))}[line["event"]]
            for name in names:
                wanted.setdefault(f"{prefix}/{name}", []).append((line["step"], single(line[name])))
        for line in lines(run / "timing.jsonl"):
            for name in ("examples_per_second", "peak_memory_bytes"):
                if name in line:
                    wanted.setdefault(f"speed/{name}", []).append((line["step"], single(line[name])))
        report = json.loads((run / "evaluation.json").read_text())
        for name in ("bits_per_dim", "standard_error"):
            wanted[f"final/{name}"] = [(last, single(report[name]))]
        return wanted

    def check(self, run, last=STEPS):
        answer = self.read(run)
        events = answer["events"]
        self.assertEqual(events["version"], 2.0)
        got = {tag: [(step, value) for step, value, _ in values] for tag, values in events["scalars"].items()}
        self.assertEqual(got, self.wanted_scalars(run, last))
        pictures = [*sorted((run / "samples").glob("step-*.png")), run / "samples.png"]
        self.assertEqual([(step, base64.b64decode(image)) for step, _, _, image in events["images"]["samples"]],
                         [(int(path.stem[5:]) if path.stem != "samples" else last, path.read_bytes()) for path in pictures])
        for _, width, height, image in events["images"]["samples"]:
            self.assertEqual((width, height), struct.unpack(">II", base64.b64decode(image)[16:24]))
        self.check_histograms(run, events, answer["histograms"])
        self.check_times(run, events)

    def check_histograms(self, run, events, histograms):
        found = events["histograms"]["evaluation/example_bits"]
        logged = lines(run / "example-bits.jsonl")
        self.assertEqual([each[0] for each in found], [line["step"] for line in logged])
        for (_, low, high, count, total, squares, ends, counts), line, numpy in zip(found, logged, histograms):
            bits = line["bits"]
            self.assertEqual((low, high, count), (min(bits), max(bits), len(bits)))
            self.assertAlmostEqual(total, sum(bits), delta=1e-9)
            self.assertAlmostEqual(squares, sum(each * each for each in bits), delta=1e-7)
            self.assertEqual(counts, numpy["counts"])
            for end, wanted in zip(ends, numpy["edges"][1:], strict=True):
                self.assertAlmostEqual(end, wanted, delta=1e-9)

    def check_times(self, run, events):
        clock, times = None, {}
        for line in lines(run / "timing.jsonl"):
            clock = line["time"] if line.get("event") == "start" else clock + line.get("seconds", 0.0)
            times[line["step"]] = times.get(line["step"], clock) if "event" in line else clock
        for step, _, time in events["scalars"]["train/bits_per_dim"]:
            self.assertAlmostEqual(time, times[step], delta=1e-3)

    def test_a_run_that_went_through(self):
        run = self.train("through", *SETTINGS, "--train.tensorboard=true")
        self.check(run)
        before = (run / NAME).read_bytes()
        self.veil("train", "--run", "through", "--quiet")  # writes the file anew: no byte is another
        self.assertEqual((run / NAME).read_bytes(), before)

    def kill_under_way(self, command, run):
        """The last step that a run had logged when it was killed, which is none that it had saved."""
        process = subprocess.Popen([VEIL, *command], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        log = run / "log.jsonl"
        while process.poll() is None and not (log.exists() and log.read_bytes().count(b"\n") > 20):
            time.sleep(0.002)
        self.assertIsNone(process.poll(), "it was over before the kill")
        process.kill()
        process.wait()
        return max(line["step"] for line in lines(log))

    def test_a_run_that_was_killed_goes_on_without_a_gap_and_without_a_step_twice(self):
        command = ["train", "--run", "killed", "--config", "tiny.cfg", "--quiet", *COURSE, "--train.tensorboard=true"]
        run = self.folder / "killed"
        last = self.kill_under_way([*command, "--train.steps=100000"], run)
        with open(run / NAME, "ab") as file:
            file.write(b"half a record")  # what a kill may leave
        self.veil(*command, f"--train.steps={last + 3}")
        self.check(run, last + 3)

    def test_a_finished_run_that_asks_for_it_and_one_that_does_not_any_more(self):
        run = self.train("later", *SETTINGS)
        self.assertFalse((run / NAME).exists())
        self.assertIn("made now: event file", self.veil("train", "--run", "later", "--train.tensorboard=true").stderr)
        self.check(run)
        self.assertIn("nothing is changed", self.veil("train", "--run", "later").stderr)
        self.assertTrue((run / NAME).exists())
        self.veil("train", "--run", "later", "--train.tensorboard=false")
        self.assertFalse((run / NAME).exists())


if __name__ == "__main__":
    if not PYTHON.exists():
        print(f"SKIPPED: there is no tensorboard in {PYTHON.parents[1]}, so event files are not read back", flush=True)
        sys.exit(SKIPPED)
    unittest.main()
