"""No output destroys what is read, or lies where it would be read the next time; names and places are looked at first.

usage: outputs_test.py PATH-OF-VEIL
"""

import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
from output_case import ENDLESS, OutputCase  # noqa: E402
from veil_case import VEIL  # noqa: E402


class Inputs(OutputCase):
    def names_of(self, target, ending):
        """The file itself, another spelling, and both kinds of links to it."""
        os.symlink(target, self.folder / ("soft" + ending))
        os.link(self.folder / target, self.folder / ("hard" + ending))
        return [target, "./photos/../" + target, "soft" + ending, "hard" + ending]

    def test_the_model_is_not_replaced(self):
        shutil.copy(self.folder / "m.safetensors", self.folder / "m.npz")
        shutil.copy(self.folder / "m.safetensors", self.folder / "m.npy")
        for name in self.names_of("m.safetensors", ""):
            for force in ((), ("--force",)):
                self.refused("evaluate", "--model", "m.safetensors", "--out", name, *force, parts=["the model that is read"])
        for flag in ("npz", "npy"):
            for name in self.names_of("m." + flag, "." + flag):
                self.refused("sample", "--model", "m." + flag, ENDLESS, "--" + flag, name, "--force",
                             parts=["the model that is read"])

    def test_nor_is_a_file_of_the_run(self):
        for name in ("config.cfg", "log.jsonl", "model.safetensors", "evaluation.json", "samples/x.json", "powers.json",
                     "checkpoints/x.json"):
            (self.folder / "run" / name).parent.mkdir(exist_ok=True)
            self.refused("evaluate", "--model", "run", "--out", f"run/{name}", "--force", parts=[f"run/{name}: ", "read"])
        self.refused("sample", "--model", "run", ENDLESS, "--grid", "run/samples.png", "--force", parts=["of the run"])
        self.refused("sample", "--model", "run", ENDLESS, "--out", "run/samples", "--force", parts=["of the run"])
        self.refused("sample", "--model", "m.safetensors", ENDLESS, "--grid", "run/samples.png", parts=["--force"])
        self.refused("evaluate", "--model", "m.safetensors", "--out", "run/evaluation.json", parts=["--force"])
        self.veil("evaluate", "--model", "run", "--out", "run/mine.json", "--limit=2")

    def test_the_data_are_not_replaced(self):
        self.veil("data", "pack", "photos", "c.h5", "--holdout=0")
        shutil.copy(self.folder / "c.h5", self.folder / "c.png")
        for name in self.names_of("c.png", ".png"):
            self.refused("data", "inspect", "c.png", "--sheet", name, "--force", parts=["the data that are read"])
        for name in self.names_of("c.h5", ".h5"):
            self.refused("data", "pack", "c.h5", name, "--force", "--size=4", parts=["the data that are read"])
        for name in self.names_of("set.npz", ".npz"):
            self.refused("data", "export", "set.npz", name, "--force", parts=["the data that are read"])
            self.refused("evaluate", "--model", "run", "--out", name, "--force", parts=["the data that are read"])
        self.refused("sample", "--model", "run", ENDLESS, "--npz", "set.npz", "--force", parts=["the data that are read"])

    def test_nor_are_they_while_the_output_is_written(self):
        self.veil("data", "pack", "photos", "c.h5", "--holdout=0")
        shutil.copy(self.folder / "c.h5", self.folder / "d.h5.partial")
        self.refused("data", "pack", "d.h5.partial", "d.h5", "--force", parts=["d.h5.partial: is the data that are read"])
        for target, draft in (("out", "out.partial"), ("there", "there/.partial")):
            shutil.copytree(self.folder / "photos", self.folder / draft)
            self.write(draft + "/.veil-export", b"")
            before = self.tree()
            self.veil("data", "export", draft, target, code=2)
            self.assertEqual(self.tree(), before)

    def test_a_folder_of_images_gets_no_picture_of_ours(self):
        os.symlink("../other", self.folder / "photos/linked")
        (self.folder / "other").mkdir()
        (self.folder / "other/0.png").write_bytes(files.png(files.pixels(9, 8, 8, 1), 8, 8, 1))
        os.symlink("photos/cat", self.folder / "cats")
        os.symlink("../sheet2.png", self.folder / "photos/2.png")
        inside = ("photos/sheet.png", "photos/cat/sheet.png", "cats/sheet.png", "other/sheet.png", "sheet2.png")
        for name in inside:
            for force in ((), ("--force",)):
                self.refused("data", "inspect", "photos", "--sheet", name, *force, parts=["the data that are read"])
        for words in (("pack", "photos", "photos/all.h5"), ("export", "photos", "photos/all.npz"),
                      ("export", "photos", "photos/png"), ("export", "photos", "other")):
            self.refused("data", *words, "--force", parts=["the data that are read"])
        self.refused("evaluate", "--model", "run", "--data", "photos", "--out", "photos/figure.json",
                     parts=["the data that are read"])
        self.refused("train", "--config", "tiny.cfg", "--data.source=photos", "--run", "photos/run", parts=["--run"])
        before = self.tree()
        result = subprocess.run([VEIL, "train", "--data.source=."], cwd=self.folder / "photos", capture_output=True,
                                text=True, timeout=300, check=False)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("results/run: lies among the data", result.stderr)
        self.assertEqual(self.tree(), before)
        self.veil("data", "inspect", "photos", "--sheet", "sheet.png")

    def test_samples_do_not_join_the_data_of_their_model(self):
        self.veil("train", "--config", "tiny.cfg", "--data.source=photos", "--data.holdout=0.4", "--run", "on-photos",
                  "--train.steps=0")
        self.refused("sample", "--model", "on-photos", ENDLESS, "--out", "photos/fox", parts=["the data that are read"])
        self.refused("sample", "--model", "on-photos", ENDLESS, "--grid", "photos/a.png", parts=["the data that are read"])


