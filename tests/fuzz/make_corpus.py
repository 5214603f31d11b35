"""Makes corpus/: small honest and nearly honest files of every format that the targets read.

usage: make_corpus.py PATH-OF-VEIL   (the packed files are the program's own)
"""

import gzip
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT.parent / "cli/command"))
import data_files as files  # noqa: E402

PICTURES = ROOT.parent / "io/fixtures/images"
CORPUS = ROOT / "corpus"


def write(target, name, content):
    path = CORPUS / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def arrays():
    image = files.pixels(0, 4, 4, 3)
    plain = files.npy("|u1", (1, 4, 4, 3), image)
    write("numpy", "plain.npy", plain)
    write("numpy", "version2.npy", b"\x93NUMPY\2\0" + plain[8:10] + b"\0\0" + plain[10:])
    write("numpy", "scalar.npy", files.npy("<f8", (), struct.pack("<d", 1.5)))
    content = {"x_train": ("|u1", (1, 4, 4, 3), image), "y_train": ("<i8", (1,), struct.pack("<q", 3))}
    for deflate in (False, True):
        write("numpy", f"deflate{int(deflate)}.npz", files.npz(content, deflate))
    for code, size in (("|u1", 1), ("<i2", 2), ("<u4", 4), ("<i8", 8), ("|b1", 1)):
        write("integers", code[1:] + ".npy", files.npy(code, (3,), bytes(range(3 * size))))
    text = ("<U2", (2,), "abcd".encode("utf-32-le"))
    write("numpy", "texts.npz", files.npz({"images": ("|u1", (1, 4, 4, 3), image), "filenames": text}))
    write("integers", "big.npy", files.npy(">i4", (3,), struct.pack(">3i", 7, -1, 0)))
    write("integers", "column.npy", files.npy("<i8", (2, 1), struct.pack("<2q", 7, -1)))


def archives():
    members = {"train/a/1.png": files.png(files.pixels(0, 4, 4, 3), 4, 4, 3), "train/b/2.txt": b"no image",
               "a-name-of-more-than-a-hundred-letters/" * 4 + "x": b"long"}
    write("archive", "plain.tar", files.tar(members))
    write("archive", "packed.tar.gz", files.tar(members, "w:gz"))
    write("archive", "images.zip", files.npz({"a": ("|u1", (2,), b"ab")}, deflate=True))


def marks():
    mark = b"veil 0.9.0 (samples)"
    picture = files.png(files.pixels(0, 2, 2, 1), 2, 2, 1)
    text = b"iTXtSoftware\0\0\0\0\0" + mark
    write("mark", "grid.png", picture[:33] + struct.pack(">I", len(text) - 4) + text
          + struct.pack(">I", zlib.crc32(text)) + picture[33:])
    archive = files.npz({"arr_0": ("|u1", (2,), b"ab")})
    write("mark", "arrays.npz", archive[:-2] + struct.pack("<H", len(mark)) + mark)
    write("mark", "plot.svg", b"<!-- " + mark + b" -->\n<svg></svg>")
    write("mark", "page.html", b'<!DOCTYPE html>\n<meta name="generator" content="' + mark + b'">')


def names():
    write("names", "splits", b"set/seg_train/seg_train/cat/1.png\nset/seg_test/seg_test/dog/2.png\nset/notes.txt\n")
    write("names", "domains", b"trainA/1.png\ntrainB/2.png\ntestA/3.png\nREADME\n")
    write("names", "below", b"cat/train/1.png\ndog/val2017/2.jpg\n")
    write("names", "tubes", b"test-tubes/1.png\nbeakers/2.png\n")


def tensors():
    write("idx", "images", b"\0\0\x08\3" + struct.pack(">3I", 2, 3, 4) + bytes(range(24)))
    write("idx", "labels.gz", gzip.compress(b"\0\0\x08\1" + struct.pack(">I", 300) + bytes(300), mtime=0))
    write("cifar", "ten", b"\3" + bytes(3072))
    write("cifar", "hundred", b"\3\x21" + bytes(3072))
    header = b'{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}'
    write("safetensors", "small", struct.pack("<Q", len(header)) + header + bytes(8))
    header = b'{"b":{"dtype":"BOOL","shape":[3],"data_offsets":[8,11]},"w":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}'
    write("safetensors", "types", struct.pack("<Q", len(header)) + header + bytes(11))


def runs():
    report = {"schema_version": 1, "bits_per_dim": 8.0, "standard_error": None, "mask_standard_error": 0.0, "examples": 2,
              "estimator": "count-stratified", "seed": 0, "length": 3, "conditional_on_label": True,
              "profile": [{"first_count": 1, "last_count": 3, "samples": 4, "sum": 8.0, "sum_squares": 20.0}],
              "label_classes": 10, "example_bits": [7.5, 8.5]}
    write("evaluation", "whole.json", json.dumps(report).encode())
    example = {"index": 1, "name": "a", "class": "b", "bits_per_dim": 8.5, "mask_standard_error": 0.5, "picture": "iVBO",
               "map": "", "text": "", "label": 0}
    details = {"schema_version": 1, "bits_per_dim": 8.0, "height": 1, "width": 3, "channels": 1, "pictured": "iVBO",
               "white_bits_per_pixel": 9.5, "mapped": 2, "position_bits": [7.5, 8, 8.5], "compressed_indices": [0, 1],
               "compressors": [{"name": "PNG", "bits_together": None, "bits_of_each": [9, 10.5]}],
               "most_bits": [example], "fewest_bits": []}
    write("details", "whole.json", json.dumps(details).encode())
    lines = ({"step": 1, "event": "train", "bits_per_dim": 5.5, "examples": 2, "skipped": 0, "power_low": 0.5, "power_high": 2},
             {"step": 1, "event": "evaluate", "bits_per_dim": 4.75, "standard_error": None, "examples": 10},
             {"step": 0, "event": "start", "command": "veil train"}, {"step": 0, "event": "warning", "text": "of something"},
             {"step": 1, "seconds": 30, "examples_per_second": 10, "peak_memory_bytes": 1000})
    write("log", "lines.jsonl", "".join(json.dumps(line) + "\n" for line in lines).encode())


def pictures():
    for path in sorted(PICTURES.iterdir()):
        if path.suffix in (".png", ".jpg", ".webp", ".bmp", ".gif", ".tga", ".ppm", ".pgm", ".pbm") and path.stat().st_size < 2500:
            write("image", path.name, path.read_bytes())


def packed(veil):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        for split, name, number in (("train", "a", 0), ("train", "b", 1), ("test", "a", 2)):
            path = place / "set" / split / name / "1.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files.png(files.pixels(number, 4, 4, 3), 4, 4, 3))
        subprocess.run([veil, "data", "pack", "set", "labelled.h5", "--compress"], cwd=place, check=True)
        shutil.rmtree(place / "set/test")
        shutil.rmtree(place / "set/train/b")
        subprocess.run([veil, "data", "pack", "set", "plain.h5", "--compress"], cwd=place, check=True)
        for name in ("labelled.h5", "plain.h5"):
            write("packed", name, (place / name).read_bytes())


def main():
    shutil.rmtree(CORPUS, ignore_errors=True)
    arrays()
    archives()
    marks()
    names()
    tensors()
    runs()
    pictures()
    packed(sys.argv[1])


main()
