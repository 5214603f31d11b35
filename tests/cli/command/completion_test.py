"""Completes command lines in the shells that are there and reads the manual page, against what --help says.

usage: completion_test.py PATH-OF-VEIL
"""

import functools
import os
import re
import shutil
import subprocess
import sys
import unittest

VEIL = os.path.abspath(sys.argv.pop(1))
COMMANDS = re.findall(r"^  ([a-z]+) ", subprocess.run([VEIL, "--help"], capture_output=True, text=True, check=True)
                      .stdout.split("Commands:")[1].split("Examples:")[0], re.M)


ACTIONS = [("data", "inspect"), ("data", "pack"), ("data", "export"), ("data", "verify"), ("bench", "train"), ("bench", "data"),
           ("bench", "estimators")]


@functools.cache
def veil(*words):
    return subprocess.run([VEIL, *words], capture_output=True, text=True, check=False)


def flags_in_help(*words):
    """The flags, and the settings with the sign that stands behind them in a command line; a flag may name its own."""
    text = veil(*words, "--help").stdout
    flags, _, settings = text.partition("\nSettings,")
    return set(re.findall(r"^  (?:-\w, )?(--[\w.-]+)", flags, re.M)), \
        {f"{key}=" for key in re.findall(r"^  (--[\w.]+)", settings, re.M)} | \
        {f"--{key}=" for key in re.findall(r"^  --[\w-]+ .*? ([a-z]+\.[a-z_]+): ", flags, re.M)}


class Bash(unittest.TestCase):
    def complete(self, *words):
        script = veil("completion", "bash").stdout + \
            'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _veil; printf "%s\\n" "${COMPREPLY[@]}"'
        result = subprocess.run(["bash", "-euc", script, "bash", "veil", *words], capture_output=True, text=True,
                                check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""), words)
        return set(result.stdout.split())

    def test_the_first_word_is_a_command(self):
        self.assertEqual(self.complete(""), {*COMMANDS, "help", "--help", "--version"})
        self.assertEqual(self.complete("sel"), {"selfcheck"})

    def test_every_flag_and_setting_of_every_command(self):
        for command in COMMANDS:
            flags, settings = flags_in_help(command)
            self.assertEqual(self.complete(command, "-"), flags | settings, command)

    def test_an_action_has_its_own(self):
        for words in ACTIONS:
            flags, settings = flags_in_help(*words)
            self.assertEqual(self.complete(*words, "-"), flags | settings, words)
        self.assertNotIn("--sheet", self.complete("data", "pack", "--"))

    def test_what_was_begun_is_gone_on_with(self):
        self.assertEqual(self.complete("train", "--optimizer.learning"), {"--optimizer.learning_rate="})
        self.assertEqual(self.complete("data", "p"), {"pack"})
        self.assertEqual(self.complete("bench", ""), {"train", "evaluate", "sample", "data", "estimators"})

    def test_names_of_files_are_left_to_the_shell(self):
        self.assertEqual(self.complete("train", "--config", ""), set())
        self.assertEqual(self.complete("data", "pack", "p"), set())


class OtherShells(unittest.TestCase):
    def test_the_scripts_are_scripts_of_their_shells(self):
        for shell in filter(shutil.which, ("zsh", "fish")):
            script = veil("completion", shell).stdout
            result = subprocess.run([shell, "-n", "/dev/stdin"], input=script, capture_output=True, text=True,
                                    check=False)
            self.assertEqual((result.returncode, result.stderr), (0, ""), shell)

    @unittest.skipUnless(shutil.which("fish"), "there is no fish")
    def test_fish_completes(self):
        for words in [(command,) for command in COMMANDS] + ACTIONS:
            script = veil("completion", "fish").stdout + f"complete -C 'veil {' '.join(words)} --'"
            result = subprocess.run(["fish", "--no-config"], input=script, capture_output=True, text=True, check=True)
            given = {line.split("\t")[0].rstrip("=") for line in result.stdout.splitlines()}
            flags, settings = flags_in_help(*words)
            known = {*flags, *(key.rstrip("=") for key in settings)} - {"--quiet", "--help"}
            self.assertEqual({flag for flag in given if flag.startswith("--")}, known, words)

    def test_every_flag_stands_in_every_script(self):
        for shell, form in (("zsh", "{}["), ("fish", "-l {} ")):
            script = veil("completion", shell).stdout
            for command in COMMANDS:
                flags, settings = flags_in_help(command)
                for name in (flags - {"--quiet", "--help"}) | settings:
                    looked_for = form.format(name if shell == "zsh" else name.strip("-="))
                    self.assertIn(looked_for, script, (shell, command))

    def test_another_shell_is_refused(self):
        result = veil("completion", "csh")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("the shell is csh, want bash, zsh or fish", result.stderr)


class Manual(unittest.TestCase):
    @unittest.skipUnless(shutil.which("groff"), "there is no groff")
    def test_the_page_is_set_without_a_warning(self):
        page = veil("manual").stdout
        result = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-Kutf8", "-rLL=400n", "-P-c"], input=page,
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        shown = re.sub(r".\x08|\x1b\[[\d;]*m", "", result.stdout).replace("\u2212", "-").replace("\u2010", "-")
        for command in COMMANDS:
            flags, settings = flags_in_help(command)
            for name in (flags | settings) - {"--quiet", "--help"}:
                self.assertIn(name.strip("="), shown) if name in flags else self.assertIn(name.strip("-="), shown)
        self.assertIn("75 stopped by a signal", shown)
        for words in ACTIONS:
            begin = shown.index(f"veil {' '.join(words)}\n")
            part = re.split(r"\n   veil \w+", shown[begin + 1:])[0]
            for flag in flags_in_help(*words)[0] - {"--quiet", "--help"}:
                self.assertRegex(part, rf"(?m)^ +{flag}\b", words)

    def test_no_line_is_a_command_by_accident(self):
        known = ("TH", "SH", "SS", "TP", "B", "I", "PP", "nf", "fi")
        for line in veil("manual").stdout.splitlines():
            if line.startswith((".", "'")):
                self.assertIn(line[1:].split(" ")[0], known, line)


if __name__ == "__main__":
    unittest.main()
