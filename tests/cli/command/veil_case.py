"""The program called in a folder of the test's own. The first argument of a test's script is the program's path."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import data_files

VEIL = os.path.abspath(sys.argv.pop(1))
ROOT = pathlib.Path(__file__).resolve().parents[3]
TINY = (b"[model]\nnetwork = unet\nwidth = 32\nlayers = 1\n[train]\nsteps = 1\nbatch_size = 2\n"
        b"[sample]\ncount = 1\nsteps = 1\n[evaluate]\npasses = 2\nreplicates = 2\n")


class VeilCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def veil(self, *words, code=0, before=None):
        """What it printed, of a call that must end with `code`, if it is not None. before: called in the new process."""
        result = subprocess.run([VEIL, *map(str, words)], capture_output=True, cwd=self.folder, timeout=300, text=True,
                                errors="replace", stdin=subprocess.DEVNULL, check=False, preexec_fn=before)
        if code is not None:
            self.assertEqual(result.returncode, code, result.stderr)
        return result

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def exported(self, source, *flags):
        """The arrays that a data set exports to."""
        target = self.folder / "exported.npz"
        target.unlink(missing_ok=True)
        self.veil("data", "export", source, target, *flags)
        return data_files.read_npz(target)

    def inspected(self, source, *flags):
        return json.loads(self.veil("data", "inspect", source, "--json", *flags).stdout)
