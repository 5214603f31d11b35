"""A folder with data, a run and a model, in which calls are made whose outputs might destroy something."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import data_files as files
import training_case as case
from veil_case import VEIL, VeilCase

ENDLESS = "--steps=1000000"  # of sampling: days, so what ends at once was refused before the work


class OutputCase(VeilCase):
    """A folder with a data set of 6 pictures, an archive of arrays, a run on the archive and a copy of its model."""

    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.TemporaryDirectory()
        root = pathlib.Path(cls.base.name)
        (root / "tiny.cfg").write_text(case.SETTINGS)
        (root / "set.npz").write_bytes(case.npz(case.images(12, case.TRAINED, 1), case.images(7, case.SCORED, 2)))
        for i in range(6):
            path = root / "photos" / ("cat", "dog")[i % 2] / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files.png(files.pixels(i, 8, 8, 1), 8, 8, 1))
        subprocess.run([VEIL, "train", "--run", "run", "--config", "tiny.cfg", "--train.steps=1", "--quiet"], cwd=root,
                       capture_output=True, check=True, timeout=300)
        shutil.copy(root / "run/model.safetensors", root / "m.safetensors")

    @classmethod
    def tearDownClass(cls):
        cls.base.cleanup()

    def setUp(self):
        super().setUp()
        shutil.copytree(self.base.name, self.folder, dirs_exist_ok=True, symlinks=True)

    def tree(self):
        """Every folder, the content of every file and the target of every link."""
        return {str(path.relative_to(self.folder)): os.readlink(path) if path.is_symlink()
                else None if path.is_dir() else path.read_bytes() for path in sorted(self.folder.rglob("*"))}

    def refused(self, *words, code=2, parts=()):
        """It ends in one line with the parts, and no file is touched or made."""
        before = self.tree()
        result = self.veil(*words, code=code)
        errors = [line for line in result.stderr.splitlines() if line.startswith("veil: ")]
        self.assertEqual(len(errors), 1, (words, result.stderr))
        for part in parts:
            self.assertIn(part, errors[0], words)
        self.assertEqual(self.tree(), before, words)

    def sample(self, *words, **keywords):
        few = [] if any(word.startswith("--count") for word in words) else ["--count=2"]
        return self.veil("sample", "--model", "m.safetensors", "--steps=2", "--quiet", *few, *words, **keywords)
