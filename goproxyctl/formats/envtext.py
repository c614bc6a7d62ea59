"""A captured environment: what env, env -0, set, PowerShell and programs that write JSON print of it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from goproxyctl.formats import FormatError
from goproxyctl.text import Text

#: A name as systems use them; ``ProgramFiles(x86)`` is one.
_NAME = r"[A-Za-z_][A-Za-z0-9_.()%]*"
_LINE = re.compile(rf"(?P<name>{_NAME})=(?P<value>.*)", re.DOTALL)
#: What only a shell's own ``set``, ``export -p`` or ``declare -x`` prints; there, values are quoted for the shell.
_SHELL = re.compile(r"^(?:IFS=|(?:export|declare -[A-Za-z-]+) )", re.MULTILINE)
_QUOTES = r"\$'(?P<ansi>(?:[^'\\]|\\.)*)'|'(?P<plain>[^']*)'|\"(?P<double>(?:[^\"\\]|\\.)*)\"|\\(?P<one>.)"
_QUOTED = re.compile(_QUOTES, re.DOTALL)
_ASSIGNED = re.compile(
    rf"^(?:(?:export|declare -[A-Za-z-]+) )?(?P<name>{_NAME})=(?P<word>(?:{_QUOTES}|[^'\"\\\n])*)$",
    re.MULTILINE | re.DOTALL,
)
_ANSI = re.compile(rb"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})|(?P<one>.))", re.DOTALL)
_ANSI_CHARS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"} | {
    b"e": b"\x1b", b"E": b"\x1b",
}  # fmt: skip
_RULER = re.compile(r"^-{2,}[ \t]+-{2,}[ \t]*$", re.MULTILINE)
_MEMBER = re.compile(r"^(?P<label>Name|Key|Value) *: ?(?P<text>.*)$")
#: PowerShell ends a value with one of these when the window was too narrow for it.
_CUT = ("...", "\u2026")


class Captured(NamedTuple):
    """The variables, and the names of those whose values were cut off by whatever printed them."""

    values: Mapping[str, str]
    cut: tuple[str, ...] = ()


def read_environment(content: bytes) -> Captured:
    """The environment that ``content`` shows, whichever of the known forms it has. Raises: FormatError for none."""
    text = _decoded(content)
    if "\0" in text:
        return Captured(dict(_pairs(text)))
    text = text.replace("\r\n", "\n")
    if text.lstrip().startswith(("{", "[")):
        found = Captured(_from_json(text))
    elif _RULER.search(text):
        found = _from_table(text)
    elif re.search(r"^Name *: ", text, re.MULTILINE):
        found = Captured(_from_list(text))
    elif _SHELL.search(text):
        found = Captured({one["name"]: _QUOTED.sub(_plain, one["word"]) for one in _ASSIGNED.finditer(text)})
    else:
        found = Captured(_from_lines(text))
    if not found.values:
        raise FormatError(
            Text("envtext.nothing", "no variable is in it; capture it with env -0, set, or Get-ChildItem env:")
        )
    return found


def _decoded(content: bytes) -> str:
    """PowerShell's ``>`` writes UTF-16 with its mark; bytes that are no UTF-8 stay, as os.environ has them."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    return content.removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for entry in text.split("\0"):
        name, equals, value = entry.partition("=")
        if equals and name:
            yield name, value


def _from_lines(text: str) -> dict[str, str]:
    """``env``, and ``set`` of cmd.exe: a line that begins no variable goes on with the value before it."""
    found: dict[str, str] = {}
    name = ""
    for line in text.removesuffix("\n").split("\n"):
        match = _LINE.fullmatch(line)
        if match:
            name = match["name"]
            found[name] = match["value"]
        elif name:
            found[name] += f"\n{line}"
    return found


def _plain(found: "re.Match[str]") -> str:
    """A quoted part of a word, as the shell that printed it would read it."""
    if found["ansi"] is not None:
        return _ANSI.sub(_ansi, found["ansi"].encode(errors="surrogateescape")).decode(errors="surrogateescape")
    if found["double"] is not None:
        return re.sub(r"\\([$`\"\\])", r"\1", found["double"])
    return found["one"] if found["plain"] is None else found["plain"]


def _ansi(found: "re.Match[bytes]") -> bytes:
    if found["octal"]:
        return bytes([int(found["octal"], 8) & 0xFF])
    return bytes([int(found["hex"], 16)]) if found["hex"] else _ANSI_CHARS.get(found["one"], found["one"])


def _from_json(text: str) -> dict[str, str]:
    """An object of texts, or PowerShell's list of entries."""
    try:
        tree: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(Text("envtext.json", "this begins like JSON and is none; capture it again")) from error
    if isinstance(tree, list):
        entries = [entry for entry in tree if isinstance(entry, dict)]
        tree = {entry.get("Name", entry.get("Key", "")): entry.get("Value") for entry in entries}
    return {name: value for name, value in tree.items() if isinstance(value, str) and isinstance(name, str) and name}


def _from_table(text: str) -> Captured:
    """PowerShell's table: names and values stand in two columns, below a line of dashes."""
    found: dict[str, str] = {}
    start = 0
    for line in text.splitlines():
        if not start:
            start = line.rindex(" -") + 1 if _RULER.fullmatch(line) else 0
        elif line.strip():
            found[line[:start].strip()] = line[start:].strip()
    return Captured(found, tuple(name for name, value in found.items() if value.endswith(_CUT)))


def _from_list(text: str) -> dict[str, str]:
    """``Get-ChildItem env: | Format-List``: a line for the name, then the value, which may be wrapped."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        match = _MEMBER.fullmatch(line)
        if match and match["label"] != "Value":
            name = match["text"].strip()
            found.setdefault(name, "")
        elif name and (match or line.startswith(" ")):
            found[name] += match["text"].strip() if match else line.strip()
    return found
