#!/usr/bin/env python3
"""Makes this folder's data: 32 x 32 crops of photographs that are in the public domain or CC0.

    pip download --no-deps --only-binary :all: --python-version 3.11 scikit-image==0.26.0 scipy==1.11.4
    pip install pillow==11.0.0
    python3 make.py scikit_image-0.26.0-*.whl scipy-1.11.4-*.whl

The pictures are read out of the two wheels. Everything is computed, nothing drawn, so the same versions give the same bytes.
"""

import bz2
import hashlib
import io
import pathlib
import sys
import zipfile

from PIL import Image

# name, file in the scikit-image wheel, left, top, right, bottom of the part to use, training crops, test crops
PICTURES = [
    ("astronaut", "astronaut.png", (0, 0, 512, 512), 400, 80),
    ("cat", "chelsea.png", (0, 0, 451, 300), 350, 75),
    ("coffee", "coffee.png", (0, 0, 600, 400), 400, 85),
    ("rocket", "rocket.jpg", (0, 0, 640, 427), 300, 60),
    ("raccoon", None, (0, 0, 1024, 768), 600, 125),
    ("galaxies", "hubble_deep_field.jpg", (0, 0, 1000, 872), 200, 45),
    ("retina", "retina.jpg", (230, 230, 1180, 1180), 150, 30),
]
SIDES = (32, 48, 64, 96)  # pixels of the picture that become the 32 of a crop; as many crops of each
TEST_STRIP = (0.50, 0.72)  # of a picture's width: test crops come from there, training crops from both sides of it
SIZE = 32
GOLDEN = 1.324717957244746  # of the plane: x^3 = x + 1


def open_picture(file, image_wheel, science_wheel):
    if file is None:  # 768 x 1024 x 3 raw bytes
        raw = bz2.decompress(science_wheel.read("scipy/misc/face.dat"))
        return Image.frombytes("RGB", (1024, 768), raw)
    return Image.open(io.BytesIO(image_wheel.read(f"skimage/data/{file}"))).convert("RGB")


def crops_of(region, count):
    """`count` squares inside `region`, spread evenly (Roberts' R2 sequence), each with its place in 0..1 of the order."""
    left, top, right, bottom = region
    for i in range(count):
        side = SIDES[i % len(SIDES)]
        x = left + int((0.5 + i / GOLDEN) % 1.0 * (right - left - side + 1))
        y = top + int((0.5 + i / GOLDEN**2) % 1.0 * (bottom - top - side + 1))
        yield (i + 0.5) / count, (x, y, x + side, y + side)


def record(label, picture, box):
    # The crop is cut out before it is made smaller, so that no pixel from outside leaks in.
    crop = picture.crop(box).resize((SIZE, SIZE), Image.Resampling.BOX)
    return bytes([label]) + b"".join(plane.tobytes() for plane in crop.split())


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    here = pathlib.Path(__file__).parent
    train, test = [], []
    with zipfile.ZipFile(sys.argv[1]) as image_wheel, zipfile.ZipFile(sys.argv[2]) as science_wheel:
        for label, (_, file, (left, top, right, bottom), train_count, test_count) in enumerate(PICTURES):
            picture = open_picture(file, image_wheel, science_wheel)
            start, end = (left + int(share * (right - left)) for share in TEST_STRIP)
            left_count = round(train_count * (start - left) / (start - left + right - end))
            for region, count, records in [
                ((left, top, start, bottom), left_count, train),
                ((end, top, right, bottom), train_count - left_count, train),
                ((start, top, end, bottom), test_count, test),
            ]:
                records += [(place, label, record(label, picture, box)) for place, box in crops_of(region, count)]
    names = "".join(name + "\n" for name, *_ in PICTURES)
    contents = {
        "data_batch_1.bin": b"".join(item[2] for item in sorted(train)),
        "test_batch.bin": b"".join(item[2] for item in sorted(test)),
        "batches.meta.txt": names.encode(),
    }
    for name, content in contents.items():
        (here / name).write_bytes(content)
        print(hashlib.sha256(content).hexdigest(), len(content), name)


if __name__ == "__main__":
    main()
