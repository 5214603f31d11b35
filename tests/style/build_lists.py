"""Every source is listed in a CMakeLists.txt, and every listed source exists."""

import pathlib
import re

from source_text import Problem, files

_SOURCE = re.compile(r"[\w./+-]+\.(?:cpp|cu)\b")


def check(root: pathlib.Path) -> list[Problem]:
    problems = []
    listed = set()
    for path in files(root, ("src", "tools", "tests"), suffixes=None):
        if path.name != "CMakeLists.txt":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for name in _SOURCE.findall(line.split("#")[0]):
                source = (path.parent / name).resolve()
                listed.add(source)
                if not source.is_file():
                    problems.append(Problem(path, number, f"{name} does not exist"))
    for path in files(root, ("src", "tools", "tests"), suffixes=(".cpp", ".cu")):
        if path.resolve() not in listed:
            problems.append(Problem(path, 1, "no CMakeLists.txt lists this file"))
    return problems
