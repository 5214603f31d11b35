"""Runs the program as a person or a script would and looks at exit code, standard output and standard error.

usage: program_test.py PATH-OF-VEIL
"""

import json
import os
import re
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

VEIL = os.path.abspath(sys.argv.pop(1))
COMMANDS = ["train", "evaluate", "compare", "verify", "sample", "quality", "schedules", "data", "bench", "report", "selfcheck", "completion",
            "manual"]


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def veil(self, *words, **keywords):
        keywords.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([VEIL, *words], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=self.folder.name,
                              timeout=120, text=True, errors="replace", check=False, **keywords)

    def file(self, name, content):
        path = pathlib.Path(self.folder.name, name)
        path.write_bytes(content)
        return str(path)

    def assert_refused(self, result, code, *parts):
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, r"\Aveil: [^\n\x00-\x1f]+\n\Z")
        for part in parts:
            self.assertIn(part, result.stderr)


PREPARATION = {"size", "channels", "resize", "upscale", "holdout", "fit", "padding", "duplicates"}
TIMED = {"config", "steps", "warmup", "json"}
ACTIONS = {  # words after it, its own flags
    "data inspect": ("PATH", PREPARATION | {"sheet", "force", "json"}),
    "data pack": ("IN OUT.h5", PREPARATION | {"compress", "name", "force", "json"}),
    "data export": ("IN OUT", PREPARATION | {"as", "force"}),
    "data verify": ("FILE", set()),
    "bench train": ("", TIMED), "bench evaluate": ("", TIMED), "bench sample": ("", TIMED),
    "bench data": ("", {"data", "json"}),
    "schedules table": ("", {"steps", "length", "schedules", "out", "force", "json"}),
    "schedules design": ("", {"model", "data", "steps", "limit", "seed", "out", "force", "json"}),
    "bench estimators": ("", {"model", "data", "passes", "batch", "limit", "repeats", "seed", "json"})}


class ActionHelp(Program):
    def test_each_shows_its_own_usage_options_and_examples_alone(self):
        for name, (words, flags) in ACTIONS.items():
            text = self.veil(*name.split(), "--help").stdout
            self.assertTrue(text.startswith(f"veil {name}: "), text)
            self.assertIn(f"\nUsage:\n  veil {name} [FLAGS]{' ' + words if words else ''}\n", text)
            listed = re.findall(r"^  --(\w+)", text.split("\nSettings,")[0], re.M)
            self.assertEqual(sorted(listed), sorted(flags), name)
            examples = text.split("Examples:\n")[1].split("\n\n")[0].splitlines()
            self.assertTrue(examples and all(line.startswith(f"  veil {name} ") for line in examples), examples)
            settings = set(re.findall(r"^  --(?:\w+ .*? )?([a-z]+\.\w+)(?:: |  )", text, re.M))
            if name in ("data verify", "bench data"):
                self.assertEqual(settings, set())
            elif name.startswith("data "):
                self.assertEqual(settings, {f"data.{key}" for key in PREPARATION})
                self.assertEqual(text.count("side in pixels of the squares"), 1)  # each is told once

    def test_it_is_found_wherever_the_word_stands(self):
        wanted = self.veil("data", "pack", "--help").stdout
        for words in (("help", "data", "pack"), ("data", "-h", "pack"), ("data", "pack", "a", "b", "--nonsense", "-h")):
            self.assertEqual(self.veil(*words).stdout, wanted)
        whole = self.veil("data", "--help").stdout
        for action in ("inspect", "pack", "export", "verify"):
            self.assertRegex(whole, rf"(?m)^  {action} +\w")
        self.assertIn("  --compress                pack: deflate", whole)
        self.assertRegex(whole, r"(?m)^  --json +inspect, pack: ")
        self.assertRegex(self.veil("bench", "--help").stdout, r"(?m)^  --data NAME\|PATH +data: what to read; .*; estimators: ")

    def test_what_an_action_has_no_use_for_is_refused(self):
        for words, flag in ((("data", "verify", "x", "--size=3"), "--data.size is not of veil data verify"),
                            (("data", "inspect", "x", "--compress"), "--compress is not of veil data inspect"),
                            (("data", "export", "x", "y", "--json"), "--json is not of veil data export"),
                            (("bench", "data", "--train.steps=3"), "--train.steps is not of veil bench data")):
            self.assert_refused(self.veil(*words), 2, flag, f"; veil {words[0]} {words[1]} --help lists what is")


