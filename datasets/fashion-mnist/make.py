#!/usr/bin/env python3
"""Makes this folder's four files from the full Fashion-MNIST set.

    python3 make.py FOLDER-OF-THE-FULL-SET

The two test files are copied byte for byte; of the training images and labels the first 10,000 are packed again. Python's
standard library is enough. The packed bytes depend on the version of zlib; the unpacked ones do not.
"""

import gzip
import pathlib
import shutil
import struct
import sys

COUNT = 10_000


def shorten(source: pathlib.Path, target: pathlib.Path) -> None:
    content = gzip.decompress(source.read_bytes())
    rank = content[3]
    sizes = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    values = COUNT
    for size in sizes[1:]:
        values *= size
    header = content[:4] + struct.pack(f">{rank}I", COUNT, *sizes[1:])
    start = 4 + 4 * rank
    with target.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:  # as gzip -n -9
        packed.write(header + content[start : start + values])


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    full, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
    for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        shutil.copyfile(full / name, here / name)
    for name in ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"):
        shorten(full / name, here / name)


main()
