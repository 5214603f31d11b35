"""Functions of at most 60 lines of code, files of at most 300 lines."""

import ast
import pathlib
import re
from typing import Iterator, NamedTuple

from source_text import Problem, files, without_comments_and_strings

MAX_FUNCTION = 60
MAX_FILE = 300
SIZED_SUFFIXES = (".h", ".cpp", ".cu", ".cuh", ".py", ".sh", ".cmake", ".in")

_TYPE = re.compile(r"(?:(?:static|inline|constexpr|const|typedef)\s+)*(?:class|struct|union|enum)\b")


class Function(NamedTuple):
    name: str
    line: int
    length: int  # lines from its signature to its closing brace, without blank ones and comments


def _without_template_head(head: str) -> str:
    """Drops `template <…>`, whose parameters may be spelt `class T`."""
    head = head.lstrip()
    while head.startswith("template"):
        depth = 0
        end = 0
        for index, character in enumerate(head):
            depth += (character == "<") - (character == ">")
            if character == ">" and depth == 0:
                end = index + 1
                break
        head = head[end:].lstrip() if end else ""
    return re.sub(r"^(\[\[.*?\]\]\s*)+", "", head, flags=re.DOTALL)


def _kind(head: str) -> str:
    """What a brace outside of any function opens, told by the text before it."""
    head = _without_template_head(head)
    if re.match(r"(inline\s+)?namespace\b", head) or re.match(r'extern\s*"\s*"\s*$', head):
        return "scope"
    if _TYPE.match(head):
        return "scope"
    return "function" if "(" in head else "value"


def functions(text: str) -> list[Function]:
    """The functions of a C++ source. Lambdas and local classes belong to the function around them."""
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda match: re.sub(r"[^\n]", " ", match[0]),
                  without_comments_and_strings(text), flags=re.MULTILINE)
    found = []
    stack = []  # (kind, where its head starts)
    start = 0
    for match in re.finditer(r"[{};]", code):
        inside = any(kind != "scope" for kind, _ in stack)
        if match[0] == "{":
            stack.append(("inner" if inside else _kind(code[start:match.start()]), start))
        elif match[0] == "}" and stack:
            kind, head = stack.pop()
            if kind == "function":
                found.append(_measure(code, head, match.end()))
        if all(kind == "scope" for kind, _ in stack):
            start = match.end()
    return found


def _measure(code: str, head: int, end: int) -> Function:
    head += re.match(r"(\s*(public|private|protected)\s*:)*\s*", code[head:end]).end()
    name = code[head:code.index("{", head)].split("(")[0].split()
    length = sum(1 for line in code[head:end].splitlines() if line.strip())
    return Function(name[-1] if name else "?", code.count("\n", 0, head) + 1, length)


def python_functions(text: str) -> list[Function]:
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [Function(node.name, node.lineno, node.end_lineno - node.lineno + 1) for node in nodes]


def _problems_of(path: pathlib.Path) -> Iterator[Problem]:
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    if lines > MAX_FILE:
        yield Problem(path, MAX_FILE + 1, f"the file has {lines} lines; split it by subject (at most {MAX_FILE})")
    found = []
    if path.suffix in (".h", ".cpp", ".cu", ".cuh"):
        found = functions(text)
    elif path.suffix == ".py":
        found = python_functions(text)
    for function in found:
        if function.length > MAX_FUNCTION:
            yield Problem(path, function.line, f"{function.name} has {function.length} lines (at most {MAX_FUNCTION})")


def check(root: pathlib.Path) -> list[Problem]:
    return [problem for path in files(root, suffixes=SIZED_SUFFIXES) for problem in _problems_of(path)]
