"""A folder in which the documents' commands find what they name: photographs, data sets, a trained model, the programs."""

import os
import pathlib
import random
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli/command"))
import data_files  # noqa: E402

_TEXT8_BYTES = 100_000_000


class World:
    def __init__(self, folder: pathlib.Path, veil: str):
        self.folder = folder
        self.data = folder / "data"
        self.environment = dict(os.environ, VEIL_FETCH_BASE="file:///there/is/no/such/folder")
        self._link_programs(veil)
        self._make_photographs()
        self._make_known_sets()
        self._train()

    def _link_programs(self, veil: str) -> None:
        for name in ("configs", "models", "tools"):
            (self.folder / name).symlink_to(ROOT / name)
        (self.folder / "build/release").mkdir(parents=True)
        (self.folder / "build/release/bin").symlink_to(pathlib.Path(veil).parent)
        (self.folder / "path").mkdir()
        (self.folder / "path/veil").symlink_to(veil)
        self.environment["PATH"] = f"{self.folder / 'path'}:{os.environ['PATH']}"
        (self.folder / "results").mkdir()
        shutil.copytree(ROOT / "datasets", self.folder / "datasets", ignore=shutil.ignore_patterns(
            "*.part", "*.refused", "cifar10*", "imagenet64*", "text8", "fashion-mnist-full"))
        (self.folder / "my.cfg").write_text("[data]\nsource = photos32\n[model]\nnetwork = uvit\n")

    def write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def _make_photographs(self) -> None:
        """`photos` and the photographs of ILSVRC: splits, classes in them, pictures of a few sizes."""
        for split in ("train", "test", "val"):
            for number in range(6):
                height, width = 64 + 3 * number, 80
                picture = data_files.png(data_files.pixels(number, height, width, 3), height, width, 3)
                for folder in ("ILSVRC2012",) if split == "val" else ("photos", "ILSVRC2012") if split == "train" else ("photos",):
                    self.write(f"{folder}/{split}/n0{number % 2}/{split}{number}.png", picture)

    def _make_known_sets(self) -> None:
        shutil.copytree(ROOT / "datasets/fashion-mnist", self.folder / "datasets/original")
        shutil.copytree(ROOT / "datasets/fashion-mnist", self.data / "fashion-mnist-full")
        record = data_files.planes(data_files.pixels(1, 32, 32, 3), 3)
        for name in [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]:
            self.write(f"toys/cifar10/{name}", b"".join(bytes([label]) + record for label in range(10)))
        for name in ("train.bin", "test.bin"):
            self.write(f"toys/cifar100/{name}", b"".join(bytes([label % 20, label]) + record for label in range(100)))
        tiny = data_files.pixels(2, 64, 64, 3)
        for split in ("train", "valid"):
            members = {f"{split}_64x64/{number}.png": data_files.png(tiny, 64, 64, 3) for number in range(4)}
            self.write(f"FOLDER_WITH_BOTH_TARS/{split}_64x64.tar", data_files.tar(members))
        rows = data_files.npz({"data": ("|u1", (4, 12288), tiny * 4), "labels": ("<i8", (4,), bytes(
            byte for label in range(1, 5) for byte in label.to_bytes(8, "little")))})
        for name in ("train_data_batch_1", "val_data"):
            self.write(f"FOLDER_OF_NPZ_FILES/{name}.npz", rows)
        self.write("FILE", data_files.tar({"a.png": data_files.png(tiny, 64, 64, 3)}))
        letters = bytes(random.Random(1).choices(b"abcdefghijklmnopqrstuvwxyz ", k=_TEXT8_BYTES // 100))
        self.write("data/text8/text8", letters * 100)

    def _train(self) -> None:
        """What the documents take for granted: a run of the quick start, its model by other names, packed photographs."""
        self.must("veil train --config configs/quickstart.cfg --run results/quickstart --train.steps=1 "
                  "--train.batch_size=2 --evaluate.limit=2 --evaluate.passes=2 --sample.count=1 --sample.steps=1")
        shutil.copytree(self.folder / "results/quickstart", self.folder / "results/other")
        for name in ("model.safetensors", "M"):
            (self.folder / name).symlink_to("results/quickstart/model.safetensors")
        self.must("veil evaluate --model models/fashion-mnist.safetensors --data fashion-mnist --limit 2 --passes 2 "
                  "--out result.json")
        self.must("veil data pack photos photos.h5 --size 64")
        for name, source in (("png", "FOLDER_WITH_BOTH_TARS"), ("npz", "FOLDER_OF_NPZ_FILES"), ("area", "photos")):
            self.must(f"veil data pack {source} $VEIL_DATA/imagenet64-{name}.h5 --size 64")

    def forget_run(self, words: list[str]) -> None:
        """Training by a configuration begins anew, whatever another document trained in the same folder."""
        if words[:2] == ["veil", "train"] and "--run" in words and "--config" in words:
            shutil.rmtree(self.folder / words[words.index("--run") + 1], ignore_errors=True)

    def must(self, command: str) -> None:
        result = self.run(self.words(command))
        assert result.returncode == 0, f"{command}\n{result.stderr}"

    def words(self, command: str) -> list[str]:
        return shlex.split(command.replace("$VEIL_DATA", str(self.data)))

    def run(self, words: list[str], with_all_data: bool = False) -> subprocess.CompletedProcess:
        """with_all_data: what has to be fetched is there, in small; else only what ships is found."""
        environment = dict(self.environment, VEIL_DATA=str(self.data if with_all_data else self.folder / "nothing"))
        return subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=600, check=False)