class Names(OutputCase):
    def test_two_outputs_are_two_files(self):
        os.symlink("new", self.folder / "link")
        (self.folder / "new").mkdir()
        self.refused("sample", "--model", "run", ENDLESS, "--out", "new", "--grid", "link/g.png", parts=["--grid", "--out"])
        (self.folder / "a.png").symlink_to("b.npz")
        self.refused("sample", "--model", "run", ENDLESS, "--grid", "a.png", "--npz", "b.npz", parts=["--grid", "--npz"])
        (self.folder / "c").symlink_to("d")
        (self.folder / "d").symlink_to("e.json")
        self.refused("evaluate", "--model", "run", "--out", "e.json", "--per-example", "c", parts=["--out", "--per-example"])
        self.refused("evaluate", "--model", "run", "--out", "c", "--per-example", "d", parts=["--out", "--per-example"])
        (self.folder / "b.npz").write_bytes(b"")
        self.refused("sample", "--model", "run", ENDLESS, "--grid", "a.png", "--npz", "b.npz", parts=["--grid", "--npz"])

    def test_a_name_says_what_is_in_the_file(self):
        for words, ending in ((("sample", "--model", "run", ENDLESS, "--grid", "x.jpg"), ".png"),
                              (("sample", "--model", "run", ENDLESS, "--npz", "x.npy"), ".npz"),
                              (("sample", "--model", "run", ENDLESS, "--npy", "x.npz"), ".npy"),
                              (("sample", "--model", "run", ENDLESS, "--trace", "x.png"), ".html"),
                              (("data", "inspect", "photos", "--sheet", "x.jpg"), ".png"),
                              (("data", "pack", "photos", "x.zip"), ".h5"),
                              (("data", "export", "photos", "x.zip", "--as", "npz"), ".npz"),
                              (("schedules", "--out", "x.gif"), ".png or .svg")):
            self.refused(*words, parts=[f"want a name ending in {ending}"])

    def test_standard_output_is_no_file(self):
        for name in ("-", "/dev/stdout"):
            for words in (("sample", "--model", "run", ENDLESS, "--npy", name), ("sample", "--model", "run", "--npz", name),
                          ("sample", "--model", "run", "--grid", name), ("sample", "--model", "run", "--out", name),
                          ("evaluate", "--model", "run", "--out", name), ("data", "inspect", "photos", "--sheet", name),
                          ("data", "pack", "photos", name), ("data", "export", "photos", name),
                          ("schedules", "--out", name)):
                self.refused(*words, parts=[f" is {name}, want the name of a file"])

    def test_a_pipe_gets_what_a_file_would(self):
        self.sample("--npy", "a.npy")
        reader, writer = os.pipe()
        result = subprocess.run([VEIL, "sample", "--model", "m.safetensors", "--count=2", "--steps=2", "--quiet", "--npy",
                                 f"/dev/fd/{writer}"], cwd=self.folder, pass_fds=[writer], capture_output=True, timeout=300,
                                check=False)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            self.assertEqual(pipe.read(), (self.folder / "a.npy").read_bytes(), result.stderr)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.sample("--grid", "/dev/null", "--npz", "/dev/null")
        self.assertIn("/dev/full", self.sample("--npy", "/dev/full", code=74).stderr)

    def test_a_place_that_cannot_be_written_is_told_before_the_work(self):
        for words in (("sample", "--model", "run", ENDLESS, "--grid", "none/a.png"),
                      ("sample", "--model", "run", ENDLESS, "--npz", "photos.npz/a.npz"),
                      ("sample", "--model", "run", ENDLESS, "--out", "tiny.cfg"),
                      ("evaluate", "--model", "run", "--out", "photos"), ("data", "pack", "set.npz", "none/a.h5")):
            self.refused(*words, code=74)
        os.symlink("none/a.png", self.folder / "link.png")
        self.refused("schedules", "--out", "link.png", code=74, parts=["link.png: is a link into the folder", "none, which does"])

    @unittest.skipUnless(os.getuid() == 0, "only root can become somebody who may not write")
    def test_a_place_that_may_not_be_written_is_told_before_the_work(self):
        os.chmod(self.folder, 0o755)
        (self.folder / "mine.json").write_bytes(b"")
        (self.folder / "theirs").mkdir(mode=0o777)
        os.chmod(self.folder / "theirs", 0o777)

        def become_nobody():
            os.setgid(65534)
            os.setuid(65534)

        try:
            self.veil("--version", before=become_nobody)
        except (PermissionError, subprocess.SubprocessError, AssertionError):
            self.skipTest("nobody may start the program where it lies")
        for words in (("sample", "--model", "run", ENDLESS, "--grid", "a.png"),
                      ("sample", "--model", "run", ENDLESS, "--out", "new/folder"),
                      ("evaluate", "--model", "m.safetensors", "--out", "mine.json", "--force"),
                      ("schedules", "--out", "a.svg")):
            self.assertIn("cannot be written", self.veil(*words, code=74, before=become_nobody).stderr)
        self.veil("schedules", "--out", "theirs/a.svg", before=become_nobody)

if __name__ == "__main__":
    unittest.main()
