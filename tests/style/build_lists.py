"""Every source is listed in a CMakeLists.txt, every listed source exists, and those listed as PLAIN need no LibTorch."""

import pathlib
import re
from typing import Iterator

from layers import INCLUDE, LIBRARIES
from source_text import Problem, files, without_comments

_SOURCE = re.compile(r"[\w./+-]+\.(?:cpp|cu)\b")
_LIST = re.compile(r"\bveil_(?:sources|test)\(([^)]*)\)")
_KEYWORDS = ("TORCH", "PLAIN", "LIBRARY", "LABELS")
_TORCH = re.compile(LIBRARIES["LibTorch"])


def _plain_sources(path: pathlib.Path, text: str) -> Iterator[tuple[pathlib.Path, int]]:
    for match in _LIST.finditer(text):
        keyword = None
        for word in re.finditer(r"\S+", match[1]):
            if word[0] in _KEYWORDS:
                keyword = word[0]
            elif keyword == "PLAIN" and _SOURCE.fullmatch(word[0]):
                yield path.parent / word[0], text.count("\n", 0, match.start(1) + word.start()) + 1


class _Includes:
    """What a file includes, directly or through our own headers."""

    def __init__(self, root: pathlib.Path):
        self._folders = [root / name for name in ("include", "src", "tests")]
        self._found: dict[pathlib.Path, tuple[str, ...]] = {}

    def way_to_torch(self, path: pathlib.Path) -> tuple[str, ...]:
        """The includes that lead from the file to a header of LibTorch, which is the last; empty if none does."""
        if path not in self._found:
            self._found[path] = ()  # should headers include each other
            self._found[path] = self._search(path)
        return self._found[path]

    def _search(self, path: pathlib.Path) -> tuple[str, ...]:
        for match in INCLUDE.finditer(without_comments(path.read_text(encoding="utf-8"))):
            name = match["path"]
            if match["open"] == "<":
                if _TORCH.match(name):
                    return (name,)
                continue
            own = next((folder / name for folder in self._folders if (folder / name).is_file()), None)
            if own and (rest := self.way_to_torch(own)):
                return (name, *rest)
        return ()


def check(root: pathlib.Path) -> list[Problem]:
    problems = []
    listed = set()
    includes = _Includes(root)
    for path in files(root, ("src", "tools", "tests"), suffixes=None):
        if path.name != "CMakeLists.txt":
            continue
        lines = [line.split("#")[0] for line in path.read_text(encoding="utf-8").splitlines()]
        for number, line in enumerate(lines, 1):
            for name in _SOURCE.findall(line):
                source = (path.parent / name).resolve()
                listed.add(source)
                if not source.is_file():
                    problems.append(Problem(path, number, f"{name} does not exist"))
        for source, number in _plain_sources(path, "\n".join(lines)):
            if source.is_file() and (way := includes.way_to_torch(source)):
                problems.append(Problem(path, number, f"{source.name} is PLAIN, but includes LibTorch: {' > '.join(way)}"))
    for path in files(root, ("src", "tools", "tests"), suffixes=(".cpp", ".cu")):
        if path.resolve() not in listed:
            problems.append(Problem(path, 1, "no CMakeLists.txt lists this file"))
    return problems
