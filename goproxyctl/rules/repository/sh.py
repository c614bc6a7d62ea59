"""Rules about values in POSIX shell text: what the shell takes apart before go sees it. Source: go-semantics 8."""

import re
from collections.abc import Iterator
from itertools import pairwise

from goproxyctl.rules.repository.assignments import assignments, is_go_env
from goproxyctl.rules.repository.script import Command, Found, Script, pairs
from goproxyctl.rules.repository.shell import shell_commands
from goproxyctl.text import Text

#: Lists that people break at a blank or a separator.
_LISTS = frozenset({"GOPROXY", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOVCS", "NO_PROXY", "no_proxy"})
_BREAKABLE = _LISTS | {"GOSUMDB", "GOFLAGS", "GOAUTH"}
#: What can be the next entry of a list: a keyword, a URL, a host or a glob. A program at a path is none.
_ENTRY = re.compile(r"(off|direct)\b|[a-z]+://|[A-Za-z0-9*\[][A-Za-z0-9*?\[\]_-]*(\.[A-Za-z0-9*?_-]+)+")
_SETTERS = frozenset({"export", "declare", "typeset", "readonly", "local"})


def read_shell(text: str, base: int = 0, *, pipeline: bool = False, image: bool = False) -> Script:
    """A script of a POSIX shell."""
    commands = tuple(sorted(shell_commands(text, base), key=lambda command: command.start))
    found = tuple(one for command in commands for one in assignments(command))
    return Script(commands, found, pipeline, image)


def check_quoting(script: Script) -> Iterator[Found]:
    """Values that end where the shell sees an operator or a blank."""
    for command, following in pairs(script.commands):
        named = [one for one in assignments(command) if one.variable in _BREAKABLE and one.value.text]
        last = named[-1] if named and named[-1].value.end == command.end else None
        if last and following and _touch(command, following) and _ENTRY.match(following.texts[0]):
            yield _cut(last.variable, last.value.start, following.words[0].end, command.operator)
        after = {word.end: behind for word, behind in pairwise(command.words)}
        for one in named:
            behind = after.get(one.value.end)
            if behind and _continues(one.variable, one.value.text, behind.text, command):
                yield _cut(one.variable, one.value.start, behind.end, " ")


def _touch(command: Command, following: Command) -> bool:
    """Whether nothing but a bar or a semicolon stands between the two."""
    return (
        command.operator in {"|", ";"}
        and command.end == command.ends_at
        and following.start == command.ends_at + len(command.operator)
    )


def _continues(variable: str, value: str, behind: str, command: Command) -> bool:
    """Whether the next word was meant to be part of the value."""
    if variable in _LISTS:
        return value.endswith(",") and _ENTRY.match(behind) is not None
    if variable == "GOSUMDB":
        return "://" in behind and "=" not in behind
    sets = command.texts[0] in _SETTERS or is_go_env(command, "-w")
    return variable == "GOFLAGS" and value.startswith("-") and behind.startswith("-") and sets


def _cut(variable: str, start: int, end: int, at: str) -> Found:
    said = Text("scan.sh-quoting", "the shell ends the value of {variable} at {at!r}", variable=variable, at=at)
    return Found(
        "sh-quoting", start, end, said, Text("scan.sh-quoting.advice", "put the value in single quotes"), variable
    )
