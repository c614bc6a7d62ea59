"""The file of ``go env -w``, and GOROOT/go.env, read byte by byte as go reads them.

Source: golang/go cmd/go/internal/cfg/cfg.go, readEnvFile and initEnvCache.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from goproxyctl.gosem.remark import Remark

#: What becomes of a line. ``dead``: another line of the same key decides. The rest is ignored by go without a word.
Fate = Literal[
    "used", "dead",
    "blank", "comment", "byte-order-mark", "utf-16", "export", "indented", "lower-case", "first-byte", "no-equals",
]  # fmt: skip

_QUOTES = (b'"', b"'", b"`")
_BLANKS = b" \t"
_EXPANSION = re.compile(rb"\$[A-Za-z_{(]|%[A-Za-z_]+%")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what go takes from it, or why it takes nothing.

    Units: ``number`` counts from 1. Shape: ``text`` is without its LF; ``key`` and ``value`` are None when go ignores
    the line, else UTF-8 with foreign bytes as lone surrogates (as os.environ has them).
    """

    number: int
    text: bytes
    fate: Fate
    key: str | None = None
    value: str | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvFile:
    """All lines of a file and the value that go takes for each key, an empty one included."""

    lines: tuple[Line, ...]
    values: Mapping[str, str] = field(default_factory=dict)

    def line_of(self, key: str) -> Line | None:
        """The line whose value counts for ``key``."""
        return next((line for line in self.lines if line.key == key and line.fate == "used"), None)


def read_env_file(text: bytes, *, first_wins: bool = False) -> EnvFile:
    """The lines of ``text`` as go reads them; the last line of a key decides.

    ``first_wins``: GOROOT/go.env, where a key that is there already is never set again, so its first line decides.
    """
    lines = tuple(_lines(text))
    counting: dict[str, int] = {}
    for line in lines:
        if line.key is not None and not (first_wins and line.key in counting):
            counting[line.key] = line.number
    lines = tuple(_told_dead(line, counting) for line in lines)
    return EnvFile(
        lines, {line.key: line.value or "" for line in lines if line.key is not None and line.fate == "used"}
    )


def _lines(text: bytes) -> Iterator[Line]:
    wide = text[:2] in (b"\xff\xfe", b"\xfe\xff")
    parts = text.split(b"\n")
    for number, part in enumerate(parts[:-1] if not parts[-1] else parts, start=1):
        key, equals, value = part.partition(b"=")
        if equals and b"A" <= part[:1] <= b"Z":
            yield Line(number, part, "used", _text(key), _text(value), tuple(_remarks(key, value)))
        else:
            yield Line(number, part, "utf-16" if wide else _why_ignored(number, part))


def _why_ignored(number: int, part: bytes) -> Fate:
    bare = part.strip(b" \t\r")
    reasons: tuple[tuple[bool, Fate], ...] = (
        (number == 1 and part.startswith(b"\xef\xbb\xbf"), "byte-order-mark"),
        (not bare, "blank"),
        (bare.startswith((b"#", b"//", b";")), "comment"),
        (b"=" not in part, "no-equals"),
        (re.match(rb"(export|set|setenv)[ \t]", bare) is not None, "export"),
        (part[:1] in (b" ", b"\t"), "indented"),
        (part[:1].isalpha(), "lower-case"),
    )
    return next((fate for holds, fate in reasons if holds), "first-byte")


def _remarks(key: bytes, value: bytes) -> Iterator[Remark]:
    """What the line probably means and go does not make of it: every byte after the first '=' is the value."""
    found = (
        ("envfile.carriage-return", b"\r" in value),
        ("envfile.quotes", value.strip(b" \t\r")[:1] in _QUOTES),
        ("envfile.blank-in-key", any(byte in _BLANKS for byte in key)),
        ("envfile.blank-around-value", value != value.strip(_BLANKS)),
        ("envfile.comment-in-value", b" #" in value),
        ("envfile.not-expanded", _EXPANSION.search(value) is not None or value.startswith(b"~")),
        ("envfile.nul", b"\0" in key + value),
        ("envfile.not-utf-8", not _is_utf_8(key + value)),
        ("envfile.empty", not value),
    )
    name = _text(key)
    return (Remark(said, {"key": name}) for said, holds in found if holds)


def _told_dead(line: Line, counting: Mapping[str, int]) -> Line:
    if line.key is None or counting[line.key] == line.number:
        return line
    duplicate = Remark("envfile.duplicate", {"key": line.key, "counts": counting[line.key]})
    return Line(line.number, line.text, "dead", line.key, line.value, (*line.remarks, duplicate))


def _is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _text(part: bytes) -> str:
    return part.decode(errors="surrogateescape")
