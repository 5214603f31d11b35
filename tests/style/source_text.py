"""What the style tests share: finding the project's sources and reading C++ without its comments and strings."""

import pathlib
import re
from typing import Iterator, NamedTuple

CODE_FOLDERS = ("include", "src", "tools", "tests")
CPP_SUFFIXES = (".h", ".cpp", ".cu", ".cuh")

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<number>\b[0-9][0-9a-zA-Z_.']*)
      | (?P<character>'(?:\\.|[^'\\\n])+')""",
    re.VERBOSE | re.DOTALL,
)


class Problem(NamedTuple):
    path: pathlib.Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def files(root: pathlib.Path, folders=CODE_FOLDERS, suffixes=CPP_SUFFIXES) -> Iterator[pathlib.Path]:
    """Files with these suffixes, in a fixed order; all files if `suffixes` is None."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            hidden = "__pycache__" in path.parts or any(part.startswith(".") for part in path.relative_to(root).parts)
            if path.is_file() and not hidden and (suffixes is None or path.suffix in suffixes):
                yield path


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def without_comments(text: str) -> str:
    """The text with every comment replaced by blanks, line for line."""
    return _TOKEN.sub(lambda match: _blank(match[0]) if match["comment"] else match[0], text)


def without_comments_and_strings(text: str) -> str:
    """The same, and the contents of strings and characters are blank too; each keeps its two quotes."""

    def replace(match: re.Match) -> str:
        if match["comment"]:
            return _blank(match[0])
        if match["number"]:
            return match[0]
        return match[0][0] + _blank(match[0][1:-1]) + match[0][-1]

    return _TOKEN.sub(replace, text)
