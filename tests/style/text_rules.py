"""Rules for single lines: width, blanks, header guards, results that arrive, no traces of one person's machine."""

import pathlib
import re
from typing import Iterator

from source_text import CODE_FOLDERS, CPP_SUFFIXES, Problem, files

MAX_WIDTH = 120
_HOME = re.compile(r"(?<![\w.}/])/(?:home|root|work|Users)/\w")


def _problems_of(path: pathlib.Path, root: pathlib.Path) -> Iterator[Problem]:
    is_program = path.relative_to(root).parts[0] in ("src", "tools")
    text = path.read_text(encoding="utf-8")
    is_cpp = path.suffix in CPP_SUFFIXES
    if text and not text.endswith("\n"):
        yield Problem(path, text.count("\n") + 1, "the last line does not end")
    if path.suffix == ".h" and "#pragma once" not in text.splitlines():
        yield Problem(path, 1, "a header needs #pragma once")
    for number, line in enumerate(text.splitlines(), 1):
        if is_cpp and len(line) > MAX_WIDTH:
            yield Problem(path, number, f"{len(line)} columns (at most {MAX_WIDTH})")
        if is_cpp and "\t" in line:
            yield Problem(path, number, "tab")
        if line != line.rstrip():
            yield Problem(path, number, "blanks at the end of the line")
        if _HOME.search(line):
            yield Problem(path, number, f"a path of one machine: {_HOME.search(line)[0]}…")
        if is_program and "std::cout" in line:
            yield Problem(path, number, "std::cout loses results unseen where it is full: print() of cli/terminal/output.h")
        if path.suffix == ".h" and re.match(r"\s*using\s+namespace\b", line):
            yield Problem(path, number, "using namespace in a header reaches every includer")


def check(root: pathlib.Path) -> list[Problem]:
    suffixes = CPP_SUFFIXES + (".py", ".sh", ".cmake", ".in", ".txt", ".cfg")
    return [problem for path in files(root, CODE_FOLDERS + ("cmake", "configs"), suffixes)
            for problem in _problems_of(path, root)]