class Help(Program):
    def test_help_lists_every_command(self):
        result = self.veil("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", result.stdout)

    def test_every_command_has_help_with_examples_first(self):
        for command in COMMANDS:
            for words in ([command, "--help"], [command, "-h"], ["help", command], [command, "--nonsense", "--help"]):
                result = self.veil(*words)
                self.assertEqual((result.returncode, result.stderr), (0, ""), words)
                self.assertIn(f"\nExamples:\n  veil {command}", result.stdout)
                self.assertLess(result.stdout.index("Examples:"), result.stdout.index("Flags:"))

    def test_help_names_default_and_range_of_a_setting(self):
        self.assertIn("an integer in [1, 1000000]; default 64", self.veil("train", "--help").stdout)

    def test_version_names_what_it_was_built_with(self):
        result = self.veil("--version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"\Aveil \d+\.\d+\.\d+\nLibTorch \d+\.\d+\S*\nCUDA (no|yes, \d+ devices?)\n"
                                        r"compiler \S+ \S+\n\Z")


    def test_version_as_json(self):
        words = self.veil("--version").stdout.split()
        result = self.veil("--version", "--json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        version = json.loads(result.stdout)
        self.assertEqual(list(version), ["schema_version", "veil", "libtorch", "cuda", "cuda_devices", "compiler"])
        self.assertEqual([version["veil"], version["libtorch"]], [words[1], words[3]])
        self.assertIs(version["cuda"], words[5].startswith("yes"))
        self.assertTrue(self.veil("--version").stdout.endswith(f"compiler {version['compiler']}\n"))
        self.assert_refused(self.veil("--version", "--jsn"), 2, "veil --version takes --json or nothing, got --jsn")


class WrongUsage(Program):
    def test_a_gpu_that_is_not_there(self):
        model = self.veil("--version")
        if re.search(r"CUDA yes, [1-9]", model.stdout):
            self.skipTest("this machine has a GPU")
        for name in ("cuda", "cuda:0", "cuda:1", "cuda:300", "cuda:999"):
            result = self.veil("bench", "evaluate", f"--device.name={name}")
            self.assert_refused(result, 2, f'device.name is "{name}", but this machine shows 0 CUDA devices to this build; '
                                           "use --device.name=cpu")

    def test_no_command(self):
        self.assert_refused(self.veil(), 2, "--help")

    def test_unknown_command(self):
        self.assert_refused(self.veil("evalaute"), 2, "evalaute", "did you mean evaluate?")

    def test_unknown_flag(self):
        self.assert_refused(self.veil("sample", "--modle=x"), 2, "--modle", "did you mean --model?")
        self.assert_refused(self.veil("--verbose"), 2, "--verbose")

    def test_flag_twice(self):
        self.assert_refused(self.veil("sample", "--seed=1", "--sample.seed=1"), 2, "twice")

    def test_model_missing(self):
        self.assert_refused(self.veil("evaluate"), 2, "needs --model")
        self.assert_refused(self.veil("sample"), 2, "needs --model")

    def test_value_out_of_range(self):
        self.assert_refused(self.veil("schedules", "--steps=0"), 2, "--steps is 0, want an integer in [1, 1000]")
        self.assert_refused(self.veil("bench", "train", "--train.batch_size=0"), 2,
                            "train.batch_size is 0, want an integer in [1, 1000000]")

    def test_control_characters_are_not_echoed(self):
        self.assert_refused(self.veil("sample", "--\x1b[31mred\n=1"), 2)

    def test_bench_shows_people_no_number_of_a_schema(self):
        words = ("bench", "evaluate", "--steps", "1", "--warmup", "0", "--device.name=cpu")
        self.assertNotIn("schema_version", self.veil(*words).stdout)
        self.assertEqual(json.loads(self.veil(*words, "--json").stdout)["schema_version"], 1)

    def test_bench_wants_one_workload(self):
        self.assert_refused(self.veil("bench"), 2, "train, evaluate, sample, data and estimators")
        self.assert_refused(self.veil("bench", "fly"), 2, "want train, evaluate, sample, data or estimators")
        self.assert_refused(self.veil("bench", "estimators"), 2, "needs --model")
        self.assert_refused(self.veil("bench", "estimators", "--steps=3"), 2, "--steps is not of veil bench estimators")
        self.assert_refused(self.veil("bench", "train", "--repeats=3"), 2, "--repeats is not of veil bench train")


class Configurations(Program):
    def bench(self, content):
        return self.veil("bench", "train", "--config", self.file("run.cfg", content))

    def test_misspelt_key(self):
        self.assert_refused(self.bench(b"[model]\nlayer = 8\n"), 2, "run.cfg:2: unknown key model.layer",
                            "did you mean model.layers?")

    def test_value_out_of_range(self):
        self.assert_refused(self.bench(b"[train]\r\nbatch_size = many\r\n"), 2, "run.cfg:2: train.batch_size is many")

    def test_file_that_is_missing_or_no_configuration(self):
        self.assert_refused(self.veil("bench", "train", "--config", "none.cfg"), 65, "none.cfg")
        self.assert_refused(self.veil("bench", "train", "--config", self.folder.name), 65)
        self.assert_refused(self.bench(b"\x89PNG\r\n\x1a\n\0\0\0"), 65, "run.cfg")
        self.assert_refused(self.bench(b"just words\n"), 65, "run.cfg:1")
        self.assert_refused(self.bench(b"#" * (2 << 20)), 65, "run.cfg")


class Models(Program):
    def test_model_that_is_missing_or_none(self):
        for command in ("evaluate", "sample"):
            self.assert_refused(self.veil(command, "--model", "none.safetensors"), 65, "none.safetensors")
            self.assert_refused(self.veil(command, "--model", self.folder.name), 65, "model.safetensors")
            self.assert_refused(self.veil(command, "--model", self.file("x", b"{}")), 65)


class Output(Program):
    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        for words in (["--help"], ["--version"], ["schedules"], ["schedules", "--json"], ["train", "--help"]):
            with open("/dev/full", "wb") as full:
                result = self.veil(*words, stdout=full)
            self.assertEqual(result.returncode, 74, words)
            self.assertRegex(result.stderr, r"\Aveil: standard output: [^\n]+\n\Z")

    def test_closed_pipe_ends_quietly(self):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as closed:
            result = self.veil("schedules", "--steps=1000", stdout=closed)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class Schedules(Program):
    def test_table_and_json_agree_with_the_formulas(self):
        result = self.veil("schedules", "--steps=4", "--length=100", "--json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        table = {entry["name"]: entry["rows"] for entry in json.loads(result.stdout)["schedules"]}
        self.assertEqual(list(table), ["linear", "cosine", "poly2", "poly3", "geometric"])
        for name, power in (("linear", 1), ("poly2", 2), ("poly3", 3)):
            self.assertEqual(len(table[name]), 4)
            for i, row in enumerate(table[name]):
                t, s = 1 - i / 4, 1 - (i + 1) / 4
                self.assertAlmostEqual(row["t"], t, 12)
                self.assertAlmostEqual(row["alpha"], 1 - t**power, 12)
                self.assertAlmostEqual(row["loss_weight"], -power / t, 10)
                self.assertAlmostEqual(row["expected_masks"], 100 * t**power, 10)
                self.assertAlmostEqual(row["unmask_probability"], 1 - (s / t)**power, 12)
        for rows in table.values():
            self.assertEqual(rows[-1]["unmask_probability"], 1)  # of what is left, whatever the schedule
        text = self.veil("schedules").stdout
        self.assertIn("\nlinear\n", text)
        self.assertNotRegex(text, r" -0(\.0*)?\s")
        self.assertNotIn("-0.0,", result.stdout)

    def test_picture(self):
        result = self.veil("schedules", "--out", "s.svg")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("<svg", pathlib.Path(self.folder.name, "s.svg").read_text(encoding="utf-8"))
        result = self.veil("schedules", "--out", "s.png")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        header = pathlib.Path(self.folder.name, "s.png").read_bytes()[:24]
        self.assertEqual((header[1:4], struct.unpack(">II", header[16:])), (b"PNG", (1440, 640)))
        self.assert_refused(self.veil("schedules", "--out", "none/s.svg"), 74, "none")
        self.assert_refused(self.veil("schedules", "--out", "s.jpg"), 2, "s.jpg", ".png or .svg")


class Selfcheck(Program):
    def test_every_gate_passes_and_the_json_says_so(self):
        result = self.veil("selfcheck", "--json", "--quiet")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        object_ = json.loads(result.stdout)
        self.assertTrue(object_["passed"])
        self.assertEqual({row["gate"] for row in object_["rows"]}, {"G1", "G2", "G3", "G6", "G7", "G8"})
        self.assertEqual({row["verdict"] for row in object_["rows"]}, {"pass"})
        for row in object_["rows"]:
            self.assertEqual(row["want"], ">=" if row["gate"] in ("G2", "G6") else "=", row)
            low, high = row["truth"] - row["tolerance"], row["truth"] + row["tolerance"]
            self.assertTrue(low <= row["measured"] and (row["want"] == ">=" or row["measured"] <= high), row)

    def test_a_bound_is_shown_as_one(self):
        lines = self.veil("selfcheck", "--quiet").stdout.splitlines()
        self.assertEqual(lines[0].split(), ["gate", "what", "measured", "want", "truth", "tolerance", "verdict"])
        for line in lines[1:lines.index("")]:
            self.assertRegex(line, r" -?[0-9.e-]+  " + (">=" if line[:2] in ("G2", "G6") else "=") + r" +-?[0-9.]+ +[0-9.e-]+  pass$")

    def test_flags_of_exact_orders(self):
        self.assert_refused(self.veil("evaluate", "--model", "x", "--groups", "4"), 2, "--exact-order")
        self.assert_refused(self.veil("evaluate", "--model", "x", "--exact-order", "zigzag"), 2, "zigzag", "bit-reversed")


if __name__ == "__main__":
    unittest.main()
