"""Commands with other values, and what can be said of a command without running it."""

import json
import os
import re
import shlex

from world import ROOT, World

_ENDINGS = ("bin", "h", "cpp", "safetensors")  # of names of files that look like settings


def adapted(words: list[str], changes: dict[str, str]) -> list[str]:
    """The words of a command with the values of `changes`: see table.Shortened."""
    words = list(words)
    for name, value in changes.items():
        place = next((i for i, word in enumerate(words) if word == name or word.startswith(name + "=")), None)
        if place is None:
            assert name.startswith("--"), f"{name} does not stand in {shlex.join(words)}"
            words.append(f"{name}={value}" if value else name)
        elif not name.startswith("--"):
            words[place] = value
        elif "=" in words[place]:
            words[place] = f"{name}={value}"
        else:
            words[place + 1] = value
    return words


def problem_unrun(world: World, command: str) -> str:
    """What is wrong with a command that is not run; empty if nothing can be found."""
    syntax = world.run(["bash", "-n", "-c", command])
    if syntax.returncode != 0:
        return syntax.stderr
    words = world.words(command)
    if words[0] == "veil":
        return _problem_of_veil(world, words)
    if words[0] == "datasets/fetch.sh":  # the download fails, where there is nothing to download from
        result = world.run(words)
        return "" if result.returncode == 74 else f"ended with {result.returncode}, want 74: {result.stderr}"
    if words[0].endswith(".sh"):
        return _problem_of_script(world, words)
    if words[0] == "cmake":
        return _problem_of_cmake(words)
    return ""


def _problem_of_veil(world: World, words: list[str]) -> str:
    """One flag more, which does not exist: of a command that is right, it is the first that is refused."""
    result = world.run([*words, "--no-such-flag"])
    refused_it = result.returncode == 2 and "unknown flag --no-such-flag" in result.stderr
    return "" if refused_it else f"ended with {result.returncode}: {result.stderr}"


def _problem_of_script(world: World, words: list[str]) -> str:
    script = world.folder / words[0]
    if not os.access(script, os.X_OK):
        return f"{words[0]} cannot be run"
    text = script.read_text(encoding="utf-8")
    usage = text[:text.find("TEXT\n}")]
    unknown = [word for word in words[1:] if word.startswith("--") and not re.search(rf"{re.escape(word)}\b", usage)]
    return f"the usage of {words[0]} says nothing of {unknown}" if unknown else world.run(["bash", "-n", words[0]]).stderr


def _problem_of_cmake(words: list[str]) -> str:
    with open(ROOT / "CMakePresets.json", encoding="utf-8") as file:
        presets = {preset["name"] for preset in json.load(file)["configurePresets"]}
    asked = [words[i + 1] for i, word in enumerate(words) if word == "--preset"]
    asked += [words[i + 1].removeprefix("build/") for i, word in enumerate(words) if word == "--install"]
    return "" if asked and set(asked) <= presets else f"presets {asked}, there are {sorted(presets)}"


class Vocabulary:
    """The flags and settings that the program knows, from its help."""

    def __init__(self, helps: dict[str, str]):
        self._flags = {name: {"--help", *re.findall(r"^  (?:-\w, )?(--[\w.-]+)", text, re.MULTILINE),
                              *("--" + key for key in re.findall(r"^  --[\w-]+ .*? ([a-z]+\.[a-z_]+): ", text, re.MULTILINE))}
                       for name, text in helps.items()}
        self._actions = {name: re.search(rf"^  veil {name} \[FLAGS\] ([\w|]+\|[\w|]+)", text, re.MULTILINE)
                         for name, text in helps.items()}
        self._all = set().union(*self._flags.values())

    def problem(self, text: str) -> str:
        """What a word or a part of a command names that does not exist; empty if nothing."""
        words = text.split()
        known = self._all
        if words[0] == "veil" and len(words) > 1 and not words[1].startswith("-"):
            if words[1] not in self._flags:
                return f"there is no command {words[1]}"
            known = self._flags[words[1]]
            actions = self._actions[words[1]]
            if actions and len(words) > 2 and words[2] not in actions[1].split("|") and not words[2].startswith("-"):
                return f"veil {words[1]} has no {words[2]}"
        elif words[0].endswith(".sh") and "/" in words[0]:
            return "" if (ROOT / words[0]).exists() else f"there is no {words[0]}"
        elif words[0] in ("cmake", "ctest", "python3"):
            return ""
        flags = [word.split("=")[0] for word in words if re.match(r"--[a-z]", word)]
        setting = re.match(r"(data|model|schedule|objective|optimizer|train|evaluate|sample|device)\.([a-z]\w*)( =|=|$)", text)
        if setting and setting[2] not in _ENDINGS:
            flags.append("--" + setting[1] + "." + setting[2])
        unknown = [flag for flag in flags if flag not in known]
        return f"unknown: {', '.join(unknown)}" if unknown else ""
