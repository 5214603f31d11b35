"""The commands that the project's documents give: blocks of shell, headers of files, help texts, words in running text."""

import ast
import pathlib
import re
import subprocess
from typing import Iterator, NamedTuple

PROGRAMS = r"(?:veil|build/release/bin/\w+|(?:tools|tests)/\S+\.sh|datasets/fetch\.sh|python3 \S+\.py|pip|ctest|cmake)"
_IS_COMMAND = re.compile(PROGRAMS + r"(?: |$)")
_FENCE = re.compile(r"^```(\w*)\s*$")
_COMMENT = re.compile(r"(?:^|\s+)#\s.*$")


class Command(NamedTuple):
    place: str  # "README.md:41"
    text: str  # one command, without the comment behind it


def pages(root: pathlib.Path) -> list[pathlib.Path]:
    found = []
    for pattern in ("*.md", "docs/*.md", "datasets/*/*.md", "models/*.md", "results/*.md", "results/tables/*.md", "src/*.md"):
        found += sorted(root.glob(pattern))
    return [path for path in found if path.name != "CHANGELOG.md"]  # which speaks of what was, too


def is_card(path: pathlib.Path) -> bool:
    return path.parent.name == "models" or path.parent.parent.name == "datasets"


def _parts(place: str, line: str) -> Iterator[Command]:
    line = _COMMENT.sub("", line).strip()
    for part in line.split(" && "):
        if part:
            yield Command(place, part.strip())


def _joined(lines: list[str]) -> Iterator[tuple[int, str]]:
    """(number of the first, text) of lines, those that end with a backslash together with what follows."""
    start, text = 0, ""
    for number, line in enumerate(lines, 1):
        start, text = (start, text + " " + line.strip()) if text else (number, line)
        if text.endswith("\\"):
            text = text[:-1].rstrip()
            continue
        yield start, text
        text = ""


def in_blocks(path: pathlib.Path, name: str) -> Iterator[Command]:
    """Every line of a block of shell; of a block without a language those that begin with a program."""
    language = None
    for number, line in _joined(path.read_text(encoding="utf-8").splitlines()):
        fence = _FENCE.match(line)
        if fence:
            language = fence[1] if language is None else None
        elif language in ("sh", "bash", "shell", "console") or language == "" and _IS_COMMAND.match(line.strip()):
            yield from _parts(f"{name}:{number}", line)


def in_text(path: pathlib.Path, name: str) -> Iterator[Command]:
    """What stands between back quotes in running text."""
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fenced ^= bool(_FENCE.match(line))
        for word in re.findall(r"`([^`]+)`", "" if fenced else line):
            yield Command(f"{name}:{number}", word)


def is_command(text: str) -> bool:
    return bool(_IS_COMMAND.match(text)) and " " in text


def header_lines(path: pathlib.Path) -> list[str]:
    """Leading comment of a script or a configuration; of Python its first text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return (ast.get_docstring(ast.parse(text), clean=False) or "").splitlines()
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#!"))
    return lines


def in_header(path: pathlib.Path, name: str) -> Iterator[Command]:
    """Lines that are indented and begin with a program; what two blanks part from it is its description."""
    for number, line in _joined(header_lines(path)):
        if line.startswith("  ") and _IS_COMMAND.match(line.strip()):
            yield from _parts(f"{name}:{number}", re.split(r"\s{2,}", line.strip())[0])


def in_help(veil: str) -> Iterator[Command]:
    """The examples of `veil --help` and of the help of every command and of each of its actions."""
    listing = help_text(veil)
    yield from _examples("veil --help", listing)
    for command in command_names(listing):
        text = help_text(veil, command)
        yield from _examples(f"veil {command} --help", text)
        for action in action_names(text):
            yield from _examples(f"veil {command} {action} --help", help_text(veil, command, action))


def help_text(veil: str, *command: str) -> str:
    return subprocess.run([veil, *command, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout


def action_names(text: str) -> list[str]:
    """The first words of a command that have a help of their own."""
    return re.findall(r"^  (\w+) ", text.split(" … --help:\n")[1].split("\n\n")[0], re.MULTILINE) if " … --help:\n" in text else []


def command_names(listing: str) -> list[str]:
    return re.findall(r"^  (\w+) ", listing.split("Commands:\n")[1].split("\n\n")[0], re.MULTILINE)


def _examples(place: str, text: str) -> Iterator[Command]:
    for line in text.split("Examples:\n")[1].split("\n\n")[0].splitlines():
        yield from _parts(place, line)


def commands(root: pathlib.Path, veil: str) -> list[Command]:
    """All that a reader may type as it stands there."""
    found = []
    for path in pages(root):
        name = path.relative_to(root).as_posix()
        found += in_blocks(path, name)
        if is_card(path):
            found += [command for command in in_text(path, name) if is_command(command.text)]
    for pattern in ("configs/*.cfg", "datasets/*.sh", "datasets/*/*.py"):
        for path in sorted(root.glob(pattern)):
            found += in_header(path, path.relative_to(root).as_posix())
    return found + list(in_help(veil))


def mentions(root: pathlib.Path) -> list[Command]:
    """Words of running text, parts of commands among them, and whole headers of configurations."""
    found = []
    for path in pages(root):
        found += in_text(path, path.relative_to(root).as_posix())
    for path in sorted(root.glob("configs/*.cfg")):
        name = path.relative_to(root).as_posix()
        found += [Command(f"{name}:{number}", line.strip()) for number, line in enumerate(header_lines(path), 1)]
    return found
