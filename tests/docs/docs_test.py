#!/usr/bin/env python3
"""Runs what the documents tell readers to type, each command in a folder where everything that it names is at hand.

Usage: docs_test.py VEIL
"""

import fnmatch
import os
import pathlib
import shlex
import sys
import tempfile
import unittest

VEIL = os.path.abspath(sys.argv.pop(1))

import checks  # noqa: E402
import documents  # noqa: E402
import table  # noqa: E402
from world import ROOT, World  # noqa: E402


def entry_of(command: str):
    """The entry of the table for a command, or None: it is run as it stands."""
    return next((entry for entry in table.CHECKED + table.SHORTENED if fnmatch.fnmatchcase(command, entry.pattern)), None)


def one_by_one(commands: list[documents.Command]) -> dict[str, str]:
    """Every command once, with the first place where it stands."""
    places: dict[str, str] = {}
    for command in commands:
        places.setdefault(" ".join(command.text.split()), command.place)
    return places


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.commands = one_by_one(documents.commands(ROOT, VEIL))
        cls.world = World(pathlib.Path(cls.temporary.name), VEIL)

    def test_every_command_runs(self):
        for command, place in self.commands.items():
            entry = entry_of(command)
            with self.subTest(place=place, command=command):
                if isinstance(entry, table.Checked):
                    self.assertEqual(checks.problem_unrun(self.world, command), "")
                elif entry is None:
                    self.must_succeed(self.world.words(command))
                else:
                    self.run_shortened(command, entry)

    def run_shortened(self, command, entry):
        changes = {name: value.replace("$VEIL_DATA", str(self.world.data)) for name, value in entry.words.items()}
        if entry.needs:
            elsewhere = {name: value for name, value in changes.items() if name != "--data.source"}
            self.must_name_what_is_missing(checks.adapted(self.world.words(command), elsewhere), entry.needs)
        self.must_succeed(checks.adapted(self.world.words(command), changes), with_all_data=bool(entry.needs))

    def must_succeed(self, words, with_all_data=False):
        self.world.forget_run(words)
        result = self.world.run(words, with_all_data)
        self.assertEqual(result.returncode, 0, f"{shlex.join(words)}\n{result.stderr}")
        if "--gtest_list_tests" in words:
            self.assertNotEqual(result.stdout, "", "no test has such a name")

    def must_name_what_is_missing(self, words, name):
        result = self.world.run(words)
        if result.returncode != 0:  # it does succeed where somebody put the data into datasets/
            self.assertEqual(result.returncode, 65, result.stderr)
            self.assertIn(f"{name}: not found in ", result.stderr)

    def test_documents_say_which_data_must_be_fetched_first(self):
        for command in documents.commands(ROOT, VEIL):
            entry = entry_of(" ".join(command.text.split()))
            if isinstance(entry, table.Shortened) and entry.needs:
                with self.subTest(place=command.place):
                    name = command.place.split(":")[0]
                    text = (ROOT / name).read_text(encoding="utf-8") + " " + name
                    self.assertRegex(text, f"fetch.sh {entry.needs}|datasets/{entry.needs}/README.md")

    def test_every_document_is_read(self):
        read = {place.split(":")[0] for place in (command.place for command in documents.commands(ROOT, VEIL))}
        for name in ("README.md", "CONTRIBUTING.md", "docs/trust.md", "models/README.md", "models/fashion-mnist.md",
                     "datasets/cifar10/README.md", "datasets/fetch.sh", "datasets/photos32/make.py", "veil --help"):
            self.assertIn(name, read)
        configurations = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("configs/*.cfg")}
        self.assertEqual(configurations - read, set(), "configurations whose header gives no command")

    def test_headers_give_commands_on_lines_of_their_own(self):
        for path in sorted(ROOT.glob("configs/*.cfg")):
            for line in documents.header_lines(path):
                self.assertNotRegex(line, rf"\S.*\b(?<!&& ){documents.PROGRAMS} .*--", f"of {path.name}: would not be run")

    def test_every_entry_of_the_table_is_of_use(self):
        used = {id(entry_of(command)) for command in self.commands}
        for entry in table.CHECKED + table.SHORTENED:
            self.assertIn(id(entry), used, f"no command is left for the pattern {entry.pattern}")

    def test_what_running_text_names_exists(self):
        names = documents.command_names(documents.help_text(VEIL))
        vocabulary = checks.Vocabulary({name: documents.help_text(VEIL, name) for name in names})
        mentions = [mention for mention in documents.mentions(ROOT) if mention.text.strip()]
        for mention in mentions:
            if mention.text not in table.NO_COMMANDS:
                with self.subTest(place=mention.place, text=mention.text):
                    self.assertEqual(vocabulary.problem(mention.text), "")
        self.assertLessEqual(set(table.NO_COMMANDS), {mention.text for mention in mentions})


class Reading(unittest.TestCase):
    """The readers of documents, on documents made up for them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def read(self, reader, name, content):
        path = self.root / name
        path.write_text(content, encoding="utf-8")
        return [(command.place, command.text) for command in reader(path, name)]

    def test_blocks_of_shell(self):
        text = "text\n```sh\n# why\nveil a --b 'c#d'   # e\nveil \\\n  f && g\n```\nveil h\n```\nveil i\nj\n```\n```cpp\nveil k\n```\n"
        self.assertEqual(self.read(documents.in_blocks, "a.md", text),
                         [("a.md:4", "veil a --b 'c#d'"), ("a.md:5", "veil f"), ("a.md:5", "g"), ("a.md:10", "veil i")])

    def test_words_of_running_text(self):
        text = "so `veil a --b`, `c`\n```sh\n`d`\n```\n`e`\n"
        self.assertEqual(self.read(documents.in_text, "a.md", text), [("a.md:1", "veil a --b"), ("a.md:1", "c"), ("a.md:5", "e")])

    def test_headers(self):
        self.assertEqual(self.read(documents.in_header, "a.cfg", "# What\n#   veil a && veil b\n# veil c\n\n#   veil d\n"),
                         [("a.cfg:2", "veil a"), ("a.cfg:2", "veil b")])
        self.assertEqual(self.read(documents.in_header, "a.sh", "#!/bin/sh\n#   datasets/fetch.sh x     17 MB\n"),
                         [("a.sh:2", "datasets/fetch.sh x")])
        self.assertEqual(self.read(documents.in_header, "a.py", '"""What.\n\n    python3 a.py B\n"""\n'),
                         [("a.py:3", "python3 a.py B")])

    def test_values_are_replaced_or_added(self):
        self.assertEqual(checks.adapted(["veil", "x", "--a", "1", "--b.c=2", "in"],
                                        {"--a": "3", "--b.c": "4", "--d": "5", "--e": "", "in": "out"}),
                         ["veil", "x", "--a", "3", "--b.c=4", "out", "--d=5", "--e"])

    def test_a_word_that_does_not_exist_is_seen(self):
        vocabulary = checks.Vocabulary({"x": "Usage:\n  veil x [FLAGS] p|q PATH\n\nFlags:\n  --a N\n  -h, --help\n  --data.b V\n"})
        for right in ("veil x p --a 1", "--a", "data.b = 3", "veil x --data.b=1", "data.bin", "a.b"):
            self.assertEqual(vocabulary.problem(right), "", right)
        for wrong in ("veil y", "veil x r", "veil x --c", "--c=1", "data.c = 3", "tools/no.sh"):
            self.assertNotEqual(vocabulary.problem(wrong), "", wrong)


if __name__ == "__main__":
    unittest.main()
