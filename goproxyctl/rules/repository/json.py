"""JSON with comments that editors and containers read: settings.json, launch.json, devcontainer.json."""

import json
from collections.abc import Callable, Iterator

from goproxyctl.formats import FormatError
from goproxyctl.formats.jsonc_tree import Member, Node, parse
from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.environment.values import JUDGED
from goproxyctl.rules.repository.script import Assignment, Found, Word
from goproxyctl.text import Text

#: Keys, and elements by their number, from the root to a value.
_Path = tuple[str | int, ...]


def read_json(text: str) -> tuple[Assignment, ...]:
    """Every member whose name is a variable. Raises: FormatError."""
    return tuple(one for _, one in _named(text))


def _named(text: str) -> Iterator[tuple[_Path, Assignment]]:
    document = parse(text)
    for path, member, at in _members(document.root, len(document.head), ()):
        if path and path[-1] in JUDGED and member.value.raw.startswith('"'):
            yield path, Assignment(str(path[-1]), _word(member.value.raw, at), at)


def _members(node: Node, start: int, path: _Path) -> Iterator[tuple[_Path, Member, int]]:
    """Every member below ``node`` with its path and where its value begins."""
    at = start + len(node.opening)
    for number, member in enumerate(node.members):
        at += len(member.before) + len(member.name)
        key: str | int = number if member.key is None else member.key
        yield (*path, key), member, at
        yield from _members(member.value, at, (*path, key))
        at += _length(member.value) + len(member.after) + member.comma


def _length(node: Node) -> int:
    inner = sum(len(m.before) + len(m.name) + _length(m.value) + len(m.after) + m.comma for m in node.members)
    return len(node.raw) + 2 * len(node.opening) + inner + len(node.tail)


def _word(raw: str, at: int) -> Word:
    """A string; where it holds escapes, its characters all stand where it begins. ``${...}`` is not known."""
    text: str = json.loads(raw)
    plain = raw[1:-1] == text
    places = range(at + 1, at + 1 + len(text)) if plain else [at] * len(text)
    return Word(UNKNOWN if "${" in text else text, places[:1] if "${" in text else places, at, at + len(raw), True)


def check_launch(text: str, beside: Callable[[str], str | None]) -> Iterator[Found]:
    """Variables that launch.json gives to a debugged program alone. ``beside``: the text of another file, by its path.

    Source: vscode-go: gopls and the go commands of the editor get go.toolsEnvVars; in a dev container all get its own.
    """
    given = [one for path, one in _named(text) if path[:1] == ("configurations",) and path[-2:-1] == ("env",)]
    if not given:
        return
    elsewhere = _set_in(beside("settings.json"), "go.toolsEnvVars")
    elsewhere |= _set_in(beside("../.devcontainer/devcontainer.json"), "containerEnv", "remoteEnv")
    alone = [one for one in given if one.variable not in elsewhere]
    if alone:
        names = ", ".join(dict.fromkeys(one.variable for one in alone))
        said = Text(
            "scan.launch-env-scope", "gopls, tests and terminals do not get this from here: {names}", names=names
        )
        advice = Text("scan.launch-env-scope.advice", "set it in go.toolsEnvVars of settings.json too")
        yield Found("launch-env-scope", alone[0].value.start, alone[0].value.end, said, advice, alone[0].variable)


def _set_in(text: str | None, *members: str) -> set[str]:
    """The variables that members of a file set; none where it cannot be read."""
    try:
        return {one.variable for path, one in _named(text or "{}") if path[0] in members}
    except FormatError:
        return set()
