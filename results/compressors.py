#!/usr/bin/env python3
"""What lossless image compressors need for the test images of Fashion-MNIST, in bits per dimension.

Usage: results/compressors.py [IDX-FILE]      default: the test images that ship with the project

Puts all images into one mosaic, 100 by 100 for the 10,000 that ship, for a file of 28 x 28 pixels is mostly header; then
runs the programs that are there: optipng, cwebp and cjxl (Debian and Ubuntu: apt install optipng webp libjxl-tools). Each
row names the command and the version, for the figures of two versions differ. Writes a table for README.md. Needs nothing
but Python; the slowest command takes some minutes.
"""

import gzip
import math
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

IMAGES = Path(__file__).resolve().parents[1] / "datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"

# What is compressed, with the words that come before the names of the input and the output; and how it tells its version.
COMMANDS = [
    ("PNG", ["optipng", "-quiet", "-o2"], ["-out"], ["optipng", "--version"]),
    ("WebP lossless", ["cwebp", "-quiet", "-lossless", "-z", "9", "-m", "6"], ["-o"], ["cwebp", "-version"]),
    ("JPEG XL, effort 7", ["cjxl", "--quiet", "-d", "0", "-e", "7"], [], ["cjxl", "--version"]),
    ("JPEG XL, effort 9", ["cjxl", "--quiet", "-d", "0", "-e", "9"], [], ["cjxl", "--version"]),
]
ENDINGS = {"optipng": ".png", "cwebp": ".webp", "cjxl": ".jxl"}


def read_images(path):
    """Rows of every image, as bytes: [image][row]."""
    with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
        magic, count, height, width = struct.unpack(">4i", file.read(16))
        if magic != 0x803:
            sys.exit(f"{path}: found {magic:#x}, want IDX images of unsigned bytes, 0x803")
        values = file.read()
    if len(values) != count * height * width:
        sys.exit(f"{path}: found {len(values)} pixels, want {count * height * width}")
    size = height * width
    return [[values[i * size + y * width:i * size + (y + 1) * width] for y in range(height)] for i in range(count)]


def mosaic(images):
    """Lines of one picture that holds all images, row by row."""
    side = math.isqrt(len(images))
    if side * side != len(images):
        sys.exit(f"found {len(images)} images, want a square number, so that the mosaic has no empty place")
    rows = [images[at:at + side] for at in range(0, len(images), side)]
    return [b"".join(image[y] for image in row) for row in rows for y in range(len(images[0]))]


def write_png(path, lines):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">2I5B", len(lines[0]), len(lines), 8, 0, 0, 0, 0)  # 8 bits, grey
    pixels = zlib.compress(b"".join(b"\0" + line for line in lines), 6)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def version_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout.strip().splitlines()[0]


def main(arguments):
    lines = mosaic(read_images(Path(arguments[0]) if arguments else IMAGES))
    pixels = len(lines) * len(lines[0])
    print("| compressor | bits/dim | command | version |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "mosaic.png"
        write_png(source, lines)
        for number, (name, words, before_output, version) in enumerate(COMMANDS):
            if not shutil.which(words[0]):
                print(f"| {name} | not there | `{' '.join(words)}` | |")
                continue
            target = Path(folder) / f"{number}{ENDINGS[words[0]]}"
            subprocess.run([*words, source, *before_output, target], check=True)
            bits = 8 * target.stat().st_size / pixels
            print(f"| {name} | {bits:.3f} | `{' '.join(words)}` | {version_of(version)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
