"""Who may include whom. The order of the parts is that of src/README.md."""

import pathlib
import re
from typing import Iterator

from source_text import Problem, files, without_comments

# A part may include itself and the parts named here. kernels is private: its headers lie in src/kernels, it knows base
# only, and the sources (never the public headers) of the parts that compute with a network may use it.
ALLOWED = {
    "base": (),
    "data": ("base",),
    "diffusion": ("base", "data"),
    "nn": ("base", "data", "diffusion"),
    "objective": ("base", "data", "diffusion", "nn"),
    "toys": ("base", "data", "diffusion", "nn", "objective"),
    "train": ("base", "data", "diffusion", "nn", "objective"),
    "evaluate": ("base", "data", "diffusion", "nn", "objective"),
    "sample": ("base", "data", "diffusion", "nn", "objective", "evaluate"),
    "selfcheck": ("base", "data", "diffusion", "nn", "objective", "toys", "train", "evaluate", "sample"),
    "kernels": ("base",),
}
CORE = tuple(ALLOWED)
_PUBLIC_CORE = tuple(part for part in CORE if part != "kernels")
ALLOWED["io"] = tuple(part for part in _PUBLIC_CORE if part not in ("toys", "selfcheck"))
ALLOWED["cli"] = _PUBLIC_CORE + ("io",)
KERNEL_USERS = ("nn", "objective", "train", "evaluate", "sample")

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

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<open>[<"])(?P<path>[^>"\n]+)[>"]', re.MULTILINE)


def part_of(path: pathlib.Path, root: pathlib.Path) -> str | None:
    """include/veil/nn/x.h and src/nn/x.cpp are of "nn"; None for anything else."""
    parts = path.relative_to(root).parts
    if parts[:2] == ("include", "veil") and len(parts) > 3:
        return parts[2]
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def _included_part(include: str, folder: pathlib.Path) -> str | None:
    """The part that a quoted include names; None if it is a file beside the includer."""
    steps = include.split("/")
    if steps[0] == "veil" and len(steps) > 2:
        return steps[1]
    if len(steps) > 1 and not (folder / include).exists():
        return steps[0]
    return None


def _check_own(part: str, is_public: bool, include: str, folder: pathlib.Path) -> str | None:
    if ".." in include.split("/"):
        return "name the file from include/ or src/, not with .."
    if is_public and not include.startswith("veil/"):
        return "a public header includes public headers only"
    target = _included_part(include, folder)
    if target is None:
        return None if (folder / include).exists() else "there is no such file beside this one"
    if target == "kernels" and part in KERNEL_USERS:
        return None
    if target != part and target not in ALLOWED[part]:
        return f"{part} may not include {target}; it may include: {', '.join((part,) + ALLOWED[part])}"
    return None


def _check_foreign(part: str, is_public: bool, include: str) -> str | None:
    if include.startswith("veil/"):
        return "write veil's own headers in quotes"
    library = next((name for name, pattern in LIBRARIES.items() if re.match(pattern, include)), "an unknown library")
    if is_public and library not in PUBLIC_LIBRARIES:
        return f"a public header may not include {library}"
    if part in CORE and library not in CORE_LIBRARIES:
        return f"veil::core may not include {library}"
    if part == "io" and library == "Boost":
        return "veil::io may not include Boost"
    return None


def _problems_of(path: pathlib.Path, root: pathlib.Path) -> Iterator[Problem]:
    part = part_of(path, root)
    if part not in ALLOWED:
        yield Problem(path, 1, f"lies in no part of veil; the parts are {', '.join(ALLOWED)}")
        return
    text = without_comments(path.read_text(encoding="utf-8"))
    is_public = path.is_relative_to(root / "include")
    for match in _INCLUDE.finditer(text):
        if match["open"] == '"':
            message = _check_own(part, is_public, match["path"], path.parent)
        else:
            message = _check_foreign(part, is_public, match["path"])
        if message:
            yield Problem(path, text.count("\n", 0, match.start("path")) + 1, f'"{match["path"]}": {message}')
    if is_public:
        for match in HIDDEN_TYPES.finditer(text):
            yield Problem(path, text.count("\n", 0, match.start()) + 1, f"a public header may not show {match[0]}")


def check(root: pathlib.Path) -> list[Problem]:
    return [problem for path in files(root, ("include", "src")) for problem in _problems_of(path, root)]
