"""Who may include whom: rooms in their order, which is that of src/README.md."""

import pathlib
import re
from typing import Iterator

from source_text import Problem, files, without_comments

# A room includes itself and the rooms above it. A room is a folder; a file is of the longest name here that begins its
# own. What a room may not include although it lies above stands in _CLOSED.
ROOMS = {
    "core": (
        "base", "kernels", "data", "diffusion",
        "nn/layers", "nn", "nn/image", "nn/text", "nn/make_denoiser",
        "objective", "train", "evaluate", "sample", "quality", "toys", "selfcheck",
    ),
    "io": (
        "io/file", "io/image", "io/format", "io/source", "io/packed", "io/text", "io/dataset", "io/config", "io/model",
        "io/run", "io/report",
    ),
    "cli": ("cli/arguments", "cli/terminal", "cli/opening", "cli/command", "cli"),
}
ORDER = tuple(room for rooms in ROOMS.values() for room in rooms)
_LIBRARY = {room: library for library, rooms in ROOMS.items() for room in rooms}

# (who, what) that the order alone would allow; names of rooms or of the folder above them.
_CLOSED = (
    ("data", "kernels"), ("diffusion", "kernels"), ("toys", "kernels"), ("selfcheck", "kernels"), ("io", "kernels"),
    ("cli", "kernels"),
    ("evaluate", "train"), ("sample", "train"),
    *(("quality", room) for room in ("kernels", "diffusion", "nn", "objective", "train", "evaluate", "sample")),
    ("io", "toys"), ("io", "selfcheck"),
)

LIBRARIES = {  # first match wins
    "LibTorch": r"(torch|ATen|c10)/|caffe2/",
    "CUDA": r"cuda|cub/|thrust/|mma\.h",
    "Random123": r"Random123/",
    "JSON": r"nlohmann/",
    "OpenCV": r"opencv2?/|opencv4/",
    "HDF5": r"hdf5(/|\.h)|hdf5_hl\.h|H5",
    "libarchive": r"archive(_entry)?\.h",
    "stb": r"stb",
    "libpng": r"png|libpng",
    "libjpeg": r"jpeglib\.h|turbojpeg\.h|jerror\.h",
    "libwebp": r"webp/",
    "libjxl": r"jxl/",
    "OpenSSL": r"openssl/",
    "zlib": r"zlib\.h|zconf\.h",
    "Boost": r"boost/",
    "GoogleTest": r"gtest/|gmock/",
    "the standard library": r"[a-z_0-9]+(\.h)?$|sys/|arpa/|netinet/|immintrin\.h|cxxabi\.h",
}
CORE_LIBRARIES = {"LibTorch", "CUDA", "Random123", "JSON", "the standard library"}
PUBLIC_LIBRARIES = {"LibTorch", "the standard library"}
# Types of the libraries that io hides, should one be declared without an include.
HIDDEN_TYPES = re.compile(r"\b(hid_t|cv::\w+|stbi_\w+|struct archive\w*|png_\w+|po::\w+|boost::\w+)\b")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<open>[<"])(?P<path>[^>"\n]+)[>"]', re.MULTILINE)


def room_of(name: str) -> str | None:
    """"nn/image/unet.h" is of "nn/image", "nn/denoiser.cpp" of "nn"; None for what lies in no room."""
    stem = name.rsplit(".", 1)[0]
    steps = stem.split("/")
    for length in range(len(steps), 0, -1):
        room = "/".join(steps[:length])
        if room in ORDER:
            return room
    return None


def is_within(room: str, folder: str) -> bool:
    return room == folder or room.startswith(folder + "/")


def may_include(includer: str, included: str) -> str | None:
    """Why the file `includer` may not include `included` (names from src/ or include/veil/); None if it may."""
    room, target = room_of(includer), room_of(included)
    if target is None:
        return "there is no such file in a room"
    if room == target == "cli/command" and includer.split("/")[2] != included.split("/")[2]:
        return "a command may not include another; what both need lies in a room above"
    if ORDER.index(target) > ORDER.index(room):
        return f"{room} may not include {target}, which lies below it"
    if any(is_within(room, who) and is_within(target, what) for who, what in _CLOSED):
        return f"{room} may not include {target}"
    return None


def _check_own(room: str, name: str, is_public: bool, include: str, root: pathlib.Path) -> str | None:
    if ".." in include.split("/"):
        return "name the file from include/ or src/, not with .."
    if is_public and not include.startswith("veil/"):
        return "a public header includes public headers only"
    folder = root / "include" if include.startswith("veil/") else root / "src"
    if not (folder / include).is_file():
        return f"there is no such file in {folder.name}/"
    target = include.removeprefix("veil/")
    if _LIBRARY[room] == "io" and not include.startswith("veil/") and room_of(target) != "base" and (
            _LIBRARY.get(room_of(target)) == "core"):
        return "veil::io includes the public headers of veil::core only"
    return may_include(name, target)


def _check_foreign(room: str, is_public: bool, include: str) -> str | None:
    if include.startswith("veil/"):
        return "write veil's own headers in quotes"
    library = next((name for name, pattern in LIBRARIES.items() if re.match(pattern, include)), "an unknown library")
    if is_public and library not in PUBLIC_LIBRARIES:
        return f"a public header may not include {library}"
    if _LIBRARY[room] == "core" and library not in CORE_LIBRARIES:
        return f"veil::core may not include {library}"
    if _LIBRARY[room] == "io" and library == "Boost":
        return "veil::io may not include Boost"
    return None


def _problems_of(path: pathlib.Path, root: pathlib.Path) -> Iterator[Problem]:
    is_public = path.is_relative_to(root / "include")
    name = path.relative_to(root / ("include/veil" if is_public else "src")).as_posix()
    room = room_of(name)
    if room is None:
        yield Problem(path, 1, f"lies in no room of veil; the rooms are {', '.join(ORDER)}")
        return
    if is_public and (root / "src" / name).exists():
        yield Problem(path, 1, "is private too: src/ has a header of the same name")
    text = without_comments(path.read_text(encoding="utf-8"))
    for match in INCLUDE.finditer(text):
        if match["open"] == '"':
            message = _check_own(room, name, is_public, match["path"], root)
        else:
            message = _check_foreign(room, is_public, match["path"])
        if message:
            yield Problem(path, text.count("\n", 0, match.start("path")) + 1, f'"{match["path"]}": {message}')
    if is_public:
        for match in HIDDEN_TYPES.finditer(text):
            yield Problem(path, text.count("\n", 0, match.start()) + 1, f"a public header may not show {match[0]}")


def check(root: pathlib.Path) -> list[Problem]:
    return [problem for path in files(root, ("include", "src")) for problem in _problems_of(path, root)]
