"""What veil did not write itself is not replaced; what it did write is, and nothing of old and new lies side by side.

usage: own_outputs_test.py PATH-OF-VEIL
"""

import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest
import zipfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import data_files as files  # noqa: E402
import training_case as case  # noqa: E402
from output_case import ENDLESS, OutputCase  # noqa: E402
from veil_case import VEIL  # noqa: E402


class Foreign(OutputCase):
    def foreign(self):
        """(words of a call without the name, name, a file of that format that veil did not write)."""
        picture = files.png(files.pixels(3, 8, 8, 3), 8, 8, 3)
        arrays = files.npz({"arr_0": ("|u1", (1, 2, 2, 1), bytes(4))})
        sample = ("sample", "--model", "m.safetensors", "--count=1", "--steps=1")
        return [((*sample, "--grid"), "a.png", picture), ((*sample, "--npz"), "a.npz", arrays),
                ((*sample, "--npy"), "a.npy", files.npy("|u1", (1,), b"x")), ((*sample, "--grid"), "cfg.png", b"[run]\n"),
                ((*sample, "--trace"), "a.html", b"<!DOCTYPE html><title>of others</title>"),
                (("evaluate", "--model", "run", "--limit=2", "--out"), "a.json", b'{"bits_per_dim": 3.2, "note": "mine"}'),
                (("data", "inspect", "photos", "--sheet"), "b.png", picture), (("data", "pack", "photos"), "a.h5", b"\x89HDF"),
                (("data", "export", "photos"), "b.npz", arrays), (("schedules", "--out"), "c.png", picture),
                (("schedules", "--out"), "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>')]

    def test_a_file_of_others_is_replaced_by_force_alone(self):
        for words, name, content in self.foreign():
            self.write(name, content)
            self.refused(*words, name, parts=[f"{name}: exists", "--force"])
            self.veil(*words, name, "--force")
            self.assertNotEqual((self.folder / name).read_bytes(), content, name)

    def test_our_own_is_replaced_without(self):
        for words, name, _ in self.foreign():
            self.veil(*words, name, *(["--force"] if name == "a.npy" else []))
            if name != "a.npy":  # which has no room for a mark
                self.veil(*words, name)

    def test_our_own_of_another_kind_is_not(self):
        self.sample("--grid", "a.png", "--npz", "a.npz")
        self.veil("data", "inspect", "photos", "--sheet", "sheet.png")
        self.refused("data", "inspect", "photos", "--sheet", "a.png", parts=["not a contact sheet that veil wrote"])
        self.refused("schedules", "--out", "a.png", parts=["not a plot that veil wrote"])
        self.refused("data", "export", "photos", "a.npz", parts=["not an archive of images that veil wrote"])
        self.refused("sample", "--model", "run", ENDLESS, "--grid", "sheet.png", parts=["not a picture of samples"])

    def test_the_default_name_is_no_exception(self):
        self.write("samples.png", files.png(files.pixels(3, 8, 8, 3), 8, 8, 3))
        self.refused("sample", "--model", "run", ENDLESS, parts=["samples.png: exists", "--grid"])

    def test_what_lies_where_drafts_are_made(self):
        self.write("out.partial/mine.txt", b"mine")
        self.write("a.h5.partial", b"mine")
        for force in ((), ("--force",)):
            self.assert_kept("sample", "--model", "run", ENDLESS, "--out", "out", *force, part="out.partial: is needed")
            self.assert_kept("data", "pack", "photos", "a.h5", *force, part="a.h5.partial: is needed")
        self.write("a.h5.partial", b"")
        self.veil("data", "pack", "photos", "a.h5")

    def assert_kept(self, *words, part):
        before = self.tree()
        self.assertIn(part, self.veil(*words, code=2).stderr)
        self.assertEqual(self.tree(), before)

    def test_a_report_of_others(self):
        self.write("elsewhere/log.jsonl", b"")
        page = self.write("elsewhere/report.html", b"<!DOCTYPE html><title>coverage</title>")
        self.refused("report", "elsewhere", parts=["elsewhere/report.html: exists, and is not a report"])
        self.veil("report", "elsewhere", "--force")
        self.assertIn(b"veil", page.read_bytes())
        self.veil("report", "elsewhere", "run")

    def copy_of_run(self):
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.folder / "run", copy)
        (copy / "report.html").unlink(missing_ok=True)
        return copy

    def test_the_page_of_a_run_follows_no_link(self):
        copy = self.copy_of_run()
        self.veil("report", "run")
        self.write("mine.html", b"<!DOCTYPE html><title>coverage</title>")
        for target in ("model.safetensors", "powers.json", "checkpoints/new.html", "../mine.html", "../new.html",
                       "../run/report.html", "../run/evaluation-details.json"):
            os.symlink(target, copy / "report.html")
            before = self.tree()
            errors = self.veil("report", "copy", code=2).stderr
            self.assertIn("report.html", errors, target)
            if not target.startswith(".."):
                self.assertIn("of the run that", self.veil("report", "copy", "--force", code=2).stderr, target)
            self.assertEqual(self.tree(), before, target)
            (copy / "report.html").unlink()
        os.symlink("page.html", copy / "report.html")
        for _ in range(2):
            self.veil("report", "copy")
        self.assertIn(b"(report)", (copy / "page.html").read_bytes())

    def test_the_page_of_a_run_replaces_no_page_of_others(self):
        copy = self.copy_of_run()
        page = self.write("copy/report.html", b"<!DOCTYPE html><title>coverage</title>")
        self.refused("report", "copy", parts=["copy/report.html: exists, and is not a report", "--force"])
        self.refused("train", "--run", "copy", "--extend", "1", parts=["copy/report.html: exists, and is not a report"])
        page.write_bytes(b'<!DOCTYPE html>\n<html lang="en"><head><title>copy \xe2\x80\x93 veil</title></head>\n<body><h1>copy</h1>\n'
                         b'<p class="lead">A masked diffusion model trained by veil, 2 steps logged.</p>')  # had no mark once
        self.veil("report", "copy")
        self.assertIn(b"(report)", page.read_bytes())
        self.assertNotIn("warning", self.veil("report", "copy").stderr)
        (copy / "evaluation.json").write_text('{"bits_per_dim": ')
        self.assertIn("warning: copy: evaluation.json is damaged", self.veil("report", "copy").stderr)
        shutil.rmtree(copy)

    def test_a_comparison_is_written_through_no_link(self):
        (self.folder / "comparison/parts").mkdir(parents=True)
        for name, target in (("comparison.json", "../m.safetensors"), ("parts/noise.json", "../../new.json")):
            os.symlink(target, self.folder / "comparison" / name)
            for force in ((), ("--force",)):
                self.refused("schedules", "compare", "--model", "run", "--out", "comparison", *force,
                             parts=[f"comparison/{name}: is a link to ", "outside this comparison"])
            (self.folder / "comparison" / name).unlink()

    def test_a_folder_without_a_run_gets_no_page(self):
        for folder in ("photos", "photos/cat"):
            before = self.tree()
            self.assertIn(f"{folder}: holds neither a run", self.veil("report", folder, code=65).stderr)
            self.assertEqual(self.tree(), before)

    def test_a_foreign_file_with_a_word_of_ours_is_foreign(self):
        mark = re.search(rb"veil [0-9.]+ \(samples\)", self.picture_of_samples()).group()
        for content in (mark, b"\x89PNG\r\n\x1a\n" + mark, files.png(files.pixels(0, 4, 4, 1), 4, 4, 1) + mark,
                        b"PK\3\4" + mark):
            self.write("a.png", content)
            self.refused("sample", "--model", "run", ENDLESS, "--grid", "a.png", parts=["exists"])

    def picture_of_samples(self):
        self.sample("--grid", "mark.png")
        return (self.folder / "mark.png").read_bytes()


def chunks(content):
    """(type, data) of a PNG file, every check sum compared."""
    at = 8
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at:at + 8])
        data = content[at + 8:at + 8 + length]
        assert struct.unpack(">I", content[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + data)
        yield kind, data
        at += length + 12


class Marks(OutputCase):
    def test_files_say_who_wrote_them_and_pixels_are_the_same(self):
        version = self.veil("--version").stdout.split()[1]
        self.sample("--grid", "g.png", "--npz", "a.npz", "--npy", "a.npy", "--out", "pictures", "--count=1")
        with zipfile.ZipFile(self.folder / "a.npz") as archive:
            self.assertEqual(archive.comment, f"veil {version} (samples)".encode())
            self.assertIsNone(archive.testzip())
        picture = (self.folder / "pictures/000000.png").read_bytes()
        self.assertIn((b"iTXt", b"Software\0\0\0\0\0" + f"veil {version} (one sample)".encode()), list(chunks(picture)))
        _, shape, values = files.read_npy((self.folder / "a.npy").read_bytes())
        self.assertEqual(shape, (1, case.SIDE, case.SIDE, 1))
        self.assertEqual(b"".join(files.png_rows(picture)), values)
        self.veil("schedules", "--out", "a.svg")
        self.assertTrue((self.folder / "a.svg").read_text().startswith(f"<!-- veil {version} (plot) -->\n<svg "))
        self.assertIn(f'<meta name="generator" content="veil {version} (report)">', (self.folder / "run/report.html").read_text())


class Pictures(OutputCase):
    def pictures(self):
        return {path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}

    def test_earlier_samples_give_way_all_at_once(self):
        self.sample("--out", "out", "--count=4", "--seed=1")
        old = self.pictures()
        self.assertEqual(sorted(old), [f"{i:06d}.png" for i in range(4)])
        self.sample("--out", "out", "--count=2", "--seed=2")
        new = self.pictures()
        self.assertEqual(sorted(new), ["000000.png", "000001.png"])
        self.assertNotEqual(new["000000.png"], old["000000.png"])
        self.assertFalse(list(self.folder.glob("**/*.partial")))

    def test_a_folder_with_files_of_others_is_refused(self):
        self.sample("--out", "out", "--count=3", "--seed=1")
        for name, content in (("notes.txt", b"mine"), ("000007.png", files.png(files.pixels(1, 8, 8, 1), 8, 8, 1))):
            mine = self.write("out/" + name, content)
            self.refused("sample", "--model", "run", ENDLESS, "--out", "out", parts=[f"holds '{name}'", "--force"])
            self.sample("--out", "out", "--count=1", "--force")
            self.assertEqual(mine.read_bytes(), content)
            self.assertEqual(sorted(self.pictures()), sorted(["000000.png", name]))
            mine.unlink()

    def test_an_empty_or_new_folder_is_filled(self):
        (self.folder / "out").mkdir()
        self.sample("--out", "out")
        self.sample("--out", "a/b/c/")
        self.assertEqual(self.pictures(), {path.name: path.read_bytes() for path in (self.folder / "a/b/c").iterdir()})

    def test_what_is_stopped_leaves_what_was_there_and_says_so(self):
        self.sample("--out", "out", "--count=2")
        before = self.tree()
        for number in (signal.SIGTERM, signal.SIGINT):
            with subprocess.Popen([VEIL, "sample", "--model", "run", ENDLESS, "--out", "out"], cwd=self.folder,
                                  stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
                while not self.catches(process.pid, number):
                    time.sleep(0.01)
                process.send_signal(number)
                _, errors = process.communicate(timeout=300)
            self.assertEqual(process.returncode, 75, errors)
            self.assertRegex(errors.splitlines()[-1], r"\Aveil: stopped after \d+ of \d+ samples were drawn; nothing was written: ")
            self.assertEqual(self.tree(), before)

    def catches(self, process, number):
        """Whether the process handles the signal, as Linux tells it."""
        status = pathlib.Path(f"/proc/{process}/status").read_text()
        return int(re.search(r"SigCgt:\s*(\w+)", status).group(1), 16) >> (number - 1) & 1

    def test_a_full_disk_leaves_what_was_there(self):
        self.sample("--out", "out", "--count=2", "--seed=1")
        before = self.tree()
        self.sample("--out", "out", "--count=2", "--seed=2", code=74,
                    before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)))
        self.assertEqual(self.tree(), before)
        self.sample("--out", "out", "--count=1", "--seed=2")
        self.assertEqual(sorted(self.pictures()), ["000000.png"])


if __name__ == "__main__":
    unittest.main()
